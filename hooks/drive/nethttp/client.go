// Package nethttp follows Trigger.dev runs from a Go program: package hooks over net/http. It is the only
// place of the runtime with goroutines; they end with Client.Close.
package nethttp

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/drive"
)

// Client follows runs. All that is followed with equal options shares one connection. Its methods may be
// called concurrently.
type Client struct {
	options Options
	mail    chan hooks.Event
	done    chan struct{}
	stop    context.CancelFunc
	hangUp  func() // closes the connections that are the client's own
	workers sync.WaitGroup

	mu      sync.Mutex
	lastSub hooks.Sub
	screens map[string]*screen
}

// Options say where the API is and who asks. The zero value asks the cloud without a token.
type Options struct {
	Access api.Access
	// HTTP sends the requests. nil is a client of its own, without a timeout: live requests are held for 20 s,
	// streams for minutes, and the runtime has its own watchdog. Another one needs a transport that keeps as many idle
	// connections as there are subscriptions: each is idle for a moment after every answer.
	HTTP *http.Client
}

// NewClient starts a Client. The caller closes it.
func NewClient(options Options) *Client {
	hangUp := func() {}
	if options.HTTP == nil {
		options.HTTP = &http.Client{Transport: newTransport()}
		hangUp = options.HTTP.CloseIdleConnections
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{
		options: options,
		mail:    make(chan hooks.Event, 64),
		done:    make(chan struct{}),
		stop:    stop,
		hangUp:  hangUp,
		screens: map[string]*screen{},
	}
	loop := drive.New(rand.Uint64(), newHost(ctx, c), c)
	c.workers.Go(func() {
		for {
			select {
			case event := <-c.mail:
				loop.Step(time.Now(), event)
			case <-c.done:
				return
			}
		}
	})
	return c
}

// newTransport is the default one, made for many requests that are held: it keeps the connection of each and gives it small
// buffers, where its own limits are two idle connections to one host and 4 KiB for each direction. A default that the
// program has replaced is taken as it is.
func newTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	transport := standard.Clone()
	transport.MaxIdleConns = 0 // no limit
	transport.MaxIdleConnsPerHost = math.MaxInt
	transport.ReadBufferSize, transport.WriteBufferSize = 1<<10, 1<<10
	return transport
}

// Close ends every subscription and request, and waits until they have ended. Iterations end, too.
func (c *Client) Close() {
	c.mu.Lock()
	select {
	case <-c.done:
	default:
		close(c.done)
	}
	c.mu.Unlock()
	c.stop()
	c.workers.Wait()
	c.hangUp()
}

// tell hands an event to the runtime, unless the client is closed.
func (c *Client) tell(event hooks.Event) {
	select {
	case c.mail <- event:
	case <-c.done:
	}
}

// SubscribeRun yields the states of a run, the newest whenever the loop body is ready for one: a slow body
// skips states and never sees an old one. The iteration ends after the finished run, with ctx, or with Close.
// An error is a *hooks.StatusError when the API refuses, and a *hooks.DecodeError while answers cannot be
// read; after the latter the iteration goes on.
func (c *Client) SubscribeRun(ctx context.Context, runID string) iter.Seq2[*api.Run, error] {
	return func(yield func(*api.Run, error) bool) {
		for snapshot := range c.Follow(ctx, hooks.Spec{Kind: hooks.KindRun, RunID: runID}, hooks.Options{}) {
			if snapshot.Err != nil {
				if !yield(snapshot.Run, snapshot.Err) || isFinal(snapshot.Err) {
					return
				}
				continue
			}
			if !yield(snapshot.Run, nil) || snapshot.Completed {
				return
			}
		}
	}
}

func isFinal(err error) bool {
	_, refused := err.(*hooks.StatusError)
	return refused
}

// Follow yields the snapshots of any subscription, the newest whenever the loop body is ready for one. It ends
// with ctx or with Close. options.Access is the client's where it is zero.
func (c *Client) Follow(ctx context.Context, spec hooks.Spec, options hooks.Options) iter.Seq[hooks.Snapshot] {
	if options.Access == (api.Access{}) {
		options.Access = c.options.Access
	}
	return func(yield func(hooks.Snapshot) bool) {
		sub, scope, s := c.enter()
		c.tell(&hooks.Open{Sub: sub, Scope: scope, Spec: spec, Options: options})
		defer func() {
			c.tell(hooks.Stop{Sub: sub})
			c.tell(hooks.Close{Sub: sub})
			c.tell(hooks.Drop{Scope: scope})
			c.leave(scope)
		}()
		for {
			select {
			case snapshot := <-s.newest:
				if !yield(snapshot) {
					return
				}
			case <-ctx.Done():
				return
			case <-c.done:
				return
			}
		}
	}
}
