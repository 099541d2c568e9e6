package nethttp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// host is the drive.Host of net/http. The runtime's goroutine calls its methods.
type host struct {
	client *Client
	ctx    context.Context

	mu      sync.Mutex // fetches and timers take themselves off when they end
	fetches map[hooks.FetchID]context.CancelFunc
	timers  map[hooks.TimerID]*time.Timer
}

func newHost(ctx context.Context, client *Client) *host {
	return &host{
		client: client, ctx: ctx,
		fetches: map[hooks.FetchID]context.CancelFunc{}, timers: map[hooks.TimerID]*time.Timer{},
	}
}

func (h *host) Fetch(fetch hooks.FetchID, request *api.Request) {
	ctx, cancel := context.WithCancel(h.ctx)
	h.mu.Lock()
	h.fetches[fetch] = cancel
	h.mu.Unlock()
	h.client.workers.Go(func() {
		defer h.Cancel(fetch)
		if err := h.perform(ctx, fetch, request); err != nil {
			h.client.tell(hooks.FetchFailed{Fetch: fetch, Reason: err.Error()})
		}
	})
}

// maxChunk is the most that is read of a body at once. Unit: bytes. Source: chosen.
const maxChunk = 32 << 10

// perform sends a request and reports what comes, until the body ends. An error is a broken answer.
func (h *host) perform(ctx context.Context, fetch hooks.FetchID, request *api.Request) error {
	r, err := http.NewRequestWithContext(ctx, request.Method, request.URL, strings.NewReader(request.Body))
	if err != nil {
		return err
	}
	for _, field := range request.Header {
		r.Header.Set(field.Name, field.Value)
	}
	response, err := h.client.options.HTTP.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	header := api.Header{}
	for name, values := range response.Header {
		header[strings.ToLower(name)] = strings.Clone(strings.Join(values, ", ")) // net/http's are parts of one string
	}
	h.client.tell(hooks.ResponseStarted{Fetch: fetch, HTTPStatus: response.StatusCode, Header: header})
	size := int64(maxChunk)
	if 0 <= response.ContentLength && response.ContentLength < maxChunk {
		size = response.ContentLength + 1 // so that the end of the body has room as well
	}
	var room []byte
	for {
		if len(room) == 0 {
			room = make([]byte, size)
		}
		n, err := response.Body.Read(room)
		if n > 0 {
			h.client.tell(hooks.ChunkArrived{Fetch: fetch, Data: room[:n]})
			room = room[n:]
		}
		if err == io.EOF {
			h.client.tell(hooks.ResponseEnded{Fetch: fetch})
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (h *host) Cancel(fetch hooks.FetchID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if cancel := h.fetches[fetch]; cancel != nil {
		cancel()
		delete(h.fetches, fetch)
	}
}

func (h *host) SetTimer(timer hooks.TimerID, after time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.timers[timer] = time.AfterFunc(after, func() {
		h.ClearTimer(timer)
		h.client.tell(hooks.TimerFired{Timer: timer})
	})
}

func (h *host) ClearTimer(timer hooks.TimerID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.timers[timer]; t != nil {
		t.Stop()
		delete(h.timers, timer)
	}
}
