package api

import (
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Timestamp is an instant in UTC as text, such as "2026-01-31T10:20:30.123Z". The zero value is "not yet".
// It stays text because the browser parses dates itself and package time's parser is not free there.
type Timestamp string

// Time returns the instant, or the zero time when t is "" or cannot be read.
func (t Timestamp) Time() time.Time {
	parsed, err := time.Parse(time.RFC3339Nano, string(t))
	if err != nil {
		return time.Time{}
	}
	return parsed
}

// timestamp reads a column: Postgres prints a space or a T between date and time, and no zone.
func timestamp(value rawjson.Value) Timestamp {
	text := value.Text()
	if text == "" {
		return ""
	}
	return Timestamp(strings.Replace(text, " ", "T", 1) + "Z")
}
