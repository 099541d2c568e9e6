//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/runwire/runwire/web/emulator"
)

// Calls, and runs that are retrieved.
//
// Left out, because it is a matter of time: what useRun's errors lead to later.
var callScripts = []script{
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
	{name: "useRun, for as long as it has a run id", outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRun"})
		w.settle()
		w.change("a", map[string]any{"args": arguments(scriptedRun, "")})
		w.until("last('a').run && !last('a').isValidating")
		w.change("a", map[string]any{"args": arguments("", "")})
		w.until("!last('a').run")
	}},
	{name: "useRun that is not enabled, and has an access token", outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun, Options: map[string]any{"enabled": false}})
		w.until("last('a').run && !last('a').isValidating")
	}},
	{name: "useRun with an access token for another run", outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun, Options: map[string]any{
			"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs:run_other"}}),
		}})
		w.until("last('a').error && !last('a').isValidating")
	}},
	{name: "useRun in two components", watch: []string{"a", "b"}, outcome: true, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRun", RunID: scriptedRun})
		w.until("last('a').run && !last('a').isValidating")
		w.mount(component{Name: "b", Hook: "useRun", RunID: scriptedRun})
		w.until("last('b').run && !last('b').isValidating")
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
	{name: "useTaskTrigger that is submitted again", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": w.triggerToken("hello-world")}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{}, map[string]any{"idempotencyKey": "one"})
		w.until("last('a').handle && !last('a').isLoading")
		w.call("a", "submit", map[string]any{}, map[string]any{"idempotencyKey": "one"})
		w.until("last('a').handle.isCached && !last('a').isLoading")
	}},
	{name: "useTaskTrigger with an access token for another task", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": w.triggerToken("other")}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{})
		w.until("last('a').error && !last('a').isLoading")
	}},
	{name: "useTaskTrigger with too many tags", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": w.triggerToken("hello-world")}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{}, map[string]any{"tags": strings.Split("1,2,3,4,5,6,7,8,9,10,11", ",")})
		w.until("last('a').error && !last('a').isLoading")
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
}

// triggerToken may trigger a task.
func (w *world) triggerToken(task string) string {
	return w.mint(w.t, emulator.TokenSpec{Scopes: []string{fmt.Sprintf("trigger:tasks:%s", task)}})
}
