package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// wire carries one answer to the client, late, in pieces, and not always whole.
type wire struct {
	world  *World
	fetch  hooks.FetchID
	open   bool // the client still waits for it
	broken bool // nothing more passes
	queued time.Time
	budget int // bytes until the wire is cut; negative is never
}

func (w *World) newWire(fetch hooks.FetchID) *wire {
	x := &wire{world: w, fetch: fetch, open: true, queued: w.clock.now, budget: -1}
	if w.dice.happens(w.dice.faults.Cut) {
		x.budget = w.dice.IntN(400)
	}
	return x
}

// later delivers an event after what was sent before it.
func (x *wire) later(event hooks.Event) {
	at := x.world.clock.now.Add(x.world.dice.delay())
	if at.Before(x.queued) {
		at = x.queued
	}
	x.queued = at
	x.world.clock.after(at.Sub(x.world.clock.now), func() {
		if x.open || x.world.dice.happens(x.world.dice.faults.Late) {
			x.world.step(event)
		}
	})
}

func (x *wire) start(httpStatus int, header api.Header) {
	x.later(hooks.ResponseStarted{Fetch: x.fetch, HTTPStatus: httpStatus, Header: header})
}

func (x *wire) send(body string) {
	if x.broken {
		return
	}
	if x.budget >= 0 && len(body) > x.budget {
		x.deliver(body[:x.budget])
		x.fail()
		return
	}
	if x.budget >= 0 {
		x.budget -= len(body)
	}
	x.deliver(body)
}

func (x *wire) deliver(body string) {
	for _, chunk := range x.world.dice.chunks(body) {
		x.later(hooks.ChunkArrived{Fetch: x.fetch, Data: []byte(chunk)})
	}
}

func (x *wire) end() {
	if !x.broken {
		x.broken = true
		x.finish(hooks.ResponseEnded{Fetch: x.fetch})
	}
}

func (x *wire) fail() {
	if !x.broken {
		x.broken = true
		x.finish(hooks.FetchFailed{Fetch: x.fetch, Reason: "connection reset"})
	}
}

// finish delivers the last event of an answer, after which the client waits no more.
func (x *wire) finish(event hooks.Event) {
	at := max(x.queued.Sub(x.world.clock.now), 0)
	x.world.clock.after(at, func() {
		if x.open {
			x.world.closed(x)
			x.world.step(event)
		}
	})
}

func (x *wire) respond(httpStatus int, header api.Header, body string) {
	x.start(httpStatus, header)
	x.send(body)
	x.end()
}
