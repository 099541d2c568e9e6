// Package sse reads server-sent events out of bytes that may be cut anywhere, also inside a line ending or
// a UTF-8 sequence. The rules are those of the HTML standard, section "Server-sent events".
package sse

import "errors"

// MaxEventBytes bounds the memory that one event may take: 32 MiB. Source: chosen, three times the largest
// output that the service accepts (10 MB).
const MaxEventBytes = 32 << 20

// ErrEventTooLarge is an event of more than MaxEventBytes.
var ErrEventTooLarge = errors.New("an event of more than 32 MiB")

// Event is one dispatched event.
type Event struct {
	Name string // "" where the server gave none
	Data string // the data lines, joined by newlines
	ID   string // the last id that the stream has set, as EventSource keeps it
}

// Decoder turns the chunks of one answer's body into events. The zero value is ready. A new answer wants a
// new Decoder.
type Decoder struct {
	line    []byte // the unfinished last line
	afterCR bool   // the last byte was a CR: a LF that follows belongs to it
	started bool   // a byte order mark can no longer come

	name    string
	data    []byte
	hasData bool
	id      string
}

// Push takes the next bytes and returns the events that they complete, in order. It keeps no reference to
// chunk. After ErrEventTooLarge the Decoder is of no further use.
func (d *Decoder) Push(chunk []byte) ([]Event, error) {
	var events []Event
	for len(chunk) > 0 {
		if d.afterCR {
			d.afterCR = false
			if chunk[0] == '\n' {
				chunk = chunk[1:]
				continue
			}
		}
		end := indexLineEnd(chunk)
		if end < 0 {
			d.line = append(d.line, chunk...)
			break
		}
		line := chunk[:end]
		if len(d.line) > 0 {
			d.line = append(d.line, line...)
			line = d.line
		}
		d.afterCR = chunk[end] == '\r'
		chunk = chunk[end+1:]
		if event, ok := d.take(line); ok {
			events = append(events, event)
		}
		d.line = d.line[:0]
		if len(d.data) > MaxEventBytes {
			return events, ErrEventTooLarge
		}
	}
	if len(d.line)+len(d.data) > MaxEventBytes {
		return events, ErrEventTooLarge
	}
	return events, nil
}

// indexLineEnd returns where the first CR or LF stands, or -1.
func indexLineEnd(b []byte) int {
	for i, c := range b {
		if c == '\n' || c == '\r' {
			return i
		}
	}
	return -1
}

// take reads one whole line; ok reports that it completed an event.
func (d *Decoder) take(line []byte) (event Event, ok bool) {
	if !d.started {
		d.started = true
		if len(line) >= 3 && line[0] == 0xEF && line[1] == 0xBB && line[2] == 0xBF {
			line = line[3:]
		}
	}
	if len(line) == 0 {
		return d.dispatch()
	}
	field, value := cutField(line)
	switch string(field) {
	case "event":
		d.name = string(value)
	case "data":
		if d.hasData {
			d.data = append(d.data, '\n')
		}
		d.hasData = true
		d.data = append(d.data, value...)
	case "id":
		if !hasNUL(value) {
			d.id = string(value)
		}
	}
	return Event{}, false
}

func (d *Decoder) dispatch() (Event, bool) {
	event := Event{Name: d.name, Data: string(d.data), ID: d.id}
	ok := d.hasData
	d.name, d.data, d.hasData = "", d.data[:0], false
	return event, ok
}

// cutField splits "field: value"; a comment has an empty field.
func cutField(line []byte) (field, value []byte) {
	for i, c := range line {
		if c != ':' {
			continue
		}
		value = line[i+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
		return line[:i], value
	}
	return line, nil
}

func hasNUL(b []byte) bool {
	for _, c := range b {
		if c == 0 {
			return true
		}
	}
	return false
}
