//go:build !js

package browser

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// The runs of a tag and of a batch. What is compared is the outcome: the original shows the rows one by one (9).
var listScripts = slices.Concat(
	listsOf("useRealtimeRunsWithTag", "one", nil),
	listsOf("useRealtimeBatch", "batch_1", emulator.Columns{"batchId": "batch_1"}),
	[]script{
		{name: "useRealtimeRunsWithTag: runs that have all of two tags", outcome: true, play: func(w *world) {
			w.row("run_both", emulator.Columns{"tags": []string{"one", "two", "three"}})
			w.row("run_first", emulator.Columns{"tags": []string{"one"}})
			w.row("run_second", emulator.Columns{"tags": []string{"two"}})
			w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{[]string{"one", "two"}}})
			w.until("last('a').runs?.length === 1")
			w.row("run_later", emulator.Columns{"tags": []string{"two", "one"}})
			w.until("last('a').runs.length === 2")
		}},
		{name: "useRealtimeRunsWithTag: runs of the last hour", outcome: true, play: func(w *world) {
			w.row("run_old", emulator.Columns{"tags": []string{"one"}, "createdAt": moment(-2 * time.Hour)})
			w.row("run_new", emulator.Columns{"tags": []string{"one"}, "createdAt": moment(-time.Minute)})
			w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}, Options: map[string]any{"createdAt": "1h"}})
			w.until("last('a').runs?.length === 1")
			w.row("run_later", emulator.Columns{"tags": []string{"one"}})
			w.until("last('a').runs.length === 2")
		}},
		{name: "useRealtimeRunsWithTag: columns that are skipped", outcome: true, play: func(w *world) {
			w.row("run_first", emulator.Columns{"tags": []string{"one"}, "payload": map[string]any{"big": true}, "metadata": map[string]any{"step": 0}})
			w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}, Options: map[string]any{
				"skipColumns": []string{"payload", "metadata", "runTags", "startedAt"},
			}})
			w.until("last('a').runs?.length === 1")
			w.update("run_first", emulator.Columns{"status": emulator.StatusExecuting, "costInCents": 2})
			w.until("last('a').runs[0].costInCents === 2")
		}},
		{name: "useRealtimeRunsWithTag: an access token for another tag", play: func(w *world) {
			w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}, Options: map[string]any{
				"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:tags:two"}}),
			}})
			w.until("last('a').error")
		}},
		{name: "useRealtimeBatch: a batch that does not exist", play: func(w *world) {
			w.mount(component{Name: "a", Hook: "useRealtimeBatch", Args: []any{"batch_unknown"}})
			w.until("last('a').error")
		}},
	})

// listsOf are the scripts of a hook that follows a list, which columns make runs of.
func listsOf(hook, id string, columns emulator.Columns) []script {
	const rows = 3
	play := func(steps func(w *world)) func(w *world) {
		return func(w *world) {
			for i := range rows {
				w.listed(columns, i, emulator.Columns{"status": emulator.StatusExecuting})
			}
			w.row("run_other", emulator.Columns{"tags": []string{"another"}})
			w.mount(w.list("a", hook, id, nil))
			w.until("last('a').runs?.length === %d", rows)
			steps(w)
		}
	}
	scripts := []script{
		{name: "runs that come, change and complete", play: play(func(w *world) {
			w.listed(columns, rows, nil)
			w.until("last('a').runs.length === %d", rows+1)
			w.update(rowID(0), emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').runs[0].metadata?.step === 1")
			w.update(rowID(0), emulator.Columns{"metadata": map[string]any{"step": 2, "more": []int{1, 2}}})
			w.until("last('a').runs[0].metadata.step === 2")
			w.update(rowID(1), emulator.Columns{"status": emulator.StatusCompleted, "output": map[string]any{"total": 3}})
			w.until("last('a').runs[1].isCompleted")
		})},
		{name: "runs that are cancelled and that fail", play: play(func(w *world) {
			w.update(rowID(0), emulator.Columns{"status": "CANCELED"})
			w.until("last('a').runs[0].isCancelled")
			w.update(rowID(2), emulator.Columns{"status": "COMPLETED_WITH_ERRORS", "error": map[string]any{"type": "STRING_ERROR", "raw": "no rows"}})
			w.until("last('a').runs[2].isFailed")
		})},
		{name: "a run that was created before the others comes first", play: play(func(w *world) {
			w.listed(columns, -1, nil)
			w.until("last('a').runs.length === %d", rows+1)
		})},
		{name: "a list that is read anew", play: play(func(w *world) {
			w.eventually(patience, "the poll is open", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
			w.emulator.RotateLists()
			w.update(rowID(1), emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').runs[1].metadata?.step === 1")
		})},
		{name: "stop()", play: play(func(w *world) {
			w.eventually(patience, "the poll is open", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
			w.stop("a")
			w.untilClosed()
			w.update(rowID(0), emulator.Columns{"metadata": map[string]any{"step": 1}})
		})},
		{name: "enabled only later", play: func(w *world) {
			w.listed(columns, 0, nil)
			w.mount(w.list("a", hook, id, map[string]any{"enabled": false}))
			w.settle()
			w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
			w.until("last('a').runs.length === 1")
		}},
		{name: "two components with one id", watch: []string{"a", "b"}, play: func(w *world) {
			w.listed(columns, 0, nil)
			shared := map[string]any{"id": "shared"}
			w.mount(w.list("a", hook, id, shared))
			w.until("last('a').runs?.length === 1")
			w.mount(w.list("b", hook, id, shared))
			w.until("last('b').runs?.length === 1")
			w.update(rowID(0), emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').runs[0].metadata?.step === 1 && last('b').runs[0].metadata?.step === 1")
		}},
	}
	for i := range scripts {
		scripts[i].name = hook + ": " + scripts[i].name
		scripts[i].outcome = true
	}
	return scripts
}

// list is a component that follows a list.
func (w *world) list(name, hook, id string, options map[string]any) component {
	access := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs", "read:batch:batch_1"}})
	merged := map[string]any{"accessToken": access}
	maps.Copy(merged, options)
	return component{Name: name, Hook: hook, Args: []any{id}, Options: merged}
}

func rowID(position int) string { return fmt.Sprintf("run_row%d", position) }

// listed stores a run of a list, created at its position.
func (w *world) listed(columns emulator.Columns, position int, more emulator.Columns) {
	w.t.Helper()
	row := emulator.Columns{"tags": []string{"one"}, "createdAt": moment(time.Duration(position-10) * time.Minute)}
	maps.Copy(row, columns)
	maps.Copy(row, more)
	w.row(rowID(position), row)
}

// row stores a run under an id.
func (w *world) row(id string, columns emulator.Columns) {
	w.t.Helper()
	_, err := w.emulator.CreateRun(id, columns)
	w.must(err)
}

// moment is a time as far from now.
func moment(fromNow time.Duration) string { return time.Now().Add(fromNow).Format(time.RFC3339) }
