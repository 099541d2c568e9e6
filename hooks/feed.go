package hooks

import (
	"slices"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// The times of a feed.
const (
	// linger is how long a connection outlives its last subscription, so that navigation and React's Strict
	// Mode do not reconnect. Source: chosen.
	linger = time.Second
	// silence is how long an answer may bring nothing before its connection counts as dead. The service
	// holds live requests for 20 s and pings streams every 10 s; newer Electric clients wait 45 s as well.
	silence = 45 * time.Second
	// steady is how long the server must have held an answer open for the connection to count as healthy.
	// Source: chosen; TestSimulation shows that no fault makes requests frequent with it.
	steady = 2 * time.Second
)

const (
	// burst requests may follow one another as the backoff lets them; then there is one for each pace. Source:
	// chosen, so that no mixture of good answers and failures makes a feed ask more than ten times in ten
	// seconds, and a server that has recovered is asked at once or within two seconds.
	burst = 2
	pace  = 2 * time.Second
	// freeAnswers is how many answers in a row may end at once before the next request has to wait: a
	// snapshot and its first live request, or a refetch after a 409.
	freeAnswers = 2
	// patience is how many unreadable answers in a row are retried before subscribers are told.
	patience = 3
)

// source is what differs between feeds: what to ask for, and what an answer means. Its feed decides when.
type source interface {
	request(access api.Access) api.Request
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
)

// feed is one upstream subscription, shared by every subscription with the same key. It is the one place
// that decides about attempts: when to ask, how long to wait, when to give up.
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
	asked   time.Time // when the request went out
	heard   time.Time // when the server last sent anything
	request api.Request

	httpStatus int
	header     api.Header
	refusal    []byte // the body of an answer outside 2xx, at most maxErrorBody

	// What the next request has to wait for (invariant F1): failures counts those since the last good answer,
	// fruitless the good answers that came at once since the connection was last healthy, and paced is when the
	// requests since then are worked off at one for each pace.
	failures    int
	fruitless   int
	paced       time.Time
	interrupted bool  // since the last good answer: the next request must not be held
	unreadable  int   // unreadable answers in a row
	err         error // what subscribers are shown; nil as soon as data comes
	renewing    bool  // an access token is asked for
	renewed     bool  // since the last good answer: a second refusal is final
	over        bool  // the server ended the last answer and nobody knew better
}

// feedFor returns the feed with this key, new or not.
func (r *Runtime) feedFor(key *feedKey, access *api.Access) *feed {
	name := key.text()
	if f := r.feeds[name]; f != nil {
		return f
	}
	r.lastFeed++
	f := &feed{rt: r, id: r.lastFeed, key: key, name: name, access: *access}
	if key.kind.isStream() {
		f.parts = newStreamSource(key, r.streamSource(key.resume.Feed))
		f.source = f.parts
	} else {
		f.rows = newShapeSource(f)
		f.source = f.rows
	}
	r.feeds[name] = f
	return f
}

// streamSource returns what reads a stream feed, or nil where there is no such feed.
func (r *Runtime) streamSource(id FeedID) *streamSource {
	for _, f := range r.feeds {
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
		RunID: f.key.runID, Key: f.key.streamKey, Feed: f.id, Parts: parts[:len(parts):len(parts)],
		Resumed: f.key.resume, LastEventID: f.parts.lastEventID, Control: f.parts.control,
	}
}

// hasNews reports whether a subscription that joins now has something to show.
func (f *feed) hasNews() bool {
	return f.err != nil || f.runs() != nil || f.hasParts()
}

func (f *feed) hasParts() bool {
	return f.parts != nil && (len(f.parts.parts) > 0 || f.key.resume.Parts > 0)
}

// join adds a subscription and connects if nothing is under way.
func (f *feed) join(s *subscription) {
	if slices.Contains(f.subs, s) {
		return
	}
	f.subs = append(f.subs, s)
	f.rt.clearTimer(&f.linger)
	if f.state == idle && !s.letsGo(f) {
		f.unreadable, f.interrupted, f.renewed = 0, true, false
		f.ask()
	}
	if f.hasParts() && s.options.WantsParts {
		f.rt.deliver(f, s)
	}
}

