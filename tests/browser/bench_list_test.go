//go:build !js

package browser

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/web/emulator"
)

const (
	listed  = 5_000
	updated = 500
)

var listOfRuns = load{
	measured: slices.Concat(
		bench.Of("a tag with 5,000 runs",
			bench.Measurement{Name: "on the screen after", Unit: bench.Milliseconds, Title: "A tag with 5,000 runs"},
			bench.Measurement{Name: "renders", Unit: bench.Count, Bound: bench.AtMost(10)},
			bench.Measurement{Name: notResponding, Unit: bench.Milliseconds, Bound: bench.AtMost(150), Title: "… the page does not respond"},
		),
		bench.Of("500 of them change at once",
			bench.Measurement{Name: "on the screen after", Unit: bench.Milliseconds, Title: "… 500 of them change at once"},
			bench.Measurement{Name: "renders", Unit: bench.Count},
			bench.Measurement{Name: notResponding, Unit: bench.Milliseconds},
			bench.Measurement{Name: "memory in the end", Unit: bench.Bytes, Title: "… memory in the end"},
		),
	),
	do: func(b *testing.B, v variant) []float64 {
		w := newWorld(b, v, setting{emulator: emulator.Options{ListRows: listed}})
		ids := make([]string, listed)
		for i := range ids {
			ids[i] = w.create(emulator.Columns{"status": "EXECUTING", "tags": []string{"many"}, "payload": map[string]int{"index": i}})
		}
		w.watchLongTasks()

		started := time.Now()
		w.mount(component{Name: "list", Hook: "useRealtimeRunsWithTag", Args: []any{"many"}, LastOnly: true})
		shown := w.showsAfter(started, "list", fmt.Sprintf("state.runs?.length === %d", listed))
		values := []float64{shown, w.commits("list"), w.blocked()}

		w.eventually(patience, "the list is told of changes", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
		last := ids[(updated-1)*listed/updated]
		at := evaluate[int](w.page, fmt.Sprintf("last('list').runs.findIndex((run) => run.id === %q)", last))
		rendered := w.commits("list")
		started = time.Now()
		for i := range updated {
			w.update(ids[i*listed/updated], emulator.Columns{"metadata": map[string]int{"progress": 1}})
		}
		shown = w.showsAfter(started, "list", fmt.Sprintf("state.runs[%d].metadata?.progress === 1", at))
		w.until("last('list').runs.filter((run) => run.metadata?.progress === 1).length === %d", updated)
		return append(values, shown, w.commits("list")-rendered, w.blocked(), w.memory())
	},
	ours: 3, original: 3,
}

// commits is how often a component was committed.
func (p *page) commits(name string) float64 {
	p.t.Helper()
	return evaluate[float64](p, fmt.Sprintf("commits(%q)", name))
}
