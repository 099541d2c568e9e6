// Package hooktest runs a hooks.Runtime in a world that is all its own: a clock that moves only when the test moves it, a
// server that serves all that there is to follow and to do, a network between with faults, and pages whose hooks come and
// go.
//
// A World checks the invariants of SPEC.md after every step. What really happens is in its account; what the server says of
// it, in the words of whoever asks, goes over wires that break, stall and go silent; and what comes out is compared with
// the account: screens never show what was not so, never go back, and in the end show all there is. The same seed gives the
// same world, to the last event.
//
// RunSchedule leaves everything to chance, Scene lets a test choose, and Soak has no end. A Ledger has no server behind it:
// its events may be as wrong, late and out of order as a test likes. Transcript reads scripts for it.
package hooktest
