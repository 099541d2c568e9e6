//go:build js && wasm

package jsbridge

import (
	"sync/atomic"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/drive"
)

var _ drive.Host = (*host)(nil)

// host is the browser as package drive sees it: fetch.go and timer.go. Everything here happens within turns.
type host struct {
	// turn runs what a callback starts. deliver hands an event on, of which the runtime makes a later turn:
	// nothing here is entered again while it is still at work.
	turn    func(func())
	deliver func(hooks.Event)
	report  func(error)

	exchanges map[hooks.FetchID]*exchange
	timers    map[hooks.TimerID]*timer
	buffer    []byte       // the bytes of the present chunk
	requests  atomic.Int64 // len(exchanges), for readers outside of turns
}

func newHost(turn func(func()), deliver func(hooks.Event), report func(error)) *host {
	return &host{
		turn: turn, deliver: deliver, report: report,
		exchanges: map[hooks.FetchID]*exchange{},
		timers:    map[hooks.TimerID]*timer{},
	}
}
