package bench

import (
	"fmt"
)

// Unit says what a value counts.
type Unit int

// The units of all measurements.
const (
	Milliseconds Unit = iota
	Bytes
	Count
	Factor
)

// Text writes a value with the digits that a reader can use.
func (u Unit) Text(value float64) string {
	switch u {
	case Milliseconds:
		return scaled(value, "ms", "s")
	case Bytes:
		return scaled(value/1000, "kB", "MB")
	case Factor:
		return digits(value, 2) + " ×"
	}
	return thousands(value)
}

// scaled writes a value in a unit, or in the one that is a thousand times as large.
func scaled(value float64, unit, larger string) string {
	if value >= 999.5 {
		return digits(value/1000, 3) + " " + larger
	}
	return digits(value, 3) + " " + unit
}

// digits writes the first digits of a value, and all those before the point.
func digits(value float64, most int) string {
	switch {
	case value > 0 && value < 0.001:
		return "<0.001"
	case value >= 100:
		return fmt.Sprintf("%.0f", value)
	}
	return fmt.Sprintf("%.*g", most, value)
}

// thousands writes a whole number with commas.
func thousands(value float64) string {
	text := fmt.Sprintf("%.0f", value)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
