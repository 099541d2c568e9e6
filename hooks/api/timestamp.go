package api

import (
	"strings"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Timestamp is an instant in UTC as text, such as "2026-01-31T10:20:30.123Z". The zero value is "not yet".
// It stays text because the browser parses dates itself and package time's parser is not free there.
type Timestamp string

// Before reports whether t is earlier than u. Fractions of a second may have any number of digits.
func (t Timestamp) Before(u Timestamp) bool {
	return strings.TrimSuffix(string(t), "Z") < strings.TrimSuffix(string(u), "Z")
}

// timestamp reads a column: Postgres prints a space or a T between date and time, and no zone.
func timestamp(value rawjson.Value) Timestamp {
	text := value.Text()
	if text == "" {
		return ""
	}
	return Timestamp(strings.Replace(text, " ", "T", 1) + "Z")
}
