package api

import (
	"errors"
	"strconv"

	"github.com/runwire/runwire/hooks/rawjson"
)

// StreamVersionHeader names how a stream is framed: absent or v1, or v2.
const StreamVersionHeader = "x-stream-version"

// Part is one item of a run's stream. It is never changed.
type Part struct {
	Chunk    rawjson.Value // what the task appended, always valid JSON
	RecordID string        // the part's own id, which its writer kept across retries; "" where there is none
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
	return Records{Parts: []Part{{Chunk: chunk}}, LastEventID: id}
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
	// The bodies are JSON inside JSON strings. All of a batch are decoded into one buffer, so that ten
	// thousand parts are one allocation for the collector and not ten thousand.
	buffer := make([]byte, 0, len(data))
	var bodies []span
	var records Records
	for record := range batch.Get("records").Elements() {
		sequence, body, command, err := readRecord(record)
		if err != nil {
			return Records{}, err
		}
		records.LastEventID = strconv.FormatInt(sequence, 10)
		if command {
			continue
		}
		start := len(buffer)
		buffer = rawjson.AppendText(buffer, body)
		bodies = append(bodies, span{start, len(buffer)})
	}
	text := string(buffer)
	records.Parts = make([]Part, 0, len(bodies))
	for _, b := range bodies {
		records.Parts = append(records.Parts, readPart(text[b.start:b.end]))
	}
	return records, nil
}

type span struct{ start, end int }

// readRecord reads one record of a batch. A command record, whose first header has an empty name, moves
// the cursor and brings nothing.
func readRecord(record rawjson.Value) (sequence int64, body rawjson.Value, command bool, err error) {
	sequence = -1
	for name, value := range record.Members() {
		switch name {
		case "seq_num":
			if n, ok := value.Int(); ok && n >= 0 {
				sequence = n
			}
		case "body":
			body = value
		case "headers":
			command = isCommand(value)
		}
	}
	if sequence < 0 {
		return 0, "", false, errors.New("a record without seq_num")
	}
	return sequence, body, command, nil
}

func isCommand(headers rawjson.Value) bool {
	for header := range headers.Elements() {
		for name := range header.Elements() {
			return name == `""`
		}
	}
	return false
}

// readPart reads a record's body. What cannot be read is delivered as null, because the original delivers
// it as undefined and a lost part would be worse.
func readPart(body string) Part {
	value, err := rawjson.Parse(body)
	if err != nil {
		return Part{Chunk: rawjson.Null}
	}
	part := Part{Chunk: rawjson.Null}
	for name, member := range value.Members() {
		switch name {
		case "data":
			part.Chunk = member
		case "id":
			part.RecordID = member.Text()
		}
	}
	return part
}
