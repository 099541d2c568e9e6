package sse_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/sse"
)

// streams is what every test of this package reads: one rule of the standard each.
var streams = []struct {
	name   string
	text   string
	events []sse.Event
}{
	{"an event ends with an empty line", "data: a\n\n", []sse.Event{{Data: "a"}}},
	{"an event that no empty line ends is never dispatched", "data: a\n", nil},
	{"a last line without an end does not count", "data: a\n\ndata: b\n\ndata: c", []sse.Event{{Data: "a"}, {Data: "b"}}},
	{"lines may end with CR", "data: a\rdata: b\r\rdata: c\r\r", []sse.Event{{Data: "a\nb"}, {Data: "c"}}},
	{"lines may end with CR LF", "event: e\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []sse.Event{{Name: "e", Data: "a"}, {Data: "b"}}},
	{"the line endings may be mixed", "data: a\r\ndata: b\rdata: c\n\r\n", []sse.Event{{Data: "a\nb\nc"}}},
	{"LF CR are two line ends", "data: a\n\rdata: b\n\r", []sse.Event{{Data: "a"}, {Data: "b"}}},
	{"CR CR LF are two line ends", "data: a\r\r\ndata: b\n\n", []sse.Event{{Data: "a"}, {Data: "b"}}},
	{"a byte order mark before the stream is skipped", "\uFEFFdata: a\n\n", []sse.Event{{Data: "a"}}},
	{"a byte order mark alone on the first line is an empty line", "\uFEFF\ndata: a\n\n", []sse.Event{{Data: "a"}}},
	{"only one byte order mark is skipped", "\uFEFF\uFEFFdata: a\n\ndata: b\n\n", []sse.Event{{Data: "b"}}},
	{"a byte order mark on a later line belongs to the field's name", "data: a\n\n\uFEFFdata: b\n\n", []sse.Event{{Data: "a"}}},
	{"half a byte order mark is no byte order mark", "\xEF\xBBdata: a\n\ndata: b\n\n", []sse.Event{{Data: "b"}}},
	{"comments are skipped", ": ping\n\n: data: a\ndata: b\n:\n\n", []sse.Event{{Data: "b"}}},
	{"several data lines are joined by newlines", "data: a\ndata: b\ndata: c\n\n", []sse.Event{{Data: "a\nb\nc"}}},
	{"an empty data line is an empty line of data", "data\ndata:\n\n", []sse.Event{{Data: "\n"}}},
	{"an event of one empty data line is dispatched", "data\n\n", []sse.Event{{}}},
	{"an event without data is not dispatched, and its name is forgotten", "event: e\n\ndata: a\n\n", []sse.Event{{Data: "a"}}},
	{"an id without data counts for the events after it", "id: 7\n\ndata: a\n\n", []sse.Event{{Data: "a", ID: "7"}}},
	{"an id stays until another one comes", "id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n", []sse.Event{{Data: "a", ID: "1"}, {Data: "b", ID: "1"}, {Data: "c", ID: "2"}}},
	{"an empty id takes the id back", "id: 1\ndata: a\n\nid\ndata: b\n\n", []sse.Event{{Data: "a", ID: "1"}, {Data: "b"}}},
	{"an id with a NUL is passed over", "id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\n", []sse.Event{{Data: "a", ID: "1"}, {Data: "b", ID: "1"}}},
	{"of several names and ids the last one counts", "event: x\nevent: y\nid: 1\nid: 2\ndata: a\n\n", []sse.Event{{Name: "y", Data: "a", ID: "2"}}},
	{"one space after the colon is not data", "data:a\ndata: b\ndata:  c\ndata:\td\n\n", []sse.Event{{Data: "a\nb\n c\n\td"}}},
	{"a colon in the data is data", "data: a: b:\n\n", []sse.Event{{Data: "a: b:"}}},
	{"unknown fields, and known ones in another spelling, are passed over", "retry: 9\nData: x\n data: y\ndata : z\ndata: a\n\n", []sse.Event{{Data: "a"}}},
	{"empty lines without an event mean nothing", "\n\n\r\r\n\n", nil},
	{"UTF-8 passes as it is", "data: Grüße 🙂 東京\nid: é\n\n", []sse.Event{{Data: "Grüße 🙂 東京", ID: "é"}}},
	{"bytes that are no UTF-8 pass as they are", "data: \xff\xc3\n\n", []sse.Event{{Data: "\xff\xc3"}}},
	{"NUL is data like any other", "data: a\x00b\nevent: \x00\n\n", []sse.Event{{Name: "\x00", Data: "a\x00b"}}},
	{"line separators of Unicode are data", "data: a\u2028b\u0085c\n\n", []sse.Event{{Data: "a\u2028b\u0085c"}}},
	{"a v1 stream of the service", "id: 1769854834001-0\ndata: \"Hel\"\n\n: ping\n\nid: 1769854834050-0\ndata: {\"step\":2}\n\n",
		[]sse.Event{{Data: `"Hel"`, ID: "1769854834001-0"}, {Data: `{"step":2}`, ID: "1769854834050-0"}}},
	{"a v2 stream of the service", "event: batch\nid: a,b,c\ndata: {\"records\":[]}\n\nevent: ping\ndata: {\"timestamp\":1}\n\ndata: [DONE]\n\n",
		[]sse.Event{{Name: "batch", Data: `{"records":[]}`, ID: "a,b,c"}, {Name: "ping", Data: `{"timestamp":1}`, ID: "a,b,c"}, {Data: "[DONE]", ID: "a,b,c"}}},
}

func TestDecoder(t *testing.T) {
	for _, tt := range streams {
		t.Run(tt.name, func(t *testing.T) {
			if got := decode(t, tt.text); !slices.Equal(got, tt.events) {
				t.Errorf("%q gives %q, want %q", tt.text, got, tt.events)
			}
		})
	}
}

func TestTheEventsAreTheSameWhereverTheStreamIsCut(t *testing.T) {
	for _, tt := range streams {
		for first := 0; first <= len(tt.text); first++ {
			last := len(tt.text)
			if last > 80 {
				last = first // two cuts of a long stream are many, and tell nothing new
			}
			for second := first; second <= last; second++ {
				got := decode(t, tt.text[:first], tt.text[first:second], tt.text[second:])
				if !slices.Equal(got, tt.events) {
					t.Fatalf("%s: cut at %d and %d, %q gives %q, want %q", tt.name, first, second, tt.text, got, tt.events)
				}
			}
		}
		if got := decode(t, strings.Split(tt.text, "")...); !slices.Equal(got, tt.events) {
			t.Errorf("%s: byte by byte, %q gives %q, want %q", tt.name, tt.text, got, tt.events)
		}
	}
}

func TestEventsComeWithTheChunkThatCompletesThem(t *testing.T) {
	var d sse.Decoder
	for _, step := range []struct {
		chunk string
		want  []sse.Event
	}{
		{"data: a\n", nil},
		{"\r", []sse.Event{{Data: "a"}}}, // without waiting for the LF that may follow
		{"\ndata: b\n\ndata: c", []sse.Event{{Data: "b"}}},
		{"", nil},
		{"\n\ndata: d\n\n", []sse.Event{{Data: "c"}, {Data: "d"}}},
	} {
		got, err := d.Push([]byte(step.chunk))
		if err != nil || !slices.Equal(got, step.want) {
			t.Errorf("%q gives %q, %v, want %q", step.chunk, got, err, step.want)
		}
	}
}

func TestPushKeepsNoReferenceToItsChunk(t *testing.T) {
	var d sse.Decoder
	buffer := []byte("id: 12\nevent: na")
	mustPush(t, &d, buffer)
	copy(buffer, strings.Repeat("x", len(buffer)))
	buffer = append(buffer[:0], "me\ndata: part\n\n"...)
	events := mustPush(t, &d, buffer)
	copy(buffer, strings.Repeat("x", len(buffer)))
	if want := []sse.Event{{Name: "name", Data: "part", ID: "12"}}; !slices.Equal(events, want) {
		t.Errorf("the events are %q after the buffer was used again, want %q", events, want)
	}
}

func TestAnEventMayNotGrowWithoutBound(t *testing.T) {
	large := strings.Repeat("x", sse.MaxEventBytes)
	half := large[:len(large)/2]
	for _, tt := range []struct {
		name   string
		chunks []string
		err    error
	}{
		{"an event of the largest size passes", []string{"data: ", large[:len(large)-len("data: ")], "\n\n"}, nil},
		{"two events may be more together", []string{"data: " + half + "\n\n", "data: x" + half + "\n\n"}, nil},
		{"a line that does not end", []string{half, half, "x"}, sse.ErrEventTooLarge},
		{"data lines without an empty line", []string{"data: " + half + "\n", "data: " + half + "\n", "data: a\n"}, sse.ErrEventTooLarge},
		{"a whole event in one chunk", []string{"data: x" + large + "\n\n"}, sse.ErrEventTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var d sse.Decoder
			var err error
			for _, chunk := range tt.chunks {
				if _, err = d.Push([]byte(chunk)); err != nil {
					break
				}
			}
			if !errors.Is(err, tt.err) {
				t.Errorf("the error is %v, want %v", err, tt.err)
			}
		})
	}
}

func TestTheEventsBeforeOneThatIsTooLargeAreNotLost(t *testing.T) {
	var d sse.Decoder
	events, err := d.Push([]byte("data: a\n\ndata: " + strings.Repeat("x", sse.MaxEventBytes)))
	if !errors.Is(err, sse.ErrEventTooLarge) || !slices.Equal(events, []sse.Event{{Data: "a"}}) {
		t.Errorf("Push = %d events, %v, want the first event and ErrEventTooLarge", len(events), err)
	}
}

// decode pushes the chunks into a new decoder.
func decode(t *testing.T, chunks ...string) []sse.Event {
	t.Helper()
	var d sse.Decoder
	var events []sse.Event
	for _, chunk := range chunks {
		events = append(events, mustPush(t, &d, []byte(chunk))...)
	}
	return events
}

func mustPush(t *testing.T, d *sse.Decoder, chunk []byte) []sse.Event {
	t.Helper()
	events, err := d.Push(chunk)
	if err != nil {
		t.Fatalf("Push(%q): %v", chunk, err)
	}
	return events
}
