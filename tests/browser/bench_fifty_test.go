//go:build !js

package browser

import (
	"slices"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/web/emulator"
)

// fiftyPatience is how long fifty components are waited for: in a browser without free connections, each of them waits until
// a long poll ends.
const fiftyPatience = time.Minute

var fiftyComponents = load{
	measured: bench.Of("50 components on one run, HTTP/1.1",
		bench.Measurement{Name: "connections at one time", Unit: bench.Count, Bound: bench.AtMost(1)},
		bench.Measurement{Name: "all on the screen, after the first answer", Unit: bench.Milliseconds, Bound: bench.AtMost(150),
			GivenUp: float64(fiftyPatience.Milliseconds()), Title: "50 components on one run"},
	),
	do: func(b *testing.B, v variant) []float64 {
		w := newWorld(b, v, setting{})
		names := mountMany(w, w.create(emulator.Columns{"status": "EXECUTING"}), 0, fifty)
		shown := float64(fiftyPatience.Milliseconds())
		if w.holdsWithin(fiftyPatience, "%s.every((name) => last(name).run)", literal(names)) {
			shown = slices.Max(w.firstTimes(names, "run")) - float64(w.gets(runPath)[0].EndMs)
		}
		return []float64{float64(w.emulator.Stats().MaxOpenRealtime), shown}
	},
	ours: 5, original: 1,
}
