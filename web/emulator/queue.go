package emulator

import (
	"context"
	"sync"
	"time"
)

// queue lets runs begin, unless a test has paused it. It may be used concurrently.
type queue struct {
	mu      sync.Mutex
	paused  bool
	changed signal
}

func (q *queue) set(paused bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = paused
	q.changed.fire()
}

func (q *queue) state() (paused bool, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.paused, q.changed.wait()
}

// PauseQueue keeps runs from beginning: they stay PENDING until [Emulator.ResumeQueue], or until their time to live is
// over. Runs that have begun go on.
func (e *Emulator) PauseQueue() { e.queue.set(true) }

// ResumeQueue lets runs begin.
func (e *Emulator) ResumeQueue() { e.queue.set(false) }

// awaitTurn waits until the run may begin. It reports false when it never will.
func (e *Emulator) awaitTurn(ctx context.Context, r *run) bool {
	if !e.awaitDelay(ctx, r) {
		return false
	}
	var expired <-chan struct{} // blocks for ever without a time to live
	ttl, err := parseDuration(r.current().TTL)
	if err == nil && ttl > 0 {
		fired, cancel := after(e.clock, ttl)
		defer cancel()
		expired = fired
	}
	for {
		paused, changed := e.queue.state()
		if !paused {
			return ctx.Err() == nil
		}
		select {
		case <-changed:
		case <-expired:
			r.finish("EXPIRED", func(row *Row) {
				row.ExpiredAt = row.CompletedAt
				row.Error = stringError("Run expired because the TTL (" + row.TTL + ") was reached")
			})
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// awaitDelay waits until a delayed run is due. Debouncing may move that further away meanwhile.
func (e *Emulator) awaitDelay(ctx context.Context, r *run) bool {
	for {
		row := r.current()
		if row.Status != StatusDelayed {
			return true
		}
		if wait := row.DelayUntil.Sub(e.clock.Now()); wait > 0 {
			if sleep(ctx, e.clock, wait) != nil {
				return false
			}
			continue
		}
		due := r.update(func(row *Row) error {
			if row.Status != StatusDelayed || row.DelayUntil.After(e.clock.Now()) {
				return errUnchanged
			}
			row.Status, row.QueuedAt = StatusPending, truncate(e.clock.Now())
			return nil
		})
		if due == nil {
			return true
		}
	}
}

// retryDelay is how long a run waits after its attempt with this number has failed. Source: chosen; the service begins
// with a second, and waits longer each time as well.
func retryDelay(attempt int) time.Duration {
	const first, longest = 500 * time.Millisecond, 4 * time.Second
	return min(first<<min(attempt-1, 10), longest)
}
