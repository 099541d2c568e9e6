package emulator

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const createChat = `{"type":"chat.agent","externalId":"chat-1","taskIdentifier":"hello-world","triggerConfig":{"basePayload":{"name":"Ada"},
	"tags":["t"],"queue":"q","machine":"micro"},"metadata":{"m":1}}`

type createdSession struct {
	ID        string `json:"id"`
	RunID     string `json:"runId"`
	Token     string `json:"publicAccessToken"`
	Cached    bool   `json:"isCached"`
	CurrentID string `json:"currentRunId"`
}

func startSession(t *testing.T, e *Emulator, body string) createdSession {
	t.Helper()
	answer := do(e, request{path: "/api/v1/sessions", body: body})
	if answer.Code != 201 && answer.Code != 200 {
		t.Fatalf("got %d %s", answer.Code, answer.Body)
	}
	return decode[createdSession](t, answer.Body.Bytes())
}

func TestASessionKeepsARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		first := startSession(t, e, createChat)
		again := startSession(t, e, createChat)
		if again.ID != first.ID || again.RunID != first.RunID || !again.Cached || first.Cached || first.CurrentID != first.RunID {
			t.Errorf("got %+v, then %+v", first, again)
		}
		row := must(e.Run(first.RunID))
		if row.Payload.Data != `{"name":"Ada"}` || row.Queue != "q" || row.Machine != "micro" || len(row.Tags) != 1 {
			t.Errorf("the run is %+v", row)
		}
		if scopes := must(e.verify(first.Token)).Scopes; len(scopes) != 2 || scopes[0] != "read:sessions:chat-1" || scopes[1] != "write:sessions:chat-1" {
			t.Errorf("the token has %q", scopes)
		}
		time.Sleep(time.Second) // of the bubble's clock: the run ends
		do(e, request{path: "/realtime/v1/sessions/chat-1/in/append", body: "hi", bearer: first.Token})
		next := startSession(t, e, createChat)
		if next.RunID == first.RunID || next.ID != first.ID {
			t.Errorf("a record did not begin another run: %+v", next)
		}

		patch := do(e, request{method: "PATCH", path: "/api/v1/sessions/" + first.ID, body: `{"tags":["new"],"metadata":null}`})
		if got := patch.Body.String(); !strings.Contains(got, `"tags":["new"]`) || !strings.Contains(got, `"metadata":null`) {
			t.Errorf("got %s", got)
		}
		for _, reason := range []string{"done", "again"} {
			closed := do(e, request{path: "/api/v1/sessions/chat-1/close", body: `{"reason":"` + reason + `"}`})
			if got := closed.Body.String(); !strings.Contains(got, `"closedReason":"done"`) || strings.Contains(got, `"closedAt":null`) {
				t.Errorf("got %s", got)
			}
		}
		if got := do(e, request{path: "/api/v1/sessions", body: createChat}); got.Code != 409 {
			t.Errorf("creating a closed session is answered %d %s", got.Code, got.Body)
		}
		if got := do(e, request{path: "/realtime/v1/sessions/chat-1/in/append", body: "hi"}); got.Code != 400 || !strings.Contains(got.Body.String(), "closed session") {
			t.Errorf("appending to a closed session is answered %d %s", got.Code, got.Body)
		}
	})
}

func TestAChannelIsReadByEitherID(t *testing.T) {
	e := newEmulator(t, Options{StreamIdle: time.Nanosecond})
	created := startSession(t, e, createChat)
	for i, id := range []string{created.ID, "chat-1"} {
		for range 2 { // the second is a retry
			q := request{path: "/realtime/v1/sessions/" + id + "/in/append", body: `{"n":1}`, headers: map[string]string{"X-Part-Id": "p" + string(rune('0'+i))}}
			if got := do(e, q); got.Body.String() != `{"ok":true}` {
				t.Fatalf("got %d %s", got.Code, got.Body)
			}
		}
	}
	for _, id := range []string{created.ID, "chat-1"} {
		answer := do(e, request{path: "/realtime/v1/sessions/" + id + "/in"})
		if got := strings.Count(answer.Body.String(), `{\"data\":\"{\\\"n\\\":1}\"`); got != 2 || answer.Header().Get("X-Stream-Version") != "v2" {
			t.Errorf("%s has %d records: %s", id, got, answer.Body)
		}
	}
	after := do(e, request{path: "/realtime/v1/sessions/chat-1/in/records?afterEventId=0"}).Body.String()
	if after != `{"records":[{"data":"{\"n\":1}","id":"p1","seqNum":1}]}` {
		t.Errorf("got %s", after)
	}
	if got := do(e, request{path: "/realtime/v1/sessions/chat-1/channels/side/in/records"}).Body.String(); got != `{"records":[]}` {
		t.Errorf("a channel with a name has the session's own records: %s", got)
	}
}

