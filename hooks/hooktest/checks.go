package hooktest

import (
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// checks holds what the invariants of SPEC.md need to know of the past.
type checks struct {
	world     *World
	lastFetch hooks.FetchID
	lastTimer hooks.TimerID
	asked     map[string][]time.Time // when requests for a path with a token went out, of the last ten seconds
	changed   map[string][]time.Time // when its resource, or who observes it, changed
	sent      map[hooks.FeedID]int   // how many parts of a feed subscribers have been given
}

// observer is one subscription: what it follows, and as what.
type observer struct {
	scope   string
	spec    hooks.Spec
	truth   *truth
	stopped bool
	options hooks.Options
	had     int // parts delivered one by one
}

// The rate that no fault may push a feed over (invariant F1).
const (
	rateWindow = 10 * time.Second
	rateBound  = 10
)

// fetch checks that requests are numbered anew and that no fault makes them frequent.
func (c *checks) fetch(f hooks.Fetch) {
	if f.Fetch <= c.lastFetch {
		c.world.violate("request number %d is used again", f.Fetch)
	}
	c.lastFetch = f.Fetch
	target, err := url.Parse(f.Request.URL)
	if err != nil {
		c.world.violate("a request for %q", f.Request.URL)
		return
	}
	if c.asked == nil {
		c.asked = map[string][]time.Time{}
	}
	who := target.Path + " " + authorization(f)
	asked := recent(append(c.asked[who], c.world.clock.now), c.world.clock.now)
	c.asked[who] = asked
	c.changed[target.Path] = recent(c.changed[target.Path], c.world.clock.now)
	// Each change of the resource, and each observer that comes or goes, may cost requests of its own.
	if bound := rateBound + 3*len(c.changed[target.Path]); len(asked) > bound {
		c.world.violate("%d requests for %s in ten seconds, at most %d are due", len(asked), target.Path, bound)
	}
}

func authorization(f hooks.Fetch) string {
	for _, field := range f.Request.Header {
		if field.Name == "authorization" {
			return field.Value
		}
	}
	return ""
}

// excuse notes that something happened that requests for a path may follow from.
func (c *checks) excuse(path string) {
	if c.changed == nil {
		c.changed = map[string][]time.Time{}
	}
	c.changed[path] = append(c.changed[path], c.world.clock.now)
}

func recent(times []time.Time, now time.Time) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) > rateWindow {
		times = times[1:]
	}
	return times
}

func (c *checks) setTimer(s hooks.SetTimer) {
	if s.Timer <= c.lastTimer {
		c.world.violate("timer number %d is used again", s.Timer)
	}
	if s.After < 0 {
		c.world.violate("timer %d is set into the past", s.Timer)
	}
	c.lastTimer = s.Timer
	c.world.timers[s.Timer] = true
}

// publish checks a snapshot against the truth and against what its scopes showed before.
func (c *checks) publish(p hooks.Publish) {
	for _, scope := range p.Scopes {
		before := c.world.shown[scope]
		c.world.shown[scope] = p.Snapshot
		truth := c.world.scopes[scope]
		if truth == nil {
			c.world.violate("scope %s is published, which nobody opened", scope)
			return
		}
		c.truthful(truth, p.Snapshot)
		if before != nil {
			c.forward(scope, before, p.Snapshot)
		}
	}
}

// truthful checks that what a snapshot shows is or was so.
func (c *checks) truthful(t *truth, snap *hooks.Snapshot) {
	if snap.Run != nil {
		c.run(t, snap.Run)
	}
	for _, s := range snap.Streams {
		c.stream(t, s)
	}
}

// forward checks that a scope never goes back.
func (c *checks) forward(scope string, before, now *hooks.Snapshot) {
	if before.Run != nil && now.Run == nil {
		c.world.violate("scope %s loses its run", scope)
		return
	}
	if before.Run != nil && now.Run.UpdatedAt < before.Run.UpdatedAt {
		c.world.violate("scope %s goes back from %s to %s", scope, before.Run.UpdatedAt, now.Run.UpdatedAt)
	}
	for _, old := range before.Streams {
		if s := find(now.Streams, old.Key); s == nil || total(s) < total(old) {
			c.world.violate("scope %s loses parts of stream %s", scope, old.Key)
		}
	}
}

