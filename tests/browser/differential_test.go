//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// A script moves one component, or a few, through a life that the package which ours replaces handles well. It waits
// after every step for the page to show it, so that what is shown does not depend on time. Both packages play it, each
// against an emulator of its own, and must show the same states and make the same calls.
//
// Where the original is wrong, defects_test.go plays.
type script struct {
	name    string
	setting setting
	// watch are the components to compare. Default: one, "a".
	watch []string
	// outcome compares the last states and the calls alone, where how many states there are is a matter of time.
	outcome bool
	play    func(w *world)
}

func TestShowsWhatTheOriginalShows(t *testing.T) {
	for _, s := range slices.Concat(
		runScripts, packetScripts, errorScripts, streamScripts, listScripts, sessionScripts, callScripts, contextScripts, inputScripts) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.compare(t, original, runwire)
		})
	}
}

func TestShowsWhatTheOriginalShowsUnderReact18(t *testing.T) {
	for _, s := range slices.Concat(runScripts[:2], streamScripts[:5]) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.compare(t, originalReact18, runwireReact18)
		})
	}
}

// compare plays the script to both variants.
func (s *script) compare(t *testing.T, theirs, ours variant) {
	want, got := s.record(t, theirs), s.record(t, ours)
	for _, name := range s.components() {
		compareLines(t, name+" shows", want[name].States, got[name].States)
		compareLines(t, name+" calls", want[name].Calls, got[name].Calls)
	}
	if t.Failed() {
		t.Logf("the original:\n%s\nours:\n%s", list(want), list(got))
	}
}

func (s *script) components() []string {
	if s.watch == nil {
		return []string{"a"}
	}
	return s.watch
}

func (s *script) record(t *testing.T, v variant) map[string]records {
	w := newWorld(t, v, s.setting)
	s.play(w)
	w.settle()
	recorded := map[string]records{}
	for _, name := range s.components() {
		shown := comparable(w, w.read(name))
		if s.outcome {
			shown.States = shown.States[len(shown.States)-1:]
		}
		recorded[name] = shown
	}
	return recorded
}

var (
	// The times that the emulator gives to a run, which are those of the test's own clock. Dates in a packet stay.
	runTimes = regexp.MustCompile(`"(createdAt|updatedAt|startedAt|finishedAt|queuedAt|expiredAt|delayedUntil)":"\(Date\) [^"]*"`)
	// Event ids of v1 are times too.
	timeIDs = regexp.MustCompile(`"lastEventId":"\d{10,}-\d+"`)
	// Ids of runs that tasks made.
	runIDs = regexp.MustCompile(`"run_[0-9a-z]{21}"`)
	// What an emulator makes anew for each run or event.
	varying = regexp.MustCompile(`"(publicAccessToken|recordId|timestamp)":("[^"]*"|\d+)`)
	// The place in a shape's log, in the address of an error.
	queries = regexp.MustCompile(`\?[a-z][^\s:"]*`)
)

// comparable takes away what differs between two emulators.
func comparable(w *world, shown records) records {
	text, err := json.Marshal(shown)
	w.must(err)
	clean := strings.ReplaceAll(string(text), w.api, "(api)")
	clean = runTimes.ReplaceAllString(clean, `"$1":"(Date)"`)
	clean = timeIDs.ReplaceAllString(clean, `"lastEventId":"(time)"`)
	clean = runIDs.ReplaceAllString(clean, `"(run)"`)
	clean = varying.ReplaceAllString(clean, `"$1":"(varies)"`)
	clean = queries.ReplaceAllString(clean, "")
	var result records
	w.must(json.Unmarshal([]byte(clean), &result))
	return result
}

// compareLines reports the first difference of two sequences. Neighbours that have become equal count once.
func compareLines[T any](t *testing.T, what string, want, got []T) {
	t.Helper()
	wanted, shown := lines(want), lines(got)
	for i := range max(len(wanted), len(shown)) {
		if a, b := lineAt(wanted, i), lineAt(shown, i); a != b {
			t.Errorf("%s, step %d:\n want %s\n got  %s", what, i, a, b)
			return
		}
	}
}

func lines[T any](values []T) []string {
	var lines []string
	for _, value := range values {
		lines = append(lines, literal(value))
	}
	return slices.Compact(lines)
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing more"
}

func list(recorded map[string]records) string {
	var text strings.Builder
	for name, shown := range recorded {
		fmt.Fprintf(&text, "%s\n  %s\n  calls %s\n", name, strings.Join(lines(shown.States), "\n  "), strings.Join(lines(shown.Calls), " "))
	}
	return text.String()
}

const scriptedRun = "run_scripted"

// begin stores the run of a script.
func (w *world) begin(columns emulator.Columns) {
	w.t.Helper()
	_, err := w.emulator.CreateRun(scriptedRun, columns)
	w.must(err)
}

// show changes columns of the run, and waits until component a shows what they lead to.
func (w *world) show(columns emulator.Columns, condition string) {
	w.t.Helper()
	w.update(scriptedRun, columns)
	w.until("last('a').run && ((run) => %s)(last('a').run)", condition)
}

