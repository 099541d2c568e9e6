// Package emulator serves the part of the Trigger.dev API that a frontend speaks, as an [http.Handler]: triggering
// tasks and batches, retrieving runs, the realtime feeds of one run, of tags and of a batch, streams to and from runs,
// wait tokens, sessions, metadata and public tokens. It is for development and tests: it keeps everything in memory,
// runs a fixed set of simulated tasks, and can be told to fail in every way a network can.
//
// The pieces, from the wire inwards:
//
//   - emulator.go takes a request through CORS, accounting (calls.go), faults (fault.go) and the route table (routes.go),
//     which counts it against its credential's limit (ratelimit.go).
//   - auth.go and scope.go decide who calls and what they may do; errors.go has the answers when they may not.
//   - trigger.go, batch_create.go and batch_items.go create runs through launch.go; retrieve.go and batch_read.go show them.
//   - feed.go is the feed of one run. runs_feed.go and batch_read.go are those of many, which list.go serves from the
//     journal (journal.go): all runs in the order of their newest change, so that a poll costs what changed.
//   - sse.go serves streams, streamwrite.go and inputstream.go write them; waitpoint.go is what runs wait for;
//     session.go and session_channel.go are conversations that outlive runs.
//   - run.go, version.go, columns.go and streamlog.go hold runs; queue.go and lifecycle.go drive the tasks (task_*.go).
//   - control.go is the Go API of tests, control_http.go the same under /emulator/ when [Options.Control] is set.
//
// It shares no code with the client packages of this module, so that the two cannot agree on a mistake. The unmodified
// packages of Trigger.dev judge it: in judge/, npm ci and EMULATOR=<path of the built command> npm test.
//
// It differs from the service on purpose where a test would suffer: nothing limits concurrency, a queue or a priority
// delays nothing (tests pause the queue instead), and a session's channels can be written before the session is created.
package emulator