// run checks that a run is one of the states that it really had.
func (c *checks) run(t *truth, run *api.Run) {
	for _, v := range t.versions {
		if run.UpdatedAt == api.Timestamp(stamp(v.at)+"Z") {
			if run.IsFinished() != v.finished {
				c.world.violate("run %s is shown finished=%v", run.ID, run.IsFinished())
			}
			return
		}
	}
	c.world.violate("run %s is shown at %s, when it had no state", run.ID, run.UpdatedAt)
}

func (c *checks) stream(t *truth, s *hooks.StreamSnapshot) {
	c.replica(s)
	wanted := t.stream(s.Key).wanted()
	if total(s) > len(wanted) {
		c.world.violate("stream %s shows %d parts, only %d were written", s.Key, total(s), len(wanted))
		return
	}
	for i, part := range s.Parts {
		if n := s.Resumed.Parts + s.Gone + i; string(part.Chunk) != wanted[n] {
			c.world.violate("part %d of stream %s is %s, want %s", n, s.Key, part.Chunk, wanted[n])
			return
		}
	}
}

// replica checks that a stream which goes on after another feed's parts asks for none that were never given.
func (c *checks) replica(s *hooks.StreamSnapshot) {
	if c.sent == nil {
		c.sent = map[hooks.FeedID]int{}
	}
	if s.Resumed.Feed != 0 && c.sent[s.Resumed.Feed] < s.Resumed.Parts {
		c.world.violate("stream %s goes on after %d parts of feed %d, which has given %d",
			s.Key, s.Resumed.Parts, s.Resumed.Feed, c.sent[s.Resumed.Feed])
	}
	c.sent[s.Feed] = max(c.sent[s.Feed], total(s))
}

// deliver counts the parts that a subscription is handed one by one.
func (c *checks) deliver(d hooks.Deliver) {
	c.replica(d.Stream)
	for _, sub := range d.Subs {
		o := c.world.observers[sub]
		if o == nil || !o.options.WantsParts {
			c.world.violate("parts are delivered to subscription %d, which did not ask", sub)
			return
		}
		o.had = max(o.had, total(d.Stream))
	}
}

func find(streams []*hooks.StreamSnapshot, key string) *hooks.StreamSnapshot {
	for i := range streams {
		if streams[i].Key == key {
			return streams[i]
		}
	}
	return nil
}

func total(s *hooks.StreamSnapshot) int { return s.Resumed.Parts + s.End() }

// settled checks, when all faults are over and everything has happened, that every observer shows it.
func (c *checks) settled() {
	for _, sub := range slices.Sorted(maps.Keys(c.world.observers)) {
		o := c.world.observers[sub]
		if o.stopped {
			continue
		}
		snap := c.world.shown[o.scope]
		if snap == nil && o.spec.Kind == hooks.KindStream {
			snap = &hooks.Snapshot{} // a stream without parts has nothing to show
		}
		if snap == nil {
			c.world.violate("subscription %d shows nothing", sub)
			return
		}
		if snap.Err != nil {
			c.world.violate("subscription %d shows %v after everything has recovered", sub, snap.Err)
		}
		if latest := o.truth.latest(); o.spec.Kind != hooks.KindStream && snap.Run.UpdatedAt != api.Timestamp(stamp(latest.at)+"Z") {
			c.world.violate("subscription %d shows the run of %s, its last state is of %s", sub, snap.Run.UpdatedAt, stamp(latest.at))
		}
		for _, truth := range o.truth.streams {
			follows := o.spec.Kind == hooks.KindRunWithStreams || o.spec.StreamKey == truth.key
			if !follows || o.spec.Kind == hooks.KindRun {
				continue
			}
			shown := 0
			if s := find(snap.Streams, truth.key); s != nil {
				shown = total(s)
			}
			if want := len(truth.wanted()); shown != want {
				c.world.violate("subscription %d shows %d parts of stream %s, want %d", sub, shown, truth.key, want)
			} else if o.options.WantsParts && o.had != want {
				c.world.violate("subscription %d was handed %d parts of stream %s, want %d", sub, o.had, truth.key, want)
			}
		}
	}
}

// quiet checks that nothing is left open when nobody is left.
func (c *checks) quiet() {
	if n := len(c.world.wires); n > 0 {
		c.world.violate("%d requests are out and nobody observes anything", n)
	}
	if n := len(c.world.timers); n > 0 {
		c.world.violate("%d timers are set and nobody observes anything", n)
	}
}
