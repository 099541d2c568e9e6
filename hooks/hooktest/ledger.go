package hooktest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
)

// Ledger steps a Runtime and keeps account of what it asked for. It believes nothing: a command that
// contradicts an earlier one is a violation. Unlike a World it has no server behind it, so that events may
// be as wrong, late and out of order as a test likes.
type Ledger struct {
	// Now is the moment of the next Step. It begins at 2026-01-31T10:20:30Z and moves only when a test moves it.
	Now time.Time
	// Violation is the first inconsistency; "" while there is none.
	Violation string
	// Trace, when not nil, grows by a line for every event and command.
	Trace []string

	runtime *hooks.Runtime
	fetches map[hooks.FetchID]hooks.Fetch // that are out
	timers  map[hooks.TimerID]time.Time   // that are set, and when they fire

	lastFetch hooks.FetchID
	lastTimer hooks.TimerID
	lastAsk   hooks.AskID
	opened    map[hooks.Sub]hooks.Options // of the subscriptions that are open
	scopes    map[string]bool             // that were named and not dropped since
	named     map[hooks.FeedID]bool       // true while a screen may hold data of the feed
	retrieved map[hooks.FeedID]bool       // those that are retrieved runs
}

// NewLedger returns a Ledger over a new Runtime.
func NewLedger() *Ledger {
	return &Ledger{
		Now:     epoch,
		runtime: hooks.New(1),
		fetches: map[hooks.FetchID]hooks.Fetch{},
		timers:  map[hooks.TimerID]time.Time{},
		opened:  map[hooks.Sub]hooks.Options{},
		scopes:  map[string]bool{},
		named:   map[hooks.FeedID]bool{},

		retrieved: map[hooks.FeedID]bool{},
	}
}

func (l *Ledger) violate(format string, args ...any) {
	if l.Violation == "" {
		l.Violation = fmt.Sprintf(format, args...)
	}
}

// Step notes an event, applies it, notes every command and returns them. After a violation it does nothing.
func (l *Ledger) Step(event hooks.Event) []hooks.Command {
	if l.Violation != "" {
		return nil
	}
	l.expect(event)
	l.trace("> ", event)
	commands := l.runtime.Step(l.Now, event)
	for _, command := range commands {
		l.trace("    ", command)
		l.note(command)
	}
	return commands
}

func (l *Ledger) trace(indent string, what any) {
	if l.Trace != nil {
		l.Trace = append(l.Trace, indent+Describe(what))
	}
}

// expect notes what an event is about to change.
func (l *Ledger) expect(event hooks.Event) {
	switch e := event.(type) {
	case *hooks.Open:
		if _, open := l.opened[e.Sub]; !open {
			l.opened[e.Sub], l.scopes[e.Scope] = e.Options, true
		}
	case *hooks.Update:
		if _, open := l.opened[e.Sub]; open {
			l.opened[e.Sub] = e.Options
		}
	case hooks.Close:
		delete(l.opened, e.Sub)
	case hooks.ResponseEnded:
		delete(l.fetches, e.Fetch)
	case hooks.FetchFailed:
		delete(l.fetches, e.Fetch)
	case hooks.TimerFired:
		delete(l.timers, e.Timer)
	}
}

func (l *Ledger) note(command hooks.Command) {
	switch c := command.(type) {
	case hooks.Fetch:
		l.noteFetch(c)
	case hooks.Cancel:
		if _, out := l.fetches[c.Fetch]; !out {
			l.violate("request %d is cancelled, which is not out", c.Fetch)
		}
		delete(l.fetches, c.Fetch)
	case hooks.SetTimer:
		if c.Timer <= l.lastTimer || c.After < 0 {
			l.violate("timer %d is set in %s, after timer %d", c.Timer, c.After, l.lastTimer)
		}
		l.lastTimer, l.timers[c.Timer] = c.Timer, l.Now.Add(c.After)
	case hooks.ClearTimer:
		if _, set := l.timers[c.Timer]; !set {
			l.violate("timer %d is cleared, which is not set", c.Timer)
		}
		delete(l.timers, c.Timer)
	case hooks.Publish:
		l.notePublish(c)
	case hooks.Deliver:
		for _, sub := range c.Subs {
			if options, open := l.opened[sub]; !open || !options.WantsParts {
				l.violate("parts for subscription %d, which did not ask", sub)
			}
		}
		l.noteStream(c.Stream)
	case hooks.DeliverControl:
		for _, sub := range c.Subs {
			if _, open := l.opened[sub]; !open || c.Record.Control == "" {
				l.violate("the control record %q for subscription %d", c.Record.Control, sub)
			}
		}
	case hooks.AskAccessToken:
		if options, open := l.opened[c.Sub]; !open || !options.CanRefresh || c.Ask <= l.lastAsk {
			l.violate("subscription %d is asked for a token, number %d after %d", c.Sub, c.Ask, l.lastAsk)
		}
		l.lastAsk = c.Ask
	case hooks.Forget:
		if still, ever := l.named[c.Feed]; ever && !still {
			l.violate("feed %d is forgotten twice", c.Feed)
		}
		l.named[c.Feed] = false
	default:
		l.violate("a command of type %T", command)
	}
}

