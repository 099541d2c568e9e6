// Package rawjson finds values in JSON text without decoding them.
//
// Users' payloads, outputs and stream parts pass through runwire as the text that the server sent; only
// the envelope around them is read. Parse checks a whole text once, without recursion and without a limit
// of depth; after that a Value can be walked without errors.
//
// The grammar is RFC 8259, as encoding/json reads it: invalid UTF-8 inside strings is accepted and becomes
// U+FFFD when a string is decoded. The fuzz targets hold the package to encoding/json.
package rawjson

import (
	"iter"
	"strings"
)

// Value is the text of one JSON value without surrounding space. It shares memory with the text that it
// was parsed from. The zero value is "no value": every accessor of it answers "not there".
type Value string

// Null is the JSON value null.
const Null Value = "null"

// Parse returns the value that text holds. The error says what is wrong and at which byte; the text itself
// is never part of it.
func Parse(text string) (Value, error) {
	s := scanner{text: text}
	if err := s.document(); err != nil {
		return "", err
	}
	return Value(trim(text)), nil
}

// IsNull reports whether v is null or no value.
func (v Value) IsNull() bool { return v == "" || v == Null }

// IsString reports whether v is a JSON string.
func (v Value) IsString() bool { return v.kind() == '"' }

// IsObject reports whether v is a JSON object.
func (v Value) IsObject() bool { return v.kind() == '{' }

// IsArray reports whether v is a JSON array.
func (v Value) IsArray() bool { return v.kind() == '[' }

// IsNumber reports whether v is a JSON number.
func (v Value) IsNumber() bool { return v.kind() == '-' || isDigit(v.kind()) }

func (v Value) kind() byte {
	if v == "" {
		return 0
	}
	return v[0]
}

// Get returns the last member of that name, as encoding/json and JSON.parse do, or no value when v is not
// an object or has no such member.
func (v Value) Get(name string) Value {
	var found Value
	for key, member := range v.Members() {
		if key == name {
			found = member
		}
	}
	return found
}

// Members yields the members of an object in the order of the text, with decoded names. It yields nothing
// when v is not an object.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if !v.IsObject() {
			return
		}
		text := string(v)
		at := skipSpace(text, 1)
		for text[at] != '}' {
			end := skipString(text, at)
			name := Value(text[at:end]).Text()
			at = skipSpace(text, end) + 1 // the colon
			at = skipSpace(text, at)
			end = skipValue(text, at)
			if !yield(name, Value(text[at:end])) {
				return
			}
			at = nextItem(text, end)
		}
	}
}

// Elements yields the elements of an array in order. It yields nothing when v is not an array.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if !v.IsArray() {
			return
		}
		text := string(v)
		at := skipSpace(text, 1)
		for text[at] != ']' {
			end := skipValue(text, at)
			if !yield(Value(text[at:end])) {
				return
			}
			at = nextItem(text, end)
		}
	}
}

// nextItem returns where the item after the one that ended at end begins, or where the container closes.
func nextItem(text string, end int) int {
	at := skipSpace(text, end)
	if text[at] == ',' {
		at = skipSpace(text, at+1)
	}
	return at
}

// Int returns the integer that v spells, and whether v is an integer of at most 18 digits.
func (v Value) Int() (int64, bool) {
	if !v.IsNumber() {
		return 0, false
	}
	digits := string(v)
	negative := digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	if len(digits) > 18 {
		return 0, false
	}
	var n int64
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return 0, false
		}
		n = n*10 + int64(digits[i]-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// Decimal returns the number that v spells without an exponent, such as 1.6, and whether it is one of at most
// 18 digits.
func (v Value) Decimal() (float64, bool) {
	whole, fraction, _ := strings.Cut(string(v), ".")
	n, ok := Value(whole + fraction).Int()
	if !ok || !v.IsNumber() {
		return 0, false
	}
	number := float64(n)
	for range fraction {
		number /= 10
	}
	return number, true
}
