package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
)

// probation is for how long a new access token must be good, so that a refusal of it is not final (invariant T6), with the
// time that a request is on its way.
const probation = 12 * time.Second

// ask lets a page come up with another access token. With the fault Evade it is late, has none, or one that is no good.
func (w *World) ask(c hooks.AskAccessToken) {
	in := w.instance
	o := in.observers[c.Sub]
	if o == nil {
		return
	}
	w.struck++
	answer, delay := hooks.AccessTokenArrived{Ask: c.Ask}, w.dice.within(time.Second)
	g := grant{owner: o.owner, until: w.server.now().Add(w.life())}
	evades := 0
	if w.dice.happens(w.dice.faults.Evade) {
		w.evades(o)
		evades = 1 + w.dice.IntN(5)
	}
	switch evades {
	case 1:
		return
	case 2:
		answer.Reason = "signed out"
	case 3:
		delay = answerTime - 5*time.Second + w.dice.within(10*time.Second)
	case 4:
		g.until = w.server.now().Add(-time.Second)
	case 5:
		g.elsewhere = true
	}
	if answer.Reason == "" {
		answer.AccessToken = w.server.door.issue(g, w.dice.oneIn(3))
	}
	o.page.do(delay, func() {
		if w.server.now().Add(probation).After(g.until) {
			w.evades(o) // it came too late
		}
		delete(in.asks, c.Ask)
		in.step(answer)
	})
}

// evades notes that an observer's page does not come up with a good access token, for whichever of its own it is asked.
func (w *World) evades(o *observer) {
	for _, accessToken := range append(o.named, o.options.Access.AccessToken) {
		w.checks.evaded[accessToken] = true
	}
}

// life is for how long an access token is good.
func (w *World) life() time.Duration {
	return choose(w.dice, []time.Duration{20 * time.Second, 50 * time.Second, 2 * time.Minute, time.Hour})
}
