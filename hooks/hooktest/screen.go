package hooktest

import (
	"maps"
	"slices"

	"github.com/runwire/runwire/hooks"
)

// screen is what the hooks of one scope show, through all lives of the runtime.
type screen struct {
	scope    string
	page     *page
	owner    owner
	spec     hooks.Spec
	limited  bool // to maxParts parts of a stream: hooks that share a scope agree
	maxParts int
	apart    bool           // its streams go on where it was, and no other
	instance *instance      // that knows the scope
	current  bool           // and has shown something in it
	resume   []hooks.Resume // what it was told of the streams that the page showed before

	shown   hooks.Snapshot
	streams map[string]visible // by the keys of Resume
	control string             // the place of the last control record
	calls   []*submission
}

// visible is a stream as far as a screen shows it. Its replica may have more, for other screens of the page.
type visible struct {
	*replica
	upTo int
}

// keyOf is the key by which a page knows a stream of a scope.
func (s *screen) keyOf(stream *hooks.StreamSnapshot) string {
	if s.spec.Kind == hooks.KindRunsWithStreams {
		return stream.RunID + "/" + stream.Key
	}
	return stream.Key
}

// begin returns what an instance is told of the streams that the page showed before it began: the same for every hook
// of the scope, so that they share their feeds.
func (s *screen) begin() []hooks.Resume {
	if s.instance == s.page.instance {
		return s.resume
	}
	s.instance, s.current, s.resume, s.shown.Connection = s.page.instance, false, nil, hooks.Connection{}
	for _, key := range slices.Sorted(maps.Keys(s.streams)) {
		r := s.streams[key].replica
		s.apart = true
		s.resume = append(s.resume, hooks.Resume{Key: key, Token: s.page.name(r), Parts: r.parts, LastEventID: r.lastEventID})
	}
	return s.resume
}

// show takes a snapshot. A new instance that has nothing yet takes nothing away.
func (s *screen) show(snap *hooks.Snapshot, streams map[string]visible) {
	if !s.current && !hasData(snap) {
		s.shown.Connection, s.shown.Err, s.shown.Loading = snap.Connection, snap.Err, snap.Loading
		return
	}
	s.shown, s.streams, s.current = *snap, streams, true
	for _, stream := range snap.Streams {
		if stream.Control != nil {
			s.control = stream.Control.ID
		}
	}
}

// hasData reports whether a snapshot shows anything of what it is about.
func hasData(s *hooks.Snapshot) bool {
	return s.Run != nil || s.RunsFeed != 0 || len(s.Streams) > 0 || s.Retrieved != "" || s.Result != ""
}

// screensOf lists the screens of a page, by name.
func (w *World) screensOf(p *page) []*screen {
	var screens []*screen
	for _, scope := range slices.Sorted(maps.Keys(w.screens)) {
		if s := w.screens[scope]; s.page == p {
			screens = append(screens, s)
		}
	}
	return screens
}

// drop gives a scope back, unless somebody is still in it.
func (w *World) drop(s *screen) {
	if slices.ContainsFunc(s.page.observers, func(o *observer) bool { return o.screen == s }) {
		return
	}
	delete(w.screens, s.scope)
	if s.instance == s.page.instance {
		s.page.tell(hooks.Drop{Scope: s.scope})
	}
}

// forget checks that a feed is forgotten once.
func (w *World) forget(feed hooks.FeedID) {
	in := w.instance
	if in.forgotten[feed] {
		w.violate("feed %d is forgotten twice", feed)
	}
	in.forgotten[feed] = true
	for _, p := range w.pages {
		delete(p.replicas, feed)
	}
}
