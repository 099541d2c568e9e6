package emulator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// defaultWaitTimeout is how long a wait token waits when its creator does not say. Source: documented.
const defaultWaitTimeout = 10 * time.Minute

// waitpoint is what a run waits for: a wait token, or the next record of a stream. It may be used concurrently.
type waitpoint struct {
	id         string // friendly id
	internal   string
	key        string // idempotency key, empty without one
	keyExpires time.Time
	created    time.Time
	timeoutAt  time.Time
	tags       []string
	done       chan struct{} // closed when it is completed, or has timed out

	mu        sync.Mutex
	completed time.Time // zero while it waits
	output    Packet
	timedOut  bool
	stopTimer func()
	blocked   []*run // runs that wait and have no task here
}

// waitOrder asks for a waitpoint.
type waitOrder struct {
	key     string
	keyLife time.Duration
	timeout time.Duration
	tags    []string
}

// newWaitpoint creates a waitpoint, or finds the one with the same idempotency key.
func (e *Emulator) newWaitpoint(order waitOrder) (created *waitpoint, cached bool) {
	now := truncate(e.clock.Now())
	s := e.store
	s.mu.Lock()
	earlier, found := s.waitKeys[order.key]
	if found && order.key != "" && now.Before(earlier.keyExpires) {
		s.mu.Unlock()
		return earlier, true
	}
	w := &waitpoint{
		id: e.ids.friendly("waitpoint"), internal: e.ids.internal(), key: order.key, tags: order.tags,
		created: now, timeoutAt: now.Add(order.timeout), done: make(chan struct{}),
	}
	s.waitpoints[w.id] = w
	if order.key != "" {
		w.keyExpires = now.Add(order.keyLife)
		s.waitKeys[order.key] = w
	}
	s.mu.Unlock()

	expire := func() {
		output := Packet{string(stringError("Waitpoint timed out at " + w.timeoutAt.UTC().Format(time.RFC3339Nano))), TypeJSON}
		w.end(output, true, truncate(e.clock.Now()))
	}
	stop := e.clock.AfterFunc(order.timeout, expire)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopTimer = stop
	return w, false
}

func (s *store) waitpoint(id string) (*waitpoint, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.waitpoints[id]
	return w, ok
}

// end completes the waitpoint. The first end counts; later ones change nothing.
func (w *waitpoint) end(output Packet, timedOut bool, now time.Time) {
	w.mu.Lock()
	if !w.completed.IsZero() {
		w.mu.Unlock()
		return
	}
	w.completed, w.output, w.timedOut = now, output, timedOut
	stop, blocked := w.stopTimer, w.blocked
	w.blocked = nil
	w.mu.Unlock()
	if stop != nil {
		stop()
	}
	close(w.done)
	for _, r := range blocked {
		r.resume()
	}
}

// block makes a run wait that has no task here. A waitpoint that has ended lets it go on.
func (w *waitpoint) block(r *run) {
	r.advance(StatusWaiting, func(*Row) {})
	w.mu.Lock()
	waits := w.completed.IsZero()
	if waits {
		w.blocked = append(w.blocked, r)
	}
	w.mu.Unlock()
	if !waits {
		r.resume()
	}
}

// resume lets a waiting run go on.
func (r *run) resume() {
	_ = r.update(func(row *Row) error { // unchanged when the run does not wait
		if row.Status != StatusWaiting {
			return errUnchanged
		}
		row.Status = StatusExecuting
		return nil
	})
}

// result is what the waitpoint was completed with. completed is zero while it waits.
func (w *waitpoint) result() (output Packet, timedOut bool, completed time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.output, w.timedOut, w.completed
}

// hash is what the callback URL proves that it came from the token's creator.
func (w *waitpoint) hash(secretKey string) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	_, _ = mac.Write([]byte(w.internal)) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil))
}

// completionPacket is how the service stores what completes a waitpoint: text as it is, and everything else as
// super+json. Absent data leaves nothing.
func completionPacket(data json.RawMessage) Packet {
	var text string
	switch {
	case len(data) == 0:
		return Packet{}
	case data[0] == '"' && json.Unmarshal(data, &text) == nil:
		return Packet{text, TypeText}
	default:
		return Packet{`{"json":` + string(data) + `}`, TypeSuperJSON}
	}
}

// ErrWaitTimeout is what [TaskRun.Wait] returns when nobody completed the wait token in time.
var ErrWaitTimeout = errors.New("the wait token timed out")

// WaitToken is a wait token that a task has created.
type WaitToken struct {
	ID                string
	PublicAccessToken string // may complete the wait token, for a day
	waitpoint         *waitpoint
}

// CreateWaitToken creates a wait token that times out after timeout; 0 means the documented 10 minutes.
func (t *TaskRun) CreateWaitToken(timeout time.Duration) (*WaitToken, error) {
	setDefault(&timeout, defaultWaitTimeout)
	w, _ := t.emulator.newWaitpoint(waitOrder{timeout: timeout})
	token, err := t.emulator.MintToken(w.tokenSpec())
	if err != nil {
		return nil, fmt.Errorf("create wait token: %w", err)
	}
	return &WaitToken{w.id, token, w}, nil
}

// Wait suspends the run until the wait token is completed, and returns the JSON that completed it, nil for nothing.
func (t *TaskRun) Wait(ctx context.Context, token *WaitToken) (json.RawMessage, error) {
	t.run.advance(StatusWaiting, func(*Row) {})
	select {
	case <-token.waitpoint.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	t.run.resume()
	output, timedOut, _ := token.waitpoint.result()
	if timedOut {
		return nil, ErrWaitTimeout
	}
	return output.plainJSON(), nil
}

// tokenSpec is the public token that may complete the waitpoint.
func (w *waitpoint) tokenSpec() TokenSpec {
	const life = 24 * time.Hour
	return TokenSpec{Scopes: []string{"write:waitpoints:" + w.id}, ExpiresIn: life}
}
