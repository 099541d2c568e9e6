//go:build !tinygo

package api

import "time"

// Time returns the instant, or the zero time when t is "" or cannot be read.
func (t Timestamp) Time() time.Time {
	parsed, err := time.Parse(time.RFC3339Nano, string(t))
	if err != nil {
		return time.Time{}
	}
	return parsed
}
