//go:build !js

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

func TestAMemoisedChildDoesNotRenderForAnUpdateOfSomethingElse(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"to": 3}})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Memoised: "payload"})
	w.until("last('payload').value?.to === 3")
	const updates = 3
	for step := 1; step <= updates; step++ {
		w.update(id, emulator.Columns{"metadata": map[string]any{"step": step}})
		w.until("last('a').run.metadata?.step === %d", step)
	}
	// Without a payload, and with it.
	if renders := w.renders("payload"); renders != 2 {
		t.Errorf("the child of the payload rendered %d times, want 2", renders)
	}
	// One more for each update.
	if renders := w.renders("a"); renders != 2+updates {
		t.Errorf("the component rendered %d times, want %d", renders, 2+updates)
	}
}

func TestAnUpdateOfOneRunRendersNoOther(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	const rows = 5
	var ids []string
	for range rows {
		ids = append(ids, w.create(tagged("one")))
	}
	w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}, Memoised: "runs"})
	w.until("last('a').runs?.length === %d", rows)
	w.update(ids[2], emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('a').runs.some((run) => run.metadata?.step === 1)")
	later := w.create(tagged("one"))
	w.until("last('a').runs.length === %d", rows+1)
	for i, id := range append(ids, later) {
		want := 1
		if i == 2 {
			want = 2
		}
		if renders := w.renders(id); renders != want {
			t.Errorf("the child of run %d rendered %d times, want %d", i, renders, want)
		}
	}
}

func TestAListOfFiveThousandRunsIsThereInTenRenders(t *testing.T) {
	const rows, most = 5000, 10
	w := newWorld(t, runwire, setting{emulator: emulator.Options{ListRows: rows}})
	for range rows {
		w.create(tagged("one"))
	}
	w.mountTag("one")
	w.untilWithin(30*time.Second, "last('a').runs?.length === %d", rows)
	if distinct := evaluate[int](w.page, "new Set(last('a').runs.map(({ id }) => id)).size"); distinct != rows {
		t.Errorf("%d of %d runs are there", distinct, rows)
	}
	if renders := w.renders("a"); renders > most {
		t.Errorf("rendered %d times, want at most %d", renders, most)
	}
}

// renders counts how often a component has rendered.
func (w *world) renders(name string) int {
	w.t.Helper()
	return evaluate[int](w.page, fmt.Sprintf("states(%q).length", name))
}
