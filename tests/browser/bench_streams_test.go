//go:build !js

package browser

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
)

var streams = load{
	measured: slices.Concat(
		bench.Of("a stream of 2,000 parts",
			bench.Measurement{Name: "from trigger to screen", Unit: bench.Milliseconds, Title: "A stream of 2,000 parts"},
			bench.Measurement{Name: notResponding, Unit: bench.Milliseconds},
		),
		bench.Of("a stream of 20,000 parts",
			bench.Measurement{Name: "from trigger to screen", Unit: bench.Milliseconds, Title: "A stream of 20,000 parts"},
			bench.Measurement{Name: notResponding, Unit: bench.Milliseconds},
		),
		bench.Of("a stream of 100,000 parts",
			bench.Measurement{Name: "from trigger to screen", Unit: bench.Milliseconds, Bound: bench.TimesOriginal(0.5), Title: "A stream of 100,000 parts"},
			bench.Measurement{Name: notResponding, Unit: bench.Milliseconds, Bound: bench.TimesOriginal(0.1), Title: "… the page does not respond"},
			bench.Measurement{Name: "memory in the end", Unit: bench.Bytes, Title: "… memory in the end"},
			// Five times the parts for five times the cost, and something for chance.
			bench.Measurement{Name: "times as long as 20,000", Unit: bench.Factor, Bound: bench.AtMost(6)},
		),
	),
	do: func(b *testing.B, v variant) (values []float64) {
		var took [3]float64
		var memory float64
		for i, parts := range []int{2_000, 20_000, 100_000} {
			must(b, fmt.Sprint(parts), func(b *testing.B) {
				w := newWorld(b, v, setting{})
				w.watchLongTasks()
				started := time.Now()
				id := w.trigger("stream-text", map[string]any{"prompt": "rivers", "tokens": parts, "everyMs": 0})
				w.mount(component{Name: "text", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai", LastOnly: true})
				took[i] = w.showsAfter(started, "text", fmt.Sprintf("state.parts?.length === %d", parts))
				values = append(values, took[i], w.blocked())
				memory = w.memory()
			})
		}
		return append(values, memory, took[2]/took[1])
	},
	ours: 5, original: 5,
}
