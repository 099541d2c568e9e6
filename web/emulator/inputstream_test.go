package emulator

import (
	"strings"
	"testing"
)

func sendInput(id, stream, body string) request {
	return request{path: "/realtime/v1/streams/" + id + "/input/" + stream, body: body}
}

func TestInputIsReadAsText(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusExecuting})
	for _, body := range []string{`{"data":{"a": 1}}`, `{"data":"text"}`, `{"data":null}`} {
		if got := do(e, sendInput(id, "in", body)); got.Code != 200 || got.Body.String() != `{"ok":true}` {
			t.Fatalf("got %d %s", got.Code, got.Body)
		}
	}
	if err := e.CloseStream(id, inputKey("in")); err != nil {
		t.Fatal(err)
	}
	body := do(e, request{path: "/realtime/v1/streams/" + id + "/input/in"}).Body.String()
	for _, want := range []string{`{\"data\":\"{\\\"a\\\": 1}\",\"id\":\"inp_`, `{\"data\":\"\\\"text\\\"\"`, `{\"data\":\"null\"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the stream has no %s: %s", want, body)
		}
	}
	if got := must(e.Run(id)).Streams; len(got) != 0 {
		t.Errorf("input streams are announced: %q", got)
	}
}

func TestInputCompletesAWait(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusExecuting})
	wait := func(body string) string {
		answer := do(e, request{path: "/api/v1/runs/" + id + "/input-streams/wait", body: body})
		return decode[struct {
			ID string `json:"waitpointId"`
		}](t, answer.Body.Bytes()).ID
	}
	early := wait(`{"streamId":"in"}`)
	if got := readToken(t, e, early).Status; got != "WAITING" {
		t.Errorf("it is %s before anything was sent", got)
	}
	do(e, sendInput(id, "in", `{"data":{"n":1}}`))
	do(e, sendInput(id, "in", `{"data":{"n":2}}`))
	for name, c := range map[string]struct{ id, want string }{
		"one that waited":             {early, `{"n":1}`},
		"one that came late":          {wait(`{"streamId":"in"}`), `{"n":1}`},
		"one that had seen the first": {wait(`{"streamId":"in","lastSeqNum":0}`), `{"n":2}`},
	} {
		if got := readToken(t, e, c.id); got != (shownToken{"COMPLETED", c.want, TypeJSON, false}) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if got := readToken(t, e, wait(`{"streamId":"in","lastSeqNum":1}`)).Status; got != "WAITING" {
		t.Errorf("one that has seen everything is %s", got)
	}
}

func TestInputRefuses(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusExecuting, "tags": []string{"x"}})
	ended := scripted(e, Columns{"status": StatusCompleted})
	read := request{method: "HEAD", path: "/realtime/v1/streams/" + id + "/input/in"}
	checkAnswers(t, e, []answerCase{
		{"an unknown run", "", sendInput("run_x", "in", `{"data":1}`), 404, `{"ok":false,"error":"Run not found"}`},
		{"a run that has ended", "", sendInput(ended, "in", `{"data":1}`), 400, `{"ok":false,"error":"Cannot send to input stream on a completed run"}`},
		{"a body without data", "", sendInput(id, "in", `{}`), 400, `{"ok":false,"error":"Invalid request body"}`},
		{"a body that is no JSON", "", sendInput(id, "in", `{`), 400, `{"ok":false,"error":"Invalid request body"}`},
		{"a record over the limit", "", sendInput(id, "in", `{"data":"`+strings.Repeat("x", recordLimit-30)+`"}`), 413, `"ok":false`},
		{"a body over the limit", "", sendInput(id, "in", `{"data":"`+strings.Repeat("x", recordLimit)+`"}`), 413, `Request body too large`},
		{"the scope for another run", "write:inputStreams:" + ended, sendInput(id, "in", `{"data":1}`), 403, `"code":"unauthorized"`},
		{"the scope for the stream's id", "write:inputStreams:in", sendInput(id, "in", `{"data":1}`), 403, `"code":"unauthorized"`},
		{"the scope to read", "read:runs", sendInput(id, "in", `{"data":1}`), 403, `"code":"unauthorized"`},
		{"the scope for the run", "write:inputStreams:" + id, sendInput(id, "in", `{"data":1}`), 200, `{"ok":true}`},
		{"the scope for all", "write:inputStreams", sendInput(id, "in", `{"data":1}`), 200, `{"ok":true}`},
		{"reading with the scope to write", "write:inputStreams:" + id, read, 403, ``},
		{"reading with the scope for a tag", "read:tags:x", read, 200, ``},
		{"waiting in an unknown run", "", request{path: "/api/v1/runs/run_x/input-streams/wait", body: `{"streamId":"in"}`}, 404, `Run not found`},
	})
}
