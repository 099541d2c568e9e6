package emulator

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Clock is the emulator's only source of time: timestamps, token expiry, hold times and the pace of tasks.
// Implementations may be called concurrently.
type Clock interface {
	// Now is the current instant.
	Now() time.Time
	// AfterFunc calls fire once, on a goroutine of the clock's choosing, when d has passed. The returned function
	// cancels it; cancelling late is harmless. fire must not block.
	AfterFunc(d time.Duration, fire func()) (cancel func())
}

// RealClock is the machine's clock, and the default.
type RealClock struct{}

// Now implements [Clock].
func (RealClock) Now() time.Time { return time.Now() }

// AfterFunc implements [Clock].
func (RealClock) AfterFunc(d time.Duration, fire func()) (cancel func()) {
	timer := time.AfterFunc(d, fire)
	return func() { timer.Stop() }
}

// VirtualClock stands still until [VirtualClock.Advance] moves it. It may be used concurrently.
type VirtualClock struct {
	mu     sync.Mutex
	now    time.Time
	alarms []*alarm // in order of their time
}

type alarm struct {
	at   time.Time
	fire func()
}

// NewVirtualClock returns a clock that stands at start.
func NewVirtualClock(start time.Time) *VirtualClock { return &VirtualClock{now: start} }

// Now implements [Clock].
func (c *VirtualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc implements [Clock]. With d of zero or less, fire is called before AfterFunc returns.
func (c *VirtualClock) AfterFunc(d time.Duration, fire func()) (cancel func()) {
	if d <= 0 {
		fire()
		return func() {}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &alarm{at: c.now.Add(d), fire: fire}
	after := func(b *alarm, at time.Time) int {
		if b.at.After(at) {
			return 1
		}
		return -1 // equal times keep the order in which they were set
	}
	i, _ := slices.BinarySearchFunc(c.alarms, a.at, after)
	c.alarms = slices.Insert(c.alarms, i, a)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.alarms = slices.DeleteFunc(c.alarms, func(b *alarm) bool { return b == a })
	}
}

// Advance moves the clock by d and fires what has become due, in order of time.
func (c *VirtualClock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for len(c.alarms) > 0 && !c.alarms[0].at.After(end) {
		due := c.alarms[0]
		c.alarms = c.alarms[1:]
		c.now = due.at
		c.mu.Unlock()
		due.fire()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// after returns a channel that is closed when d has passed on clock, and what releases the timer early.
func after(clock Clock, d time.Duration) (fired <-chan struct{}, cancel func()) {
	done := make(chan struct{})
	return done, clock.AfterFunc(d, func() { close(done) })
}

// sleep waits for d on clock. It returns the cause of ctx's end when that comes first.
func sleep(ctx context.Context, clock Clock, d time.Duration) error {
	return sleepUnless(ctx, clock, d, nil)
}

// sleepUnless is sleep that ends when a channel is closed, too.
func sleepUnless(ctx context.Context, clock Clock, d time.Duration, ended <-chan struct{}) error {
	if d > 0 {
		fired, cancel := after(clock, d)
		defer cancel()
		select {
		case <-fired:
			return nil
		case <-ended:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}
