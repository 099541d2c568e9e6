// Package hooks is runwire's behaviour: subscriptions to Trigger.dev runs and their streams, shared,
// throttled, retried and resumed, as one pure state machine.
//
// A Runtime takes events and returns commands. It sees no clock, network, goroutine, lock or JavaScript:
// time is an argument of Step, chance comes from the seed of New. A driver (package hooks/drive and the hosts
// under it) has these duties:
//
//  1. Call Step from one goroutine, with the present time, for every event of event.go.
//  2. Perform the returned commands in order before the next Step.
//  3. Answer every Fetch with ResponseStarted, any number of ChunkArrived, and ResponseEnded; or with
//     FetchFailed at any point. After a Cancel, stop the request; late events of it do no harm.
//  4. Answer every SetTimer with TimerFired, not before its time. After a ClearTimer, a late one does no harm.
//  5. Show each Publish in its scopes. Snapshots are immutable and may be kept.
//  6. Answer every AskAccessToken with AccessTokenArrived; only subscriptions that said they can are asked.
//
// Inside, a subscription (subscription.go) follows feeds (feed.go). A feed is one upstream connection,
// shared by all subscriptions with the same key, and the one place that decides about attempts: attempt.go
// says when it asks, answer.go what an answer leads to. What it asks for and what answers mean is its
// source's: run.go for the rows of a shape, stream.go for a stream. Beside feeds there are calls (call.go),
// which end: mutation.go does something, retrieve.go fetches a run again and again.
// SPEC.md lists the states and the invariants.
package hooks
