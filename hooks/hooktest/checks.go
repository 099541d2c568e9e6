package hooktest

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// checks holds what the invariants of SPEC.md need to know of the past.
type checks struct {
	world   *World
	changed map[string][]time.Time // when a resource, or who observes it, changed
	gaveUp  map[string]bool        // the runs whose stored outputs could not be had
	evaded  map[string]bool        // the access tokens in whose place a page has not come up with a good one
	left    []departure            // of the last ten seconds
	busiest int                    // the most requests in ten seconds
}

// question is a question for an access token that has not been answered.
type question struct {
	accessToken string // as hooks name it
	asked       *observer
	at          time.Time
}

func newChecks(w *World) checks {
	return checks{
		world: w, changed: map[string][]time.Time{},
		gaveUp: map[string]bool{}, evaded: map[string]bool{},
	}
}

// The rate that no fault may push a feed over (invariant F1), and what a change may add.
const (
	rateWindow = 10 * time.Second
	rateBound  = 10
	changeCost = 3
)

// maxAttempts is how often a call may be sent: five times, and once more with a new access token.
const maxAttempts = 6

// fetch checks that no fault makes requests frequent, and that nothing is waited for that nobody looks at. It returns who
// asks for what.
func (c *checks) fetch(f hooks.Fetch) (who string) {
	target, err := url.Parse(f.Request.URL)
	if err != nil {
		c.world.violate("a request for %q", f.Request.URL)
		return ""
	}
	if name := field(f.Request, idempotencyKey); name != "" {
		attempts := c.world.instance.attempts
		attempts[name]++
		if attempts[name] > maxAttempts {
			c.world.violate("call %s is sent %d times", name, attempts[name])
		}
		if attempts[name] >= maxAttempts-1 {
			c.couldNotHave(target.Path)
		}
	}
	owner := c.world.server.door.grants[bearer(f.Request)].owner
	who = owner.String() + " " + target.Path
	c.rate(f.Request, target.Path, owner, who)
	c.shared(target.Path, owner, who)
	// A machine that wakes up takes up to the grace to notice that nobody looks.
	unseen := c.world.instance.pages.unseen(c.world.clock.now)
	if target.Query().Get("live") == "true" && min(unseen, c.world.clock.now.Sub(c.world.clock.wakes)) > hiddenGrace {
		c.world.violate("a live request for %s, and nobody has looked for %s", target.Path, unseen)
	}
	return who
}

// couldNotHave notes that a stored output may be given up (invariant S6).
func (c *checks) couldNotHave(path string) {
	for _, r := range c.world.account.runs {
		if path == packetPath(r.id) || strings.HasPrefix(path, "/"+r.id+"/") {
			c.gaveUp[r.id] = true
		}
	}
}

// hiddenGrace is how long run feeds go on when nobody looks any more. Source: SPEC.md, invariant F7.
const hiddenGrace = 5 * time.Second

// rate keeps invariant F1. Each change of the resource, and each observer that comes or goes, may cost requests of its
// own; and every feed has a rate of its own. Calls are bounded by their attempts.
func (c *checks) rate(request *api.Request, path string, owner owner, who string) {
	w := c.world
	asked := recent(append(w.instance.asked[who], w.clock.now), w.clock.now)
	w.instance.asked[who] = asked
	c.busiest = max(c.busiest, len(asked))
	if len(asked) <= rateBound || request.Method != "GET" || bearer(request) == "" {
		return
	}
	c.changed[path] = recent(c.changed[path], w.clock.now)
	if bound := rateBound*w.feeds(path, owner) + changeCost*len(c.changed[path]); len(asked) > bound {
		w.violate("%d requests for %s in ten seconds, at most %d are due", len(asked), path, bound)
	}
}

// shared checks that there is no request beside that of each feed: whoever follows the same with the same access token,
// on whatever page, shares one (invariants F2 and C1).
func (c *checks) shared(path string, owner owner, who string) {
	w := c.world
	out := 1
	for _, x := range w.instance.wires {
		if x.who == who {
			out++
		}
	}
	if isFollowed := w.account.shape(path) != nil || w.account.stream(path) != nil; isFollowed && out > 1 && out > w.feeds(path, owner) {
		w.violate("%d requests for %s are under way at once", out, who)
	}
}

// feeds counts the feeds of a path that an owner's observers have, or had within the time that counts; at least one. Each feed
// that has a run asks for its output.
func (w *World) feeds(path string, who owner) int {
	type share struct {
		accessToken, columns string
		asking               string // the path of the feed that asks
		limit                int
		screen               *screen
	}
	shares := map[share]bool{}
	count := func(o *observer) {
		followed := w.follows(o)
		if o.owner != who || !slices.Contains(followed, path) {
			return
		}
		s := share{accessToken: o.options.Access.AccessToken}
		if w.account.stream(path) == nil {
			s.asking, s.columns = followed[0], strings.Join(o.options.SkipColumns, ",")
		} else if o.screen.apart {
			s.screen = o.screen
		} else if s.limit = -1; o.options.LimitParts {
			s.limit = o.options.MaxParts
		}
		shares[s] = true
	}
	for _, p := range w.pages {
		for _, o := range p.observers {
			count(o)
		}
	}
	w.checks.left = slices.DeleteFunc(w.checks.left, func(d departure) bool {
		return min(w.clock.now.Sub(d.at), w.clock.now.Sub(w.clock.wakes)) > rateWindow+time.Second // and what lingers sleeps as well
	})
	for _, d := range w.checks.left {
		count(&d.observer)
	}
	return max(len(shares), 1)
}

// departure is an observer as it was when it left, or changed its mind.
type departure struct {
	observer observer
	at       time.Time
}

// departs notes that an observer is about to leave what it follows.
func (c *checks) departs(o *observer) {
	c.left = append(c.left, departure{*o, c.world.clock.now})
	c.world.excuse(o)
}

// excuse notes that something happened that requests for a path may follow from.
func (c *checks) excuse(path string) {
	c.changed[path] = append(recent(c.changed[path], c.world.clock.now), c.world.clock.now)
}

func recent(times []time.Time, now time.Time) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) > rateWindow {
		times = times[1:]
	}
	return times
}

// answerTime is how long a page may take to come up with an access token.
const answerTime = 30 * time.Second

// ask checks that one who can answer is asked, and one at a time for each access token (invariant T4).
func (c *checks) ask(a hooks.AskAccessToken) {
	w := c.world
	o := w.instance.observers[a.Sub]
	if o == nil || !o.options.CanRefresh {
		w.violate("subscription %d is asked for an access token, and cannot answer", a.Sub)
		return
	}
	for ask, other := range w.instance.asks {
		if other.accessToken == o.options.Access.AccessToken && w.clock.now.Sub(other.at) < answerTime && other.asked.isOpen() {
			w.violate("question %d is asked while question %d is open", a.Ask, ask)
		}
	}
	w.instance.asks[a.Ask] = question{o.options.Access.AccessToken, o, w.clock.now}
}
