package api

import "github.com/runwire/runwire/hooks/rawjson"

// Packet is a user's value as the server keeps it: text and how to read the text. The zero value is
// "no value".
type Packet struct {
	Data rawjson.Value // a JSON string that holds the text
	Type string        // application/json, application/super+json, text/plain or application/store
}

// TypeStore marks a packet whose text is the path of an object outside the run.
const TypeStore = "application/store"

// IsNone reports whether there is no value: both the text and its type are needed.
func (p Packet) IsNone() bool { return p.Data == "" || p.Type == "" }

// IsStored reports whether the value must be downloaded first.
func (p Packet) IsStored() bool { return !p.IsNone() && p.Type == TypeStore }

// packetData keeps the text of a column as it travelled. Empty text is no value.
func packetData(value rawjson.Value) rawjson.Value {
	if !value.IsString() || value == `""` {
		return ""
	}
	return value
}

// JSON returns the JSON value that the packet holds, of super+json its plain part, or no value when it
// holds something else.
func (p Packet) JSON() rawjson.Value {
	if p.Type != "application/json" && p.Type != "application/super+json" {
		return ""
	}
	value, err := rawjson.Parse(p.Data.Text())
	if err != nil {
		return ""
	}
	if p.Type == "application/super+json" {
		return value.Get("json")
	}
	return value
}

// StreamKeys lists the run's streams. Tasks of before 4.1 listed them in their metadata, and then that
// list wins.
func (r *Run) StreamKeys() []string {
	if r == nil {
		return nil
	}
	var keys []string
	for key := range r.Metadata.JSON().Get("$$streams").Elements() {
		if !key.IsString() {
			return r.RealtimeStreams
		}
		keys = append(keys, key.Text())
	}
	if len(keys) > 0 {
		return keys
	}
	return r.RealtimeStreams
}

// PresignedURL reads the answer to PresignPacket. It is "" when the answer holds none.
func PresignedURL(body string) string {
	value, err := rawjson.Parse(body)
	if err != nil {
		return ""
	}
	return value.Get("presignedUrl").Text()
}
