//go:build !js

package browser

import (
	"github.com/runwire/runwire/web/emulator"
)

// Answers that no retry will change, by name, message and status.
var errorScripts = []script{
	{name: "a run that does not exist", play: showError("useRealtimeRun", func(*world) map[string]any { return nil })},
	{name: "a stream of a run that does not exist", play: showError("useRealtimeStream", func(*world) map[string]any { return nil })},
	{name: "an access token that is none", play: showError("useRealtimeRun", func(*world) map[string]any {
		return map[string]any{"accessToken": "none"}
	})},
	{name: "an access token that has expired", play: showError("useRealtimeRun", func(w *world) map[string]any {
		return map[string]any{"accessToken": w.expired()}
	})},
	{name: "an access token for another run", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		showError("useRealtimeRun", func(w *world) map[string]any {
			return map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs:run_other"}})}
		})(w)
	}},
	{name: "a stream with an access token for another run", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		showError("useRealtimeStream", func(w *world) map[string]any {
			return map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs:run_other"}})}
		})(w)
	}},
	{name: "an answer of 400 with text", play: func(w *world) {
		w.fault(emulator.Fault{Match: "GET " + runPath, Action: emulator.Action{Status: 400, Body: "not like this", ContentType: "text/plain"}})
		showError("useRealtimeRun", func(*world) map[string]any { return nil })(w)
	}},
	{name: "no access token", play: showError("useRealtimeRun", func(*world) map[string]any { return map[string]any{"accessToken": nil} })},
	{name: "no access token, and not enabled", play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Options: map[string]any{"accessToken": nil, "enabled": false}})
	}},
	{name: "an error after data", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.eventually(patience, "the poll is open", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
		w.fault(emulator.Fault{Match: "GET " + runPath, Action: emulator.Action{Status: 403, Body: `{"error":"Unauthorized"}`}})
		w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
		w.until("last('a').error")
	}},
}

// showError mounts a hook that cannot succeed, and waits for its error.
func showError(hook string, options func(*world) map[string]any) func(*world) {
	return func(w *world) {
		w.mount(component{Name: "a", Hook: hook, RunID: scriptedRun, Options: options(w), Callbacks: []string{"onComplete"}})
		w.until("last('a').error || last('a').thrown")
	}
}
