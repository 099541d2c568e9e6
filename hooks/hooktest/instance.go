package hooktest

import (
	"maps"
	"slices"
	"time"

	"github.com/runwire/runwire/hooks"
)

// instance is one life of the runtime: from its start to a trap.
type instance struct {
	world     *World
	runtime   *hooks.Runtime
	wires     map[hooks.FetchID]*wire
	timers    map[hooks.TimerID]bool
	observers map[hooks.Sub]*observer
	dead      bool
	lastSub   hooks.Sub
	lastFetch hooks.FetchID
	lastTimer hooks.TimerID
	forgotten map[hooks.FeedID]bool
	pages     told
	asked     map[string][]time.Time   // when requests for a path went out for an owner, of the last ten seconds
	attempts  map[string]int           // of calls, by their names
	asks      map[hooks.AskID]question // that have not been answered
}

func (w *World) newInstance(seed uint64) *instance {
	return &instance{
		world:     w,
		runtime:   hooks.New(seed),
		wires:     map[hooks.FetchID]*wire{},
		timers:    map[hooks.TimerID]bool{},
		observers: map[hooks.Sub]*observer{},
		forgotten: map[hooks.FeedID]bool{},
		pages:     told{known: map[hooks.PageID]hooks.PageChanged{}},
		asked:     map[string][]time.Time{},
		attempts:  map[string]int{},
		asks:      map[hooks.AskID]question{},
	}
}

// out lists the requests that are under way, the oldest first.
func (in *instance) out() []*wire {
	wires := make([]*wire, 0, len(in.wires))
	for _, fetch := range slices.Sorted(maps.Keys(in.wires)) {
		wires = append(wires, in.wires[fetch])
	}
	return wires
}

// step applies an event and performs what follows. What comes for a dead instance is passed over.
func (in *instance) step(event hooks.Event) {
	w := in.world
	if in.dead || w.Violation != "" {
		return
	}
	w.steps++
	in.pages.note(event, w.clock.now)
	w.trace("> ", event)
	for _, command := range in.runtime.Step(w.clock.now, event) {
		w.trace("    ", command)
		in.perform(command)
	}
}

func (in *instance) perform(command hooks.Command) {
	w := in.world
	switch c := command.(type) {
	case hooks.Fetch:
		in.fetch(c)
	case hooks.Cancel:
		x := in.wires[c.Fetch]
		if x == nil {
			w.violate("cancel of request %d, which is not out", c.Fetch)
			return
		}
		in.closed(x)
	case hooks.SetTimer:
		if c.Timer <= in.lastTimer || c.After < 0 {
			w.violate("timer %d is set in %s, after timer %d", c.Timer, c.After, in.lastTimer)
		}
		in.lastTimer, in.timers[c.Timer] = c.Timer, true
		in.fireAfter(c.Timer, c.After)
	case hooks.ClearTimer:
		if !in.timers[c.Timer] {
			w.violate("timer %d is cleared, which is not set", c.Timer)
		}
		delete(in.timers, c.Timer)
	case hooks.Publish:
		w.checks.publish(c)
	case hooks.Deliver:
		w.checks.deliver(c)
	case hooks.DeliverControl:
		w.checks.deliverControl(c)
	case hooks.AskAccessToken:
		w.checks.ask(c)
		w.ask(c)
	case hooks.Forget:
		w.forget(c.Feed)
	default:
		w.violate("a command of type %T", command)
	}
}

// fetch sends a request on its way, which may be longer than the network lives.
func (in *instance) fetch(c hooks.Fetch) {
	w := in.world
	if c.Fetch <= in.lastFetch {
		w.violate("request number %d is used again", c.Fetch)
	}
	in.lastFetch = c.Fetch
	x := w.newWire(c.Fetch)
	x.who = w.checks.fetch(c)
	in.wires[c.Fetch] = x
	lost := w.network.down
	if lost {
		w.struck++
	}
	if w.dice.happens(w.dice.faults.Drop) {
		w.struck++
		if w.dice.oneIn(2) {
			lost = true
		} else {
			x.trouble, x.left = breaks, -1
		}
	}
	w.clock.awake(w.dice.delay(), func() {
		switch {
		case !x.passes():
		case lost:
			x.fail()
		default:
			w.server.serve(c.Request, x)
		}
	})
}

// fireAfter lets a timer fire, later if the machine sleeps and its timers do not count that.
func (in *instance) fireAfter(timer hooks.TimerID, delay time.Duration) {
	clock := &in.world.clock
	due, lost := clock.now.Add(delay), clock.lost
	clock.awake(delay, func() {
		if left := due.Add(clock.lost - lost).Sub(clock.now); left > 0 {
			in.fireAfter(timer, left)
		} else if in.timers[timer] {
			delete(in.timers, timer)
			in.step(hooks.TimerFired{Timer: timer})
		}
	})
}

// closed says that the client does not wait for this answer any more.
func (in *instance) closed(x *wire) {
	x.open = false
	delete(in.wires, x.fetch)
}

// trap ends the instance, in the middle of whatever it was about. Pages learn of it, each at its time, and open again
// what they have in the instance after it.
func (w *World) trap() {
	dead := w.instance
	dead.dead = true
	for _, x := range dead.out() {
		dead.closed(x)
	}
	w.lives++
	w.trace("", "trap")
	w.instance = w.newInstance(w.seed + uint64(w.lives))
	for _, p := range w.pages {
		p.do(w.dice.delay(), func() { w.attach(p) })
	}
}
