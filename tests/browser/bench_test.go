//go:build !js

package browser

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
)

// load is work that both are measured at.
type load struct {
	measured []bench.Measurement
	// do does it once, in a world of its own, and returns a value for each of measured.
	do func(*testing.B, variant) []float64
	// ours and original are how many rounds each does.
	ours, original int
}

var loads = []load{firstRunNearby, firstRunFarAway, fiftyComponents, listOfRuns, streams, updates, nativeSubscriptions}

// BenchmarkBrowser is what ./build.sh bench runs: every load, by ours and the original in turn, in one browser. It prints a
// table, writes it to docs with a plot, and fails where a bound is missed. Run it with -benchtime=1x, because it repeats the
// loads itself; each of them ends. What -bench leaves out, as in -bench=Browser/tag, is missing from the table, and nothing
// is written then.
func BenchmarkBrowser(b *testing.B) {
	var measurements []bench.Measurement
	for _, l := range loads {
		measurements = append(measurements, l.measure(b)...)
	}
	all := len(measurements)
	measurements = slices.DeleteFunc(measurements, func(m bench.Measurement) bool { return len(m.Ours) == 0 })
	if err := bench.Table(os.Stdout, measurements); err != nil {
		b.Fatal(err)
	}
	if len(measurements) == all {
		if err := bench.Publish(repository+"/docs", measurements, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	for _, m := range measurements {
		if !m.Kept() {
			b.Errorf("a bound is missed: %v", m)
		}
	}
}

func (l load) measure(b *testing.B) []bench.Measurement {
	b.Helper()
	measured := slices.Clone(l.measured)
	once := func(v variant, add func(*bench.Measurement, float64)) {
		must(b, measured[0].Load+", "+v.name, func(b *testing.B) {
			for i, value := range l.do(b, v) {
				add(&measured[i], value)
			}
		})
	}
	for round := range max(l.ours, l.original) {
		if round < l.ours {
			once(runwire, func(m *bench.Measurement, value float64) { m.Ours = append(m.Ours, value) })
		}
		if round < l.original {
			once(original, func(m *bench.Measurement, value float64) { m.Original = append(m.Original, value) })
		}
	}
	return measured
}

// must runs a part of a benchmark, without which the rest makes no sense.
func must(b *testing.B, name string, part func(*testing.B)) {
	b.Helper()
	if !b.Run(name, part) {
		b.FailNow()
	}
}

// showsAfter waits until a condition over what a component shows holds, and returns how long after start that was
// committed. Unit: ms.
func (p *page) showsAfter(start time.Time, name, condition string) float64 {
	p.t.Helper()
	matches := "(state) => " + condition
	p.untilWithin(2*time.Minute, "(%s)(last(%q))", matches, name)
	return evaluate[float64](p, fmt.Sprintf("firstTime(%q, %s)", name, matches)) - sinceEpoch(start)
}

// sinceEpoch is a moment as the page has it. Unit: ms.
func sinceEpoch(moment time.Time) float64 { return float64(moment.UnixMicro()) / 1000 }

// notResponding names what blocked measures.
const notResponding = "the page does not respond for"

// watchLongTasks begins to sum up the tasks that keep the page's thread for over 50 ms.
func (p *page) watchLongTasks() {
	p.t.Helper()
	evaluate[any](p, `void (() => {
		window.longTasks = 0
		new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longTasks += duration }).observe({ type: 'longtask' })
	})()`)
}

// blocked is the sum of the long tasks since it was last asked for. Unit: ms.
func (p *page) blocked() float64 {
	p.t.Helper()
	p.settle() // the observer is told of a task when it has ended
	return evaluate[float64](p, "((sum) => ((longTasks = 0), sum))(longTasks)")
}
