//go:build !js

package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// fault is one thing that goes wrong while a run, its stream and the list of a tag are followed.
type fault struct {
	name string
	// strike makes things go wrong. What has changed at the server by then was shown.
	strike func(w *world, runID string)
	// within is when everything that changed meanwhile must be on the screen. Unit: as a person would wait; the bound
	// of the runtime (SPEC.md, section 3) and what a busy machine needs on top.
	within time.Duration
}

var (
	html     = emulator.Action{Status: 502, Body: "<html>Bad gateway</html>", ContentType: "text/html"}
	nextHead = int64(0)
	inRow    = int64(60)
)

var faults = []fault{
	{"the server restarts and has lost its shapes", func(w *world, runID string) {
		w.must(w.emulator.RotateShape(runID))
		w.emulator.RefuseConnections(2 * time.Second)
		w.emulator.CutConnections()
	}, 8 * time.Second},
	{"connections are reset before an answer", strikeRealtime(emulator.Action{DropConnection: true}, 4), 8 * time.Second},
	{"connections are reset after the head of an answer", strikeRealtime(emulator.Action{CutAfterBytes: &nextHead}, 4), 8 * time.Second},
	{"connections are reset within a body", strikeRealtime(emulator.Action{CutAfterBytes: &inRow}, 4), 8 * time.Second},
	{"the server fails", strikeRealtime(emulator.Action{Status: 500, Body: `{"error":"Internal Server Error"}`}, 4), 8 * time.Second},
	{"a proxy answers with a page", strikeRealtime(html, 4), 8 * time.Second},
	{"the server asks for two seconds of patience",
		strikeRealtime(emulator.Action{Status: 429, Headers: map[string]string{"Retry-After": "2"}}, 3), 12 * time.Second},
	{"the server asks for patience until a time", func(w *world, runID string) {
		until := time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
		strikeRealtime(emulator.Action{Status: 429, Headers: map[string]string{"Retry-After": until}}, 3)(w, runID)
	}, 12 * time.Second},
	{"the server gives up every shape that it hands out, four times", func(w *world, _ string) {
		w.fault(emulator.Fault{Match: "GET " + listPath, Times: 8, Action: emulator.Action{
			Status: 409, Body: `[{"headers":{"control":"must-refetch"}}]`, Headers: map[string]string{"electric-handle": "another"},
		}})
		w.emulator.CutConnections()
	}, 30 * time.Second},
	{"a cache answers with the shape before", func(w *world, runID string) {
		polls := w.gets(runPath + runID)
		query, err := url.ParseQuery(polls[len(polls)-1].Query)
		w.must(err)
		w.must(w.emulator.RotateShape(runID))
		w.fault(emulator.Fault{Match: "GET " + runPath + runID, After: 1, Times: 2, Action: emulator.Action{StaleHandle: query.Get("handle")}})
	}, 10 * time.Second},
	{"answers take twenty seconds", strikeRealtime(emulator.Action{DelayMs: 20_000}, 3), 30 * time.Second},
	{"connections stay open and bring nothing any more", strikeRealtime(emulator.Action{Stall: true}, 3), 60 * time.Second},
	{"the network goes, and comes back when nobody would ask for seconds", func(w *world, _ string) {
		w.emulator.RefuseConnections(time.Minute)
		w.emulator.CutConnections()
		w.setOnline(false)
		w.eventually(20*time.Second, "each feed has failed several times", func() bool { return w.emulator.Stats().Connections.Refused >= 12 })
		w.emulator.ClearFaults()
		w.setOnline(true)
	}, 4 * time.Second},
}

// strikeRealtime lets so many of the next realtime requests go wrong, and ends those that are open.
func strikeRealtime(action emulator.Action, times int) func(w *world, runID string) {
	return func(w *world, _ string) {
		w.fault(emulator.Fault{Match: "GET /realtime/", Times: times, Action: action})
		w.emulator.CutConnections()
	}
}

const listPath = "/realtime/v1/runs"

// setOnline tells the page what a browser tells it when the network goes or comes.
func (w *world) setOnline(online bool) {
	w.t.Helper()
	evaluate[any](w.page, fmt.Sprintf(`void (() => {
		Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => %[1]v })
		dispatchEvent(new Event(%[1]v ? 'online' : 'offline'))
	})()`, online))
}

// Nothing is lost and nothing doubled, no error is shown for what passes, and the server is spared.
func TestFaultsPassUnnoticed(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, runwire, setting{})
			id := w.create(emulator.Columns{"status": "EXECUTING", "tags": []string{"faulty"}})
			w.watchNumbers(id)
			w.mount(component{Name: "list", Hook: "useRealtimeRunsWithTag", Args: []any{"faulty"}})
			w.appendNumbers(id, 0, 50)
			w.until("last('stream').parts?.length === 50 && last('list').runs?.length === 1")
			w.untilPolling(id)

			f.strike(w, id)
			w.update(id, emulator.Columns{"metadata": map[string]any{"after": true}})
			w.appendNumbers(id, 50, 80)
			const shown = "last('run').run.metadata?.after && last('list').runs[0].metadata?.after && last('stream').parts.length === 80"
			if !w.holdsWithin(f.within, shown+" && last('run').streams.numbers.length === 80") {
				t.Fatalf("not within %v: %s\n%s", f.within, shown, w.log("/realtime/"))
			}
			w.wantNumbers(80)
			w.settle()
			if evaluate[bool](w.page, "['run', 'stream', 'list'].some((name) => states(name).some(({ error }) => error))") {
				t.Error("an error was shown")
			}
			w.wantSpared()
		})
	}
}

// wantSpared checks that no feed has asked more than ten times in any ten seconds.
func (w *world) wantSpared() {
	w.t.Helper()
	asked := map[string][]int64{}
	for _, call := range w.gets("/realtime/") {
		asked[call.Path] = append(asked[call.Path], call.StartMs)
	}
	for path, times := range asked {
		for i := 10; i < len(times); i++ {
			if times[i]-times[i-10] < 10_000 {
				w.t.Errorf("%s was asked for 11 times in %d ms:\n%s", path, times[i]-times[i-10], w.log(path))
				break
			}
		}
	}
}

func TestATokenIsRenewedBeforeItExpires(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	expires := time.Now().Add(2 * time.Second)
	short := w.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs"}, ExpiresIn: 2 * time.Second})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Options: map[string]any{"accessToken": short},
		Callbacks: []string{"refreshAccessToken"}, Returns: map[string]any{"refreshAccessToken": w.token}})
	w.until("last('a').run && read('a').calls.length === 1")
	w.eventually(patience, "the token has expired", func() bool { return time.Now().After(expires.Add(time.Second)) })
	w.emulator.CutConnections()
	w.update(id, emulator.Columns{"metadata": map[string]any{"after": true}})
	w.until("last('a').run.metadata?.after")
	for _, call := range w.gets(runPath) {
		if call.Status == http.StatusUnauthorized {
			t.Errorf("a request was refused:\n%s", w.log(runPath))
		}
	}
	if calls := len(w.read("a").Calls); calls != 1 {
		t.Errorf("refreshAccessToken was called %d times, want once", calls)
	}
}
