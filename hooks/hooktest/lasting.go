package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// The checks of what lasts: they look at a world from time to time, and not at what it does.

// lookEvery is how often they look, and liveBound how old what counts as live may be: a connection that has gone silent is
// noticed after a minute (invariant F4), and then something is on its way.
const (
	lookEvery = 10 * time.Second
	liveBound = 65 * time.Second
)

// watch looks at the world again and again until a moment.
func (c *checks) watch(until time.Time) {
	c.world.clock.after(lookEvery, func() {
		c.live()
		if c.world.clock.now.Before(until) {
			c.watch(until)
		}
	})
}

// live checks that no hook counts as live that shows old runs (invariant F9). While the machine slept nobody looked; and a
// run whose stored output is on its way holds the others of its list up.
func (c *checks) live() {
	w := c.world
	since := w.clock.now.Add(-liveBound)
	if since.Before(w.clock.wakes) {
		return
	}
	for _, p := range w.pages {
		for _, o := range p.observers {
			shown := &o.screen.shown
			if o.stopped || !o.isOpen() || shown.Connection.State != hooks.Live {
				continue
			}
			for _, run := range append([]*api.Run{shown.Run}, shown.Runs...) {
				if run != nil && w.isOlder(run, since) && !w.awaitsOutput(o) {
					w.violate("subscription %d is live, and shows run %s of %s", o.sub, run.ID, run.UpdatedAt)
				}
			}
		}
	}
}

// isOlder reports whether a run had another state already at a moment.
func (w *World) isOlder(run *api.Run, at time.Time) bool {
	r := w.account.run(run.ID)
	next := r.versionAt(string(run.UpdatedAt)) + 1
	return next < len(r.versions) && r.versions[next].at.Before(at)
}

// awaitsOutput reports whether an observer does not show yet that a run has an output which is stored.
func (w *World) awaitsOutput(o *observer) bool {
	for _, r := range w.account.shape(w.follows(o)[0]).members {
		if v := r.latest(); v.stored && o.screen.updatedAt(r.id) != api.Timestamp(v.stamp+"Z") {
			return true
		}
	}
	return false
}

// updatedAt is when a run changed last as far as a screen shows it.
func (s *screen) updatedAt(runID string) api.Timestamp {
	for _, run := range append([]*api.Run{s.shown.Run}, s.shown.Runs...) {
		if run != nil && run.ID == runID {
			return run.UpdatedAt
		}
	}
	return ""
}

// quiet checks that nothing is left open when nobody is left (invariant R4).
func (c *checks) quiet() {
	in := c.world.instance
	if n := len(in.wires); n > 0 {
		c.world.violate("%d requests are out and nobody observes anything", n)
	}
	if n := len(in.timers); n > 0 {
		c.world.violate("%d timers are set and nobody observes anything", n)
	}
}
