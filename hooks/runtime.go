package hooks

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Runtime is all subscriptions of one program. It is not safe for concurrent use: one goroutine, or one
// event loop, calls Step. The zero value is not usable; see New.
type Runtime struct {
	random *rand.Rand
	now    time.Time // of the current Step

	subs       map[Sub]*subscription
	scopes     map[string]*scope
	feeds      map[string]*feed
	inOrder    []*feed      // the same, the oldest first: a map has no order, and commands must have one
	retrievals []*retrieval // the oldest first
	pages      pages
	idle       []*scope // scopes without subscriptions, the longest idle first

	credentials []*credential // by the number that stands for them in keys
	serverAhead time.Duration // of our clock
	lastAsk     AskID

	exchanges map[FetchID]exchange
	timers    map[TimerID]func()
	lastFeed  FeedID
	lastFetch FetchID
	lastTimer TimerID

	commands []Command       // of the current Step
	dirty    []*subscription // what the current Step must publish, in the order of the changes
}

// exchange is whoever waits for the answer to a request.
type exchange interface {
	started(httpStatus int, header map[string]string)
	arrived(chunk []byte)
	ended()
	failed(reason string)
}

// New returns a Runtime without subscriptions. The same seed and events give the same commands.
func New(seed uint64) *Runtime {
	return &Runtime{
		random:    rand.New(rand.NewPCG(seed, 0)),
		subs:      map[Sub]*subscription{},
		scopes:    map[string]*scope{},
		feeds:     map[string]*feed{},
		pages:     pages{known: map[PageID]PageChanged{}},
		exchanges: map[FetchID]exchange{},
		timers:    map[TimerID]func(){},
	}
}

// Step applies one event at the moment now and returns what the driver must do next, in order. now must
// not go backwards by more than clocks do. The slice is valid until the next Step.
func (r *Runtime) Step(now time.Time, event Event) []Command {
	slept := r.hasSlept(now)
	r.now, r.commands = now, r.commands[:0]
	switch e := event.(type) {
	case *Open:
		r.open(e)
	case *Update:
		r.update(e)
	case Stop:
		if s := r.subs[e.Sub]; s != nil {
			s.stop()
		}
	case Close:
		r.close(e.Sub)
	case Drop:
		r.drop(e.Scope)
	case Submit:
		if s := r.subs[e.Sub]; s != nil && s.mutation != nil {
			s.mutation.submit(e.Body, e.Request)
		}
	case AccessTokenArrived:
		r.accessTokenArrived(e)
	case PageChanged:
		r.pageChanged(e)
	case PageLeft:
		r.pageLeft(e)
	case ResponseStarted:
		r.learnClock(e.Header)
		if x := r.exchanges[e.Fetch]; x != nil {
			x.started(e.HTTPStatus, e.Header)
		}
	case ChunkArrived:
		if x := r.exchanges[e.Fetch]; x != nil {
			x.arrived(e.Data)
		}
	case ResponseEnded:
		if x := r.exchanges[e.Fetch]; x != nil {
			delete(r.exchanges, e.Fetch)
			x.ended()
		}
	case FetchFailed:
		if x := r.exchanges[e.Fetch]; x != nil {
			delete(r.exchanges, e.Fetch)
			x.failed(e.Reason)
		}
	case TimerFired:
		if fire := r.timers[e.Timer]; fire != nil {
			delete(r.timers, e.Timer)
			fire()
		}
	}
	if slept {
		r.eachFeed((*feed).reconnect)
	}
	r.publish()
	return r.commands
}

func (r *Runtime) do(c Command) { r.commands = append(r.commands, c) }

// setTimer asks for fire to be called after a time.
func (r *Runtime) setTimer(after time.Duration, fire func()) TimerID {
	r.lastTimer++
	r.timers[r.lastTimer] = fire
	r.do(SetTimer{r.lastTimer, after})
	return r.lastTimer
}

// clearTimer takes a timer back and zeroes its number. A timer that is not set is left alone.
func (r *Runtime) clearTimer(timer *TimerID) {
	if _, set := r.timers[*timer]; set {
		delete(r.timers, *timer)
		r.do(ClearTimer{*timer})
	}
	*timer = 0
}

// cancel ends a request whose answer nobody waits for any more, and zeroes its number.
func (r *Runtime) cancel(fetch *FetchID) {
	if _, out := r.exchanges[*fetch]; out {
		delete(r.exchanges, *fetch)
		r.do(Cancel{*fetch})
	}
	*fetch = 0
}

// changed notes that a subscription has something new to show at the end of this Step.
func (r *Runtime) changed(s *subscription) {
	if !s.dirty {
		s.dirty = true
		r.dirty = append(r.dirty, s)
	}
}

// publish shows what changed during this Step: one command for all scopes that show the same.
func (r *Runtime) publish() {
	if len(r.dirty) == 0 {
		return
	}
	var groups []Publish
next:
	for _, s := range r.dirty {
		s.dirty = false
		if r.subs[s.sub] != s {
			continue // it was closed while its call was under way
		}
		snapshot := s.scope.accept(s, s.snapshot())
		if snapshot == nil {
			continue
		}
		if len(s.scope.subs) > 1 { // of what several have to show, the last word counts
			for i := range groups {
				groups[i].Scopes = slices.DeleteFunc(groups[i].Scopes, func(key string) bool { return key == s.scope.key })
			}
		}
		for i := range groups {
			if groups[i].Snapshot.same(snapshot) {
				groups[i].Scopes = append(groups[i].Scopes, s.scope.key)
				continue next
			}
		}
		groups = append(groups, Publish{[]string{s.scope.key}, snapshot})
	}
	r.dirty = r.dirty[:0]
	for _, p := range groups {
		if len(p.Scopes) > 0 {
			r.do(p)
		}
	}
}
