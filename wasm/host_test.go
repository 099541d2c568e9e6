package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// world is a portServer between pages and a network that both are the test's.
type world struct {
	t      *testing.T
	server *portServer
	now    time.Time

	fetches   map[hooks.FetchID]*api.Request // that are out
	timers    map[hooks.TimerID]time.Time    // that are set, and when they fire
	lastFetch hooks.FetchID
	posted    map[uint32][]string // what each page was told since read
}

func newWorld(t *testing.T) *world {
	w := &world{
		t:       t,
		now:     time.UnixMilli(1_769_854_830_000),
		fetches: map[hooks.FetchID]*api.Request{},
		timers:  map[hooks.TimerID]time.Time{},
		posted:  map[uint32][]string{},
	}
	w.server = newServer(1, w, w.post, func() int { return 65536 })
	return w
}

// Fetch, Cancel, SetTimer and ClearTimer make the world a drive.Host.

func (w *world) Fetch(fetch hooks.FetchID, request *api.Request) {
	w.fetches[fetch], w.lastFetch = request, fetch
}

func (w *world) Cancel(fetch hooks.FetchID) {
	if _, out := w.fetches[fetch]; !out {
		w.t.Errorf("request %d is cancelled, which is not out", fetch)
	}
	delete(w.fetches, fetch)
}

func (w *world) SetTimer(timer hooks.TimerID, after time.Duration) {
	w.timers[timer] = w.now.Add(after)
}

func (w *world) ClearTimer(timer hooks.TimerID) { delete(w.timers, timer) }

// post takes a message to a page. Whatever is posted must be JSON, and say what it is.
func (w *world) post(port uint32, message []byte) {
	var m struct {
		Op string `json:"op"`
	}
	if err := json.Unmarshal(message, &m); err != nil || m.Op == "" {
		w.t.Errorf("page %d is told %q: %v", port, message, err)
	}
	w.posted[port] = append(w.posted[port], string(message))
}

// say brings a message of a page.
func (w *world) say(port uint32, format string, args ...any) {
	w.server.message(w.now, port, fmt.Sprintf(format, args...))
}

// read returns what a page was told since the last time.
func (w *world) read(port uint32) []string {
	posted := w.posted[port]
	delete(w.posted, port)
	return posted
}

// answer brings a whole answer to a request, as far as the runtime wants it.
func (w *world) answer(fetch hooks.FetchID, httpStatus int, header api.Header, body string) {
	w.server.step(w.now, hooks.ResponseStarted{Fetch: fetch, HTTPStatus: httpStatus, Header: header})
	w.server.step(w.now, hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
	if _, out := w.fetches[fetch]; out {
		delete(w.fetches, fetch)
		w.server.step(w.now, hooks.ResponseEnded{Fetch: fetch})
	}
}

// advance lets time pass, timer by timer.
func (w *world) advance(d time.Duration) {
	until := w.now.Add(d)
	for {
		next, found := hooks.TimerID(0), false
		for timer, at := range w.timers {
			if !at.After(until) && (!found || at.Before(w.timers[next]) || at.Equal(w.timers[next]) && timer < next) {
				next, found = timer, true
			}
		}
		if !found {
			w.now = until
			return
		}
		w.now = w.timers[next]
		delete(w.timers, next)
		w.server.step(w.now, hooks.TimerFired{Timer: next})
	}
}

// quiet checks that nothing is left open.
func (w *world) quiet() {
	w.t.Helper()
	w.advance(2 * time.Second)
	if len(w.fetches) > 0 || len(w.timers) > 0 {
		w.t.Errorf("%d requests and %d timers are left when every page has gone", len(w.fetches), len(w.timers))
	}
}