var runScripts = []script{
	{name: "a run from queued to completed", play: func(w *world) {
		w.begin(emulator.Columns{"payload": map[string]any{"to": 3}, "tags": []string{"one", "two"}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.status === 'QUEUED'")
		w.show(emulator.Columns{"status": "DEQUEUED"}, "run.status === 'DEQUEUED'")
		w.show(emulator.Columns{"status": "EXECUTING"}, "run.status === 'EXECUTING'")
		w.show(emulator.Columns{"metadata": map[string]any{"progress": 0.5, "nested": map[string]any{"list": []int{1, 2}}}}, "run.metadata?.progress === 0.5")
		w.show(emulator.Columns{"metadata": map[string]any{"progress": 1}}, "run.metadata?.progress === 1")
		w.show(emulator.Columns{"usageDurationMs": 1234, "costInCents": 0.25}, "run.durationMs === 1234")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}}, "run.isCompleted")
		w.until("read('a').calls.length === 1")
	}},
	{name: "a run that fails", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"status": "COMPLETED_WITH_ERRORS", "error": map[string]any{
			"type": "BUILT_IN_ERROR", "name": "TypeError", "message": "no rows", "stackTrace": "TypeError: no rows\n    at task",
		}}, "run.isFailed")
		w.until("read('a').calls.length === 1")
	}},
	{name: "a run that is cancelled", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"status": "CANCELED"}, "run.isCancelled")
		w.until("read('a').calls.length === 1")
	}},
	{name: "every other status", play: func(w *world) {
		w.begin(emulator.Columns{"status": "DELAYED", "delayUntil": "2030-01-01T00:00:00.000Z"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun})
		w.until("last('a').run?.status === 'DELAYED'")
		for _, status := range []string{
			"PENDING_VERSION", "WAITING_FOR_DEPLOY", "WAITING_TO_RESUME", "RETRYING_AFTER_FAILURE", "PAUSED", "EXPIRED", "TIMED_OUT", "INTERRUPTED",
			"CRASHED", "SYSTEM_FAILURE",
		} {
			// A time of completion would end the subscription.
			w.update(scriptedRun, emulator.Columns{"status": status, "completedAt": nil, "usageDurationMs": len(status) * 10})
			w.until("last('a').run.durationMs === %d", len(status)*10)
		}
	}},
	{name: "a run that had completed before", play: func(w *world) {
		w.begin(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("read('a').calls.length === 1")
	}},
	{name: "updates after completion, with stopOnCompletion false", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}, Options: map[string]any{"stopOnCompletion": false}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"}, "run.isCompleted")
		w.until("read('a').calls.length === 1")
		w.show(emulator.Columns{"metadata": map[string]any{"late": true}}, "run.metadata?.late")
	}},
	{name: "enabled only later", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Options: map[string]any{"enabled": false}})
		w.settle()
		w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"metadata": map[string]any{"step": 1}}, "run.metadata?.step === 1")
	}},
	{name: "disabled and enabled again", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun})
		w.until("last('a').run?.isExecuting")
		w.change("a", map[string]any{"options": map[string]any{"enabled": false}})
		w.settle()
		w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
		w.settle()
		w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
		w.until("last('a').run.metadata?.step === 1")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"}, "run.isCompleted")
	}},
	{name: "a run id that comes later", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun"})
		w.settle()
		w.change("a", map[string]any{"args": arguments(scriptedRun, "")})
		w.until("last('a').run?.isExecuting")
	}},
	{name: "a run under Strict Mode", outcome: true, setting: setting{development: true}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Strict: true, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}}, "run.isCompleted")
		w.until("read('a').calls.length === 1")
	}},
	{name: "stop()", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.eventually(patience, "the poll is open", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
		w.stop("a")
		w.eventually(patience, "the poll is closed", func() bool { return w.emulator.Stats().OpenRealtime == 0 })
		w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
	}},
	{name: "two components with one id", watch: []string{"a", "b"}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		shared := map[string]any{"id": "shared"}
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Options: shared, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isExecuting")
		w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: scriptedRun, Options: shared, Callbacks: []string{"onComplete"}})
		w.until("last('b').run?.isExecuting")
		w.show(emulator.Columns{"metadata": map[string]any{"step": 1}}, "run.metadata?.step === 1 && last('b').run.metadata?.step === 1")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"}, "run.isCompleted && last('b').run.isCompleted")
		w.until("read('a').calls.length + read('b').calls.length === 2")
	}},
	{name: "data that outlives its component, by id", watch: []string{"a", "b"}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		shared := map[string]any{"id": "shared"}
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Options: shared})
		w.until("last('a').run?.isExecuting")
		w.unmount("a")
		w.settle()
		w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: scriptedRun, Options: shared})
		w.until("last('b').run?.isExecuting")
		w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
		w.until("last('b').run.metadata?.step === 1")
	}},
	{name: "columns that are skipped", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"big": true}, "tags": []string{"one"}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Options: map[string]any{
			"skipColumns": []string{"payload", "output", "metadata", "runTags", "startedAt", "usageDurationMs"},
		}})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"metadata": map[string]any{"unseen": 1}, "costInCents": 2}, "run.costInCents === 2")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"unseen": 1}}, "run.isCompleted")
	}},
	{name: "updates that carry only what changed", setting: setting{emulator: emulator.Options{PartialUpdates: true}}, play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"kept": true}, "metadata": map[string]any{"step": 0}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun})
		w.until("last('a').run?.isExecuting")
		w.show(emulator.Columns{"metadata": map[string]any{"step": 1}}, "run.metadata?.step === 1")
		w.show(emulator.Columns{"tags": []string{"late"}}, "run.tags.length === 1")
		w.show(emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}}, "run.isCompleted")
	}},
	{name: "a shape that is rotated", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun})
		w.until("last('a').run?.isExecuting")
		w.eventually(patience, "the poll is open", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
		w.must(w.emulator.RotateShape(scriptedRun))
		w.eventually(patience, "the new shape's poll is open", func() bool {
			polls := w.gets(runPath)
			return len(polls) >= 4 && polls[len(polls)-1].EndMs == 0
		})
		w.show(emulator.Columns{"metadata": map[string]any{"step": 1}}, "run.metadata?.step === 1")
	}},
}
