package hooktest

import (
	"slices"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// publish checks a snapshot against what really happened and against what its screens showed before.
func (c *checks) publish(p hooks.Publish) {
	for _, scope := range p.Scopes {
		s := c.world.screens[scope]
		if s == nil || s.instance != c.world.instance {
			c.world.violate("scope %s is published, which nobody opened", scope)
			return
		}
		c.truthful(s, p.Snapshot)
		streams := map[string]visible{}
		for i := range p.Snapshot.Streams {
			stream := p.Snapshot.Streams[i]
			if r := c.stream(s.page, s.owner, stream); r != nil {
				streams[s.keyOf(stream)] = visible{r, total(stream)}
				if stream.First < min(r.kept, r.parts) {
					c.world.violate("stream %s is shown from part %d, page %d has those from %d on", stream.Key, stream.First, s.page.id, r.kept)
				}
			}
		}
		c.forward(s, p.Snapshot, streams)
		if !s.isOvertaken(p.Snapshot) {
			s.show(p.Snapshot, streams)
		}
		s.note(p.Snapshot)
	}
}

// truthful checks that what a snapshot shows is or was so, in the words of the screen's owner.
func (c *checks) truthful(s *screen, snap *hooks.Snapshot) {
	if snap.Run != nil {
		c.run(s, snap.Run)
	}
	if snap.RunsFeed != 0 {
		c.list(s, snap.Runs)
	}
	if snap.Retrieved != "" {
		c.retrieved(s, snap.Retrieved)
	}
	if snap.Result != "" && !strings.Contains(string(snap.Result), s.owner.String()) {
		c.world.violate("scope %s of %s shows the result %s", s.scope, s.owner, snap.Result)
	}
	c.connection(s, snap)
}

// run checks that a run is one of the states that it really had, and all of it.
func (c *checks) run(s *screen, run *api.Run) {
	w := c.world
	r := w.account.run(run.ID)
	if r == nil {
		w.violate("scope %s shows run %q, which never was", s.scope, run.ID)
		return
	}
	n := r.versionAt(string(run.UpdatedAt))
	if n < 0 {
		w.violate("run %s is shown at %s, when it had no state", run.ID, run.UpdatedAt)
		return
	}
	v := &r.versions[n]
	if string(run.Status) != v.status.public() || run.IsFinished() != v.finished() || len(run.RealtimeStreams) != v.streams {
		w.violate("run %s is shown as %s with %d streams, at %s it was %s with %d",
			run.ID, run.Status, len(run.RealtimeStreams), v.stamp, v.status.public(), v.streams)
	}
	if text := run.Payload.Data.Text(); text != `"`+s.owner.String()+`"` {
		w.violate("scope %s of %s shows a run that was told to %s", s.scope, s.owner, text)
	}
	if metadata := run.Metadata.Data.Text(); metadata != "" && metadata != v.metadata {
		w.violate("run %s is shown with metadata %s, it was %s", run.ID, metadata, v.metadata)
	}
	if text := run.Output.Data.Text(); text != "" && (!v.stored || text != output(r.id, s.owner.String())) {
		w.violate("scope %s of %s shows run %s with output %s", s.scope, s.owner, run.ID, text)
	}
}

// list checks that a list holds runs that belong or belonged to it, in the order of creation (invariant S7).
func (c *checks) list(s *screen, runs []*api.Run) {
	for i, run := range runs {
		c.run(s, run)
		if i > 0 && run.CreatedAt.Before(runs[i-1].CreatedAt) {
			c.world.violate("scope %s shows %s behind %s, which was created later", s.scope, run.ID, runs[i-1].ID)
		}
		if slices.ContainsFunc(runs[:i], func(other *api.Run) bool { return other.ID == run.ID }) {
			c.world.violate("scope %s shows %s twice", s.scope, run.ID)
		}
	}
}

// retrieved checks that a fetched run is one of the states that it really had.
func (c *checks) retrieved(s *screen, run rawjson.Value) {
	r := c.world.account.run(run.Get("id").Text())
	if r == nil || r.versionAt(run.Get("updatedAt").Text()) < 0 {
		c.world.violate("scope %s shows %s, which never was", s.scope, run)
	}
	if told := run.Get("payload").Text(); told != s.owner.String() {
		c.world.violate("scope %s of %s shows a run that was told to %s", s.scope, s.owner, told)
	}
}

// stream checks the parts that a page is given and keeps its replica up to date.
func (c *checks) stream(p *page, who owner, s *hooks.StreamSnapshot) *replica {
	w := c.world
	if w.instance.forgotten[s.Feed] {
		w.violate("feed %d is named after it was forgotten", s.Feed)
	}
	r := p.replicas[s.Feed]
	if r == nil {
		if r = c.newReplica(p, s); r == nil {
			return nil
		}
		p.replicas[s.Feed] = r
	}
	if begin := start(s); begin > r.parts {
		r.kept = begin
	}
	c.parts(r, who, s, max(r.parts, start(s)))
	if total(s) >= r.parts && s.LastEventID != "" { // what was stopped may show less than its page has
		r.lastEventID = s.LastEventID
	}
	r.parts = max(r.parts, total(s))
	return r
}

// newReplica begins a page's replica of a feed: from nothing, or after what the page has of another.
func (c *checks) newReplica(p *page, s *hooks.StreamSnapshot) *replica {
	path := streamPath(s.RunID, s.Key)
	if s.RunID == "" {
		path = sessionPath
	}
	if s.Resumed.Feed == 0 && s.Resumed.Token == 0 {
		return &replica{stream: c.world.account.stream(path)}
	}
	old := p.replicas[s.Resumed.Feed]
	if s.Resumed.Feed == 0 && int(s.Resumed.Token) <= len(p.resumable) {
		old = p.resumable[s.Resumed.Token-1]
	}
	if old == nil || old.stream.path != path || old.parts < s.Resumed.Parts {
		c.world.violate("stream %s goes on after %d parts of feed %d, which page %d was not given",
			s.Key, s.Resumed.Parts, s.Resumed.Feed, p.id)
		return nil
	}
	return old.next(s.Resumed.Parts, s.Resumed.LastEventID, s.Resumed.Feed != 0)
}

// parts checks the parts from a number on.
func (c *checks) parts(r *replica, who owner, s *hooks.StreamSnapshot, from int) {
	if !r.wrote(total(s)) {
		c.world.violate("stream %s shows %d parts, only %d were written", s.Key, total(s), len(r.order))
		return
	}
	for n := from; n < total(s); n++ {
		want := r.stream.records[r.order[n]].chunks[who]
		if got := string(s.Parts[n-start(s)].Chunk); got != want {
			c.world.violate("part %d of stream %s is %s, want %s", n, s.Key, got, want)
			return
		}
	}
}

// forward checks that a screen never goes back (invariant S4), whatever instance tells it.
func (c *checks) forward(s *screen, now *hooks.Snapshot, streams map[string]visible) {
	if !s.current && !hasData(now) {
		return
	}
	before := &s.shown
	if before.Run != nil {
		c.sooner(s, before.Run, now.Run)
	}
	for _, old := range before.Runs {
		i := slices.IndexFunc(now.Runs, func(run *api.Run) bool { return run.ID == old.ID })
		if i >= 0 {
			c.sooner(s, old, now.Runs[i])
		} else if before.RunsFeed == now.RunsFeed && !c.world.leftList(s, old.ID) {
			c.world.violate("scope %s loses run %s", s.scope, old.ID)
		}
	}
	if before.Retrieved != "" && now.Retrieved.Get("updatedAt").Text() < before.Retrieved.Get("updatedAt").Text() {
		c.world.violate("scope %s goes back from %s to %s", s.scope, before.Retrieved, now.Retrieved)
	}
	for key, old := range s.streams {
		runID, _, _ := strings.Cut(key, "/")
		if streams[key].upTo < old.upTo && before.RunsFeed == now.RunsFeed && !c.world.leftList(s, runID) {
			c.world.violate("scope %s loses parts of stream %s", s.scope, key)
		}
	}
}

// sooner checks that a run is not shown as it was before.
func (c *checks) sooner(s *screen, before, now *api.Run) {
	if now == nil || now.UpdatedAt.Before(before.UpdatedAt) {
		c.world.violate("scope %s goes back behind %s", s.scope, before.UpdatedAt)
	}
}

// leftList reports whether a run has ever left the list that a screen shows.
func (w *World) leftList(s *screen, runID string) bool {
	r := w.account.run(runID)
	if r == nil || r.gone {
		return true
	}
	return s.spec.Kind != hooks.KindBatch && slices.ContainsFunc(r.versions, func(v version) bool { return !v.tagged })
}

// longestWait is how long a feed waits between two attempts at most.
const longestWait = 10 * time.Second

// connection checks that a snapshot does not pretend (invariant F9).
func (c *checks) connection(s *screen, snap *hooks.Snapshot) {
	w := c.world
	switch at := snap.Connection.RetryAt; snap.Connection.State {
	case hooks.Live:
		if snap.Run == nil && snap.RunsFeed == 0 && s.spec.Kind != hooks.KindStream && s.spec.Kind != hooks.KindSession {
			w.violate("scope %s is live and shows nothing", s.scope)
		}
	case hooks.Paused:
		if unseen := w.instance.pages.unseen(w.clock.now); unseen < hiddenGrace {
			w.violate("scope %s is paused, and somebody looked %s ago", s.scope, unseen)
		}
	case hooks.Offline:
		if !w.instance.pages.offline() {
			w.violate("scope %s is offline, and a page has a network", s.scope)
		}
	case hooks.Retrying:
		missed := at.Before(w.clock.now) && w.clock.now.Sub(w.clock.wakes) > longestWait // a sleep may have put it off
		if at.IsZero() || missed && len(w.instance.wires)+len(w.instance.asks) == 0 {
			w.violate("scope %s waits for a request at %s, and none is under way", s.scope, at.Sub(epoch))
		}
	}
}
