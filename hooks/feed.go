package hooks

import (
	"slices"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// linger is how long a connection outlives its last subscription, so that navigation and React's Strict Mode do
// not reconnect. Source: chosen.
const linger = time.Second

// source is what differs between feeds: what to ask for, and what an answer means. Its feed decides when.
type source interface {
	request(access api.Access) *api.Request
	// begin takes the head of a 2xx answer; an error means that the answer is not one of ours.
	begin(header api.Header) error
	// read takes the next bytes of its body and reports whether subscribers have something new to see.
	read(chunk []byte) (news bool, err error)
	// end takes the end of a 2xx answer.
	end() (outcome, error)
	// refused takes an answer outside 2xx; again means that the next request will mend it.
	refused(httpStatus int, header api.Header) (again bool)
	// pause takes back whatever the source has under way beside the feed's own request.
	pause()
}

// outcome is what a complete answer means to its feed.
type outcome struct {
	news    bool // subscribers have something new to see
	held    bool // the server could hold this answer open until there was something to say
	healthy bool // and there was: it may be asked again at once
	over    bool // the server has nothing more, unless somebody knows better
	// unreadable is what of the answer could not be read, where the rest of it is good.
	unreadable error
}

type feedState uint8

const (
	idle       feedState = iota // no request: nobody wants one, or the last one was final
	requesting                  // a request is out
	receiving                   // its answer arrives
	waiting                     // for the time of the next request
	paused                      // until somebody looks
)

// feed is one upstream subscription, shared by every subscription with the same key. It is the one place
// that decides about attempts: when to ask and how long to wait (attempt.go), when to give up (answer.go).
type feed struct {
	rt     *Runtime
	id     FeedID
	key    *feedKey
	name   string // key, as one string
	access api.Access
	source source        // one of the two below
	rows   *shapeSource  // nil for a stream
	parts  *streamSource // nil for runs

	subs    []*subscription // who wants news
	holders int             // scopes that still show what came
	gates   []*gate         // streams only: one for each throttle

	state   feedState
	fetch   FetchID
	timer   TimerID // requesting, receiving: the watchdog; waiting: the delay
	linger  TimerID
	due     time.Time // waiting: until when
	asked   time.Time // when the request went out
	heard   time.Time // when the server last sent anything
	updated time.Time // when it last brought data
	request *api.Request

	traffic   traffic
	announced Connection // what subscribers know of the connection

	httpStatus int
	header     api.Header
	refusal    []byte // the body of an answer outside 2xx, at most maxErrorBody

	// What the next request has to wait for (invariant F1): failures counts those since the last good answer,
	// fruitless the good answers that came at once since the connection was last healthy, and paced is when the
	// requests since then are worked off at one for each pace.
	failures    int
	fruitless   int
	paced       time.Time
	earliest    time.Time // when the next request may go out at that pace
	notBefore   time.Time // and when at the server's word
	interrupted bool      // since what there is was last known: the next request must not be held
	unreadable  int       // unreadable answers in a row
	err         error     // what subscribers are shown; nil as soon as data comes
	renewing    bool      // an access token is asked for
	renewals    int       // of the access token, since the last good answer
	over        bool      // the server ended the last answer and nobody knew better
}

// feedFor returns the feed with this key, new or not.
func (r *Runtime) feedFor(key *feedKey, access *api.Access) *feed {
	name := key.text()
	if f := r.feeds[name]; f != nil {
		return f
	}
	r.lastFeed++
	f := &feed{rt: r, id: r.lastFeed, key: key, name: name, access: *access, announced: Connection{State: Idle}}
	if key.kind.isStream() {
		f.parts = newStreamSource(key, r.streamSource(key.resume.Feed))
		f.source = f.parts
	} else {
		f.rows = newShapeSource(f)
		f.source = f.rows
	}
	r.feeds[name] = f
	r.inOrder = append(r.inOrder, f)
	return f
}

// streamSource returns what reads a stream feed, or nil where there is no such feed.
func (r *Runtime) streamSource(id FeedID) *streamSource {
	for _, f := range r.inOrder {
		if f.id == id {
			return f.parts
		}
	}
	return nil
}

// run, runs and stream return what a feed of their kind knows.
func (f *feed) run() *api.Run {
	if f.rows == nil || len(f.rows.runs) == 0 {
		return nil
	}
	return f.rows.runs[0]
}

func (f *feed) runs() []*api.Run {
	if f.rows == nil {
		return nil
	}
	return f.rows.runs
}

func (f *feed) stream() *StreamSnapshot {
	parts := f.parts.parts
	return &StreamSnapshot{
		RunID: f.key.runID, Key: f.key.streamKey, Feed: f.id, Parts: parts[:len(parts):len(parts)], Gone: f.parts.gone,
		Resumed: f.key.resume, LastEventID: f.parts.lastEventID, Control: f.parts.control,
	}
}

func (f *feed) hasParts() bool {
	return f.parts != nil && f.key.resume.Parts+f.parts.count() > 0
}

// join adds a subscription and connects if nothing is under way.
func (f *feed) join(s *subscription) {
	if slices.Contains(f.subs, s) {
		return
	}
	f.subs = append(f.subs, s)
	f.rt.clearTimer(&f.linger)
	if f.state == idle && !s.letsGo(f) {
		f.unreadable, f.interrupted, f.renewals = 0, true, 0
		f.ask()
	}
	if f.hasParts() && s.options.WantsParts {
		f.rt.deliver(f, s)
	}
}

// isDrained reports whether a stream of a finished run has brought everything: it rests, or it has been connected for
// long enough and lives. looks counts how often that was asked: a server that never says that it lives is believed in the
// end.
func (f *feed) isDrained(looks int) bool {
	connected := f.state == receiving && f.rt.now.Sub(f.asked) >= streamDrain
	return f.state == idle || connected && (f.rt.now.Sub(f.heard) < overdue || looks >= maxDrainLooks)
}

// departure says what becomes of a connection that nobody wants any more.
type departure bool

const (
	atOnce    departure = false // it ends
	lingering departure = true  // it ends unless somebody comes back
)

func (f *feed) leave(s *subscription, when departure) {
	i := slices.Index(f.subs, s)
	if i < 0 {
		return
	}
	f.subs = slices.Delete(f.subs, i, i+1)
	if len(f.subs) > 0 {
		return
	}
	if when == lingering && f.state != idle {
		f.linger = f.rt.setTimer(linger, f.lingered)
		return
	}
	f.disconnect()
	f.forgetIfUnused()
}

func (f *feed) lingered() {
	f.linger = 0
	f.disconnect()
	f.forgetIfUnused()
}

func (f *feed) disconnect() {
	f.rt.cancel(&f.fetch)
	f.rt.clearTimer(&f.timer)
	f.rt.clearTimer(&f.linger)
	for _, g := range f.gates {
		f.rt.clearTimer(&g.timer)
	}
	f.source.pause()
	f.renewing = false
	f.enter(idle)
}

func (f *feed) forgetIfUnused() {
	if len(f.subs) > 0 || f.holders > 0 || f.linger != 0 || f.rt.feeds[f.name] != f {
		return
	}
	f.disconnect()
	delete(f.rt.feeds, f.name)
	f.rt.inOrder = slices.DeleteFunc(f.rt.inOrder, func(other *feed) bool { return other == f })
	f.rt.do(Forget{f.id})
}
