package hooks

import (
	"slices"
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// The times of a retrieval. Source: SWR 2, on which the original builds.
const (
	dedupe        = 2 * time.Second // within which nobody causes a second request
	focusThrottle = 5 * time.Second // between two requests that focus causes
	errorInterval = 5 * time.Second // the unit of the delay after an error
	maxErrorShift = 8               // the delay doubles up to this often
)

// retrieval is one run as it was fetched last, for every hook that shows it: what was fetched is shown at
// once, and fetched again behind it.
type retrieval struct {
	rt     *Runtime
	id     FeedID
	name   string
	access api.Access
	runID  string

	credential int // of the access token, as in feedKey

	subs []*subscription

	running  *call
	began    time.Time // when the last request began
	focused  time.Time // when focus caused a request last
	poll     TimerID
	again    TimerID // after an error
	failures int     // in a row

	run      rawjson.Value // as it was fetched last; no value before
	packets  rawjson.Value // a JSON object: what is stored outside the run, by field
	finished bool
	err      error
}

// retrievalFor returns the retrieval with this key, new or not.
func (r *Runtime) retrievalFor(key *feedKey, access *api.Access) *retrieval {
	name := key.text()
	for _, t := range r.retrievals {
		if t.name == name {
			return t
		}
	}
	r.lastFeed++
	t := &retrieval{rt: r, id: r.lastFeed, name: name, access: *access, runID: key.runID, credential: key.credential}
	r.retrievals = append(r.retrievals, t)
	return t
}

// join adds a subscription, shows it what there is, and looks for something newer.
func (t *retrieval) join(s *subscription) {
	t.subs = append(t.subs, s)
	t.refresh()
	t.rt.changed(s)
	t.schedule()
}

func (t *retrieval) leave(s *subscription) {
	t.subs = slices.DeleteFunc(t.subs, func(other *subscription) bool { return other == s })
	t.schedule()
	if len(t.subs) == 0 {
		t.rt.clearTimer(&t.again)
	}
}

// refresh fetches the run, unless that has just begun.
func (t *retrieval) refresh() {
	if t.running != nil || !t.began.IsZero() && t.rt.now.Sub(t.began) < dedupe {
		return
	}
	t.fetch()
}

func (t *retrieval) fetch() {
	if t.running != nil {
		return
	}
	t.began = t.rt.now
	t.rt.clearTimer(&t.again)
	if t.access.AccessToken == "" {
		t.settle("", "", &InputError{"Could not call useRun: Missing access token"})
		return
	}
	t.running = t.rt.call(api.RetrieveRun(t.access, t.runID), t.options(), t.fetched)
	t.changed()
}

// options are those of the hook that came first; its word counts for all.
func (t *retrieval) options() *Options {
	if len(t.subs) == 0 {
		return &Options{}
	}
	return t.subs[0].options
}

func (t *retrieval) fetched(_ api.Header, body string, err error) {
	if err != nil {
		t.settle("", "", err)
		return
	}
	run, err := api.DecodeRetrieved(body)
	if err != nil {
		t.settle("", "", &DecodeError{Op: "retrieve run " + t.runID, Err: err})
		return
	}
	t.complete(run, "{}", []string{"payload", "output"})
}

// complete brings in what is stored outside the run, one field after the other, then shows it. A field that
// cannot be had is left out, as in the original's SDK.
func (t *retrieval) complete(run, packets rawjson.Value, fields []string) {
	for i, field := range fields {
		url := run.Get(field + "PresignedUrl").Text()
		if url == "" {
			continue
		}
		t.running = t.rt.call(api.DownloadPacket(url, t.runID, field), &Options{}, func(header api.Header, body string, err error) {
			if err == nil {
				packets = api.WithPacket(packets, field, header["content-type"], body)
			}
			t.complete(run, packets, fields[i+1:])
		})
		return
	}
	t.settle(run, packets, nil)
}

// settle ends a fetch. What is equal to what was fetched before stays what it is.
func (t *retrieval) settle(run, packets rawjson.Value, err error) {
	t.running, t.err = nil, err
	if err == nil {
		t.failures = 0
		t.run, t.packets = run, packets
		t.finished = api.IsRetrievedFinished(run)
	} else {
		t.failures++
		if len(t.subs) > 0 && t.rt.pages.active() {
			t.again = t.rt.setTimer(t.errorDelay(), t.retry)
		}
	}
	t.schedule()
	t.changed()
}

func (t *retrieval) retry() {
	t.again = 0
	t.fetch()
}

// errorDelay is half to one and a half times the interval, doubled for each failure in a row.
func (t *retrieval) errorDelay() time.Duration {
	unit := errorInterval << min(t.failures, maxErrorShift)
	return unit/2 + time.Duration(t.rt.random.Int64N(int64(unit)))
}

// schedule sets the timer of the shortest refresh interval, while there is anything to poll for.
func (t *retrieval) schedule() {
	interval := time.Duration(0)
	for _, s := range t.subs {
		if i := s.options.RefreshInterval; i > 0 && (interval == 0 || i < interval) {
			interval = i
		}
	}
	wanted := interval > 0 && !t.finished && t.err == nil && t.running == nil
	if !wanted {
		t.rt.clearTimer(&t.poll)
	} else if t.poll == 0 {
		t.poll = t.rt.setTimer(interval, t.polled)
	}
}

func (t *retrieval) polled() {
	t.poll = 0
	if t.rt.pages.active() {
		t.fetch()
		return
	}
	t.schedule()
}

// pageChanged refreshes for the hooks that asked for it when the page is looked at again or comes online.
func (t *retrieval) pageChanged(focused, reconnected bool) {
	for _, s := range t.subs {
		if s.options.RevalidateOnReconnect && reconnected {
			t.refresh()
		}
		if s.options.RevalidateOnFocus && focused && t.rt.now.Sub(t.focused) >= focusThrottle {
			t.focused = t.rt.now
			t.refresh()
		}
	}
	if t.err != nil && t.again == 0 && t.running == nil && len(t.subs) > 0 && t.rt.pages.active() {
		t.again = t.rt.setTimer(t.errorDelay(), t.retry)
	}
}

func (t *retrieval) changed() {
	for _, s := range t.subs {
		t.rt.changed(s)
	}
}

// snapshot is what there is to show after this: what was fetched before with another access token stays until there
// is something newer.
func (t *retrieval) snapshot(shown *Snapshot) *Snapshot {
	snap := &Snapshot{Retrieved: t.run, Packets: t.packets, RetrievedFeed: t.id, Err: t.err, Validating: t.running != nil}
	if t.run == "" {
		snap.Retrieved, snap.Packets, snap.RetrievedFeed = shown.Retrieved, shown.Packets, shown.RetrievedFeed
	}
	snap.Loading = snap.Validating && snap.Retrieved == ""
	return snap
}

// maxIdleRetrievals bounds how many runs are kept that no hook shows. Source: chosen.
const maxIdleRetrievals = 64

// forgetRetrievals lets go of the oldest run that nobody shows, when there are many.
func (r *Runtime) forgetRetrievals() {
	if len(r.retrievals) <= maxIdleRetrievals {
		return
	}
	for _, t := range r.retrievals {
		if len(t.subs) == 0 && t.running == nil && !r.isShown(t.id) {
			r.retrievals = slices.DeleteFunc(r.retrievals, func(other *retrieval) bool { return other == t })
			r.do(Forget{t.id})
			return
		}
	}
}

func (r *Runtime) isShown(feed FeedID) bool {
	for _, sc := range r.scopes {
		if sc.shown.names(feed) {
			return true
		}
	}
	return false
}
