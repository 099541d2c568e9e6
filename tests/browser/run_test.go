//go:build !js

package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestARunGoesFromQueuedToCompletedWithItsStream(t *testing.T) {
	for _, test := range []struct {
		name    string
		variant variant
		setting setting
		strict  bool
	}{
		{"React 19", runwire, setting{}, false},
		{"React 19, Strict Mode", runwire, setting{development: true}, true},
		{"React 18", runwireReact18, setting{}, false},
		{"React 18, Strict Mode", runwireReact18, setting{development: true}, true},
		{"a runtime from standard Go", runwireGo, setting{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			showRun(t, newWorld(t, test.variant, test.setting), test.strict)
		})
	}
}

// showRun triggers a task, and follows its progress and its stream until the run has completed.
func showRun(t *testing.T, w *world, strict bool) {
	id := w.trigger("count-up", map[string]any{"to": 4, "everyMs": 30})
	w.mount(component{Name: "run", Hook: "useRealtimeRun", RunID: id, Callbacks: []string{"onComplete"}, Strict: strict})
	w.until("last('run').run?.status === 'COMPLETED' && read('run').calls.length === 1")

	shown := w.read("run")
	if _, isRun := shown.States[0]["run"].(map[string]any); isRun {
		t.Error("the first render showed a run: nothing had been received")
	}
	final := shown.States[len(shown.States)-1]["run"].(map[string]any)
	if output := final["output"].(map[string]any); output["total"] != 4.0 {
		t.Errorf("the output is %v", output)
	}
	if progress := final["metadata"].(map[string]any)["progress"]; progress != 1.0 {
		t.Errorf("the last progress is %v", progress)
	}
	if call := shown.Calls[0]; call[1].(map[string]any)["status"] != "COMPLETED" {
		t.Errorf("onComplete was called with %v", call)
	}
	if statuses := statusesOf(shown); !slices.IsSorted(ranks(t, statuses)) {
		t.Errorf("the run went through %q", statuses)
	}

	if w.fetchesOnPage() || len(w.sharedWorkers()) != 1 {
		t.Errorf("the page itself spoke to the API, or a worker that is not shared did: the shared workers are %+v", w.sharedWorkers())
	}

	id = w.trigger("stream-text", map[string]any{"prompt": "rivers", "tokens": 20, "everyMs": 10})
	w.mount(component{Name: "streams", Hook: "useRealtimeRunWithStreams", RunID: id, Strict: strict},
		component{Name: "text", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai", Callbacks: []string{"onData"}, Strict: strict})
	w.until("last('streams').run?.output && last('streams').streams.openai?.length === 20 && last('streams').streams.events?.length === 20")
	w.until("last('text').parts?.length === 20")

	streams, text := w.read("streams"), w.read("text")
	run := streams.States[len(streams.States)-1]
	want := run["run"].(map[string]any)["output"].(map[string]any)["text"]
	if got := joined(run["streams"].(map[string]any)["openai"]); got != want {
		t.Errorf("useRealtimeRunWithStreams shows %q, want %q", got, want)
	}
	if got := joined(text.States[len(text.States)-1]["parts"]); got != want {
		t.Errorf("useRealtimeStream shows %q, want %q", got, want)
	}
	var given []any
	for _, call := range text.Calls {
		given = append(given, call[1])
	}
	if got := joined(given); got != want {
		t.Errorf("onData was given %q, want %q", got, want)
	}
}

// fetchesOnPage says whether the page asked the API for anything, as it does where no worker can run.
func (w *world) fetchesOnPage() bool {
	w.t.Helper()
	return evaluate[bool](w.page, fmt.Sprintf("performance.getEntriesByType('resource').some(({ name }) => name.startsWith(%q))", w.api))
}

func statusesOf(shown records) []string {
	var statuses []string
	for _, state := range shown.States {
		if run, ok := state["run"].(map[string]any); ok {
			statuses = append(statuses, run["status"].(string))
		}
	}
	return slices.Compact(statuses)
}

// ranks are the places of statuses in a run's normal life.
func ranks(t *testing.T, statuses []string) []int {
	life := []string{"QUEUED", "DEQUEUED", "EXECUTING", "COMPLETED"}
	var ranks []int
	for _, status := range statuses {
		rank := slices.Index(life, status)
		if rank < 0 {
			t.Errorf("unexpected status %s", status)
		}
		ranks = append(ranks, rank)
	}
	return ranks
}

func joined(parts any) string {
	var text strings.Builder
	for _, part := range parts.([]any) {
		text.WriteString(part.(string))
	}
	return text.String()
}