func TestAReaderIsLetGoWhenTheTurnIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		empty := ""
		channel := SessionChannel{Session: "chat-2"}
		add := func(parts ...Part) {
			if err := e.AppendRecords(channel, parts...); err != nil {
				t.Fatal(err)
			}
		}
		peek := request{path: "/realtime/v1/sessions/chat-2/out", headers: map[string]string{"X-Peek-Settled": "1"}}
		add(Part{Data: json.RawMessage(`{"text":"hi"}`)})
		unsettled, ended, leave := begin(t, e, peek)
		synctest.Wait()
		if ended() || unsettled.Header().Get("X-Session-Settled") != "" {
			t.Error("a reader was let go in the middle of a turn")
		}
		leave()
		add(Part{Body: &empty, Headers: [][2]string{{controlHeader, "turn-complete"}}}, Part{Body: &empty, Headers: [][2]string{{"", "trim"}}})
		settled := do(e, peek)
		if settled.Header().Get("X-Session-Settled") != "true" || !strings.Contains(settled.Body.String(), `["trigger-control","turn-complete"]`) ||
			!strings.HasSuffix(settled.Body.String(), "data: [DONE]\n\n") {
			t.Errorf("got %v %s", settled.Header(), settled.Body)
		}
		if records := do(e, request{path: "/realtime/v1/sessions/chat-2/out/records"}).Body.String(); strings.Contains(records, "trim") || !strings.Contains(records, `"headers":[["trigger-control","turn-complete"]]`) {
			t.Errorf("got %s", records)
		}
		synctest.Wait()
	})
}

func TestARecordCompletesASessionWait(t *testing.T) {
	e := newEmulator(t, Options{})
	run := scripted(e, Columns{"status": StatusExecuting})
	answer := do(e, request{path: "/api/v1/runs/" + run + "/session-streams/wait", body: `{"session":"chat-3","io":"in"}`})
	id := decode[struct {
		ID string `json:"waitpointId"`
	}](t, answer.Body.Bytes()).ID
	do(e, request{path: "/realtime/v1/sessions/chat-3/in/append", body: `{"n":1}`})
	if got := readToken(t, e, id); got != (shownToken{"COMPLETED", `{"n":1}`, TypeJSON, false}) {
		t.Errorf("got %+v", got)
	}
}

