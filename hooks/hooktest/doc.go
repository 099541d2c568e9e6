// Package hooktest runs a hooks.Runtime in a world that is all its own: a clock that moves only when the
// test moves it, a server that serves runs and streams over a network with seeded faults, and observers
// that come and go.
//
// A World checks the invariants of SPEC.md after every step. The same seed gives the same world, to the
// last event.
package hooktest