// isDrained reports whether a stream of a finished run has been connected for long enough to have brought
// everything, or rests.
func (f *feed) isDrained() bool {
	return f.state == idle || f.state == receiving && f.rt.now.Sub(f.asked) >= streamDrain
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
	f.state, f.renewing = idle, false
}

func (f *feed) forgetIfUnused() {
	if len(f.subs) > 0 || f.holders > 0 || f.linger != 0 || f.rt.feeds[f.name] != f {
		return
	}
	f.disconnect()
	delete(f.rt.feeds, f.name)
	f.rt.do(Forget{f.id})
}

// ask sends the next request.
func (f *feed) ask() {
	f.rt.clearTimer(&f.timer)
	f.state, f.asked, f.heard, f.over = requesting, f.rt.now, f.rt.now, false
	f.request = f.source.request(f.rt.current(f.access))
	f.fetch = f.rt.fetch(f.request, f)
	f.timer = f.rt.setTimer(silence, f.watch)
}

// fetch sends a request whose answer x waits for.
func (r *Runtime) fetch(request api.Request, x exchange) FetchID {
	r.lastFetch++
	r.exchanges[r.lastFetch] = x
	r.do(Fetch{r.lastFetch, request})
	return r.lastFetch
}

// watch replaces a connection that has been silent for too long.
func (f *feed) watch() {
	f.timer = 0
	if quiet := f.rt.now.Sub(f.heard); quiet < silence {
		f.timer = f.rt.setTimer(silence-quiet, f.watch)
		return
	}
	f.rt.cancel(&f.fetch)
	f.retry(0)
}

// retry asks again, but not before the backoff, nor before the time that the server asked for.
func (f *feed) retry(atLeast time.Duration) {
	f.failures++
	f.interrupted = true
	f.wait(f.pace(max(backoff(f.rt.random, f.failures), atLeast)))
}

// again asks on after a good answer, at once unless such answers come one upon another.
func (f *feed) again(o outcome) {
	if o.healthy || o.held && f.rt.now.Sub(f.asked) >= steady {
		f.fruitless, f.paced = 0, time.Time{}
		f.wait(0)
		return
	}
	f.fruitless++
	f.wait(f.pace(backoff(f.rt.random, f.fruitless-freeAnswers)))
}

// pace stretches a delay where many requests have gone out since the connection was last healthy.
func (f *feed) pace(delay time.Duration) time.Duration {
	due := f.paced
	if due.Before(f.rt.now) {
		due = f.rt.now
	}
	delay = max(delay, due.Sub(f.rt.now)-burst*pace)
	f.paced = due.Add(pace)
	return delay
}

func (f *feed) wait(delay time.Duration) {
	f.rt.clearTimer(&f.timer)
	f.fetch = 0
	if delay == 0 {
		f.ask()
		return
	}
	f.state = waiting
	f.timer = f.rt.setTimer(delay, func() {
		f.timer = 0
		f.ask()
	})
}

// rest ends the feed's requests until somebody joins it again.
func (f *feed) rest() {
	f.rt.cancel(&f.fetch)
	f.rt.clearTimer(&f.timer)
	f.state = idle
}

// show changes what subscribers are told is wrong; nil says that all is well.
func (f *feed) show(err error) {
	if f.err == nil && err == nil {
		return
	}
	f.err = err
	for _, s := range f.subs {
		f.rt.changed(s)
	}
}

// The answer to a request: f is an exchange.

func (f *feed) started(httpStatus int, header map[string]string) {
	f.state, f.heard = receiving, f.rt.now
	f.httpStatus, f.header, f.refusal = httpStatus, header, nil
	if !f.isRefused() {
		if err := f.source.begin(header); err != nil {
			f.abandon(err)
		}
	}
}