func TestSessionsRefuse(t *testing.T) {
	e := newEmulator(t, Options{StreamIdle: time.Nanosecond})
	created := startSession(t, e, createChat)
	old := newEmulator(t, Options{StreamVersion: StreamV1})
	channel := func(id, rest string) request { return request{path: "/realtime/v1/sessions/" + id + rest} }
	add := func(id, rest string) request {
		return request{path: "/realtime/v1/sessions/" + id + rest + "/append", body: "x"}
	}
	create := func(with, instead string) request {
		return request{path: "/api/v1/sessions", body: strings.Replace(createChat, with, instead, 1)}
	}
	checkAnswers(t, e, []answerCase{
		{"no type", "", create(`"chat.agent"`, `""`), 400, `\"type\"`},
		{"an external id that looks minted", "", create(`chat-1`, `session_1`), 400, `externalId cannot start with 'session_'`},
		{"an empty external id", "", create(`chat-1`, ` `), 400, `externalId`},
		{"no payload", "", create(`{"name":"Ada"}`, `1`), 400, `basePayload`},
		{"an unknown machine", "", create(`micro`, `huge`), 400, `options.machine`},
		{"an unknown task", "", create(`hello-world`, `none`), 422, `Task not found`},
		{"creating with the scope for one session", "write:sessions:chat-1", create(``, ``), 403, `"code":"unauthorized"`},
		{"creating with the scope for the task", "write:tasks:hello-world", create(``, ``), 200, `"isCached":true`},

		{"an unknown session", "", request{path: "/api/v1/sessions/none"}, 404, `{"error":"Not found"}`},
		{"retrieving with the scope for another", "read:sessions:x", request{path: "/api/v1/sessions/chat-1"}, 403, `"code":"unauthorized"`},
		{"retrieving by one id with the scope for the other", "read:sessions:" + created.ID, request{path: "/api/v1/sessions/chat-1"}, 200, `"externalId":"chat-1"`},
		{"closing with the scope to write", "write:sessions:chat-1", request{path: "/api/v1/sessions/chat-1/close", body: `{}`}, 403, `"code":"unauthorized"`},
		{"closing an unknown session", "", request{path: "/api/v1/sessions/none/close", body: `{}`}, 404, `Session not found`},
		{"another external id", "", request{method: "PATCH", path: "/api/v1/sessions/chat-1", body: `{"externalId":"b"}`}, 422, `externalId cannot be changed`},

		{"a channel of an unknown minted id", "", channel("session_x", "/out"), 404, `{"error":"Not found"}`},
		{"an unknown direction", "", channel("chat-1", "/up"), 400, `Params Error`},
		{"a bad name of a channel", "", channel("chat-1", "/channels/a%20b/out"), 400, `Params Error`},
		{"a timeout of zero", "", request{path: "/realtime/v1/sessions/chat-1/out", headers: map[string]string{"Timeout-Seconds": "0"}}, 400, `Timeout seconds must be greater than 0`},
		{"reading an id that nobody created", "", channel("nobody", "/out"), 200, `[DONE]`},
		{"reading with the scope for another", "read:sessions:x", channel("chat-1", "/out"), 403, `"code":"unauthorized"`},
		{"reading with the scope for it", "read:sessions:chat-1", channel(created.ID, "/out"), 200, ``},
		{"reading out with the scope for out", "read:sessions:chat-1:out", channel("chat-1", "/out"), 200, ``},
		{"reading in with the scope for out", "read:sessions:chat-1:out", channel("chat-1", "/in"), 403, `"code":"unauthorized"`},
		{"reading a channel with the scope for it", "read:sessions:chat-1:channels:side", channel("chat-1", "/channels/side/out"), 200, ``},
		{"reading another channel with it", "read:sessions:chat-1:channels:side", channel("chat-1", "/channels/back/out"), 403, `"code":"unauthorized"`},
		{"reading the session's own channel with it", "read:sessions:chat-1:channels:side", channel("chat-1", "/out"), 403, `"code":"unauthorized"`},
		{"records after what is no number", "", channel("chat-1", "/out/records?afterEventId=x"), 400, `Query Error`},

		{"appending to an unknown minted id", "", add("session_x", "/in"), 404, `{"error":"Resource not found"}`},
		{"appending with the scope to read", "read:sessions", add("chat-1", "/in"), 403, `"code":"unauthorized"`},
		{"appending with the scope", "write:sessions:chat-1", add(created.ID, "/in"), 200, `{"ok":true}`},
		{"appending to out with a public token", "write:sessions:chat-1", add("chat-1", "/out"), 403, `{"ok":false,"error":"Appending to the out channel requires secret key authentication"}`},
		{"appending too much", "", request{path: "/realtime/v1/sessions/chat-1/in/append", body: strings.Repeat("x", inputBodyLimit+1)}, 413, `Request body too large`},
		{"preparing out with a public token", "write:sessions", request{method: "PUT", path: "/realtime/v1/sessions/chat-1/out"}, 403, `requires secret key`},
		{"preparing out", "", request{method: "PUT", path: "/realtime/v1/sessions/chat-1/out"}, 202, `{"version":"v2"}`},
		{"waiting in an unknown run", "", request{path: "/api/v1/runs/run_x/session-streams/wait", body: `{"session":"chat-1","io":"in"}`}, 404, `Run not found`},
	})
	checkAnswers(t, old, []answerCase{
		{"a service without the newer streams", "", channel("chat-1", "/out"), 501, `Session channels require the S2 realtime backend`},
	})
}