func (l *Ledger) noteFetch(c hooks.Fetch) {
	if c.Fetch <= l.lastFetch {
		l.violate("request %d comes after request %d", c.Fetch, l.lastFetch)
	}
	l.lastFetch, l.fetches[c.Fetch] = c.Fetch, c
	if target, err := url.Parse(c.Request.URL); err != nil || target.Host == "" || (c.Request.Method == "GET") != (c.Request.Body == "") {
		l.violate("a request %s %q", c.Request.Method, c.Request.URL)
	}
	if c.Request.Op == "" {
		l.violate("a request for %q that does not say what for", c.Request.URL)
	}
}

func (l *Ledger) notePublish(c hooks.Publish) {
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
	if len(c.Snapshot.Runs) > 0 && c.Snapshot.RunsFeed == 0 || c.Snapshot.Retrieved != "" && c.Snapshot.RetrievedFeed == 0 {
		l.violate("%d runs and %d bytes of no feed", len(c.Snapshot.Runs), len(c.Snapshot.Retrieved))
	}
	if c.Snapshot.RunsFeed != 0 {
		l.name(c.Snapshot.RunsFeed)
	}
	if c.Snapshot.Retrieved != "" {
		l.name(c.Snapshot.RetrievedFeed)
		l.retrieved[c.Snapshot.RetrievedFeed] = true
	}
	for _, stream := range c.Snapshot.Streams {
		l.noteStream(stream)
	}
}

func (l *Ledger) noteStream(s *hooks.StreamSnapshot) {
	if s.End() == 0 && s.Resumed.Parts == 0 && s.LastEventID == "" {
		l.violate("stream %s is shown, of which nothing is known", s.Key)
	}
	l.name(s.Feed)
}

func (l *Ledger) name(feed hooks.FeedID) {
	if still, ever := l.named[feed]; ever && !still {
		l.violate("feed %d is named after it was forgotten", feed)
	}
	l.named[feed] = true
}

// Out lists the requests that wait for an answer, the oldest first.
func (l *Ledger) Out() []hooks.FetchID { return slices.Sorted(maps.Keys(l.fetches)) }

// Set lists the timers that are set, the oldest first.
func (l *Ledger) Set() []hooks.TimerID { return slices.Sorted(maps.Keys(l.timers)) }

// LastFetch is the highest number of a request so far.
func (l *Ledger) LastFetch() hooks.FetchID { return l.lastFetch }

// LastTimer is the highest number of a timer so far.
func (l *Ledger) LastTimer() hooks.TimerID { return l.lastTimer }

// maxCalls is more often than all calls of a test are tried, with what they ask for besides.
const maxCalls = 32

// CloseAll ends every subscription, gives every scope back, and lets every connection linger to its end.
// Calls that are under way are failed until they give up: nobody takes them back. Then nothing may be left:
// no request, no timer, and no feed that screens were not told to forget, but for retrieved runs, which are
// kept for the next hook.
func (l *Ledger) CloseAll() {
	for _, sub := range slices.Sorted(maps.Keys(l.opened)) {
		l.Step(hooks.Close{Sub: sub})
	}
	for _, scope := range slices.Sorted(maps.Keys(l.scopes)) {
		l.Step(hooks.Drop{Scope: scope})
		delete(l.scopes, scope)
	}
	l.passMinute()
	for fetch, f := range l.fetches {
		if f.Request.Method == "GET" && strings.Contains(f.Request.URL, "/realtime/") {
			l.violate("request %d is out and nobody is there", fetch)
		}
	}
	for range maxCalls {
		for _, fetch := range l.Out() {
			l.Step(hooks.FetchFailed{Fetch: fetch, Reason: "offline"})
		}
		l.passMinute()
	}
	if out := l.Out(); len(out) > 0 {
		l.violate("requests %v are out and nobody is there", out)
	}
	if set := l.Set(); len(set) > 0 {
		l.violate("timers %v are set and nobody is there", set)
	}
	for feed, still := range l.named {
		if still && !l.retrieved[feed] {
			l.violate("feed %d is never forgotten", feed)
		}
	}
}

// passMinute lets every timer fire that is set, a minute later.
func (l *Ledger) passMinute() {
	l.Now = l.Now.Add(time.Minute)
	for _, timer := range l.Set() {
		if _, set := l.timers[timer]; set {
			l.Step(hooks.TimerFired{Timer: timer})
		}
	}
}

// LastAsk is the highest number of a question for an access token so far.
func (l *Ledger) LastAsk() hooks.AskID { return l.lastAsk }
