package hooks

import (
	"slices"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// FeedID numbers a feed: the one upstream subscription that all interested subscriptions share. Numbers are
// never reused within a Runtime. 0 is no feed.
type FeedID uint32

// Snapshot is what a scope shows. It is never changed after it was published, so it may be kept and read
// concurrently.
type Snapshot struct {
	Run     *api.Run // nil until the first snapshot of the run arrived
	RunFeed FeedID   // where Run comes from; 0 while Run is nil
	// Runs are the runs of a tag or a batch, by time of creation; nil until the first snapshot of them arrived.
	Runs     []*api.Run
	RunsFeed FeedID // where Runs come from; 0 while they are nil
	// Streams are the run's streams that have parts, in the order in which they were announced; for
	// KindStream at most the one.
	Streams []*StreamSnapshot
	// Err is why nothing new comes, or why it is late: a *StatusError or a *DecodeError, of calls also a
	// *TransportError or an *InputError. It is nil again as soon as data arrives. A feed whose server cannot be
	// reached goes on asking and says nothing.
	Err error
	// Retrieved is the JSON of a run that was fetched; no value before. Validating is set while it is fetched
	// again, and Loading while there is nothing to show yet.
	Retrieved     rawjson.Value
	Packets       rawjson.Value // a JSON object of what is stored outside the run, by field
	RetrievedFeed FeedID
	Validating    bool
	// Loading is also set while a mutation is under way. Result is the JSON of what the last one that succeeded
	// brought: a run handle, or the server's answer; no value before.
	Loading bool
	Result  rawjson.Value
	// Requests are the mutation's calls that are under way, by Submit.Request and in their order, and the newest in
	// any case: it is the last, and what Loading, Result and Err tell about.
	Requests []string
	// Completed is set once the run is finished, Ended when nothing more will come.
	Completed bool
	Ended     bool
	// Connection is how all of this is kept up to date; its zero value for what is not followed but fetched or done.
	Connection Connection
}

// StreamSnapshot is one stream up to some part.
type StreamSnapshot struct {
	RunID string // "" for a session
	Key   string
	Feed  FeedID
	// Parts is a stretch of a log that only grows: up to its present end, and from its begin unless parts were let go.
	Parts []api.Part
	// Gone is how many parts of this feed before Parts[0] were let go, because they are before every First to come
	// (Options.MaxParts).
	Gone int
	// Resumed tells of the parts before those of this feed, which only the subscriber has; zero when there are none.
	Resumed Resume
	// First is the index of the first part to show, counted from the stream's first part ever (Options.MaxParts).
	First int
	// WantsPlaces says that the places of the parts are of interest as well.
	WantsPlaces bool
	// Control is the newest control record of a session; nil before the first.
	Control *api.Part
	// LastEventID is the place after the last of Parts; "" before the first.
	LastEventID string
}

// same reports whether showing b after a would change nothing.
func (a *Snapshot) same(b *Snapshot) bool {
	if a.Run != b.Run || a.RunFeed != b.RunFeed || !sameError(a.Err, b.Err) || a.Completed != b.Completed || a.Ended != b.Ended ||
		len(a.Streams) != len(b.Streams) || a.RunsFeed != b.RunsFeed || !sameSlice(a.Runs, b.Runs) ||
		!a.Connection.same(&b.Connection) || a.Loading != b.Loading || a.Result != b.Result || !slices.Equal(a.Requests, b.Requests) ||
		a.Validating != b.Validating || a.RetrievedFeed != b.RetrievedFeed || a.Retrieved != b.Retrieved {
		return false
	}
	for i := range a.Streams {
		if !a.Streams[i].same(b.Streams[i]) {
			return false
		}
	}
	return true
}

func (s *StreamSnapshot) same(other *StreamSnapshot) bool {
	return s.Feed == other.Feed && s.End() == other.End() && s.LastEventID == other.LastEventID &&
		s.First == other.First && s.Control == other.Control && s.WantsPlaces == other.WantsPlaces
}

// sameSlice reports whether both are one slice. Lists are replaced, never changed.
func sameSlice(a, b []*api.Run) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// names reports whether the snapshot shows something of a feed.
func (s *Snapshot) names(feed FeedID) bool {
	for i := range s.Streams {
		if s.Streams[i].Feed == feed {
			return true
		}
	}
	return s.RunFeed == feed || s.RunsFeed == feed || s.RetrievedFeed == feed
}

// sameError reports whether both are one error. Comparing interfaces would do, and would bring 2 kB of
// reflection into the browser.
func sameError(a, b error) bool {
	switch x := a.(type) {
	case *StatusError:
		y, ok := b.(*StatusError)
		return ok && x == y
	case *TransportError:
		y, ok := b.(*TransportError)
		return ok && x == y
	case *DecodeError:
		y, ok := b.(*DecodeError)
		return ok && x == y
	case *InputError:
		y, ok := b.(*InputError)
		return ok && x == y
	}
	return a == nil && b == nil
}

// End counts the parts that the feed has brought, also those that were let go.
func (s *StreamSnapshot) End() int { return s.Gone + len(s.Parts) }

// total counts the parts of the stream, also those that only the subscriber has.
func (s *StreamSnapshot) total() int { return s.Resumed.Parts + s.End() }

// resume describes the stream to a feed that shall go on where this one is.
func (s *StreamSnapshot) resume() Resume {
	return Resume{Key: s.Key, Feed: s.Feed, Parts: s.total(), LastEventID: s.LastEventID}
}

// snapshot gathers what the subscription shows now.
func (s *subscription) snapshot() *Snapshot {
	if s.mutation != nil {
		return s.mutation.snapshot()
	}
	if s.retrieval != nil {
		return s.retrieval.snapshot(s.scope.shown)
	}
	if s.problem != nil {
		return &Snapshot{Err: s.problem}
	}
	if s.run != nil && s.run.runs() == nil {
		snap := *s.scope.shown // a feed that has nothing yet takes nothing away
		snap.Err, snap.Connection = s.run.err, s.connection()
		return &snap
	}
	snap := &Snapshot{Connection: s.connection()}
	if s.spec.Kind.isList() {
		snap.Runs, snap.RunsFeed, snap.Err = s.run.runs(), s.run.id, s.run.err
	} else if s.run != nil {
		snap.Run, snap.RunFeed = s.run.run(), s.run.id
		snap.Completed = snap.Run.IsFinished()
		if !s.finished {
			snap.Err = s.run.err
		}
	}
	for _, f := range s.streams {
		stream := f.stream()
		if s.options.LimitParts {
			stream.First = max(stream.total()-s.options.MaxParts, 0)
		}
		stream.WantsPlaces = s.options.WantsPlaces
		if stream.total() > 0 || stream.Control != nil {
			snap.Streams = append(snap.Streams, stream)
		}
		if f.err != nil && snap.Err == nil {
			snap.Err = f.err
		}
	}
	snap.Ended = !s.spec.Kind.isList() && s.ended()
	return snap
}
