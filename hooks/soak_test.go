package hooks_test

import (
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks/hooktest"
)

// TestSoak lives through an hour of a busy world, and a day of a quieter one: what the runtime holds does not grow.
func TestSoak(t *testing.T) {
	for _, life := range []struct {
		name   string
		every  time.Duration // something begins
		warmUp time.Duration // after which everything has been there that can be there at once
		length time.Duration
	}{
		{"an hour", 10 * time.Second, 45 * time.Minute, 105 * time.Minute},
		{"a day", time.Minute, 6 * time.Hour, 24 * time.Hour},
	} {
		if underRace && life.length > 2*time.Hour {
			continue // it would find nothing, for a minute
		}
		t.Run(life.name, func(t *testing.T) {
			soak := hooktest.NewSoak(1, mild(), life.every)
			soak.Advance(life.warmUp)
			half := (life.length - life.warmUp) / 2
			before := usually(soak, half)
			heap := heapAfterGC()
			after := usually(soak, half)
			for name, n := range after {
				if n > before[name]*5/4+8 {
					t.Errorf("%d %s are held in the second half, and %d were in the first", n, name, before[name])
				}
			}
			if grown := heapAfterGC() - heap; grown > heapSlack {
				t.Errorf("the heap has grown by %d kB", grown>>10)
			}
			if soak.Violation != "" {
				t.Error(soak.Violation)
			}
			t.Logf("usually held: %v", after)
		})
	}
}

// heapSlack is what the world itself remembers of half a life, and what the collector leaves: generous.
const heapSlack = 16 << 20

// mild are faults as of a bad day, without the traps that would give all memory back.
func mild() hooktest.Faults {
	f := hooktest.Chaos()
	f.Drop, f.Cut, f.Refuse, f.Rotate = f.Drop/4, f.Cut/4, f.Refuse/4, f.Rotate/4
	return f
}

// usually lets time pass, and counts what is held on average at the end of a minute.
func usually(soak *hooktest.Soak, d time.Duration) map[string]int {
	counts, minutes := map[string]int{}, int(d/time.Minute)
	for range minutes {
		soak.Advance(time.Minute)
		held := reflect.ValueOf(soak.Runtime().Held())
		for i := range held.NumField() {
			counts[held.Type().Field(i).Name] += int(held.Field(i).Int())
		}
	}
	for name := range counts {
		counts[name] /= minutes
	}
	return counts
}

func heapAfterGC() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
