// Package emulator serves the part of the Trigger.dev API that a frontend speaks, as an [http.Handler]: triggering
// tasks, retrieving runs, the realtime run feed, run streams and public tokens. It is for development and tests: it
// keeps everything in memory, runs a fixed set of simulated tasks, and can be told to fail in every way a network can.
//
// The pieces, from the wire inwards:
//
//   - emulator.go takes a request through CORS, accounting (calls.go), faults (faults.go) and the route table (routes.go).
//   - auth.go and scope.go decide who calls and what they may do; errors.go has the answers when they may not.
//   - trigger.go, retrieve.go, feed.go, sse.go, packets.go and tokens.go are the endpoints, one concern each.
//   - run.go, columns.go and streamlog.go hold runs; lifecycle.go drives the tasks (task_*.go).
//   - control.go is the Go API of tests, control_http.go the same under /emulator/ when [Options.Control] is set.
//
// It shares no code with the client packages of this module, so that the two cannot agree on a mistake. The unmodified
// packages of Trigger.dev judge it: in judge/, npm ci and EMULATOR=<path of the built command> npm test.
//
// Rates and concurrency are not limited; a test that needs a 429 injects one with a [Fault].
package emulator
