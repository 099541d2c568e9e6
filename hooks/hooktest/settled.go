package hooktest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// Unsettled says which observer does not show what there is to show, and of what; "" when all do.
func (w *World) Unsettled() string {
	for _, p := range w.pages {
		for _, o := range p.observers {
			if o.stopped {
				continue
			}
			if problem := w.unsettled(o); problem != "" {
				return fmt.Sprintf("subscription %d (kind %d) on page %d: %s", o.sub, o.spec.Kind, p.id, problem)
			}
		}
	}
	return ""
}

func (w *World) unsettled(o *observer) string {
	shown := &o.screen.shown
	if o.spec.Kind >= hooks.KindTrigger {
		return w.unsettledCall(o)
	}
	if w.isRefused(o.screen) {
		return ""
	}
	if shown.Err != nil {
		return "shows " + shown.Err.Error()
	}
	switch state := shown.Connection.State; state {
	case hooks.Connecting, hooks.Retrying, hooks.Offline:
		if state != hooks.Connecting || o.spec.Kind != hooks.KindRetrieve {
			return fmt.Sprintf("its connection is in state %d", state)
		}
	}
	switch o.spec.Kind {
	case hooks.KindRun:
		return w.unsettledRun(shown.Run, w.account.run(o.spec.RunID))
	case hooks.KindRunWithStreams:
		r := w.account.run(o.spec.RunID)
		return cmp.Or(w.unsettledRun(shown.Run, r), w.unsettledStreams(o, r, ""))
	case hooks.KindStream:
		return w.unsettledStream(o, w.account.stream(streamPath(o.spec.RunID, o.spec.StreamKey)), o.spec.StreamKey)
	case hooks.KindSession:
		return w.unsettledSession(o)
	case hooks.KindRetrieve:
		return w.unsettledRetrieval(o)
	}
	return w.unsettledList(o)
}

// isRefused reports whether a screen says that an access token is no good, and somebody in it has none that is.
func (w *World) isRefused(s *screen) bool {
	var refusal *hooks.StatusError
	if !errors.As(s.shown.Err, &refusal) || refusal.HTTPStatus != 401 && refusal.HTTPStatus != 403 {
		return false
	}
	// The streams of a finished run are let go, refused or not: a look does not bring them back.
	helped := w.looked && refusal.Feed != hooks.KindStream
	return slices.ContainsFunc(s.page.observers, func(o *observer) bool { return o.screen == s && w.isShutOut(o, helped) })
}

// isShutOut reports whether an observer's access token is no good, and its page has not helped it to another.
func (w *World) isShutOut(o *observer, helped bool) bool {
	accessToken := o.options.Access.AccessToken
	evaded := w.checks.evaded[accessToken]
	if o.options.CanRefresh {
		return evaded && !helped
	}
	_, refusal := w.server.door.admit(accessToken, w.server.now())
	return evaded || refusal != nil
}

func (w *World) unsettledRun(run *api.Run, r *run) string {
	v := r.latest()
	switch {
	case run == nil:
		return "shows no run"
	case string(run.UpdatedAt) != v.stamp+"Z":
		return fmt.Sprintf("shows run %s of %s, its last state is of %s", r.id, run.UpdatedAt, v.stamp)
	case v.stored && run.Output.IsNone() && !w.checks.gaveUp[r.id]:
		return "shows run " + r.id + " without its output"
	}
	return ""
}

func (w *World) unsettledStreams(o *observer, r *run, prefix string) string {
	for _, s := range r.streams[:r.latest().streams] {
		if problem := w.unsettledStream(o, s, prefix+s.key); problem != "" {
			return problem
		}
	}
	return ""
}

func (w *World) unsettledStream(o *observer, s *stream, key string) string {
	shown, want := 0, (&replica{stream: s}).all()
	if seen, any := o.screen.streams[key]; any {
		shown, want = seen.upTo, seen.all()
	}
	if shown != want {
		return fmt.Sprintf("shows %d parts of stream %s, want %d", shown, s.path, want)
	}
	if o.options.WantsParts && o.had != want && !w.isShutOut(o, false) { // which may not be what its screen says
		return fmt.Sprintf("was handed %d parts of stream %s, want %d", o.had, s.path, want)
	}
	return ""
}

func (w *World) unsettledSession(o *observer) string {
	s := w.account.stream(sessionPath)
	if problem := w.unsettledStream(o, s, ""); problem != "" {
		return problem
	}
	last := s.lastControl()
	if o.options.WantsControls && o.controls > 0 && o.controls != last+1 && !w.isShutOut(o, false) {
		return fmt.Sprintf("was handed control records up to %d, the last is %d", o.controls-1, last)
	}
	if shown := o.screen.control; last >= 0 && shown != strconv.Itoa(last) {
		return fmt.Sprintf("shows the control record %q, the last is %d", shown, last)
	}
	return ""
}

func (w *World) unsettledRetrieval(o *observer) string {
	shown, want := &o.screen.shown, w.account.run(o.spec.RunID).latest().stamp+"Z"
	switch got := shown.Retrieved.Get("updatedAt").Text(); {
	case shown.Loading:
		return "is loading"
	case got == "":
		return "shows no run"
	case o.options.RefreshInterval > 0 && got != want:
		return fmt.Sprintf("shows the run of %s, its last state is of %s", got, want)
	}
	return ""
}

func (w *World) unsettledList(o *observer) string {
	want := slices.Clone(w.account.shape(w.follows(o)[0]).members)
	slices.SortStableFunc(want, func(a, b *run) int { return a.created.Compare(b.created) })
	runs := o.screen.shown.Runs
	if len(runs) != len(want) {
		return fmt.Sprintf("shows %d runs, want %d", len(runs), len(want))
	}
	for i, r := range want {
		if runs[i].ID != r.id {
			return fmt.Sprintf("shows %s in place %d, want %s", runs[i].ID, i, r.id)
		}
		if problem := w.unsettledRun(runs[i], r); problem != "" {
			return problem
		}
		if o.spec.Kind == hooks.KindRunsWithStreams && !starves(o, want) {
			if problem := w.unsettledStreams(o, r, r.id+"/"); problem != "" {
				return problem
			}
		}
	}
	return ""
}

// starves reports whether the streams of runs that go on may take all turns, so that those of older runs have none.
func starves(o *observer, runs []*run) bool {
	lasting := 0
	for _, r := range runs {
		if v := r.latest(); !v.finished() {
			lasting += v.streams
		}
	}
	return lasting >= cmp.Or(o.options.MaxStreams, hooks.DefaultMaxStreams)
}

// unsettledCall checks that the last submission has ended, was done once, and is what is shown, or else an error is.
func (w *World) unsettledCall(o *observer) string {
	shown := &o.screen.shown
	if shown.Loading {
		return "a call is under way"
	}
	calls := o.screen.calls
	if len(calls) == 0 || shown.Err != nil {
		return ""
	}
	n := calls[len(calls)-1].n
	if got := shown.Result.Get("id").Text(); got != resultOf(n, o.owner) {
		return fmt.Sprintf("shows the result %q of submission %d", got, n)
	}
	if done := w.account.effects.done[n]; done != 1 {
		return fmt.Sprintf("submission %d was done %d times", n, done)
	}
	return ""
}
