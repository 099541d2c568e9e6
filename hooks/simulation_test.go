package hooks_test

import (
	"flag"
	"runtime"
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
