//go:build !js

package browser

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

const fifty = 50

// fiftyOn mounts fifty components on one run.
func fiftyOn(w *world, runID string) []string {
	var components []component
	var names []string
	for i := range fifty {
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
	names := fiftyOn(w, id)
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

func TestFiftyComponentsOfTheOriginalStarveOneAnother(t *testing.T) {
	w := newWorld(t, original, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	names := fiftyOn(w, id)
	const browserLimit = 6 // connections to one host over HTTP/1.1
	w.eventually(patience, "as many long polls as the browser allows", func() bool {
		return w.emulator.Stats().OpenRealtime == browserLimit
	})
	const limit = 5 * time.Second
	all := w.holdsWithin(limit, "%s.every((name) => last(name).run)", literal(names))
	t.Logf("%d of %d components show the run after %v", w.showing(names), fifty, limit)
	if all {
		t.Error("every component of the original shows the run: it need not be compared with any more")
	}
}
