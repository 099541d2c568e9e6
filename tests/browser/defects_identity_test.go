//go:build !js

package browser

import (
	"fmt"

	"github.com/runwire/runwire/web/emulator"
)

// Components that come to name something else, or recover.
var identityDefects = []defect{
	{number: 4, name: "an error goes when there is data again", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.fault(emulator.Fault{Match: "GET " + runPath, Times: 1, Action: emulator.Action{Status: 403, Body: `{"error":"Unauthorized"}`}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
		w.until("last('a').error")
		w.restart("a")
		w.until("last('a').run")
		return w.shows("!last('a').error")
	}},
	{number: 4, name: "a changed run id shows nothing of the run before", holds: func(w *world) bool {
		first, second := w.create(nil), w.create(nil)
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: first})
		w.until("last('a').run")
		shown := w.after(func() { w.change("a", map[string]any{"args": arguments(second, "")}) })
		w.until("last('a').run?.id === %q", second)
		return evaluate[bool](w.page, fmt.Sprintf("%s.run?.id !== %q", shown, first))
	}},
	{number: 4, name: "a changed run id shows nothing of the error before", holds: func(w *world) bool {
		id := w.create(nil)
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: "run_unknown"})
		w.until("last('a').error")
		w.change("a", map[string]any{"args": arguments(id, "")})
		w.until("last('a').run?.id === %q", id)
		return w.shows("!last('a').error")
	}},
	{number: 4, name: "a changed run id shows nothing of the streams before", holds: func(w *world) bool {
		first, second := w.create(nil), w.create(nil)
		w.append(first, "openai", "one")
		w.append(second, "openai", "two")
		w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: first})
		w.until("last('a').streams?.openai")
		w.change("a", map[string]any{"args": arguments(second, "")})
		w.until("last('a').streams.openai?.includes('two')")
		return evaluate[bool](w.page, "last('a').streams.openai.length === 1")
	}},
	{number: 4, name: "a changed tag shows none of the rows before", holds: func(w *world) bool {
		w.create(emulator.Columns{"tags": []string{"one"}})
		second := w.create(emulator.Columns{"tags": []string{"two"}})
		w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}})
		w.until("last('a').runs?.length === 1")
		w.change("a", map[string]any{"args": []any{"two"}})
		w.until("last('a').runs.some(({ id }) => id === %q)", second)
		return evaluate[bool](w.page, "last('a').runs.length === 1")
	}},
	{number: 5, name: "a changed stream key is followed", holds: func(w *world) bool {
		w.changeStreamKey()
		return w.shows("last('a').parts[0] === '2'")
	}},
	{number: 5, name: "a changed stream key shows no part of the stream before", holds: func(w *world) bool {
		id := w.changeStreamKey()
		w.append(id, "one", "1 too")
		w.append(id, "two", "2 too")
		w.until("last('a').parts.some((part) => part.endsWith('too'))")
		return evaluate[bool](w.page, "!last('a').parts.some((part) => part.startsWith('1'))")
	}},
	{number: 5, name: "a changed id shows the run again at once", holds: func(w *world) bool {
		id := w.create(nil)
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Options: map[string]any{"id": "one"}})
		w.until("last('a').run")
		w.after(func() { w.change("a", map[string]any{"options": map[string]any{"id": "two"}}) })
		return w.shows("last('a').run")
	}},
	{number: 6, name: "onComplete is called for each run", holds: func(w *world) bool {
		first := w.create(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
		second := w.create(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: first, Callbacks: []string{"onComplete"}})
		w.until("read('a').calls.length === 1")
		w.change("a", map[string]any{"args": arguments(second, "")})
		w.until("last('a').run?.id === %q", second)
		return w.shows("read('a').calls.length === 2")
	}},
}

// changeStreamKey mounts component a on the stream "one" of a run, and moves it to the stream "two". Each has a part.
func (w *world) changeStreamKey() (runID string) {
	w.t.Helper()
	runID = w.create(nil)
	w.append(runID, "one", "1")
	w.append(runID, "two", "2")
	w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: runID, StreamKey: "one"})
	w.until("last('a').parts?.[0] === '1'")
	w.after(func() { w.change("a", map[string]any{"args": arguments(runID, "two")}) })
	return runID
}
