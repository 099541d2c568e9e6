package hooktest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/runwire/runwire/hooks"
)

// World is a runtime, its observers, the server, and the network between.
type World struct {
	runtime *hooks.Runtime
	clock   clock
	server  server
	dice    *dice
	steps   int

	wires     map[hooks.FetchID]*wire
	timers    map[hooks.TimerID]bool
	observers map[hooks.Sub]*observer
	scopes    map[string]*truth          // what each scope is about
	shown     map[string]*hooks.Snapshot // what it shows
	lastSub   hooks.Sub
	checks    checks

	// Violation is the first broken invariant; "" while all hold.
	Violation string
	// Trace, when set, is told every event and command. It makes a failure readable.
	Trace func(line string)
}

// NewWorld returns a world with these faults in which nothing has happened yet.
func NewWorld(seed uint64, faults Faults) *World {
	w := &World{
		runtime:   hooks.New(seed),
		dice:      &dice{rand.New(rand.NewPCG(seed, 1)), faults},
		wires:     map[hooks.FetchID]*wire{},
		timers:    map[hooks.TimerID]bool{},
		observers: map[hooks.Sub]*observer{},
		scopes:    map[string]*truth{},
		shown:     map[string]*hooks.Snapshot{},
	}
	w.clock.now = epoch
	w.server.world = w
	w.checks.world = w
	return w
}

// violate notes a broken invariant. Only the first counts: what follows is damage.
func (w *World) violate(format string, args ...any) {
	if w.Violation == "" {
		w.Violation = fmt.Sprintf("%s: ", w.clock.now.Sub(epoch)) + fmt.Sprintf(format, args...)
	}
}

// step applies an event and performs what follows.
func (w *World) step(event hooks.Event) {
	if w.Violation != "" {
		return
	}
	w.steps++
	w.trace("> %s", event)
	for _, command := range w.runtime.Step(w.clock.now, event) {
		w.trace("    %s", command)
		w.perform(command)
	}
}

func (w *World) trace(format string, what any) {
	if w.Trace != nil {
		w.Trace(fmt.Sprintf("%8s "+format, w.clock.now.Sub(epoch).Truncate(time.Millisecond), Describe(what)))
	}
}

func (w *World) perform(command hooks.Command) {
	switch c := command.(type) {
	case hooks.Fetch:
		w.checks.fetch(c)
		x := w.newWire(c.Fetch)
		w.wires[c.Fetch] = x
		w.clock.after(w.dice.delay(), func() {
			if x.open {
				w.server.serve(c.Request, x)
			}
		})
	case hooks.Cancel:
		x := w.wires[c.Fetch]
		if x == nil {
			w.violate("cancel of request %d, which is not out", c.Fetch)
			return
		}
		w.closed(x)
	case hooks.SetTimer:
		w.checks.setTimer(c)
		w.clock.after(c.After, func() {
			if w.timers[c.Timer] {
				delete(w.timers, c.Timer)
				w.step(hooks.TimerFired{Timer: c.Timer})
			}
		})
	case hooks.ClearTimer:
		if !w.timers[c.Timer] {
			w.violate("timer %d is cleared, which is not set", c.Timer)
		}
		delete(w.timers, c.Timer)
	case hooks.Publish:
		w.checks.publish(c)
	case hooks.Deliver:
		w.checks.deliver(c)
	}
}

// closed says that the client does not wait for this answer any more.
func (w *World) closed(x *wire) {
	x.open = false
	delete(w.wires, x.fetch)
}
