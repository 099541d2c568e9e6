package hooks

import (
	"slices"
	"time"
)

// streamDrain is how long the streams of a finished run are still read, after the run has finished and
// after each connection. Source: @trigger.dev/core 4.8.3.
const streamDrain = 30 * time.Second

// maxDrainLooks is how often streamDrain passes at most until a silent connection counts as one that has nothing to say.
// Source: chosen; the watchdog has replaced it twice by then.
const maxDrainLooks = 5

// subscription is one hook's interest: which feeds it follows, and what it shows of them.
type subscription struct {
	rt      *Runtime
	sub     Sub
	scope   *scope
	spec    *Spec
	options *Options
	resume  []Resume // where streams go on that are not followed yet

	run     *feed   // the rows that it follows; nil for KindStream
	streams []*feed // in the order in which the run announced them
	drain   TimerID // until the streams of a finished run are let go
	looks   int     // at whether they can be

	gathering *gathering // of KindRunsWithStreams

	mutation  *mutation  // of kinds that do something on Submit
	retrieval *retrieval // of KindRetrieve

	problem error // why it follows nothing

	// stopped means that what is shown stays as it is.
	stopped bool
	// finished means that the run is over and was let go: what its feed runs into later is no concern.
	finished bool
	dirty    bool
}

func (r *Runtime) open(e *Open) {
	if r.subs[e.Sub] != nil {
		return
	}
	s := &subscription{rt: r, sub: e.Sub, spec: &e.Spec, options: &e.Options, resume: e.Resume}
	s.options.asker = e.Sub
	r.subs[e.Sub] = s
	r.enter(s, e.Scope)
	s.follow()
	if len(s.scope.subs) == 1 {
		r.release(s.scope, nil)
	}
}

// follow joins the feeds that the subscription is about.
func (s *subscription) follow() {
	if s.problem = s.spec.problem(); s.problem != nil {
		s.rt.changed(s)
		return
	}
	switch {
	case s.spec.Kind.isMutation():
		s.mutation = &mutation{sub: s}
	case s.spec.Kind == KindRetrieve:
		s.retrieval = s.rt.retrievalFor(s.rt.shapeKey(s.spec, s.options), &s.options.Access)
		s.retrieval.join(s)
	case s.spec.Kind.isStream():
		s.followStream(s.spec.StreamKey)
	default:
		if s.spec.Kind == KindRunsWithStreams {
			s.gathering = &gathering{sub: s}
		}
		s.run = s.rt.feedFor(s.rt.shapeKey(s.spec, s.options), &s.options.Access)
		s.join(s.run)
	}
	s.runChanged()
}

func (s *subscription) followStream(streamKey string) {
	resume := s.takeResume(streamKey)
	key := s.rt.streamKey(s.spec.RunID, streamKey, s.options, resume)
	if s.spec.Kind == KindSession {
		key = s.rt.sessionKey(s.spec, s.options, resume)
	}
	if s.spec.Kind.isStream() {
		key.headers = s.options.Headers
	}
	s.join(s.stream(key))
}

// stream adds a stream to what the subscription shows, for the time when it is joined.
func (s *subscription) stream(key *feedKey) *feed {
	f := s.rt.feedFor(key, &s.options.Access)
	s.streams = append(s.streams, f)
	s.scope.hold(f)
	return f
}

// goOn notes where a stream goes on when it is followed.
func (s *subscription) goOn(resume Resume) {
	if resume != (Resume{}) {
		s.takeResume(resume.Key)
		s.resume = append(slices.Clip(s.resume), resume)
	}
}

// takeResume returns where a stream goes on that is followed from now on.
func (s *subscription) takeResume(key string) Resume {
	i := slices.IndexFunc(s.resume, func(r Resume) bool { return r.Key == key })
	if i < 0 {
		return Resume{}
	}
	resume := s.resume[i]
	s.resume = slices.Concat(s.resume[:i], s.resume[i+1:])
	return resume
}

func (s *subscription) feeds() []*feed {
	feeds := slices.Clone(s.streams)
	if s.run != nil {
		feeds = append(feeds, s.run)
	}
	return feeds
}

// join makes the subscription one of the feed's and shows what the feed already has, be it only its connection.
func (s *subscription) join(f *feed) {
	s.scope.hold(f)
	f.join(s)
	s.rt.changed(s)
}

