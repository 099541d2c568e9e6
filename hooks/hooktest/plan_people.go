package hooktest

import (
	"fmt"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// planPeople schedules who comes, what they look at, and when they go.
func (w *World) planPeople() {
	for i := range 1 + w.dice.IntN(3) {
		at := w.dice.within(20 * time.Second)
		if i == 0 {
			at = 0
		}
		w.clock.awake(at, func() {
			if p := w.planPage(); w.dice.oneIn(4) {
				p.do(10*time.Second+w.dice.within(30*time.Second), func() { w.closePage(p) })
			}
		})
	}
	for range 1 + w.dice.IntN(6) {
		w.clock.awake(w.dice.within(20*time.Second), func() {
			if len(w.pages) > 0 {
				w.enter(choose(w.dice, w.pages))
			}
		})
	}
}

// planPage opens a page and schedules what it goes through.
func (w *World) planPage() *page {
	p := w.come(!w.dice.oneIn(4))
	for range w.dice.IntN(4) {
		at := w.dice.within(30 * time.Second)
		switch w.dice.IntN(5) {
		case 0, 1:
			p.do(at, func() { p.show(!p.visible) })
		case 2: // a look at another tab
			p.do(at, func() { p.show(false) })
			p.do(at+w.dice.within(10*time.Second), func() { p.show(true) })
		case 3: // the browser freezes what nobody has looked at
			pause := w.dice.within(20 * time.Second)
			p.do(at, func() {
				p.show(false)
				p.frozen = true
				w.clock.awake(pause, p.thaw)
			})
		case 4: // it thinks so, whatever the network
			p.do(at, func() { p.connect(false) })
			p.do(at+w.dice.within(10*time.Second), func() { p.connect(true) })
		}
	}
	return p
}

// kinds are what observers follow, the more often the more there is to it.
var kinds = []hooks.Kind{
	hooks.KindRun, hooks.KindRun, hooks.KindRun,
	hooks.KindRunWithStreams, hooks.KindRunWithStreams, hooks.KindRunWithStreams,
	hooks.KindStream, hooks.KindStream,
	hooks.KindRunsWithTag, hooks.KindRunsWithStreams, hooks.KindBatch, hooks.KindSession, hooks.KindRetrieve,
	hooks.KindTrigger, hooks.KindWaitToken, hooks.KindInputStream,
}

// enter opens a subscription on a page and plans its life.
func (w *World) enter(p *page) {
	o := &observer{page: p, owner: owner(w.dice.IntN(len(owners)))}
	o.spec = w.spec(choose(w.dice, kinds))
	o.options = w.options(o)
	// Some observers share a scope: those of one kind on one resource. Each call has its own.
	share := w.dice.IntN(3)
	if o.spec.Kind >= hooks.KindTrigger {
		w.lastScope++
		share = w.lastScope
	}
	o.page.do(0, func() {
		o.screen = w.screen(o, share)
		o.options.LimitParts, o.options.MaxParts = o.screen.limited, o.screen.maxParts
		w.live(o)
	})
}

// screen finds the screen of an observer, or makes it.
func (w *World) screen(o *observer, share int) *screen {
	scope := fmt.Sprintf("%d/%s/%d/%s/%s/%d", o.page.id, o.owner, o.spec.Kind, o.spec.RunID, o.spec.StreamKey, share)
	s := w.screens[scope]
	if s == nil {
		s = &screen{scope: scope, page: o.page, owner: o.owner, spec: o.spec, limited: w.dice.oneIn(4), maxParts: w.dice.IntN(4)}
		w.screens[scope] = s
	}
	return s
}

// spec names something that there is.
func (w *World) spec(kind hooks.Kind) hooks.Spec {
	r := choose(w.dice, w.followed)
	switch spec := (hooks.Spec{Kind: kind}); kind {
	case hooks.KindRunsWithTag, hooks.KindRunsWithStreams:
		spec.Tags = hooks.Tags("blue")
		return spec
	case hooks.KindBatch:
		spec.BatchID = "batch_1"
		return spec
	case hooks.KindSession:
		spec.SessionID, spec.Direction = "session_1", "out"
		return spec
	case hooks.KindTrigger:
		spec.TaskID = "resize"
		return spec
	case hooks.KindWaitToken:
		spec.WaitpointID = "waitpoint_1"
		return spec
	case hooks.KindInputStream:
		spec.RunID, spec.StreamKey = "run_1", "words"
		return spec
	case hooks.KindStream:
		if len(r.streams) == 0 {
			spec.Kind = hooks.KindRun
		} else {
			spec.StreamKey = choose(w.dice, r.streams).key
		}
		spec.RunID = r.id
		return spec
	default:
		spec.RunID = r.id
		return spec
	}
}

// options are what one of many users asks for.
func (w *World) options(o *observer) hooks.Options {
	d, login := w.dice, w.login(o.owner)
	options := hooks.Options{
		Access:                  api.Access{AccessToken: login.accessToken},
		CanRefresh:              login.canRefresh,
		ContinueAfterCompletion: d.oneIn(4),
		Throttle:                choose(d, []time.Duration{0, hooks.DefaultThrottle, time.Second}),
		MaxStreams:              choose(d, []int{0, 3, 4}),
		RefreshInterval:         choose(d, []time.Duration{0, 3 * time.Second, 10 * time.Second}),
		RevalidateOnFocus:       d.oneIn(2),
		RevalidateOnReconnect:   d.oneIn(2),
		WantsControls:           d.oneIn(2),
	}
	if o.spec.Kind == hooks.KindStream || o.spec.Kind == hooks.KindSession {
		options.WantsParts = d.oneIn(3)
	}
	if d.oneIn(6) {
		options.SkipColumns = []string{"metadata"}
	}
	return options
}

// login is what a page gives its hooks: an access token, and maybe a way to another one.
type login struct {
	accessToken string
	canRefresh  bool
}

// login is one that is known already, so that observers share their feeds, or a new one.
func (w *World) login(o owner) login {
	if w.logins[o].accessToken == "" || w.dice.oneIn(6) {
		g := grant{owner: o}
		if w.dice.oneIn(2) {
			g.until = w.server.now().Add(w.life())
		}
		w.logins[o] = login{w.server.door.issue(g, w.dice.oneIn(3)), !w.dice.oneIn(3)}
	}
	return w.logins[o]
}

// live opens a subscription and plans what becomes of it.
func (w *World) live(o *observer) {
	w.open(o)
	d := w.dice
	renew := func() { w.update(o, w.server.door.issue(grant{owner: o.owner}, true)) }
	if o.spec.Kind >= hooks.KindTrigger {
		for range 1 + d.IntN(3) {
			w.later(o, func() { w.submit(o) })
		}
		if d.oneIn(6) {
			w.later(o, renew)
		}
		return
	}
	switch d.IntN(6) {
	case 0:
		w.later(o, func() { w.goAway(o) })
	case 1: // Strict Mode: out and in again within one task
		w.leave(o)
		w.open(o.again())
	case 2:
		w.later(o, func() { w.stop(o) })
	case 3:
		w.later(o, renew)
	}
}

// later lets an observer do something, if it is still there then.
func (w *World) later(o *observer, what func()) {
	o.page.do(w.dice.within(20*time.Second), func() {
		if o.isOpen() && !o.stopped {
			what()
		}
	})
}

// goAway ends a subscription; another one may take its place.
func (w *World) goAway(o *observer) {
	w.leave(o)
	if w.dice.oneIn(3) {
		w.drop(o.screen)
		return
	}
	if w.dice.oneIn(2) {
		o.page.do(w.dice.within(5*time.Second), func() {
			if w.screens[o.screen.scope] == o.screen {
				w.open(o.again())
			}
		})
	}
}
