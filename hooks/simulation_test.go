package hooks_test

import (
	"flag"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/runwire/runwire/hooks/hooktest"
)

var (
	schedules = flag.Int("schedules", defaultSchedules, "how many random schedules the simulation plays")
	firstSeed = flag.Uint64("seed", 1, "the seed of the first schedule")
)

// TestSimulation plays random lives under every fault and checks the invariants of SPEC.md after each step.
// To see one again: go test ./hooks -run Simulation -schedules 1 -seed N -v
func TestSimulation(t *testing.T) {
	if *schedules == 1 {
		if violation := hooktest.RunSchedule(*firstSeed, hooktest.Chaos(), func(line string) { t.Log(line) }); violation != "" {
			t.Fatal(violation)
		}
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // thousands of small worlds, of which one lives at a time
	var next atomic.Uint64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for !t.Failed() {
				n := next.Add(1) - 1
				if n >= uint64(*schedules) {
					return
				}
				if violation := hooktest.RunSchedule(*firstSeed+n, hooktest.Chaos(), nil); violation != "" {
					t.Errorf("seed %d: %s", *firstSeed+n, violation)
				}
			}
		})
	}
	workers.Wait()
}

// TestASeedGivesTheSameLife keeps invariant R1: a failure's seed would be worth nothing without it.
func TestASeedGivesTheSameLife(t *testing.T) {
	for seed := range uint64(300) {
		var first, second []string
		hooktest.RunSchedule(seed, hooktest.Chaos(), func(line string) { first = append(first, line) })
		hooktest.RunSchedule(seed, hooktest.Chaos(), func(line string) { second = append(second, line) })
		for i := range min(len(first), len(second)) {
			if first[i] != second[i] {
				t.Fatalf("seed %d, line %d:\n%s\n%s", seed, i, first[i], second[i])
			}
		}
		if len(first) != len(second) || len(first) == 0 {
			t.Fatalf("seed %d has %d lines, then %d", seed, len(first), len(second))
		}
	}
}
