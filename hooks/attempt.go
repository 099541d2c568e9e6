package hooks

import (
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// When a feed asks again.
const (
	// silence is how long an answer may bring nothing before its connection counts as dead. The service
	// holds live requests for 20 s and pings streams every 10 s; newer Electric clients wait 45 s as well.
	silence = 45 * time.Second
	// watchEvery is how often a connection is looked at. A gap of more than sleepGap shows that the machine slept.
	watchEvery = 15 * time.Second
	// steady is how long the server must have held an answer open for the connection to count as healthy.
	// Source: chosen; TestSimulation shows that no fault makes requests frequent with it.
	steady = 2 * time.Second
	// freeAnswers is how many answers in a row may end at once before the next request has to wait: a
	// snapshot and its first live request, or a refetch after a 409.
	freeAnswers = 2
	// burst requests may follow the first as the backoff lets them; then there is one for each pace. Source:
	// chosen, so that no mixture of good answers and failures makes a feed ask more than ten times in ten
	// seconds, and a server that has recovered is asked at once or within two seconds.
	burst = 2
	pace  = 2 * time.Second
)

// ask sends the next request, unless nobody looks at what it would wait for.
func (f *feed) ask() {
	f.rt.clearTimer(&f.timer)
	if f.rt.pages.paused && f.mayPause() {
		f.enter(paused)
		return
	}
	if f.rt.renewsFirst(f.access.AccessToken, f.asker(), f.tokenCame) {
		f.awaitToken()
		return
	}
	f.send()
}

// awaitToken waits for an access token: the next request is due, and cannot go out without it.
func (f *feed) awaitToken() {
	f.fetch, f.due, f.renewing = 0, f.rt.now, true
	f.enter(waiting)
}

func (f *feed) send() {
	f.asked, f.heard, f.over = f.rt.now, f.rt.now, false
	f.request = f.source.request(f.rt.current(f.access))
	f.traffic.requests++
	f.fetch = f.rt.fetch(f.request, f)
	f.timer = f.rt.setTimer(watchEvery, f.watch)
	f.enter(requesting)
}

// isOut reports whether a request of the feed is under way.
func (f *feed) isOut() bool { return f.state == requesting || f.state == receiving }

// mayPause reports whether the feed waits for a change of runs, or shows some and has been interrupted. A first download
// goes on.
func (f *feed) mayPause() bool {
	return f.rows != nil && (f.rows.log.IsLive() || f.runs() != nil && f.interrupted)
}

// pause ends the feed's requests until somebody looks.
func (f *feed) pause() {
	if f.mayPause() && f.state != idle && !f.renewing {
		f.rt.cancel(&f.fetch)
		f.rt.clearTimer(&f.timer)
		f.enter(paused)
	}
}

// seen goes on for somebody who looks again: a feed that paused or waits asks, a connection that should have said
// something meanwhile is replaced, and an access token that could not be renewed may be had now.
func (f *feed) seen() {
	if f.state == idle && f.renewals > 0 && f.asker() != 0 {
		f.renewals = 0
		f.interrupted = true
		f.ask()
		return
	}
	if f.state == paused || f.state == waiting || f.isOut() && f.rt.now.Sub(f.heard) > overdue {
		f.reconnect()
	}
}

// reconnect replaces a connection, or the wait for one, by a request from where it was: as soon as the server allows and
// the pace does.
func (f *feed) reconnect() {
	if f.state == idle || f.renewing || f.state == paused && f.rt.pages.paused {
		return
	}
	if f.state != waiting { // what waits has its place already
		f.pace(0)
	}
	f.rt.cancel(&f.fetch)
	f.interrupted, f.renewals = true, 0
	f.wait(max(f.earliest.Sub(f.rt.now), f.notBefore.Sub(f.rt.now), 0))
}

// fetch sends a request whose answer x waits for.
func (r *Runtime) fetch(request *api.Request, x exchange) FetchID {
	r.lastFetch++
	r.exchanges[r.lastFetch] = x
	r.do(Fetch{r.lastFetch, request})
	return r.lastFetch
}

// watch replaces a connection that has been silent for too long.
func (f *feed) watch() {
	f.timer = 0
	if quiet := f.rt.now.Sub(f.heard); quiet < silence {
		f.timer = f.rt.setTimer(min(silence-quiet, watchEvery), f.watch)
		return
	}
	f.rt.cancel(&f.fetch)
	f.retry(0)
}

// retry asks again, but not before the backoff, nor before the time that the server asked for.
func (f *feed) retry(atLeast time.Duration) {
	f.failures++
	f.traffic.retries++
	f.interrupted = true
	f.notBefore = f.rt.now.Add(atLeast)
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
	f.earliest, f.paced = due.Add(-burst*pace), due.Add(pace)
	return max(delay, f.earliest.Sub(f.rt.now))
}

func (f *feed) wait(delay time.Duration) {
	f.rt.clearTimer(&f.timer)
	f.fetch = 0
	if delay == 0 {
		f.ask()
		return
	}
	f.due = f.rt.now.Add(delay)
	f.timer = f.rt.setTimer(delay, func() {
		f.timer = 0
		f.ask()
	})
	f.enter(waiting)
}

// rest ends the feed's requests until somebody joins it again.
func (f *feed) rest() {
	f.rt.cancel(&f.fetch)
	f.rt.clearTimer(&f.timer)
	f.enter(idle)
}
