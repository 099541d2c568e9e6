package nethttp

import (
	"strconv"

	"github.com/runwire/runwire/hooks"
)

// screen keeps the newest snapshot of one subscription until somebody takes it.
type screen struct{ newest chan hooks.Snapshot }

// enter makes room for a new subscription, which has a scope of its own.
func (c *Client) enter() (hooks.Sub, string, *screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastSub++
	scope := strconv.Itoa(int(c.lastSub))
	s := &screen{make(chan hooks.Snapshot, 1)}
	c.screens[scope] = s
	return c.lastSub, scope, s
}

func (c *Client) leave(scope string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.screens, scope)
}

// Publish is part of drive.Screen.
func (c *Client) Publish(p hooks.Publish) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, scope := range p.Scopes {
		if s := c.screens[scope]; s != nil {
			s.show(*p.Snapshot)
		}
	}
}

// show replaces a snapshot that nobody has taken yet. Only the runtime's goroutine calls it.
func (s *screen) show(snapshot hooks.Snapshot) {
	select {
	case <-s.newest:
	default:
	}
	s.newest <- snapshot
}

// Deliver is part of drive.Screen. A Go program reads parts from snapshots, so nothing is delivered one by one.
func (c *Client) Deliver(hooks.Deliver) {}

// DeliverControl is part of drive.Screen. The newest control record is in the snapshot.
func (c *Client) DeliverControl(hooks.DeliverControl) {}

// Forget is part of drive.Screen. Snapshots are memory like any other here.
func (c *Client) Forget(hooks.Forget) {}

// AskAccessToken is part of drive.Screen. No subscription of this package says that it can be asked.
func (c *Client) AskAccessToken(hooks.AskAccessToken) {}
