//go:build !js

package browser

import (
	"encoding/json"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// Calls, and runs that are retrieved.
var callDefects = []defect{
	{number: 19, name: "a task that cannot be triggered is an error that is caught", holds: func(w *world) bool {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}})
		return w.failsCaught("submit")
	}},
	{number: 19, name: "a wait token that cannot be completed is an error that is caught", holds: func(w *world) bool {
		w.mount(component{Name: "a", Hook: "useWaitToken", Args: []any{"waitpoint_unknown"}})
		return w.failsCaught("complete")
	}},
	{number: 19, name: "an input that cannot be sent is an error that is caught", holds: func(w *world) bool {
		w.mount(component{Name: "a", Hook: "useInputStreamSend", Args: []any{"messages", w.create(nil)}})
		return w.failsCaught("send")
	}},
	{number: 20, name: "every option of a trigger travels", holds: func(w *world) bool {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": w.triggerToken("hello-world")}})
		w.until("'isLoading' in last('a')")
		options := map[string]any{"machine": "micro", "priority": 10, "region": "eu", "idempotencyKeyTTL": "1h", "externalDeploymentId": "one"}
		w.call("a", "submit", map[string]any{}, options)
		w.until("last('a').handle")
		var sent struct{ Options map[string]any }
		w.must(json.Unmarshal([]byte(w.posts("/api/v1/tasks/")[0].Body), &sent))
		for name := range options {
			if sent.Options[name] == nil {
				return false
			}
		}
		return true
	}},
	{number: 20, name: "experimental_throttleInMs has an effect", holds: func(w *world) bool {
		const parts = 20
		w.mount(component{Name: "a", Hook: "useRealtimeTaskTriggerWithStreams", Args: []any{"stream-text"}, Options: map[string]any{
			"accessToken": w.triggerToken("stream-text"), "experimental_throttleInMs": 1000,
		}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{"prompt": "rivers", "tokens": parts, "everyMs": 20})
		w.until("last('a').streams?.openai?.length === %d", parts)
		return evaluate[int](w.page, "new Set(states('a').map(({ streams }) => streams.openai?.length)).size") < parts/2
	}},
	{number: 20, name: "a run with its streams that cannot be followed after the trigger is an error", holds: func(w *world) bool {
		w.fault(emulator.Fault{Match: "GET " + runPath, Action: emulator.Action{Status: 403, Body: `{"error":"Unauthorized"}`}})
		w.mount(component{Name: "a", Hook: "useRealtimeTaskTriggerWithStreams", Args: []any{"hello-world"}, Options: map[string]any{
			"accessToken": w.triggerToken("hello-world"),
		}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{})
		w.eventually(patience, "the run is asked for", func() bool { return len(w.gets(runPath)) > 0 })
		return w.shows("last('a').error?.status === 403")
	}},
	{number: 21, name: "a component that renders often asks again all the same", holds: func(w *world) bool {
		id := w.create(nil)
		w.mount(component{Name: "a", Hook: "useRun", RunID: id, Options: map[string]any{"refreshInterval": dedupe.Milliseconds() + 100}})
		w.until("last('a').run")
		evaluate[any](w.page, "void setInterval(() => play([{ do: 'change', name: 'a', to: {} }]), 100)")
		return within(2*dedupe, func() bool { return len(w.gets("/api/v3/runs/")) > 1 })
	}},
	{number: 21, name: "who may not read a run is not shown it because another may", holds: func(w *world) bool {
		id := w.create(nil)
		w.mount(component{Name: "a", Hook: "useRun", RunID: id})
		w.until("last('a').run")
		w.mount(component{Name: "b", Hook: "useRun", RunID: id, Options: map[string]any{"accessToken": "none"}})
		return w.rather("last('b').error", "last('b').run")
	}},
	{number: 21, name: "a run that has expired is not asked for any more", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXPIRED"})
		w.mount(component{Name: "a", Hook: "useRun", RunID: id, Options: map[string]any{"refreshInterval": 50}})
		w.until("last('a').run")
		return !within(dedupe+briefly, func() bool { return len(w.gets("/api/v3/runs/")) > 1 })
	}},
	{number: 21, name: "an output that is stored elsewhere is there", holds: func(w *world) bool {
		id := w.trigger("big-output", map[string]any{"bytes": 600_000})
		w.eventually(patience, "the task has ended", func() bool {
			run, err := w.emulator.Run(id)
			return err == nil && run.Status == emulator.StatusCompleted
		})
		w.mount(component{Name: "a", Hook: "useRun", RunID: id, LastOnly: true})
		w.until("last('a').run?.isCompleted")
		return w.shows("last('a').run.output")
	}},
	{number: 22, name: "the app's own SWR is not asked for anything", holds: func(w *world) bool {
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: w.create(nil), Fetcher: true})
		return w.rather("last('a').run", "read('a').calls.length > 0")
	}},
}

// dedupe is how long nobody makes the original's useRun ask again.
const dedupe = 2 * time.Second

// failsCaught makes component a do what it has no access for, and reports whether that is an error of the hook alone.
func (w *world) failsCaught(action string) bool {
	w.t.Helper()
	w.until("'isLoading' in last('a')")
	w.call("a", action, map[string]any{})
	w.until("last('a').error?.status === 403")
	w.settle()
	return len(w.errors()) == 0
}
