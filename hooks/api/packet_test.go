package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// SPEC.md, section 7: packets.
func TestPackets(t *testing.T) {
	for _, tt := range []struct {
		name         string
		columns      []string
		none, stored bool
		plain        string // what JSON returns
	}{
		{"JSON", []string{column("payload", `{"a":[1]}`), column("payloadType", "application/json")}, false, false, `{"a":[1]}`},
		{"super+json, of which only the plain part is read here", []string{column("payload", `{"json":{"d":"2026"},"meta":{"values":{"d":["Date"]}}}`), column("payloadType", "application/super+json")}, false, false, `{"d":"2026"}`},
		{"text that looks like JSON", []string{column("payload", `{"a":1}`), column("payloadType", "text/plain")}, false, false, ""},
		{"text with its quotes and newlines", []string{column("payload", "\"a\"\n\\"), column("payloadType", "text/plain")}, false, false, ""},
		{"JSON that is none", []string{column("payload", `{`), column("payloadType", "application/json")}, false, false, ""},
		{"super+json without a plain part", []string{column("payload", `[1]`), column("payloadType", "application/super+json")}, false, false, ""},
		{"a type that nobody knows", []string{column("payload", `1`), column("payloadType", "image/png")}, false, false, ""},
		{"a path to what is stored elsewhere", []string{column("payload", `a/b.json`), column("payloadType", "application/store")}, false, true, ""},
		{"no type", []string{column("payload", `1`)}, true, false, ""},
		{"no data", []string{column("payloadType", "application/json")}, true, false, ""},
		{"empty data", []string{column("payload", ""), column("payloadType", "application/json")}, true, false, ""},
		{"an empty path", []string{column("payload", ""), column("payloadType", "application/store")}, true, false, ""},
		{"null data", []string{`"payload":null`, column("payloadType", "application/json")}, true, false, ""},
		{"data that is no text", []string{`"payload":{"a":1}`, column("payloadType", "application/json")}, true, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := decode(t, strings.Join(tt.columns, ",")).Payload
			if p.IsNone() != tt.none || p.IsStored() != tt.stored || (tt.plain != "" || !tt.none) && p.JSON() != rawjson.Value(tt.plain) {
				t.Errorf("none %v, stored %v, JSON %s; want %v, %v, %s", p.IsNone(), p.IsStored(), p.JSON(), tt.none, tt.stored, tt.plain)
			}
		})
	}
}

func TestAPacketKeepsItsTextToTheLetter(t *testing.T) {
	text := "a \"b\" \\ \n\t é🙂 \u2028 </script> \x00"
	p := decode(t, column("output", text)+","+column("outputType", "text/plain")).Output
	if got := p.Data.Text(); got != text {
		t.Errorf("the output is %q, want %q", got, text)
	}
}

// The order of precedence is that of @trigger.dev/core 4.8.3.
func TestStreamKeys(t *testing.T) {
	streams := column("realtimeStreams", "{new,ai}")
	for _, tt := range []struct {
		name, metadata, metadataType string
		want                         []string
	}{
		{"without metadata they are the run's", "", "", []string{"new", "ai"}},
		{"a list in the metadata wins", `{"$$streams":["old","b"]}`, "application/json", []string{"old", "b"}},
		{"also in super+json", `{"json":{"$$streams":["old"]}}`, "application/super+json", []string{"old"}},
		{"an empty list does not win", `{"$$streams":[]}`, "application/json", []string{"new", "ai"}},
		{"nor one of other things", `{"$$streams":["old",7]}`, "application/json", []string{"new", "ai"}},
		{"nor what is no list", `{"$$streams":"old"}`, "application/json", []string{"new", "ai"}},
		{"metadata in a type that cannot be read has none", `{"$$streams":["old"]}`, "text/plain", []string{"new", "ai"}},
		{"nor has broken metadata", `{"$$streams":["old"]`, "application/json", []string{"new", "ai"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := decode(t, streams+","+column("metadata", tt.metadata)+","+column("metadataType", tt.metadataType))
			if got := run.StreamKeys(); !slices.Equal(got, tt.want) {
				t.Errorf("the keys are %q, want %q", got, tt.want)
			}
		})
	}
	if got := (*api.Run)(nil).StreamKeys(); got != nil {
		t.Errorf("no run has the keys %q", got)
	}
}

func TestPresignedURL(t *testing.T) {
	for body, want := range map[string]string{
		`{"presignedUrl":"https://o.example/p?sign=1\u0026x"}`: "https://o.example/p?sign=1&x",
		`{"presignedUrl":7}`: "", `{"url":"https://o.example"}`: "", `{}`: "", `[]`: "", `"https://o.example"`: "", `<html>`: "", ``: "",
	} {
		if got := api.PresignedURL(body); got != want {
			t.Errorf("%s names %q, want %q", body, got, want)
		}
	}
}
