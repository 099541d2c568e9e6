//go:build !js

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/web/emulator"
)

var updates = load{
	measured: bench.Of("100 updates of a run, one by one",
		bench.Measurement{Name: "from update to screen, median", Unit: bench.Milliseconds, Bound: bench.TimesOriginal(1), Title: "An update of a run"},
	),
	do: func(b *testing.B, v variant) []float64 {
		w := newWorld(b, v, setting{})
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "run", Hook: "useRealtimeRun", RunID: id, LastOnly: true})
		w.until("last('run').run")
		var took []float64
		for n := range 100 {
			w.untilPolling(id)
			started := time.Now()
			w.update(id, emulator.Columns{"metadata": map[string]int{"n": n}})
			took = append(took, w.showsAfter(started, "run", fmt.Sprintf("state.run.metadata?.n === %d", n)))
		}
		return []float64{bench.Median(took)}
	},
	ours: 5, original: 5,
}