// runChanged reacts to what the run's feed has: new streams are followed, and a finished run is let go.
func (s *subscription) runChanged() {
	if s.gathering != nil && !s.stopped {
		s.gathering.update(s.run.runs())
		return
	}
	if s.run == nil || s.stopped || s.spec.Kind.isList() {
		return
	}
	run := s.run.run()
	if s.spec.Kind == KindRunWithStreams {
		for _, key := range run.StreamKeys() {
			if !slices.ContainsFunc(s.streams, func(f *feed) bool { return f.key.streamKey == key }) {
				s.followStream(key)
			}
		}
	}
	if !s.letsGo(s.run) {
		return
	}
	s.finished = true
	s.run.leave(s, atOnce)
	if len(s.streams) > 0 && s.drain == 0 {
		s.drain = s.rt.setTimer(streamDrain, s.drained)
	}
}

// letsGo reports whether the subscription has all that it wants of a feed: a run that is finished.
func (s *subscription) letsGo(f *feed) bool {
	return f == s.run && !s.spec.Kind.isList() && f.run().IsFinished() && !s.options.ContinueAfterCompletion
}

// drained lets the streams of a finished run go, once each of them has been connected long enough to have
// brought everything.
func (s *subscription) drained() {
	s.drain = 0
	s.looks++
	for _, f := range s.streams {
		if !f.isDrained(s.looks) {
			s.drain = s.rt.setTimer(streamDrain, s.drained)
			return
		}
	}
	s.part(atOnce)
	s.rt.changed(s)
}

// ended reports whether nothing more will come: a run that is finished and was let go, with all its streams,
// or a stream that the server ended.
func (s *subscription) ended() bool {
	for _, f := range s.streams {
		if f.state != idle || !f.over && !s.finished {
			return false
		}
	}
	return s.finished || s.spec.Kind.isStream()
}

// wantsMore reports whether a stream that the server ended should be asked for again: a run that is not
// finished may still append to it.
func (s *subscription) wantsMore(f *feed) bool {
	if s.gathering != nil {
		return !s.gathering.isFinished(f.key.runID)
	}
	return s.spec.Kind == KindRunWithStreams && !s.run.run().IsFinished()
}

// stop leaves every feed at once and keeps what is shown.
func (s *subscription) stop() {
	s.stopped = true
	s.part(atOnce)
}

func (s *subscription) part(when departure) {
	s.rt.clearTimer(&s.drain)
	if s.gathering != nil {
		s.gathering.stop()
	}
	for _, f := range s.feeds() {
		f.leave(s, when)
	}
	if s.retrieval != nil {
		s.retrieval.leave(s)
		s.rt.forgetRetrievals()
	}
	// What the scope shows may be this one's word, such as an error that the others do not have.
	for _, other := range s.scope.subs {
		if !other.stopped {
			s.rt.changed(other)
		}
	}
}

func (r *Runtime) close(sub Sub) {
	s := r.subs[sub]
	if s == nil {
		return
	}
	delete(r.subs, sub)
	s.stopped = true
	s.part(lingering)
	r.leave(s)
	r.askOthers(sub)
}

// update takes new options. Where they name other feeds, the subscription moves there, and what it shows
// stays until the new feeds have something.
func (r *Runtime) update(e *Update) {
	s := r.subs[e.Sub]
	if s == nil {
		return
	}
	sameFeeds := s.options.sameFeeds(&e.Options)
	s.options = &e.Options
	s.options.asker = e.Sub
	if s.stopped {
		return
	}
	if s.retrieval != nil {
		s.retrieval.leave(s)
		s.follow()
		return
	}
	if sameFeeds || s.mutation != nil {
		s.rt.changed(s) // it may show fewer parts now
		s.runChanged()
		return
	}
	// The new feeds go on where those before them did, and after what is shown: what waits at a gate passes now.
	s.rt.changed(s)
	s.rt.publish()
	before := s.feeds()
	for _, f := range s.streams {
		s.goOn(f.key.resume)
	}
	for i := range s.scope.shown.Streams {
		kept := s.scope.shown.Streams[i].resume()
		if s.gathering != nil {
			kept.Key = s.scope.shown.Streams[i].RunID + "/" + kept.Key
		}
		s.goOn(kept)
	}
	if s.gathering != nil {
		s.gathering.stop()
	}
	s.rt.clearTimer(&s.drain)
	s.run, s.streams, s.finished, s.looks = nil, nil, false, 0
	s.follow()
	for _, f := range before {
		if !slices.Contains(s.feeds(), f) {
			f.leave(s, atOnce)
		}
	}
	// What came before is still on screen, until the feeds after it have something.
	s.rt.release(s.scope, before)
}
