//go:build !tinygo

package heap

import "runtime"

// Collect does nothing: standard Go collects by itself.
func Collect() {}

// InUse is how many bytes are allocated, with garbage that has not been collected yet.
func InUse() int {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapInuse)
}
