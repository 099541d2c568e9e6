package hooks_test

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/hooktest"
)

// ledger steps a Runtime and keeps account of what it asked for. It believes nothing: a command that
// contradicts an earlier one is a violation. Unlike hooktest.World it has no server behind it, so that
// events may be as wrong as a test likes.
type ledger struct {
	runtime *hooks.Runtime
	now     time.Time

	fetches   map[hooks.FetchID]bool // true while the request is out
	timers    map[hooks.TimerID]bool // true while the timer is set
	lastFetch hooks.FetchID
	lastTimer hooks.TimerID
	opened    map[hooks.Sub]hooks.Options // of the subscriptions that are open
	scopes    map[string]bool             // that were named and not dropped since
	named     map[hooks.FeedID]bool       // true while a screen may hold data of the feed

	violation string
	trace     []string // nil: do not trace
}

func newLedger() *ledger {
	return &ledger{
		runtime: hooks.New(1),
		now:     time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC),
		fetches: map[hooks.FetchID]bool{},
		timers:  map[hooks.TimerID]bool{},
		opened:  map[hooks.Sub]hooks.Options{},
		scopes:  map[string]bool{},
		named:   map[hooks.FeedID]bool{},
	}
}

func (l *ledger) violate(format string, args ...any) {
	if l.violation == "" {
		l.violation = fmt.Sprintf(format, args...)
	}
}

// step notes an event, applies it, and notes every command.
func (l *ledger) step(event hooks.Event) {
	if l.violation != "" {
		return
	}
	switch e := event.(type) {
	case hooks.Open:
		if _, open := l.opened[e.Sub]; !open {
			l.opened[e.Sub], l.scopes[e.Scope] = e.Options, true
		}
	case hooks.Update:
		if _, open := l.opened[e.Sub]; open {
			l.opened[e.Sub] = e.Options
		}
	case hooks.Close:
		delete(l.opened, e.Sub)
	case hooks.ResponseEnded:
		l.fetches[e.Fetch] = false
	case hooks.FetchFailed:
		l.fetches[e.Fetch] = false
	case hooks.TimerFired:
		l.timers[e.Timer] = false
	}
	if l.trace != nil {
		l.trace = append(l.trace, "> "+hooktest.Describe(event))
	}
	for _, command := range l.runtime.Step(l.now, event) {
		if l.trace != nil {
			l.trace = append(l.trace, "    "+hooktest.Describe(command))
		}
		l.note(command)
	}
}

func (l *ledger) note(command hooks.Command) {
	switch c := command.(type) {
	case hooks.Fetch:
		l.noteFetch(c)
	case hooks.Cancel:
		if !l.fetches[c.Fetch] {
			l.violate("request %d is cancelled, which is not out", c.Fetch)
		}
		l.fetches[c.Fetch] = false
	case hooks.SetTimer:
		if c.Timer <= l.lastTimer || c.After < 0 {
			l.violate("timer %d is set in %s, after timer %d", c.Timer, c.After, l.lastTimer)
		}
		l.lastTimer, l.timers[c.Timer] = c.Timer, true
	case hooks.ClearTimer:
		if !l.timers[c.Timer] {
			l.violate("timer %d is cleared, which is not set", c.Timer)
		}
		l.timers[c.Timer] = false
	case hooks.Publish:
		l.notePublish(c)
	case hooks.Deliver:
		for _, sub := range c.Subs {
			if options, open := l.opened[sub]; !open || !options.WantsParts {
				l.violate("parts for subscription %d, which did not ask", sub)
			}
		}
		l.noteStream(c.Stream)
	case hooks.Forget:
		if still, ever := l.named[c.Feed]; ever && !still {
			l.violate("feed %d is forgotten twice", c.Feed)
		}
		l.named[c.Feed] = false
	default:
		l.violate("a command of type %T", command)
	}
}

