package emulator

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"
)

// run is one run: its row, how the feed identifies it, and its streams. All of it may be used concurrently.
type run struct {
	id    string // friendly id; never changes
	clock Clock

	mu         sync.Mutex
	version    *version // the newest
	generation int      // how often the shape handle was rotated
	changed    signal   // a new row or shape handle
	streams    map[string]*streamLog
	finished   bool // the task ended: streams that are opened from now on end at once

	children []string // friendly ids of the runs that this one triggered

	// cancel ends the run's task; nil for a run without one.
	cancel context.CancelCauseFunc

	journal *journal
	place   place // guarded by the journal's lock
}

func newRun(row *Row, clock Clock, journal *journal) *run {
	now := truncate(clock.Now())
	if row.CreatedAt.IsZero() {
		row.CreatedAt = now
	}
	if row.UpdatedAt.IsZero() {
		row.UpdatedAt = now
	}
	r := &run{id: row.FriendlyID, clock: clock, journal: journal, streams: map[string]*streamLog{}}
	r.version = journal.publish(r, func(sequence uint64) *version { return firstVersion(row, sequence) })
	return r
}

func truncate(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// current is the run's newest row.
func (r *run) current() *Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version.row
}

// update publishes the row that change makes of the current one. Every update moves updatedAt forward by at least a
// millisecond, unless change itself set it, and wakes the polls. When change returns an error nothing happens.
func (r *run) update(change func(row *Row) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version.deleted {
		return errUnchanged
	}
	next := r.version.row.clone()
	before := next.UpdatedAt
	if err := change(next); err != nil {
		return err
	}
	if next.UpdatedAt.Equal(before) {
		next.UpdatedAt = truncate(r.clock.Now())
		if earliest := before.Add(time.Millisecond); next.UpdatedAt.Before(earliest) {
			next.UpdatedAt = earliest
		}
	}
	changed := changedColumns(r.version.row, next)
	r.version = r.journal.publish(r, func(sequence uint64) *version { return r.version.next(next, changed, sequence) })
	r.changed.fire()
	return nil
}

// view is what one feed request sees of a run, all of one moment.
type view struct {
	*version
	handle  string
	changed <-chan struct{}
}

func (r *run) view() view {
	r.mu.Lock()
	defer r.mu.Unlock()
	return view{version: r.version, handle: r.handle(), changed: r.changed.wait()}
}

// handle is the name of the run's shape. It never repeats after a rotation. The caller holds the lock.
func (r *run) handle() string {
	if r.generation == 0 {
		return "run-" + r.version.row.ID
	}
	return "run-" + r.version.row.ID + "-" + strconv.Itoa(r.generation)
}

// remove announces that the run is gone, and ends its task.
func (r *run) remove() {
	r.mu.Lock()
	r.version = r.journal.publish(r, r.version.removed)
	r.changed.fire()
	r.mu.Unlock()
	r.stopTask(context.Canceled)
	r.closeStreams()
}

// rotate makes the shape handle invalid.
func (r *run) rotate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.generation++
	r.changed.fire()
}

// stream returns the run's stream with this key, which then exists.
func (r *run) stream(key string) *streamLog {
	r.mu.Lock()
	defer r.mu.Unlock()
	log, ok := r.streams[key]
	if !ok {
		log = newStreamLog(streamSeed(r.id, key), r.clock)
		if r.finished {
			log.close()
		}
		r.streams[key] = log
	}
	return log
}

// announceStream adds key to the row's stream keys, which is what makes a client open it.
func (r *run) announceStream(key string) {
	if slices.Contains(r.current().Streams, key) {
		return
	}
	_ = r.update(func(row *Row) error { // never fails: change returns nil
		if !slices.Contains(row.Streams, key) {
			row.Streams = append(row.Streams, key)
		}
		return nil
	})
}

func (r *run) addChild(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.children = append(r.children, id)
}

func (r *run) childIDs() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.children)
}

// closeStreams ends every stream of the run, and those that are yet to be opened.
func (r *run) closeStreams() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished = true
	for _, log := range r.streams {
		log.close()
	}
}
