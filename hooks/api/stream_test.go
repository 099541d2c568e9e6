package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

func TestDecodeEventV1(t *testing.T) {
	for _, tt := range []struct{ name, id, data, chunk string }{
		{"a JSON value", "1769854834001-0", `{"step":2}`, `{"step":2}`},
		{"a JSON string", "1-0", `"Hel"`, `"Hel"`},
		{"space around it is not part of it", "1-0", " 7\n", `7`},
		{"text that is no JSON stands for itself", "1-0", `lo {`, `"lo {"`},
		{"text with quotes and newlines", "1-0", "a \"b\"\nc", `"a \"b\"\nc"`},
		{"bytes that are no UTF-8", "1-0", "\xff", "\"\uFFFD\""},
		{"the empty text", "", "", `""`},
		{"without an id the place stays as it was", "", `1`, `1`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := api.DecodeEventV1(tt.id, tt.data)
			want := []api.Part{{Chunk: rawjson.Value(tt.chunk)}}
			if !slices.Equal(contents(got.Parts), want) || got.LastEventID != tt.id {
				t.Errorf("%q is %+v, want %+v at %q", tt.data, got, want, tt.id)
			}
		})
	}
}

// contents returns parts without their places, which TestPartsKnowTheirPlace is about.
func contents(parts []api.Part) []api.Part {
	var bare []api.Part
	for _, part := range parts {
		bare = append(bare, api.Part{Chunk: part.Chunk, RecordID: part.RecordID})
	}
	return bare
}

func TestPartsKnowTheirPlace(t *testing.T) {
	one := api.DecodeEventV1("1769854834001-0", `1`).Parts[0]
	if one.ID != "1769854834001-0" || one.Timestamp != 1769854834001 {
		t.Errorf("a part of version 1 is at %q, written at %d", one.ID, one.Timestamp)
	}
	records, err := api.DecodeEventV2("batch", `{"records":[
		{"seq_num":7,"timestamp":42,"body":"{\"data\":1}","headers":[["a","b"]]},
		{"seq_num":8,"timestamp":43,"body":"","headers":[["trigger-control","turn-complete"]]}]}`)
	if err != nil || len(records.Parts) != 2 {
		t.Fatalf("got %+v, error %v", records, err)
	}
	two, control := records.Parts[0], records.Parts[1]
	if two.ID != "7" || two.Timestamp != 42 || two.Headers != `[["a","b"]]` || two.Control != "" {
		t.Errorf("a part of version 2 is %+v", two)
	}
	if control.ID != "8" || control.Control != "turn-complete" {
		t.Errorf("a control record is %+v", control)
	}
}

func TestDecodeEventV2(t *testing.T) {
	record := func(sequence, more string) string { return `{"seq_num":` + sequence + `,"timestamp":1` + more + `}` }
	for _, tt := range []struct {
		name, event, data string
		parts             []api.Part
		lastEventID       string
		fails             string
	}{
		{"records of a batch", "batch", batch(record("0", `,"body":"{\"data\":\"Hel\",\"id\":\"k3\"}"`), record("1", `,"body":"{\"data\":{\"x\":[1, 2]},\"id\":\"Pq\"}"`)),
			[]api.Part{{Chunk: `"Hel"`, RecordID: "k3"}, {Chunk: `{"x":[1, 2]}`, RecordID: "Pq"}}, "1", ""},
		{"a batch of nothing", "batch", batch(), nil, "", ""},
		{"a batch without records", "batch", `{"tail":{"seq_num":9}}`, nil, "", ""},
		{"escapes within escapes", "batch", batch(record("3", `,"body":"{\"data\":\"\\\"é\\u00e9\\n\\\\\",\"id\":\"a\\\"b\"}"`)), []api.Part{{Chunk: `"\"é\u00e9\n\\"`, RecordID: `a"b`}}, "3", ""},
		{"a part without an id", "batch", batch(record("3", `,"body":"{\"data\":1}"`)), []api.Part{{Chunk: `1`}}, "3", ""},
		{"a part without data is null", "batch", batch(record("3", `,"body":"{\"id\":\"a\"}"`)), []api.Part{{Chunk: `null`, RecordID: "a"}}, "3", ""},
		{"a body that is no JSON is null", "batch", batch(record("3", `,"body":"not json"`)), []api.Part{{Chunk: `null`}}, "3", ""},
		{"an empty body is null", "batch", batch(record("3", `,"body":""`)), []api.Part{{Chunk: `null`}}, "3", ""},
		{"a body that is no text is null", "batch", batch(record("3", `,"body":{"data":1}`)), []api.Part{{Chunk: `null`}}, "3", ""},
		{"no body is null", "batch", batch(record("3", ``)), []api.Part{{Chunk: `null`}}, "3", ""},
		{"a command moves the place and brings nothing", "batch", batch(record("3", `,"body":"{\"data\":1}"`), record("4", `,"headers":[["","trim"]],"body":"x"`)), []api.Part{{Chunk: `1`}}, "4", ""},
		{"headers with a name are no command", "batch", batch(record("3", `,"headers":[["a","b"],["",""]],"body":"{\"data\":1}"`)), []api.Part{{Chunk: `1`}}, "3", ""},
		{"nor are no headers", "batch", batch(record("3", `,"headers":[],"body":"{\"data\":1}"`)), []api.Part{{Chunk: `1`}}, "3", ""},
		{"a record without a number", "batch", batch(`{"body":"{}"}`), nil, "", "a record without seq_num"},
		{"a record with a number that is none", "batch", batch(record(`"3"`, ``)), nil, "", "a record without seq_num"},
		{"a record with a negative number", "batch", batch(record("-1", ``)), nil, "", "a record without seq_num"},
		{"a record that is no object", "batch", batch(`7`), nil, "", "a record without seq_num"},
		{"one bad record spoils its batch, so that nothing is passed over", "batch", batch(record("3", `,"body":"{\"data\":1}"`), `{}`), nil, "", "a record without seq_num"},
		{"a batch that is no JSON", "batch", `{"records":[`, nil, "", "JSON ends"},
		{"a ping", "ping", `{"timestamp":1}`, nil, "", ""},
		{"the end", "", "[DONE]", nil, "", ""},
		{"an event of tomorrow", "new", `{"records":[]}`, nil, "", ""},
		{"a server that cannot go on", "error", "secret details", nil, "", "could not read the stream"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := api.DecodeEventV2(tt.event, tt.data)
			if (err == nil) != (tt.fails == "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
				t.Fatalf("the error is %v, want %q", err, tt.fails)
			}
			if !slices.Equal(contents(got.Parts), tt.parts) || got.LastEventID != tt.lastEventID {
				t.Errorf("%s is %+v, want %+v at %q", tt.data, got, tt.parts, tt.lastEventID)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error %q quotes the server's data", err)
			}
		})
	}
}

