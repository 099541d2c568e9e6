//go:build !js

package browser

import (
	"fmt"

	"github.com/runwire/runwire/web/emulator"
)

// The configuration that components take from above, and the client for event handlers.
var contextScripts = []script{
	{name: "the context, with and without a provider", watch: []string{"above", "none", "optional", "optional none"}, play: func(w *world) {
		values := map[string]any{"accessToken": "one", "previewBranch": "two"}
		w.mount(
			component{Name: "above", Hook: "useTriggerAuthContext", Args: []any{}, Context: values},
			component{Name: "none", Hook: "useTriggerAuthContext", Args: []any{}},
			component{Name: "optional", Hook: "useTriggerAuthContextOptional", Args: []any{}, Context: values},
			component{Name: "optional none", Hook: "useTriggerAuthContextOptional", Args: []any{}},
		)
		w.until("last('above').accessToken && last('none').thrown")
	}},
	{name: "an access token and a base URL from the context", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{
			Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun,
			Options: map[string]any{"accessToken": nil, "baseURL": nil}, Context: map[string]any{"accessToken": w.token, "baseURL": w.api},
		})
		w.until("last('a').run")
	}},
	{name: "an access token of its own and one from the context", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Context: map[string]any{"accessToken": "none"}})
		w.until("last('a').run")
	}},
	{name: "useApiClient retrieves a run", watch: []string{"result"}, play: func(w *world) {
		w.begin(emulator.Columns{"status": emulator.StatusCompleted, "payload": map[string]any{"to": 3}, "output": map[string]any{"total": 3}})
		w.useClient("retrieveRun(%q)", scriptedRun)
	}},
	{name: "useApiClient retrieves a run that it may not read", watch: []string{"result"}, play: func(w *world) {
		w.begin(nil)
		w.useClient("retrieveRun(%q)", "run_unknown")
	}},
	{name: "useApiClient follows a run to its end", watch: []string{"iteration"}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.iterate(fmt.Sprintf("subscribeToRun(%q)", scriptedRun))
		w.until("last('iteration').item?.isExecuting")
		w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
		w.until("last('iteration').item.metadata?.step === 1")
		w.update(scriptedRun, emulator.Columns{"status": emulator.StatusCompleted, "output": map[string]any{"total": 3}})
		w.until("last('iteration').ended")
	}},
	{name: "useApiClient follows the runs of a tag", watch: []string{"iteration"}, play: func(w *world) {
		w.begin(tagged("one"))
		w.iterate("subscribeToRunsWithTag('one')")
		w.until("last('iteration').item")
		w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
		w.until("last('iteration').item.metadata?.step === 1")
	}},
	{name: "useApiClient follows a run with its streams", watch: []string{"iteration"}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.append(scriptedRun, "openai", "zero")
		w.iterate(fmt.Sprintf("subscribeToRun(%q).withStreams()", scriptedRun))
		w.until("last('iteration').item?.chunk === 'zero'")
		w.append(scriptedRun, "openai", map[string]any{"n": 1})
		w.until("last('iteration').item.chunk?.n === 1")
	}},
}

// useClient shows what a method of useApiClient's client resolves with, or its error.
func (w *world) useClient(format string, arguments ...any) {
	w.t.Helper()
	w.mount(component{Name: "a", Hook: "useApiClient", Args: []any{}})
	w.until("last('a').client")
	evaluate[any](w.page, fmt.Sprintf("void last('a').client.%s.then((value) => shown('result', { value }), (error) => shown('result', { error }))",
		fmt.Sprintf(format, arguments...)))
	w.until("states('result').length > 0")
}
