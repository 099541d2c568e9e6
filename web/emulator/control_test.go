package emulator

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestColumnsThatAreSet(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(1_769_854_830_000))
	cases := []struct {
		name    string
		columns Columns
		check   func(row *Row) bool
	}{
		{"nothing", nil, func(r *Row) bool { return r.Status == StatusPending && r.TaskIdentifier == "scripted" }},
		{"a status that no service has", Columns{"status": "ODD"}, func(r *Row) bool { return r.Status == "ODD" && r.CompletedAt.IsZero() }},
		{"executing starts", Columns{"status": StatusExecuting}, func(r *Row) bool { return r.StartedAt.Equal(clock.Now()) }},
		{"a final status completes", Columns{"status": "EXPIRED"}, func(r *Row) bool { return r.CompletedAt.Equal(clock.Now()) }},
		{"unless told otherwise", Columns{"status": "EXPIRED", "completedAt": nil}, func(r *Row) bool { return r.CompletedAt.IsZero() }},
		{"packet text", Columns{"output": `{"json":1}`, "outputType": TypeSuperJSON}, func(r *Row) bool { return r.Output == Packet{`{"json":1}`, TypeSuperJSON} }},
		{"a value as output", Columns{"output": []int{1}}, func(r *Row) bool { return r.Output == Packet{`[1]`, TypeJSON} }},
		{"no output", Columns{"output": nil}, func(r *Row) bool { return r.Output == Packet{} }},
		{"time as text", Columns{"delayUntil": "2026-01-31T10:20:30.123"}, func(r *Row) bool { return r.DelayUntil.Equal(time.UnixMilli(1_769_854_830_123)) }},
		{"time as milliseconds", Columns{"delayUntil": 1_769_854_830_123}, func(r *Row) bool { return r.DelayUntil.Equal(time.UnixMilli(1_769_854_830_123)) }},
		{"a time with a zone", Columns{"createdAt": "2026-01-31T11:20:30+01:00"}, func(r *Row) bool { return r.CreatedAt.Equal(clock.Now()) }},
		{"tags under their short name", Columns{"tags": []string{"a"}}, func(r *Row) bool { return len(r.Tags) == 1 && r.Tags[0] == "a" }},
		{"numbers", Columns{"number": 7, "costInCents": 1.5, "isTest": true}, func(r *Row) bool { return r.Number == 7 && r.CostInCents == 1.5 && r.IsTest }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := newEmulator(t, Options{Clock: clock})
			id, err := e.CreateRun("", c.columns)
			if err != nil {
				t.Fatal(err)
			}
			if row := must(e.Run(id)); !c.check(row) {
				t.Errorf("the row is %+v", row)
			}
		})
	}
}

func TestControlSaysWhatIsWrong(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	id := scripted(e, nil)
	cases := []struct {
		name    string
		request request
		status  int
		says    string
	}{
		{"a column that does not exist", request{path: "/emulator/runs", body: `{"colour":"red"}`}, 400, "a name is unknown"},
		{"a value of the wrong kind", request{path: "/emulator/runs", body: `{"number":"x"}`}, 400, "set number"},
		{"a time that is none", request{path: "/emulator/runs", body: `{"completedAt":"soon"}`}, 400, "want a time"},
		{"an id that is taken", request{path: "/emulator/runs", body: `{"id":"` + id + `"}`}, 400, "is taken"},
		{"an unknown run to change", request{method: "PATCH", path: "/emulator/runs/run_x", body: `{}`}, 404, "create it first"},
		{"an unknown run to append to", request{path: "/emulator/runs/run_x/streams/k", body: `{"parts":[1]}`}, 404, "create it first"},
		{"an unknown run to close a stream of", request{path: "/emulator/runs/run_x/streams/k/close", body: `{}`}, 404, "create it first"},
		{"an unknown run to rotate", request{path: "/emulator/rotate/run_x", body: `{}`}, 404, "create it first"},
		{"an empty fault", request{path: "/emulator/faults", body: `{"match":"/"}`}, 400, "the action is empty"},
		{"a status that is none", request{path: "/emulator/faults", body: `{"action":{"status":99}}`}, 400, "want 200 to 599"},
		{"a public token", request{path: "/emulator/stats", bearer: must(e.MintToken(TokenSpec{Scopes: []string{"admin"}}))}, 401, "Invalid API key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := do(e, c.request)
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.says) {
				t.Errorf("got %d %s, want %d and %q", answer.Code, answer.Body, c.status, c.says)
			}
		})
	}
	if err := e.UpdateRun("run_x", nil); !errors.Is(err, ErrUnknownRun) {
		t.Errorf("got %v", err)
	}
	if answer := do(newEmulator(t, Options{}), request{path: "/emulator/stats"}); answer.Code != 404 {
		t.Errorf("without Options.Control, it is answered %d", answer.Code)
	}
}

