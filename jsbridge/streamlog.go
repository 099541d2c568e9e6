//go:build js && wasm

package jsbridge

import (
	"slices"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// streamLogs are the streams of one subscription by their keys, whole. A subscription that gets a new access
// token moves to new feeds, which go on where the old ones were: the parts before that only we have.
type streamLogs map[string]*streamLog

type streamLog struct {
	feed  hooks.FeedID
	own   int        // how many of parts this feed brought
	parts []api.Part // grows only, so that snapshots may share it
}

// whole returns the snapshot with every stream from its first part on.
func (l streamLogs) whole(snapshot hooks.Snapshot) hooks.Snapshot {
	snapshot.Streams = slices.Clone(snapshot.Streams)
	for i, stream := range snapshot.Streams {
		whole := l.extend(*stream)
		snapshot.Streams[i] = &whole
	}
	return snapshot
}

func (l streamLogs) extend(stream hooks.StreamSnapshot) hooks.StreamSnapshot {
	log := l[stream.Key]
	if log == nil || log.feed != stream.Feed {
		next := &streamLog{feed: stream.Feed}
		if log != nil && stream.Resumed.Parts > 0 && stream.Resumed.Feed == log.feed {
			next.parts = slices.Clip(log.parts[:min(stream.Resumed.Parts, len(log.parts))])
		}
		l[stream.Key] = next
		log = next
	}
	if stream.Gone > 0 { // nobody is shown more than the newest parts
		stream.Gone, stream.Resumed = stream.Resumed.Parts+stream.Gone, hooks.Resume{}
		return stream
	}
	log.parts = append(log.parts, stream.Parts[log.own:]...)
	log.own = len(stream.Parts)
	stream.Parts, stream.Resumed = log.parts, hooks.Resume{}
	return stream
}
