package hooktest

import "github.com/runwire/runwire/hooks"

// replica is what a page has of a stream, through one feed: wasm/port.go and the page keep it so.
type replica struct {
	stream      *stream
	parts       int    // how many the page has been given
	kept        int    // the first of those that it still has
	lastEventID string // where another instance goes on

	order   []int // which record each part must be
	window  int   // the first record that the feed can tell a repetition of
	scanned int   // the records that order accounts for
}

// wrote reports whether so many parts were written, and finds out which records they are.
func (r *replica) wrote(parts int) bool {
	records := r.stream.records
	for ; len(r.order) < parts && r.scanned < len(records); r.scanned++ {
		repeats := r.scanned > r.window && records[r.scanned].id == records[r.scanned-1].id
		if records[r.scanned].control == "" && !repeats {
			r.order = append(r.order, r.scanned)
		}
	}
	return len(r.order) >= parts
}

// all counts the parts that were written.
func (r *replica) all() int {
	r.wrote(len(r.stream.records) + len(r.order))
	return len(r.order)
}

// before counts the parts before a record.
func (r *replica) before(record int) int {
	r.all()
	n := 0
	for n < len(r.order) && r.order[n] < record {
		n++
	}
	return n
}

// next is a replica of a feed that goes on after some of this one's parts. A feed of the same instance still knows
// which parts it has seen; after a trap a part that is repeated across the very break is shown twice (SPEC.md, section 9).
func (r *replica) next(parts int, cursor string, remembers bool) *replica {
	r.wrote(parts)
	next := &replica{stream: r.stream, parts: parts, kept: r.kept, lastEventID: cursor, window: r.window, scanned: after(cursor)}
	next.order = append(next.order, r.order[:parts]...)
	if !remembers {
		next.window = next.scanned
	}
	return next
}

// total counts the parts of a stream, also those that only its subscriber has.
func total(s *hooks.StreamSnapshot) int { return s.Resumed.Parts + s.End() }

// start is the number of the first part that a snapshot brings.
func start(s *hooks.StreamSnapshot) int { return s.Resumed.Parts + s.Gone }
