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
