//go:build !race

package hooks_test

// defaultSchedules is what a normal test run plays, in about 20 s.
const (
	underRace        = false
	defaultSchedules = 60_000
)
