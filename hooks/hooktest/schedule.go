package hooktest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// RunSchedule plays one random life: runs that progress and stream, observers that come and go, and the
// faults, from a seed. It returns the broken invariant, or "". trace may be nil.
func RunSchedule(seed uint64, faults Faults, trace func(line string)) (violation string) {
	w := NewWorld(seed, faults)
	w.Trace = trace
	for i := range 1 + w.dice.IntN(2) {
		w.plan(fmt.Sprintf("run_%d", i))
	}
	for range 1 + w.dice.IntN(5) {
		w.clock.after(w.within(20*time.Second), w.enter)
	}
	// Everything happens within a minute; then the faults end, and the slowest backoff has time to pass.
	w.clock.advance(epoch.Add(time.Minute))
	w.dice.faults = Faults{MaxDelay: faults.MaxDelay}
	w.clock.advance(epoch.Add(8 * time.Minute))
	w.checks.settled()
	w.everybodyLeaves()
	w.clock.advance(w.clock.now.Add(5 * time.Second))
	w.checks.quiet()
	return w.Violation
}

func (w *World) within(d time.Duration) time.Duration {
	return time.Duration(w.dice.Int64N(int64(d))).Truncate(time.Millisecond)
}

// plan schedules the life of one run.
func (w *World) plan(id string) {
	t := &truth{id: id, versions: []version{{status: "PENDING", at: epoch}}}
	w.server.runs = append(w.server.runs, t)
	for i := range w.dice.IntN(3) {
		t.streams = append(t.streams, &truthStream{key: fmt.Sprintf("s%d", i), v2: w.dice.IntN(2) == 0})
	}
	at := time.Duration(0)
	for step := range 1 + w.dice.IntN(5) {
		at += w.within(6*time.Second) + time.Millisecond
		last := step == 4
		w.clock.after(at, func() { w.progress(t, last) })
	}
	at += w.within(6*time.Second) + time.Millisecond
	w.clock.after(at, func() {
		w.change(t, version{status: "COMPLETED_SUCCESSFULLY", finished: true, streams: len(t.streams)})
	})
}

// progress moves a run on and lets it write to the streams that it has announced.
func (w *World) progress(t *truth, all bool) {
	streams := t.latest().streams
	if streams < len(t.streams) && (all || w.dice.IntN(2) == 0) {
		streams++
	}
	w.change(t, version{status: "EXECUTING", streams: streams})
	for _, s := range t.streams[:streams] {
		for range w.dice.IntN(12) {
			w.write(t, s)
		}
	}
}

func (w *World) change(t *truth, v version) {
	if v.at = w.clock.now; !v.at.After(t.latest().at) {
		v.at = t.latest().at.Add(time.Millisecond)
	}
	w.checks.excuse("/realtime/v1/runs/" + t.id)
	t.change(v)
}

// write appends a part; a v2 writer that is not sure of itself repeats the last one.
func (w *World) write(t *truth, s *truthStream) {
	w.checks.excuse("/realtime/v1/streams/" + t.id + "/" + s.key)
	n := len(s.wrote)
	if s.v2 && n > 0 && w.dice.IntN(6) == 0 {
		s.write(s.wrote[n-1])
		return
	}
	s.write(wrote{id: fmt.Sprintf("%s-%d", s.key, n), chunk: fmt.Sprintf(`{"n":%d,"text":"é🙂"}`, n)})
}

// enter opens a subscription and plans its life.
func (w *World) enter() {
	t := w.server.runs[w.dice.IntN(len(w.server.runs))]
	o := &observer{truth: t, spec: hooks.Spec{Kind: hooks.Kind(1 + w.dice.IntN(3)), RunID: t.id}}
	if o.spec.Kind == hooks.KindStream {
		if len(t.streams) == 0 {
			o.spec.Kind = hooks.KindRun
		} else {
			o.spec.StreamKey = t.streams[w.dice.IntN(len(t.streams))].key
			o.options.WantsParts = w.dice.IntN(3) == 0
		}
	}
	o.options.Access = api.Access{AccessToken: "token"}
	o.options.ContinueAfterCompletion = w.dice.IntN(4) == 0
	o.options.Throttle = []time.Duration{0, hooks.DefaultThrottle, time.Second}[w.dice.IntN(3)]
	o.options.LimitParts, o.options.MaxParts = w.dice.IntN(4) == 0, w.dice.IntN(4)
	// Some observers share a scope: those of one kind on one resource.
	o.scope = fmt.Sprintf("%d/%s/%s/%d", o.spec.Kind, t.id, o.spec.StreamKey, w.dice.IntN(3))
	w.open(o)
}

func (w *World) open(o *observer) {
	w.lastSub++
	sub := w.lastSub
	w.observers[sub], w.scopes[o.scope] = o, o.truth
	w.excuse(o)
	w.step(&hooks.Open{Sub: sub, Scope: o.scope, Spec: o.spec, Options: o.options})
	switch w.dice.IntN(6) {
	case 0:
		w.clock.after(w.within(20*time.Second), func() { w.leave(sub) })
	case 1: // Strict Mode: out and in again within one task
		w.leave(sub)
		w.open(&observer{truth: o.truth, spec: o.spec, options: o.options, scope: o.scope, had: o.had})
	case 2:
		w.clock.after(w.within(20*time.Second), func() { w.stop(sub) })
	case 3:
		w.clock.after(w.within(20*time.Second), func() { w.renew(sub) })
	}
}

// excuse allows the requests that an observer's coming causes.
func (w *World) excuse(o *observer) {
	w.checks.excuse("/realtime/v1/runs/" + o.truth.id)
	for _, s := range o.truth.streams {
		w.checks.excuse("/realtime/v1/streams/" + o.truth.id + "/" + s.key)
	}
}

func (w *World) leave(sub hooks.Sub) {
	o := w.observers[sub]
	if o == nil {
		return
	}
	delete(w.observers, sub)
	w.step(hooks.Close{Sub: sub})
	if w.dice.IntN(3) == 0 {
		w.drop(o.scope)
		return
	}
	if w.dice.IntN(2) == 0 {
		w.clock.after(w.within(5*time.Second), func() {
			w.open(&observer{truth: o.truth, spec: o.spec, options: o.options, scope: o.scope})
		})
	}
}

// drop gives a scope back, unless somebody is still in it.
func (w *World) drop(scope string) {
	for _, o := range w.observers {
		if o.scope == scope {
			return
		}
	}
	delete(w.shown, scope)
	w.step(hooks.Drop{Scope: scope})
}

func (w *World) stop(sub hooks.Sub) {
	if o := w.observers[sub]; o != nil {
		o.stopped = true
		w.step(hooks.Stop{Sub: sub})
	}
}

// renew gives an observer another access token.
func (w *World) renew(sub hooks.Sub) {
	if o := w.observers[sub]; o != nil && !o.stopped {
		o.options.Access.AccessToken += "+"
		w.excuse(o)
		w.step(&hooks.Update{Sub: sub, Options: o.options})
	}
}

func (w *World) everybodyLeaves() {
	for _, sub := range slices.Sorted(maps.Keys(w.observers)) {
		o := w.observers[sub]
		delete(w.observers, sub)
		w.step(hooks.Close{Sub: sub})
		w.drop(o.scope)
	}
}
