package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/rawjson"
)

// wireErrors are all kinds of errors that cross to a page. testdata/errors.json says as what; the tests of
// npm revive them from there.
var wireErrors = []struct {
	name string
	err  error
}{
	{"a run feed is refused, with the body as it came", &hooks.StatusError{
		Op: "subscribe run run_1", URL: "https://api.example/realtime/v1/runs/run_1", HTTPStatus: 404, Message: "Not found", Body: `{"error":"Not found"}`, Feed: hooks.KindRun,
	}},
	{"a stream is refused", &hooks.StatusError{
		Op: "subscribe stream ai of run_1", URL: "https://api.example/realtime/v1/streams/run_1/ai", HTTPStatus: 403, Code: "unauthorized", Message: "Unauthorized", Feed: hooks.KindStream,
	}},
	{"a call is refused", &hooks.StatusError{
		Op: "find the stored payload of run_1", URL: "https://api.example/api/v1/runs/run_1/packets/payload", HTTPStatus: 422, Code: "c", Message: "Task \"a\"\nis not there",
	}},
	{"an access token is refused, and there is no other one", &hooks.StatusError{
		Op: "subscribe run run_1", URL: "https://api.example/realtime/v1/runs/run_1", HTTPStatus: 401, Message: "Public Access Token is invalid",
		Body: `{"error":"Public Access Token is invalid"}`, Feed: hooks.KindRun, Cause: errors.New("refreshAccessToken: signed out"),
	}},
	{"there is no answer", &hooks.TransportError{Op: "subscribe run run_1", URL: "https://api.example/realtime/v1/runs/run_1", Reason: "Failed to fetch"}},
	{"an answer cannot be read", &hooks.DecodeError{
		Op: "subscribe run run_1", URL: "https://api.example/realtime/v1/runs/run_1", Err: errors.New("invalid JSON at byte 0, want a value"),
	}},
	{"page and runtime do not fit", &internalError{"an unknown message"}},
}

func TestErrorsOnTheWire(t *testing.T) {
	type entry struct {
		Name  string          `json:"name"`
		Error json.RawMessage `json:"error"`
	}
	if *rewrite {
		var b strings.Builder
		for i, e := range wireErrors {
			name, _ := json.Marshal(e.name)
			b.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
			b.WriteString("  {\n    \"name\": " + string(name) + ",\n    \"error\": " + written(func(w *rawjson.Writer) { writeError(w, e.err) }) + "\n  }")
		}
		if err := os.WriteFile("testdata/errors.json", []byte(b.String()+"\n]\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var want []entry
	readJSON(t, "testdata/errors.json", &want)
	if len(want) != len(wireErrors) {
		t.Fatalf("the file has %d errors, want %d", len(want), len(wireErrors))
	}
	for i, e := range wireErrors {
		if got := written(func(w *rawjson.Writer) { writeError(w, e.err) }); want[i].Name != e.name || got != compact(t, want[i].Error) {
			t.Errorf("%s: on the wire it is\n%s, want\n%s", e.name, got, want[i].Error)
		}
	}
}

// written returns what write writes.
func written(write func(w *rawjson.Writer)) string {
	w := &rawjson.Writer{}
	write(w)
	return string(w.Bytes())
}
