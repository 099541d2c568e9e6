package hooks

import (
	"slices"

	"github.com/runwire/runwire/hooks/api"
)

// newest returns what there is to show after b, which comes from other feeds of the same resources: a, with the data of b
// where a has less. lags reports whether there is such.
func (a *Snapshot) newest(b *Snapshot) (snap *Snapshot, lags bool) {
	newest := *a
	if a.RunFeed != b.RunFeed && b.Run != nil && (a.Run == nil || a.Run.UpdatedAt.Before(b.Run.UpdatedAt)) {
		newest.Run, newest.RunFeed, newest.Completed, lags = b.Run, b.RunFeed, b.Completed, true
	}
	if a.RunsFeed != b.RunsFeed && runList(a.Runs).lagsBehind(b.Runs) {
		newest.Runs, newest.RunsFeed, lags = b.Runs, b.RunsFeed, true
	}
	if a.RetrievedFeed != b.RetrievedFeed && a.Retrieved.Get("updatedAt").Text() < b.Retrieved.Get("updatedAt").Text() {
		newest.Retrieved, newest.Packets, newest.RetrievedFeed, lags = b.Retrieved, b.Packets, b.RetrievedFeed, true
	}
	streams, less := a.newestStreams(b)
	if !lags && !less {
		return a, false
	}
	newest.Streams = streams
	return &newest, true
}

// newestStreams is newest for streams. Those of a run that has left a list are gone.
func (a *Snapshot) newestStreams(b *Snapshot) (streams []*StreamSnapshot, lags bool) {
	streams = a.Streams
	for at, old := range b.Streams {
		i := at // where it usually stands
		if at >= len(streams) || !streams[at].isOf(old) {
			i = slices.IndexFunc(streams, old.isOf)
		}
		switch {
		case i >= 0 && streams[i].total() >= old.total(), i < 0 && old.total() == 0, a.hasLost(old.RunID):
			continue
		case !lags:
			streams = slices.Clone(streams)
		}
		if lags = true; i >= 0 {
			streams[i] = old
		} else {
			streams = append(streams, old)
		}
	}
	return streams, lags
}

// isOf reports whether both are of one stream.
func (s *StreamSnapshot) isOf(other *StreamSnapshot) bool {
	return s.Key == other.Key && s.RunID == other.RunID
}

// hasLost reports whether a list is shown that a run has left.
func (a *Snapshot) hasLost(runID string) bool {
	return a.RunsFeed != 0 && !slices.ContainsFunc(a.Runs, func(run *api.Run) bool { return run.ID == runID })
}
