package api

import (
	"errors"
	"strconv"
	"strings"

	"github.com/runwire/runwire/hooks/rawjson"
)

// StreamVersionHeader names how a stream is framed: absent or v1, or v2.
const StreamVersionHeader = "x-stream-version"

// Part is one item of a stream. It is never changed.
type Part struct {
	Chunk     rawjson.Value // what was appended, always valid JSON
	RecordID  string        // the part's own id, which its writer kept across retries; "" where there is none
	ID        string        // its place in the stream, for Last-Event-ID; "" where the server gave none
	Timestamp int64         // when it was written, in milliseconds since 1970; 0 where the server did not say
	Headers   rawjson.Value // a JSON array of pairs, or no value
	Control   string        // of a control record: its subtype; "" of any other
}

// Records is what one server-sent event brought.
type Records struct {
	Parts       []Part
	LastEventID string // resume after this; "" leaves the place as it was
}

// DecodeEventV1 reads an event of a v1 stream: one JSON value, or text that is none and stands for itself.
func DecodeEventV1(id, data string) Records {
	chunk, err := rawjson.Parse(data)
	if err != nil {
		chunk = rawjson.Quote(data)
	}
	part := Part{Chunk: chunk, ID: id}
	if dash := strings.IndexByte(id, '-'); dash > 0 {
		part.Timestamp, _ = rawjson.Value(id[:dash]).Int()
	}
	return Records{Parts: []Part{part}, LastEventID: id}
}

// DecodeEventV2 reads an event of a v2 stream. Pings and the closing [DONE] bring nothing; the event "error"
// is returned as an error, which a new connection may mend.
func DecodeEventV2(event, data string) (Records, error) {
	switch event {
	case "batch":
		return decodeBatch(data)
	case "error":
		return Records{}, errors.New("the server could not read the stream on")
	}
	return Records{}, nil
}

func decodeBatch(data string) (Records, error) {
	batch, err := rawjson.Parse(data)
	if err != nil {
		return Records{}, err
	}
	var p piece
	var records Records
	for element := range batch.Get("records").Elements() {
		r, body, err := readRecord(element)
		if err != nil {
			return Records{}, err
		}
		records.LastEventID = r.part.ID
		if r.command {
			continue
		}
		p.add(r, body)
		if len(p.bodies) >= pieceSize {
			records.Parts = p.take(records.Parts)
		}
	}
	records.Parts = p.take(records.Parts)
	return records, nil
}

// pieceSize is how many bytes of bodies are decoded into one string, which the parts share. One string for each part
// would be as many allocations; of one for a whole batch, TinyGo's collector would go from every part back to where
// it begins. Source: measured with streams of 100,000 parts.
const pieceSize = 4 << 10

// piece is some records of a batch, whose bodies, which are JSON inside JSON strings, stand one after another.
type piece struct {
	records []record
	bodies  []byte
}

// record is one record of a batch.
type record struct {
	part    Part
	command bool // it moves the cursor and brings nothing
	end     int  // of its body, in its piece
}

func (p *piece) add(r record, body rawjson.Value) {
	p.bodies = rawjson.AppendText(p.bodies, body)
	r.end = len(p.bodies)
	p.records = append(p.records, r)
}

// take appends the piece's parts, and empties the piece.
func (p *piece) take(parts []Part) []Part {
	text := string(p.bodies)
	start := 0
	for _, r := range p.records {
		readBody(&r.part, text[start:r.end])
		parts = append(parts, r.part)
		start = r.end
	}
	p.records, p.bodies = p.records[:0], p.bodies[:0]
	return parts
}

func readRecord(value rawjson.Value) (r record, body rawjson.Value, err error) {
	r.part.Headers = "[]"
	for name, member := range value.Members() {
		switch name {
		case "seq_num":
			if n, ok := member.Int(); ok && n >= 0 {
				r.part.ID = strconv.FormatInt(n, 10)
			}
		case "timestamp":
			r.part.Timestamp, _ = member.Int()
		case "body":
			body = member
		case "headers":
			r.readHeaders(member)
		}
	}
	if r.part.ID == "" {
		return r, "", errors.New("a record without seq_num")
	}
	return r, body, nil
}

// readHeaders takes a record's headers. The first header of a command has an empty name.
func (r *record) readHeaders(headers rawjson.Value) {
	if headers != r.part.Headers {
		r.part.Headers = rawjson.Value(strings.Clone(string(headers))) // a part outlives its batch
	}
	r.command = false
	first := true
	for header := range r.part.Headers.Elements() {
		name, value := pair(header)
		if first {
			r.command = name == `""`
			first = false
		}
		if name == `"trigger-control"` {
			r.part.Control = value.Text()
		}
	}
}

// pair returns the two elements of a header.
func pair(header rawjson.Value) (name, value rawjson.Value) {
	at := 0
	for element := range header.Elements() {
		if at == 0 {
			name = element
		} else {
			value = element
			break
		}
		at++
	}
	return name, value
}

// readBody reads a record's body. What cannot be read is delivered as null, because the original delivers
// it as undefined and a lost part would be worse.
func readBody(part *Part, body string) {
	part.Chunk = rawjson.Null
	value, err := rawjson.Parse(body)
	if err != nil {
		return
	}
	for name, member := range value.Members() {
		switch name {
		case "data":
			part.Chunk = member
		case "id":
			part.RecordID = member.Text()
		}
	}
}
