//go:build race

package hooks_test

// The race detector has nothing to find in one goroutine's world and takes ten times as long: build.sh test plays the whole
// number of schedules without it.
const (
	underRace        = true
	defaultSchedules = 1_000
)
