// Package drive performs the commands of package hooks through a host. It is the whole impure corner that
// all worlds share: a host (the wasm module's imports, a browser through jsbridge, net/http through
// nethttp) is a set of calls that start things, and whatever comes of them is handed to Loop.Step.
package drive

import (
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// Host does what commands ask for. Its methods return at once, and never call Step before they return.
type Host interface {
	Fetch(fetch hooks.FetchID, request *api.Request)
	Cancel(fetch hooks.FetchID)
	SetTimer(timer hooks.TimerID, after time.Duration)
	ClearTimer(timer hooks.TimerID)
}

// Screen is where subscriptions are shown.
type Screen interface {
	Publish(hooks.Publish)
	Deliver(hooks.Deliver)
	DeliverControl(hooks.DeliverControl)
	Forget(hooks.Forget)
	AskAccessToken(hooks.AskAccessToken)
}

// Loop feeds events to a Runtime and performs what it answers. It is as little safe for concurrent use as
// the Runtime is.
type Loop struct {
	runtime *hooks.Runtime
	host    Host
	screen  Screen
}

// New returns a Loop over a new Runtime. See hooks.New for the seed.
func New(seed uint64, host Host, screen Screen) *Loop {
	return &Loop{hooks.New(seed), host, screen}
}

// Status describes what the Runtime is doing.
func (l *Loop) Status() rawjson.Value { return l.runtime.Status() }

// Step applies one event at the moment now and performs all that follows from it.
func (l *Loop) Step(now time.Time, event hooks.Event) {
	for _, command := range l.runtime.Step(now, event) {
		switch c := command.(type) {
		case hooks.Fetch:
			l.host.Fetch(c.Fetch, c.Request)
		case hooks.Cancel:
			l.host.Cancel(c.Fetch)
		case hooks.SetTimer:
			l.host.SetTimer(c.Timer, c.After)
		case hooks.ClearTimer:
			l.host.ClearTimer(c.Timer)
		case hooks.Publish:
			l.screen.Publish(c)
		case hooks.Deliver:
			l.screen.Deliver(c)
		case hooks.DeliverControl:
			l.screen.DeliverControl(c)
		case hooks.AskAccessToken:
			l.screen.AskAccessToken(c)
		case hooks.Forget:
			l.screen.Forget(c)
		}
	}
}