func TestScriptingOverHTTP(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	created := do(e, request{path: "/emulator/runs", body: `{"id":"run_a","status":"EXECUTING","payload":{"w":1},"tags":["x"]}`})
	shown := decode[struct {
		ID      string             `json:"id"`
		Columns map[string]*string `json:"columns"`
	}](t, created.Body.Bytes())
	if shown.ID != "run_a" || *shown.Columns["status"] != "EXECUTING" || *shown.Columns["runTags"] != `{"x"}` || len(shown.Columns) != 26 {
		t.Errorf("created %s", created.Body)
	}
	do(e, request{method: "PATCH", path: "/emulator/runs/run_a", body: `{"status":"COMPLETED_SUCCESSFULLY","output":{"ok":true}}`})
	if row := must(e.Run("run_a")); row.Status != StatusCompleted || row.Output.Data != `{"ok":true}` || row.CompletedAt.IsZero() {
		t.Errorf("the row is %+v", row)
	}
	do(e, request{path: "/emulator/runs/run_a/streams/k", body: `{"parts":[{"a": 1},"b",null]}`})
	do(e, request{path: "/emulator/runs/run_a/streams/k/close", body: `{}`})
	parts, _, done := received(t, do(e, stream("run_a", "", "")).Body.String())
	if got := strings.Join(parts, " "); got != `{"a":1} "b" null` || !done {
		t.Errorf("streamed %s, done %t", got, done)
	}
	answer := do(e, request{path: "/emulator/tokens", body: `{"scopes":["read:runs:run_a"],"expiresIn":-5}`})
	token := decode[map[string]string](t, answer.Body.Bytes())["token"]
	if got := do(e, request{path: "/api/v3/runs/run_a", bearer: token}).Code; got != 401 {
		t.Errorf("the expired token is answered %d", got)
	}
	tasks := decode[struct{ Tasks []struct{ ID string } }](t, do(e, request{path: "/emulator/tasks"}).Body.Bytes()).Tasks
	if len(tasks) != len(Tasks()) {
		t.Errorf("listed %v", tasks)
	}
}

func TestTimeOverHTTP(t *testing.T) {
	virtual := newEmulator(t, Options{Control: true, Clock: NewVirtualClock(time.UnixMilli(1000))})
	advance := request{path: "/emulator/clock", body: `{"advanceMs":500}`}
	if answer := do(virtual, advance); answer.Code != 200 || answer.Body.String() != `{"nowMs":1500}` {
		t.Errorf("got %d %s", answer.Code, answer.Body)
	}
	if answer := do(newEmulator(t, Options{Control: true}), advance); answer.Code != 400 || !strings.Contains(answer.Body.String(), "time is real") {
		t.Errorf("got %d %s", answer.Code, answer.Body)
	}
}

