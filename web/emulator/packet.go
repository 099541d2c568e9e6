package emulator

import (
	"encoding/json"
	"fmt"
)

// The content types of a stored packet.
const (
	TypeJSON      = "application/json"
	TypeSuperJSON = "application/super+json"
	TypeText      = "text/plain"
	TypeStore     = "application/store" // the data is a path in the object store
)

// Packet is a payload, output or metadata as it is stored: text and its content type. The zero Packet is absent.
type Packet struct {
	Data string
	Type string
}

// SuperJSON is an output whose values JSON cannot express, such as dates: a task returns it to have its output stored
// as super+json.
type SuperJSON struct {
	JSON any `json:"json"`
	Meta any `json:"meta,omitempty"`
}

// encodePacket makes the packet of a value that a task returned. Nil becomes the absent packet.
func encodePacket(value any) (Packet, error) {
	if value == nil {
		return Packet{}, nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return Packet{}, fmt.Errorf("encode packet: %w", err)
	}
	if _, annotated := value.(SuperJSON); annotated {
		return Packet{string(text), TypeSuperJSON}, nil
	}
	return Packet{string(text), TypeJSON}, nil
}

// plainJSON is the packet's value as JSON text without annotations, nil when there is none.
func (p Packet) plainJSON() json.RawMessage {
	switch {
	case p.Data == "" || p.Type == "":
		return nil
	case p.Type == TypeText:
		return appendJSONString(nil, p.Data)
	case p.Type == TypeSuperJSON:
		var annotated struct {
			JSON json.RawMessage `json:"json"`
		}
		if json.Unmarshal([]byte(p.Data), &annotated) != nil {
			return nil
		}
		return annotated.JSON
	case json.Valid([]byte(p.Data)):
		return json.RawMessage(p.Data)
	default:
		return appendJSONString(nil, p.Data)
	}
}
