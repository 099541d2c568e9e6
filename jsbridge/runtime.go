//go:build js && wasm

package jsbridge

import (
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/drive"
)

// Options are what a program may choose. The zero value is right for most.
type Options struct {
	// Report takes what is not anyone's answer: a panic in a show function, a browser that refuses a timer.
	// Nil writes to the console.
	Report func(error)
	// Seed is that of the runtime's random delays. 0 picks one.
	Seed uint64
}

// Runtime is all subscriptions of a page. Subscriptions to one run with one access token share a
// connection. A program wants one Runtime. Its methods, and those of its subscriptions, may be called by any
// goroutine.
type Runtime struct {
	turns *turns
	host  *host
	loop  *drive.Loop

	lastSub atomic.Uint32
	scopes  map[string]*Subscription // only touched within turns
}

// New returns a Runtime without subscriptions. It never fails: what a browser lacks becomes the error of the
// requests that need it.
func New(options Options) *Runtime {
	if options.Report == nil {
		options.Report = reportToConsole
	}
	if options.Seed == 0 {
		options.Seed = rand.Uint64()
	}
	r := &Runtime{turns: &turns{report: options.Report}, scopes: map[string]*Subscription{}}
	r.host = newHost(r.turns.add, r.deliver, options.Report)
	r.loop = drive.New(options.Seed, r.host, (*screen)(r))
	return r
}

// deliver makes an event a turn of its own, so that a Step is never inside another.
func (r *Runtime) deliver(event hooks.Event) {
	r.turns.add(func() { r.loop.Step(time.Now(), event) })
}

// Requests returns how many requests are out. It may be called concurrently.
func (r *Runtime) Requests() int { return int(r.host.requests.Load()) }

// Subscription is one interest in a run or a stream.
type Subscription struct {
	runtime *Runtime
	sub     hooks.Sub
	show    func(hooks.Snapshot)
	streams streamLogs // only touched within turns
	closed  atomic.Bool
}

// Subscribe follows what spec names, and calls show with every new snapshot until Close. Calls of show come
// one after another, on the goroutine of the event that brought the news: show must not block, and it may
// use this package. The first call may come before Subscribe returns, when what is asked for is known
// already. A snapshot holds all parts of its streams, so Options.WantsParts is of no use here and not passed
// on.
func (r *Runtime) Subscribe(spec hooks.Spec, options hooks.Options, show func(hooks.Snapshot)) *Subscription {
	s := &Subscription{runtime: r, sub: hooks.Sub(r.lastSub.Add(1)), show: show, streams: streamLogs{}}
	options.WantsParts = false
	r.turns.add(func() { r.scopes[s.scope()] = s })
	r.deliver(&hooks.Open{Sub: s.sub, Scope: s.scope(), Spec: spec, Options: options})
	return s
}

// scope names the state of this subscription, which it shares with no other.
func (s *Subscription) scope() string { return strconv.FormatUint(uint64(s.sub), 10) }

// Update gives the subscription new options, such as a new access token. What it shows stays.
func (s *Subscription) Update(options hooks.Options) {
	options.WantsParts = false
	s.runtime.deliver(&hooks.Update{Sub: s.sub, Options: options})
}

// Stop ends the subscription's requests at once. What it shows stays as it is.
func (s *Subscription) Stop() { s.runtime.deliver(hooks.Stop{Sub: s.sub}) }

// Close ends the subscription: show is not called again. Its connection lingers for a moment, in case the
// next view asks for the same run. Closing twice is harmless.
func (s *Subscription) Close() {
	if s.closed.Swap(true) {
		return
	}
	r := s.runtime
	r.turns.add(func() { delete(r.scopes, s.scope()) })
	r.deliver(hooks.Close{Sub: s.sub})
	r.deliver(hooks.Drop{Scope: s.scope()})
}

// screen is the Runtime as a drive.Screen, whose methods are not for users.
type screen Runtime

// Publish is part of drive.Screen. Each show is a turn, so that it may subscribe and close.
func (sc *screen) Publish(publish hooks.Publish) {
	for _, scope := range publish.Scopes {
		s := sc.scopes[scope]
		if s == nil {
			continue
		}
		sc.turns.add(func() {
			if !s.closed.Load() {
				s.show(s.streams.whole(*publish.Snapshot))
			}
		})
	}
}

// Deliver and Forget are part of drive.Screen. Snapshots are whole, and nothing is kept of them here.
func (*screen) Deliver(hooks.Deliver) {}
func (*screen) Forget(hooks.Forget)   {}

// DeliverControl: the newest control record is in the snapshot.
func (*screen) DeliverControl(hooks.DeliverControl) {}

// AskAccessToken: no subscription of this package says that it can be asked.
func (*screen) AskAccessToken(hooks.AskAccessToken) {}
