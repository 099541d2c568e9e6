package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// stallTime is how long an answer stalls. Source: chosen, as long as the service holds a request, and shorter than the
// watchdog waits.
const stallTime = 20 * time.Second

// wire carries one answer to the client, late, in pieces, and not always whole.
type wire struct {
	world    *World
	instance *instance // whose request it is
	fetch    hooks.FetchID
	who      string // whose request for what it is
	open     bool   // the client still waits for it
	broken   bool   // nothing more passes
	queued   time.Time
	trouble  trouble
	left     int // bytes that pass before the trouble; -1 is before the head
}

// trouble is what happens to an answer on its way.
type trouble uint8

const (
	noTrouble trouble = iota
	breaks            // it breaks off
	stalls            // it goes on after a while
	silent            // it does not, and nobody says so
)

func (w *World) newWire(fetch hooks.FetchID) *wire {
	x := &wire{world: w, instance: w.instance, fetch: fetch, open: true, queued: w.clock.now}
	x.meet(w.dice)
	return x
}

// meet lets the answer run into a trouble, if there is one.
func (x *wire) meet(d *dice) {
	switch faults := &d.faults; {
	case d.happens(faults.Cut):
		x.trouble = breaks
	case d.happens(faults.Stall):
		x.trouble = stalls
	case d.happens(faults.HalfOpen):
		x.trouble = silent
	default:
		return
	}
	switch d.faults.At {
	case BeforeHead:
		x.left = -1
	case InBody:
		x.left = 1
	default:
		x.left = d.IntN(400) - 1
	}
}

// passes reports whether what is sent arrives.
func (x *wire) passes() bool { return x.open && !x.broken }

// strike brings the trouble about.
func (x *wire) strike() {
	x.world.struck++
	switch x.trouble {
	case breaks:
		x.fail()
	case stalls:
		x.queued = x.world.clock.now.Add(stallTime)
	case silent:
		x.broken = true
	}
	x.trouble = noTrouble
}

// later delivers an event after what was sent before it.
func (x *wire) later(event hooks.Event) {
	at := x.world.clock.now.Add(x.world.dice.delay())
	if at.Before(x.queued) {
		at = x.queued
	}
	x.queued = at
	x.world.clock.awake(at.Sub(x.world.clock.now), func() {
		if x.open || x.world.dice.happens(x.world.dice.faults.Late) {
			x.instance.step(event)
		}
	})
}

func (x *wire) start(httpStatus int, header api.Header) {
	if x.trouble != noTrouble && x.left < 0 {
		x.strike()
	}
	if !x.broken {
		x.later(hooks.ResponseStarted{Fetch: x.fetch, HTTPStatus: httpStatus, Header: header})
	}
}

func (x *wire) send(body string) {
	if x.trouble != noTrouble && len(body) > x.left {
		before := body[:max(x.left, 0)]
		x.deliver(before)
		body = body[len(before):]
		x.strike()
	}
	x.left -= len(body)
	x.deliver(body)
}

func (x *wire) deliver(body string) {
	if x.broken {
		return
	}
	for _, chunk := range x.world.dice.chunks(body) {
		x.later(hooks.ChunkArrived{Fetch: x.fetch, Data: []byte(chunk)})
	}
}

func (x *wire) end() { x.finish(hooks.ResponseEnded{Fetch: x.fetch}) }

func (x *wire) fail() { x.finish(hooks.FetchFailed{Fetch: x.fetch, Reason: "connection reset"}) }

// finish delivers the last event of an answer, after which the client waits no more.
func (x *wire) finish(event hooks.Event) {
	if x.broken {
		return
	}
	x.broken = true
	at := max(x.queued.Sub(x.world.clock.now), 0)
	x.world.clock.awake(at, func() {
		if x.open {
			x.instance.closed(x)
			x.instance.step(event)
		}
	})
}