func (l *ledger) noteFetch(c hooks.Fetch) {
	if c.Fetch <= l.lastFetch {
		l.violate("request %d comes after request %d", c.Fetch, l.lastFetch)
	}
	l.lastFetch, l.fetches[c.Fetch] = c.Fetch, true
	if target, err := url.Parse(c.Request.URL); err != nil || target.Host == "" || c.Request.Method != "GET" {
		l.violate("a request %s %q", c.Request.Method, c.Request.URL)
	}
	if c.Request.Op == "" {
		l.violate("a request for %q that does not say what for", c.Request.URL)
	}
}

func (l *ledger) notePublish(c hooks.Publish) {
	if len(c.Scopes) == 0 {
		l.violate("a publication for nobody")
	}
	for _, scope := range c.Scopes {
		if !l.scopes[scope] {
			l.violate("scope %s is published, which nobody holds", scope)
		}
	}
	if (c.Snapshot.Run == nil) != (c.Snapshot.RunFeed == 0) {
		l.violate("a run %v of feed %d", c.Snapshot.Run, c.Snapshot.RunFeed)
	}
	if c.Snapshot.Completed != c.Snapshot.Run.IsFinished() {
		l.violate("completed=%v with a run that is finished=%v", c.Snapshot.Completed, c.Snapshot.Run.IsFinished())
	}
	if c.Snapshot.Run != nil {
		l.name(c.Snapshot.RunFeed)
	}
	for _, stream := range c.Snapshot.Streams {
		l.noteStream(stream)
	}
}

func (l *ledger) noteStream(s hooks.StreamSnapshot) {
	if len(s.Parts) == 0 && s.Resumed.Parts == 0 {
		l.violate("stream %s is shown without parts", s.Key)
	}
	l.name(s.Feed)
}

func (l *ledger) name(feed hooks.FeedID) {
	if still, ever := l.named[feed]; ever && !still {
		l.violate("feed %d is named after it was forgotten", feed)
	}
	l.named[feed] = true
}

// out lists the requests that wait for an answer, the oldest first, and set the timers that are set.
func (l *ledger) out() []hooks.FetchID {
	var out []hooks.FetchID
	for id := hooks.FetchID(1); id <= l.lastFetch; id++ {
		if l.fetches[id] {
			out = append(out, id)
		}
	}
	return out
}

func (l *ledger) set() []hooks.TimerID {
	var set []hooks.TimerID
	for id := hooks.TimerID(1); id <= l.lastTimer; id++ {
		if l.timers[id] {
			set = append(set, id)
		}
	}
	return set
}

// closeAll ends every subscription, gives every scope back, and lets every connection linger to its end.
func (l *ledger) closeAll() {
	for sub := hooks.Sub(0); len(l.opened) > 0 && sub < 1<<16; sub++ {
		if _, open := l.opened[sub]; open {
			l.step(hooks.Close{Sub: sub})
		}
	}
	for scope := range l.scopes {
		l.step(hooks.Drop{Scope: scope})
		delete(l.scopes, scope)
	}
	l.now = l.now.Add(time.Minute)
	for _, timer := range l.set() {
		if l.timers[timer] {
			l.step(hooks.TimerFired{Timer: timer})
		}
	}
	if out := l.out(); len(out) > 0 {
		l.violate("requests %v are out and nobody is there", out)
	}
	if set := l.set(); len(set) > 0 {
		l.violate("timers %v are set and nobody is there", set)
	}
	for feed, still := range l.named {
		if still {
			l.violate("feed %d is never forgotten", feed)
		}
	}
}

// answer brings a whole answer to a request.
func (l *ledger) answer(fetch hooks.FetchID, httpStatus int, header api.Header, body string) {
	l.step(hooks.ResponseStarted{Fetch: fetch, HTTPStatus: httpStatus, Header: header})
	l.step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
	l.step(hooks.ResponseEnded{Fetch: fetch})
}

func (l *ledger) String() string { return strings.Join(l.trace, "\n") }
