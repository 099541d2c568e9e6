package emulator

import (
	"bytes"
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
	row        *Row     // replaced, never changed in place
	sequence   uint64   // number of the newest change
	changedAt  []uint64 // for each column, the number of the change that set it last
	generation int      // how often the shape handle was rotated
	changed    signal   // a new row or shape handle
	streams    map[string]*streamLog
	finished   bool // the task ended: streams that are opened from now on end at once

	// cancel ends the run's task; nil for a run without one.
	cancel context.CancelCauseFunc
}

func newRun(row *Row, clock Clock) *run {
	now := truncate(clock.Now())
	if row.CreatedAt.IsZero() {
		row.CreatedAt = now
	}
	if row.UpdatedAt.IsZero() {
		row.UpdatedAt = now
	}
	r := &run{
		id: row.FriendlyID, clock: clock, row: row, sequence: 1,
		changedAt: slices.Repeat([]uint64{1}, len(columns)),
		streams:   map[string]*streamLog{},
	}
	return r
}

func truncate(t time.Time) time.Time { return t.Truncate(time.Millisecond) }

// current is the run's newest row.
func (r *run) current() *Row {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.row
}

// update publishes the row that change makes of the current one. Every update moves updatedAt forward by at least a
// millisecond, unless change itself set it, and wakes the polls. When change returns an error nothing happens.
func (r *run) update(change func(row *Row) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := r.row.clone()
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
	r.sequence++
	var old, new []byte
	for i := range columns {
		var oldNull, newNull bool
		old, oldNull = columns[i].text(old[:0], r.row)
		new, newNull = columns[i].text(new[:0], next)
		if oldNull != newNull || !bytes.Equal(old, new) {
			r.changedAt[i] = r.sequence
		}
	}
	r.row = next
	r.changed.fire()
	return nil
}

// view is what one feed request sees of a run, all of one moment.
type view struct {
	row       *Row
	sequence  uint64
	changedAt []uint64
	handle    string
	changed   <-chan struct{}
}

func (r *run) view() view {
	r.mu.Lock()
	defer r.mu.Unlock()
	return view{
		row: r.row, sequence: r.sequence, changedAt: slices.Clone(r.changedAt),
		handle: r.handle(), changed: r.changed.wait(),
	}
}

// handle is the name of the run's shape. It never repeats after a rotation. The caller holds the lock.
func (r *run) handle() string {
	if r.generation == 0 {
		return "run-" + r.row.ID
	}
	return "run-" + r.row.ID + "-" + strconv.Itoa(r.generation)
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

// closeStreams ends every stream of the run, and those that are yet to be opened.
func (r *run) closeStreams() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished = true
	for _, log := range r.streams {
		log.close()
	}
}
