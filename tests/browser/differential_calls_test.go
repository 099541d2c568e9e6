//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// The hooks beside the three that follow one run.
//
// Left out, because the original is wrong there: a failed mutation is an unhandled rejection as well (19); rows that
// leave a list stay in it (10, 31); one render for each row (9); useRun's errors, which it asks about for ever (21); a
// control record reaches onRecords only with the next other record.
var otherScripts = []script{
	{name: "useRun", outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "payload": map[string]any{"to": 3}, "output": map[string]any{"total": 3}})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun})
		w.until("last('a').run && !last('a').isLoading && !last('a').isValidating")
	}},
	{name: "useRun that asks again until the run has completed", outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun, Options: map[string]any{"refreshInterval": 50}})
		w.until("last('a').run?.status === 'EXECUTING'")
		w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
		w.until("last('a').run.status === 'COMPLETED' && !last('a').isValidating")
	}},
	{name: "useRun that is mounted again shows its run at once", watch: []string{"a", "b"}, outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun})
		w.until("last('a').run && !last('a').isValidating")
		w.unmount("a")
		w.settle()
		w.mount(component{Name: "b", Hook: "useRun", RunID: scriptedRun})
		if first := w.read("b").States[0]; fmt.Sprint(first["run"]) == "(undefined)" || first["isLoading"] != false {
			w.t.Errorf("the first render of a remount shows %v", first)
		}
		w.until("last('b').run && !last('b').isValidating")
	}},
	{name: "useRealtimeRunsWithTag", outcome: true, play: func(w *world) {
		moment := func(second int) string {
			return time.Now().Add(time.Duration(second-60) * time.Second).Format(time.RFC3339)
		}
		for i, id := range []string{"run_first", "run_second"} {
			_, err := w.emulator.CreateRun(id, emulator.Columns{"status": "EXECUTING", "tags": []string{"one", "two"}, "createdAt": moment(i)})
			w.must(err)
		}
		_, err := w.emulator.CreateRun("run_other", emulator.Columns{"tags": []string{"another"}})
		w.must(err)
		w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}})
		w.until("last('a').runs?.length === 2")
		_, err = w.emulator.CreateRun("run_third", emulator.Columns{"tags": []string{"one"}, "createdAt": moment(30)})
		w.must(err)
		w.until("last('a').runs.length === 3")
		w.must(w.emulator.UpdateRun("run_first", emulator.Columns{"metadata": map[string]any{"step": 1}}))
		w.until("last('a').runs[0].metadata?.step === 1")
		w.must(w.emulator.UpdateRun("run_second", emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"}))
		w.until("last('a').runs[1].isCompleted")
	}},
	{name: "useTaskTrigger", play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": w.triggerToken("hello-world")}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{"name": "Ada"}, map[string]any{"tags": []string{"one"}})
		w.until("last('a').handle && !last('a').isLoading")
	}},
	{name: "useTaskTrigger twice at once", play: func(w *world) {
		token := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"trigger:tasks:hello-world"}})
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": token}})
		w.until("'isLoading' in last('a')")
		w.play(call("a", "submit", 1), call("a", "submit", 2))
		w.until("last('a').handle && !last('a').isLoading")
	}},
	{name: "useTaskTrigger whose task changes", play: func(w *world) {
		token := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"trigger:tasks:hello-world", "trigger:tasks:count-up"}})
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": token}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{"name": "Ada"})
		w.until("last('a').handle && !last('a').isLoading")
		w.change("a", map[string]any{"args": []any{"count-up"}})
		w.settle()
		w.call("a", "submit", map[string]any{"to": 1})
		w.until("last('a').handle.taskIdentifier === 'count-up' && !last('a').isLoading")
	}},
	{name: "useRealtimeTaskTrigger", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useRealtimeTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{
			"accessToken": w.triggerToken("hello-world"), "skipColumns": []string{"usageDurationMs", "costInCents"},
		}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{"name": "Ada"})
		w.until("last('a').run?.output?.message === 'Hello, Ada'")
	}},
	{name: "useRealtimeTaskTriggerWithStreams", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useRealtimeTaskTriggerWithStreams", Args: []any{"stream-text"}, Options: map[string]any{
			"accessToken": w.triggerToken("stream-text"), "skipColumns": []string{"usageDurationMs", "costInCents"},
		}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{"prompt": "rivers", "tokens": 5, "everyMs": 20})
		w.until("last('a').run?.output && last('a').streams.openai?.length === 5 && last('a').streams.events?.length === 5")
	}},
	{name: "useWaitToken", play: func(w *world) {
		var token struct{ ID, PublicAccessToken string }
		w.must(json.Unmarshal(w.post("/api/v1/waitpoints/tokens", map[string]any{}), &token))
		access := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"write:waitpoints:" + token.ID}})
		w.mount(component{Name: "a", Hook: "useWaitToken", Args: []any{token.ID}, Options: map[string]any{"accessToken": access}})
		w.until("last('a').isReady")
		w.call("a", "complete", map[string]any{"approved": true})
		w.until("last('a').isCompleted && !last('a').isLoading")
	}},
	{name: "useInputStreamSend", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		access := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"write:inputStreams:" + scriptedRun}})
		w.mount(component{Name: "a", Hook: "useInputStreamSend", Args: []any{"messages", scriptedRun}, Options: map[string]any{"accessToken": access}})
		w.until("last('a').isReady")
		w.call("a", "send", map[string]any{"text": "hello"})
		w.until("states('a').some((state) => state.isLoading)")
		w.until("!last('a').isLoading")
	}},
	{name: "useSessionStream", play: func(w *world) {
		const session = "chat-1"
		options := map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:" + session}})}
		w.records(session, emulator.Part{Data: json.RawMessage(`{"text":"zero"}`)})
		w.mount(component{Name: "a", Hook: "useSessionStream", Args: []any{session}, Options: options, Callbacks: []string{"onControl"}})
		w.until("last('a').records?.length === 1")
		w.records(session, emulator.Part{Data: json.RawMessage(`{"text":"one"}`)})
		w.until("last('a').records.length === 2")
		w.records(session, emulator.Part{Body: new(""), Headers: [][2]string{{"trigger-control", "turn-complete"}, {"model", "small"}}})
		w.until("last('a').lastControl?.subtype === 'turn-complete'")
		w.records(session, emulator.Part{Data: json.RawMessage(`{"text":"two"}`)})
		w.until("last('a').records.length === 3")
	}},
	{name: "useSessionStream with the events of its records", play: func(w *world) {
		const session = "chat-1"
		options := map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:" + session}})}
		w.mount(component{Name: "a", Hook: "useSessionStream", Args: []any{session}, Options: options, Callbacks: []string{"onRecords"}})
		for i, text := range []string{"zero", "one", "two"} {
			w.records(session, emulator.Part{Data: json.RawMessage(literal(map[string]string{"text": text}))})
			w.until("last('a').records?.length === %d", i+1)
		}
	}},
	{name: "useSessionStream without access", play: func(w *world) {
		options := map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:chat-2"}})}
		w.mount(component{Name: "a", Hook: "useSessionStream", Args: []any{"chat-1"}, Options: options})
		w.until("last('a').error")
	}},
	{name: "parts with their events, of which the newest are kept", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.append(scriptedRun, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onParts"},
			Options: map[string]any{"maxParts": 2}})
		w.until("last('a').parts?.[0] === 'zero'")
		for _, part := range []string{"one", "two", "three"} {
			w.append(scriptedRun, "openai", part)
			w.until("last('a').parts.at(-1) === %q", part)
		}
	}},
}

// records appends to what a session sends.
func (w *world) records(session string, records ...emulator.Part) {
	w.t.Helper()
	w.must(w.emulator.AppendRecords(emulator.SessionChannel{Session: session}, records...))
}

// triggerToken may trigger a task.
func (w *world) triggerToken(task string) string {
	return w.mint(w.t, emulator.TokenSpec{Scopes: []string{fmt.Sprintf("trigger:tasks:%s", task)}})
}
