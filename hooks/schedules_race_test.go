//go:build race

package hooks_test

// defaultSchedules is small under the race detector, which has nothing to find in one goroutine's world and
// takes ten times as long; build.sh test plays the whole number without it.
const defaultSchedules = 2_000
