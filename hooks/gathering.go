package hooks

import (
	"slices"

	"github.com/runwire/runwire/hooks/api"
)

// DefaultMaxStreams is how many streams of a list's runs are read at once. Source: chosen; a browser keeps
// six connections to one host.
const DefaultMaxStreams = 6

// gathering reads the streams of all runs of a list, a few at a time, those of the newest runs first.
type gathering struct {
	sub     *subscription
	streams []*gathered
}

// gathered is one stream of one run.
type gathered struct {
	runID string
	key   string
	feed  *feed   // nil until its turn has come, unless there are parts to show
	read  bool    // its turn has come
	done  bool    // it was read to its end
	drain TimerID // until a finished run's stream is let go
	looks int     // at whether it can be
}

// update takes the present runs of the list.
func (g *gathering) update(runs []*api.Run) {
	g.letGo(runs)
	for _, run := range runs {
		for _, key := range run.StreamKeys() {
			if !slices.ContainsFunc(g.streams, func(s *gathered) bool { return s.runID == run.ID && s.key == key }) {
				g.streams = append(g.streams, g.add(run.ID, key))
			}
		}
	}
	g.advance()
}

// add takes a stream. What there is of it already, on the page or of its feed, is shown while it waits for its turn.
func (g *gathering) add(runID, streamKey string) *gathered {
	s := &gathered{runID: runID, key: streamKey}
	resume := g.sub.takeResume(runID + "/" + streamKey)
	key := g.sub.rt.streamKey(runID, streamKey, g.sub.options, resume)
	if f := g.sub.rt.feeds[key.text()]; resume != (Resume{}) || f != nil && f.hasParts() {
		s.feed = g.sub.stream(key)
	}
	return s
}

// letGo leaves the streams of runs that are not in the list any more.
func (g *gathering) letGo(runs []*api.Run) {
	present := make(map[string]bool, len(runs))
	for _, run := range runs {
		present[run.ID] = true
	}
	g.streams = slices.DeleteFunc(g.streams, func(s *gathered) bool {
		if present[s.runID] {
			return false
		}
		g.sub.rt.clearTimer(&s.drain)
		if s.feed != nil {
			s.feed.leave(g.sub, atOnce)
			g.sub.streams = slices.DeleteFunc(g.sub.streams, func(f *feed) bool { return f == s.feed })
		}
		return true
	})
	g.sub.rt.release(g.sub.scope, nil)
}

// advance lets go of what has been read, and begins with what waits.
func (g *gathering) advance() {
	reading := 0
	for _, s := range g.streams {
		if !s.read || s.done {
			continue
		}
		if g.isFinished(s.runID) {
			g.drain(s)
		}
		if !s.done {
			reading++
		}
	}
	limit := g.sub.options.MaxStreams
	if limit <= 0 {
		limit = DefaultMaxStreams
	}
	for _, s := range slices.Backward(g.streams) {
		if reading >= limit {
			return
		}
		if !s.read {
			if s.feed == nil {
				s.feed = g.sub.stream(g.sub.rt.streamKey(s.runID, s.key, g.sub.options, Resume{}))
			}
			s.read = true
			g.sub.join(s.feed)
			reading++
		}
	}
}

// drain lets a finished run's stream go: at its end, or when it has been connected for long enough.
func (g *gathering) drain(s *gathered) {
	switch {
	case s.feed.over:
		s.done = true
		g.sub.rt.clearTimer(&s.drain)
		s.feed.leave(g.sub, atOnce)
	case s.drain == 0:
		s.drain = g.sub.rt.setTimer(streamDrain, func() {
			s.drain = 0
			s.looks++
			if s.feed.isDrained(s.looks) {
				s.done = true
				s.feed.leave(g.sub, atOnce)
			}
			g.advance()
		})
	}
}

func (g *gathering) isFinished(runID string) bool {
	for _, run := range g.sub.run.runs() {
		if run.ID == runID {
			return run.IsFinished()
		}
	}
	return true // it has left the list
}

func (g *gathering) stop() {
	for _, s := range g.streams {
		g.sub.rt.clearTimer(&s.drain)
	}
}