func (f *feed) isRefused() bool { return f.httpStatus < 200 || f.httpStatus > 299 }

func (f *feed) arrived(chunk []byte) {
	if f.state != receiving {
		return // a body without a head: the end of it will be retried
	}
	f.heard = f.rt.now
	if f.isRefused() {
		if room := maxErrorBody - len(f.refusal); room > 0 {
			f.refusal = append(f.refusal, chunk[:min(room, len(chunk))]...)
		}
		return
	}
	news, err := f.source.read(chunk)
	if news {
		f.good()
		f.news()
	}
	if err != nil && f.state == receiving {
		f.abandon(err)
	}
}

func (f *feed) ended() {
	if f.state != receiving {
		f.retry(0)
		return
	}
	if f.isRefused() {
		f.refuse()
		return
	}
	outcome, err := f.source.end()
	if err != nil {
		f.abandon(err)
		return
	}
	f.good()
	if outcome.unreadable != nil {
		f.show(f.decodeError(outcome.unreadable))
	}
	if outcome.news {
		f.news()
	}
	switch {
	case f.state != receiving: // the news was the end: everyone has left
	case outcome.over && !slices.ContainsFunc(f.subs, func(s *subscription) bool { return s.wantsMore(f) }):
		f.rest()
		f.over = true
		for _, s := range slices.Clone(f.subs) {
			f.rt.changed(s)
			if s.gathering != nil {
				s.gathering.advance()
			}
		}
	default:
		f.again(outcome)
	}
}

func (f *feed) failed(string) { f.retry(0) }

// refuse decides about an answer outside 2xx, whose body is complete.
func (f *feed) refuse() {
	if f.source.refused(f.httpStatus, f.header) {
		f.again(outcome{})
		return
	}
	err := newStatusError(f.request, f.httpStatus, f.header, string(f.refusal))
	if err.Temporary() {
		f.retry(err.RetryAfter)
		return
	}
	if err.Feed = KindRun; f.parts != nil {
		err.Feed = KindStream
	}
	if isTokenRefused(err.HTTPStatus) && f.renew(err) {
		return
	}
	f.rest()
	f.show(err)
}

// renew asks for a new access token after a refusal, and reports whether anybody can give one.
func (f *feed) renew(refusal error) bool {
	i := slices.IndexFunc(f.subs, func(s *subscription) bool { return s.options.CanRefresh })
	if i < 0 || f.renewed {
		return false
	}
	f.rt.clearTimer(&f.timer)
	f.fetch, f.state = 0, waiting
	f.renewing, f.renewed = true, true
	f.rt.renew(f.access.AccessToken, f.subs[i].sub, func(problem error) {
		switch {
		case !f.renewing: // everyone has left meanwhile
		case problem != nil:
			f.renewing = false
			f.rest()
			f.show(refusal)
		default:
			f.renewing = false
			f.ask()
		}
	})
	return true
}

// abandon gives up an answer that cannot be read and asks again. Subscribers are told when that has not
// helped for a while, and the feed goes on all the same: the fault may be in between and pass.
func (f *feed) abandon(err error) {
	f.rt.cancel(&f.fetch)
	f.unreadable++
	if f.unreadable >= patience {
		f.show(f.decodeError(err))
	}
	f.retry(0)
}

func (f *feed) decodeError(err error) error {
	return &DecodeError{Op: f.request.Op, URL: withoutQuery(f.request.URL), Err: err}
}

// good notes an answer that could be read.
func (f *feed) good() {
	f.failures, f.unreadable, f.interrupted, f.renewed = 0, 0, false, false
	f.show(nil)
}

// news tells everyone who follows the feed, each at the pace that it asked for.
func (f *feed) news() {
	if f.parts != nil {
		f.rt.passGates(f)
		return
	}
	for _, s := range slices.Clone(f.subs) {
		f.rt.changed(s)
		s.runChanged()
	}
}
