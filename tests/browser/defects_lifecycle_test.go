//go:build !js

package browser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runwire/runwire/web/emulator"
)

// Connections that outlive their components, and connections that nobody needs.
var lifecycleDefects = slices.Concat(leavingDefects(), []defect{
	{number: 1, name: "stop() ends the connection of a run that came in the place of another", holds: func(w *world) bool {
		first, second := w.create(nil), w.create(nil)
		w.follow(first)
		w.change("a", map[string]any{"args": arguments(second, "")})
		w.until("last('a').run?.id === %q", second)
		w.untilPolling(second)
		w.stop("a")
		return w.closes()
	}},
	{number: 2, name: "two components on one run have one connection", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id}, component{Name: "b", Hook: "useRealtimeRun", RunID: id})
		w.until("last('a').run && last('b').run")
		snapshots := slices.DeleteFunc(w.gets(runPath), func(call emulator.Call) bool { return strings.Contains(call.Query, "live=true") })
		return len(snapshots) == 1
	}},
})

// leavingDefects are one for each hook that follows something.
func leavingDefects() []defect {
	var list []defect
	for _, test := range []struct {
		hook  string
		args  []any
		shown string
	}{
		{"useRealtimeRun", []any{scriptedRun}, "run"},
		{"useRealtimeRunWithStreams", []any{scriptedRun}, "streams.openai"},
		{"useRealtimeStream", []any{scriptedRun, "openai"}, "parts[0]"},
		{"useRealtimeRunsWithTag", []any{"one"}, "runs[0]"},
		{"useRealtimeBatch", []any{"batch_1"}, "runs[0]"},
		{"useSessionStream", []any{"chat-1"}, "records[0]"},
	} {
		list = append(list, defect{1, fmt.Sprintf("%s that Strict Mode has mounted leaves no connection behind", test.hook), setting{development: true},
			func(w *world) bool {
				w.begin(emulator.Columns{"status": "EXECUTING", "tags": []string{"one"}, "batchId": "batch_1"})
				w.append(scriptedRun, "openai", "zero")
				w.records(scriptedSession, record("zero"))
				access := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs", "read:batch:batch_1", "read:sessions:chat-1"}})
				w.mount(component{Name: "a", Hook: test.hook, Args: test.args, Options: map[string]any{"accessToken": access}, Strict: true})
				w.until("last('a').%s", test.shown)
				w.eventually(patience, "a connection is open", func() bool { return w.emulator.Stats().OpenRealtime > 0 })
				w.unmount("a")
				return w.closes()
			}})
	}
	return list
}

// restart disables a component and enables it again.
func (w *world) restart(name string) {
	w.t.Helper()
	for _, enabled := range []bool{false, true} {
		w.change(name, map[string]any{"options": map[string]any{"enabled": enabled}})
		w.settle()
	}
}