func TestTheLogShowsRequestsAndNoCredentials(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	id := scripted(e, nil)
	token := must(e.MintToken(TokenSpec{Scopes: []string{"read:runs"}}))
	do(e, request{path: "/api/v3/runs/" + id + "?a=b", bearer: token, headers: map[string]string{
		"X-App": strings.Repeat("a", 2*maxLoggedHeader), "Cookie": "session=" + token,
	}})
	do(e, request{path: "/realtime/v1/runs/run_x"})
	do(e, request{method: "OPTIONS", path: "/api/v3/runs/" + id, bare: true})
	text := do(e, request{path: "/emulator/requests"}).Body.String()
	if strings.Contains(text, token) || strings.Contains(text, testSecret) {
		t.Error("the log shows a credential")
	}
	calls := e.Requests("")
	if len(calls) != 3 {
		t.Fatalf("logged %+v", calls)
	}
	if c := calls[0]; c.Route != "retrieve" || c.Query != "a=b" || c.Status != 200 || c.Authorization != "Bearer" || len(c.TokenID) != 16 ||
		c.Headers["x-trigger-api-version"] != currentAPIVersion || len(c.Headers["x-app"]) != maxLoggedHeader || c.EndMs < c.StartMs || c.Aborted {
		t.Errorf("logged %+v", c)
	}
	if got := e.Requests("/realtime"); len(got) != 1 || got[0].Status != 404 {
		t.Errorf("filtered %+v", got)
	}
	stats := e.Stats()
	if stats.Requests["retrieve"] != 1 || stats.Requests["run-feed"] != 1 || stats.Requests["preflight"] != 1 || stats.MaxOpenRealtime != 1 {
		t.Errorf("counted %+v", stats)
	}
	do(e, request{method: "DELETE", path: "/emulator/requests"})
	if stats := e.Stats(); len(e.Requests("")) != 0 || len(stats.Requests) != 0 || stats.MaxOpenRealtime != 0 {
		t.Errorf("after the reset: %+v", stats)
	}
}

func TestTheLogIsBounded(t *testing.T) {
	e := newEmulator(t, Options{})
	for range maxLoggedCalls + 1 {
		do(e, request{path: "/nowhere", bare: true})
	}
	calls := e.Requests("")
	if len(calls) > maxLoggedCalls || calls[len(calls)-1].ID != maxLoggedCalls+1 {
		t.Errorf("keeps %d requests, the newest %d", len(calls), calls[len(calls)-1].ID)
	}
}

func TestControlOfListsSessionsAndTheQueue(t *testing.T) {
	e := newEmulator(t, Options{Control: true, AnnounceDeletes: true, StreamIdle: time.Nanosecond})
	control := func(method, path, body string) string {
		t.Helper()
		answer := do(e, request{method: method, path: "/emulator/" + path, body: body})
		if answer.Code != 200 {
			t.Errorf("%s %s: got %d %s", method, path, answer.Code, answer.Body)
		}
		return answer.Body.String()
	}
	shown := control("POST", "runs", `{"id":"run_1","tags":["x"],"batchId":"batch_1","region":"eu","attempts":2,"priority":1.5}`)
	for _, want := range []string{`"region":"eu"`, `"attempts":"2"`, `"priority":"1.5"`, `"batchId":"batch_1"`} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %s in %s", want, shown)
		}
	}
	client := &feedClient{e: e, path: "/realtime/v1/runs?tags=x"}
	expect(t, "snapshot", client.fetch(t, false), "insert run_1")
	control("DELETE", "runs/run_1", ``)
	if got := client.fetch(t, true); len(got) != 1 || !strings.HasPrefix(got[0], "delete ") {
		t.Errorf("got %q", got)
	}
	control("POST", "rotate", `{}`)
	if got := do(e, client.request(false)).Code; got != 409 {
		t.Errorf("after the rotation the list is answered %d", got)
	}

	control("POST", "queue", `{"paused":true}`)
	waiting := triggerTask(t, e, "always-fails", `{}`)
	if got := must(e.Run(waiting)).Status; got != StatusPending {
		t.Errorf("with the queue paused the run is %s", got)
	}
	control("POST", "queue", `{"paused":false}`)
	awaitTrue(t, "the run to end", func() bool { return must(e.Run(waiting)).Status == StatusFailed })

	control("POST", "sessions/chat/out?channel=side", `{"parts":[{"n":1}],"records":[{"body":"","headers":[["trigger-control","turn-complete"]]}]}`)
	records := do(e, request{path: "/realtime/v1/sessions/chat/channels/side/out/records"}).Body.String()
	if !strings.Contains(records, `"data":{"n":1}`) || !strings.Contains(records, `"turn-complete"`) {
		t.Errorf("got %s", records)
	}
	if got := do(e, request{method: "DELETE", path: "/emulator/runs/run_1"}).Code; got != 404 {
		t.Errorf("deleting twice is answered %d", got)
	}
	if got := do(e, request{path: "/emulator/sessions/session_x/out", body: `{"parts":[1]}`}).Code; got != 404 {
		t.Errorf("writing to a session that does not exist is answered %d", got)
	}
}
