//go:build !js

package browser

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/web/emulator"
)

var soakLength = flag.Duration("soak", 10*time.Minute, "how long BenchmarkSoak takes")

// A soak has a pulse, with which a run begins, and samples.
const (
	soakPulse  = time.Second
	soakSample = 10 * time.Second
)

// Pulses from the begin of a run until something happens to it, and between two events of the weather.
const (
	soakDelete = 10 // it is deleted, and leaves the list
	soakCut    = 20 // every connection is lost
	soakTab    = 30 // another tab opens, or closes
	soakToken  = 60 // there is another access token
)

// flat is how much memory may grow from the second third of a soak to the last. Source: chosen; less than two of the steps in
// which WebAssembly's memory grows, a quarter of a megabyte each.
const flat = 0.1

// BenchmarkSoak is what ./build.sh soak runs: a page on which components come and go with their runs for ten minutes, beside
// a list and a stream that never end. It plots what the page and the worker hold, and fails where that grows.
func BenchmarkSoak(b *testing.B) {
	s := &soak{world: newWorld(b, runwire, setting{})}
	s.begin()
	page, worker := bench.Curve{Name: "page"}, bench.Curve{Name: "worker"}
	sample := time.NewTicker(soakSample)
	defer sample.Stop()
	pulse := time.NewTicker(soakPulse)
	defer pulse.Stop()
	for end := time.After(*soakLength); ; {
		select {
		case <-pulse.C:
			s.pulse()
		case <-sample.C:
			held, byWorkers := s.memories()
			page.Values, worker.Values = append(page.Values, held), append(worker.Values, byWorkers)
			fmt.Printf("soak: after %d runs the page holds %s and the worker %s\n", len(s.runs), bench.Bytes.Text(held), bench.Bytes.Text(byWorkers))
		case <-end:
			s.report(b, page, worker)
			return
		}
	}
}

func (s *soak) report(b *testing.B, curves ...bench.Curve) {
	for _, c := range curves {
		if c.Growth() > flat {
			b.Errorf("the memory of the %s has grown by %.0f %%", c.Name, 100*c.Growth())
		}
	}
	file, err := os.Create(repository + "/docs/soak.svg")
	s.must(err)
	defer file.Close()
	s.must(bench.Curves(file, curves, *soakLength, time.Now()))
}

// soak is a busy world. It needs no more connections at once than Chromium has for one server, which are six.
type soak struct {
	*world
	endless string   // a run that streams for ever
	runs    []string // all others, one for each pulse
	other   *world   // another tab, if one is open
}

// limited are the options of those that show the endless run.
var limited = map[string]any{"maxParts": 100}

func (s *soak) begin() {
	s.endless = s.create(emulator.Columns{"status": "EXECUTING", "tags": []string{"soak"}})
	s.mount(
		component{Name: "run", Hook: "useRealtimeRunWithStreams", RunID: s.endless, LastOnly: true, Options: limited},
		component{Name: "stream", Hook: "useRealtimeStream", RunID: s.endless, StreamKey: "numbers", LastOnly: true, Options: limited},
		component{Name: "list", Hook: "useRealtimeRunsWithTag", Args: []any{"soak"}, LastOnly: true},
	)
}

// pulse is a second of the page's life: the run of the second before is completed, and its component gives way to another.
func (s *soak) pulse() {
	n := len(s.runs)
	s.appendNumbers(s.endless, 50*n, 50*(n+1))
	if n > 0 {
		before := s.runs[n-1]
		s.update(before, emulator.Columns{"status": emulator.StatusCompleted, "output": map[string]int{"total": n}})
		s.must(s.emulator.CloseStream(before, "words"))
		s.until("last('brief').run?.output && last('list').runs.some(({ id, output }) => output && id === %q)", before)
		s.until("last('list').runs.length <= %d", soakDelete+2)
		s.unmount("brief")
	}
	id := s.create(emulator.Columns{"status": "EXECUTING", "tags": []string{"soak"}})
	s.append(id, "words", "one", "two", "three")
	s.mount(component{Name: "brief", Hook: "useRealtimeRunWithStreams", RunID: id, LastOnly: true})
	s.runs = append(s.runs, id)
	s.ago(soakDelete, func(id string) { s.must(s.emulator.DeleteRun(id)) })
	s.weather(n)
}

// ago does something with the run that began so many pulses ago, if any.
func (s *soak) ago(pulses int, do func(id string)) {
	if i := len(s.runs) - 1 - pulses; i >= 0 {
		do(s.runs[i])
	}
}

// weather is what happens now and then.
func (s *soak) weather(pulse int) {
	now := func(every int) bool { return pulse%every == every-1 }
	if now(soakToken) {
		fresh := s.mint(s.t, emulator.TokenSpec{Scopes: []string{"read:runs"}, ExpiresIn: time.Hour})
		s.change("run", map[string]any{"options": map[string]any{"accessToken": fresh}})
	}
	if now(soakCut) {
		s.emulator.CutConnections()
	}
	switch {
	case now(soakTab) && s.other == nil:
		s.other = s.openTab()
		s.other.mount(component{Name: "run", Hook: "useRealtimeRunWithStreams", RunID: s.endless, LastOnly: true, Options: limited})
	case now(soakTab):
		s.other.close()
		s.other = nil
	}
}
