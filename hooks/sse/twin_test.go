package sse_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/sse"
)

var lineEnd = regexp.MustCompile("\r\n|\n|\r")

// twin reads a whole stream at once, in the words of the HTML standard, section 9.2.6.
func twin(stream string) []sse.Event {
	lines := lineEnd.Split(strings.TrimPrefix(stream, "\uFEFF"), -1)
	var events []sse.Event
	var name, data, id string
	for _, line := range lines[:len(lines)-1] {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data != "" {
				events = append(events, sse.Event{Name: name, Data: strings.TrimSuffix(data, "\n"), ID: id})
			}
			name, data = "", ""
		case field == "event":
			name = value
		case field == "data":
			data += value + "\n"
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
	}
	return events
}

// FuzzDecode holds the decoder to its twin on any bytes, uncut and cut: each byte of cuts is the length of
// the next chunk, and what is left over is the last chunk.
func FuzzDecode(f *testing.F) {
	for _, s := range streams {
		f.Add([]byte(s.text), []byte{1, 2, 3, 0, 5})
	}
	f.Fuzz(func(t *testing.T, stream, cuts []byte) {
		if got, want := decode(t, string(stream)), twin(string(stream)); !slices.Equal(got, want) {
			t.Fatalf("%q gives %q, want %q", stream, got, want)
		}
		if got, want := decode(t, pieces(string(stream), cuts)...), twin(string(stream)); !slices.Equal(got, want) {
			t.Fatalf("%q, cut in pieces of %d, gives %q, want %q", stream, cuts, got, want)
		}
	})
}

func pieces(text string, lengths []byte) []string {
	var out []string
	for _, n := range lengths {
		n := min(int(n), len(text))
		out, text = append(out, text[:n]), text[n:]
	}
	return append(out, text)
}
