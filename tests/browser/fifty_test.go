//go:build !js

package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

const fifty = 50

// browserLimit is how many connections a browser opens to one host over HTTP/1.1.
const browserLimit = 6

// mountMany mounts components on one run, and returns their names.
func mountMany(w *world, runID string, first, end int) []string {
	var components []component
	var names []string
	for i := first; i < end; i++ {
		name := fmt.Sprintf("c%d", i)
		names = append(names, name)
		components = append(components, component{Name: name, Hook: "useRealtimeRun", RunID: runID})
	}
	w.mount(components...)
	return names
}

// showing counts the components that show a run.
func (w *world) showing(names []string) int {
	count := 0
	for _, at := range w.firstTimes(names, "run") {
		if at != 0 {
			count++
		}
	}
	return count
}

// firstTimes are when each component first showed a field, in milliseconds since the epoch; 0 when it has not yet.
func (w *world) firstTimes(names []string, field string) []float64 {
	w.t.Helper()
	return evaluate[[]float64](w.page, fmt.Sprintf("%s.map((name) => firstTime(name, (state) => state.%s) ?? 0)", literal(names), field))
}

func TestFiftyComponentsShareOneConnectionAndShowTheRunTogether(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	names := mountMany(w, id, 0, fifty)
	w.until("%s.every((name) => last(name).run)", literal(names))

	answered := w.gets(runPath)[0].EndMs
	last := slices.Max(w.firstTimes(names, "run"))
	t.Logf("all %d showed the run %.0f ms after the server had sent it", fifty, last-float64(answered))
	if limit := 150.0; last-float64(answered) > limit {
		t.Errorf("the last component showed the run %.0f ms after the server had sent it, want at most %.0f", last-float64(answered), limit)
	}

	w.update(id, emulator.Columns{"metadata": map[string]any{"progress": 0.5}})
	w.until("%s.every((name) => last(name).run.metadata?.progress === 0.5)", literal(names))
	w.update(id, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
	w.until("%s.every((name) => last(name).run.isCompleted)", literal(names))
	w.eventually(patience, "no connection is left", func() bool { return w.emulator.Stats().OpenRealtime == 0 })

	stats := w.emulator.Stats()
	if stats.MaxOpenRealtime != 1 {
		t.Errorf("%d realtime requests were open at one time, want 1", stats.MaxOpenRealtime)
	}
	// One for what there was, and one for each of the two changes.
	if requests := len(w.gets(runPath)); requests != 3 {
		t.Errorf("%d requests, want the 3 that one component needs:\n%s", requests, w.log(runPath))
	}
}

// The original has a connection for each component: once a browser has none left, every further component waits until
// a long poll ends, which is after 20 s when nothing changes.
func TestComponentsShowTheRunWhenAllConnectionsOfTheOriginalAreTaken(t *testing.T) {
	for _, test := range []struct {
		variant
		connections int
		shown       bool
	}{{runwire, 1, true}, {original, browserLimit, false}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.variant, setting{})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			mountMany(w, id, 0, browserLimit)
			w.until("last('c%d').run", browserLimit-1)
			w.eventually(patience, "the long polls are open", func() bool {
				polls := 0
				for _, call := range w.gets(runPath) {
					if call.EndMs == 0 && strings.Contains(call.Query, "live=true") {
						polls++
					}
				}
				return polls == test.connections
			})
			names := mountMany(w, id, browserLimit, fifty)
			const limit = 5 * time.Second
			if all := w.holdsWithin(limit, "%s.every((name) => last(name).run)", literal(names)); all != test.shown {
				t.Errorf("%d of %d further components show the run within %v, want all: %v", w.showing(names), len(names), limit, test.shown)
			}
			if most := w.emulator.Stats().MaxOpenRealtime; most != test.connections {
				t.Errorf("%d realtime requests were open at one time, want %d", most, test.connections)
			}
			t.Logf("%d of %d further components show the run", w.showing(names), len(names))
		})
	}
}
