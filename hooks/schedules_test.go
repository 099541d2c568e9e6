//go:build !race

package hooks_test

// defaultSchedules is what a normal test run plays.
const defaultSchedules = 100_000