func batch(records ...string) string {
	return `{"records":[` + strings.Join(records, ",") + `],"tail":{"seq_num":9,"timestamp":1}}`
}

func TestALongBatchIsReadWhole(t *testing.T) {
	var batch strings.Builder
	var want []api.Part
	for n := range 1000 {
		chunk := fmt.Sprintf("%q", strings.Repeat("é", n%40))
		want = append(want, api.Part{Chunk: rawjson.Value(chunk), RecordID: fmt.Sprint("part ", n)})
		body := fmt.Sprintf(`{"data":%s,"id":"part %d"}`, chunk, n)
		fmt.Fprintf(&batch, `,{"seq_num":%d,"timestamp":1,"body":%q,"headers":[]}`, n, body)
	}
	records, err := api.DecodeEventV2("batch", `{"records":[`+batch.String()[1:]+`]}`)
	if err != nil || !slices.Equal(contents(records.Parts), want) {
		t.Errorf("%d parts, error %v; want %d, each as it was written", len(records.Parts), err, len(want))
	}
}

func TestHeader(t *testing.T) {
	header := api.ParseHeader("content-type: text/event-stream; charset=utf-8\nelectric-up-to-date: \nx-a:b: c\n\nno field\nelectric-offset:1_0")
	want := api.Header{
		"content-type": "text/event-stream; charset=utf-8", "electric-up-to-date": "", "x-a": "b: c", "electric-offset": "1_0",
	}
	if fmt.Sprint(header) != fmt.Sprint(want) {
		t.Errorf("the header is %v, want %v", header, want)
	}
	for value, is := range map[string]bool{
		"text/event-stream": true, "Text/Event-Stream ;charset=utf-8": true, "text/html": false, "text/event-stream2": false, "": false,
	} {
		if got := (api.Header{"content-type": value}).HasContentType("text/event-stream"); got != is {
			t.Errorf("content-type %q is an event stream: %v, want %v", value, got, is)
		}
	}
}

// The bodies are those of the service, and what stands between it and us.
func TestDecodeFailure(t *testing.T) {
	for _, tt := range []struct {
		name       string
		httpStatus int
		body       string
		want       api.Failure
	}{
		{"the service's words", 404, `{"error":"Not found"}`, api.Failure{Message: "Not found"}},
		{"words and a code", 403, `{"error":"Unauthorized","code":"unauthorized","param":"access_token"}`, api.Failure{Message: "Unauthorized", Code: "unauthorized"}},
		{"an object with a message", 400, `{"error":{"message":"no","x":1}}`, api.Failure{Message: "no"}},
		{"problem+json", 429, `{"title":"Rate Limit Exceeded","error":"slow down"}`, api.Failure{Message: "slow down"}},
		{"JSON without an error", 400, `{"details":[1]}`, api.Failure{Message: `{"details":[1]}`}},
		{"an error of another type", 400, `{"error":7}`, api.Failure{Message: `{"error":7}`}},
		{"an empty error", 400, `{"error":""}`, api.Failure{Message: `{"error":""}`}},
		{"JSON that is no object", 500, `[1]`, api.Failure{Message: "[1]"}},
		{"a proxy's page", 502, "<html>Bad gateway</html>", api.Failure{Message: "502 <html>Bad gateway</html>"}},
		{"no body", 503, "", api.Failure{Message: "503 status code (no body)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := api.DecodeFailure(tt.httpStatus, tt.body); got != tt.want {
				t.Errorf("%q says %+v, want %+v", tt.body, got, tt.want)
			}
		})
	}
}
