package nethttp_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/drive/nethttp"
	"github.com/runwire/runwire/web/emulator"
)

func TestARunGoesFromQueuedToCompleted(t *testing.T) {
	server, client := start(t)
	id := trigger(t, server, "count-up", `{"payload":{"to":5,"everyMs":10}}`)
	var last *api.Run
	for run, err := range client.SubscribeRun(t.Context(), id) {
		if err != nil {
			t.Fatal(err)
		}
		if last != nil && run.UpdatedAt < last.UpdatedAt {
			t.Errorf("the run goes back from %s to %s", last.UpdatedAt, run.UpdatedAt)
		}
		last = run
	}
	if last == nil || last.Status != api.StatusCompleted || last.Output.JSON().Get("total") != "5" {
		t.Errorf("the last run is %+v, want one that is completed with total 5", last)
	}
}

func TestFiftySubscriptionsToOneRunShareAConnection(t *testing.T) {
	server, client := start(t)
	id, err := server.api.CreateRun("", emulator.Columns{"status": "EXECUTING"})
	if err != nil {
		t.Fatal(err)
	}
	var first, done sync.WaitGroup
	for range 50 {
		first.Add(1)
		done.Go(func() {
			seen := false
			for run, err := range client.SubscribeRun(t.Context(), id) {
				if err != nil {
					t.Error(err)
				}
				if !seen {
					seen = true
					first.Done()
				}
				_ = run
			}
		})
	}
	first.Wait()
	if err := server.api.UpdateRun(id, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"}); err != nil {
		t.Fatal(err)
	}
	done.Wait()
	if open := server.api.Stats().MaxOpenRealtime; open != 1 {
		t.Errorf("%d realtime requests were open at once, want 1", open)
	}
}

func TestManySubscriptionsKeepTheirConnections(t *testing.T) {
	const runs, updates = 40, 3
	server, client := start(t)
	ids := make([]string, runs)
	for i := range ids {
		id, err := server.api.CreateRun("", emulator.Columns{"status": "EXECUTING"})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	var seen, done sync.WaitGroup
	seen.Add(runs)
	for _, id := range ids {
		done.Go(func() {
			for _, err := range client.SubscribeRun(t.Context(), id) {
				if err != nil {
					t.Error(err)
				}
				seen.Done()
			}
		})
	}
	for update := range updates {
		seen.Wait() // until everybody has seen the update before
		seen.Add(runs)
		columns := emulator.Columns{"metadata": map[string]int{"update": update}}
		if update == updates-1 {
			columns = emulator.Columns{"status": emulator.StatusCompleted}
		}
		for _, id := range ids {
			if err := server.api.UpdateRun(id, columns); err != nil {
				t.Fatal(err)
			}
		}
	}
	done.Wait()
	// A request may open a connection while another one becomes idle.
	if made := server.api.Stats().Connections.Accepted; made > 2*runs {
		t.Errorf("%d connections were made for %d requests at a time, want one for each", made, runs)
	}
}

func TestCuttingEveryConnectionAndRefusingNewOnesLosesAndDoublesNothing(t *testing.T) {
	server, client := start(t)
	const parts = 400
	id := trigger(t, server, "stream-text", `{"payload":{"prompt":"p","tokens":400,"everyMs":5}}`)
	cut := false
	var last hooks.Snapshot
	spec := hooks.Spec{Kind: hooks.KindRunWithStreams, RunID: id}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for snapshot := range client.Follow(ctx, spec, hooks.Options{Throttle: hooks.DefaultThrottle}) {
		last = snapshot
		if n := len(text(last)); n > 50 && !cut {
			cut = true
			server.api.RefuseConnections(time.Second)
			server.api.CutConnections()
		}
		if last.Completed && len(text(last)) >= parts {
			break
		}
	}
	if !cut {
		t.Error("the stream was never cut")
	}
	if got, want := strings.Join(text(last), ""), last.Run.Output.JSON().Get("text").Text(); got != want || len(text(last)) != parts {
		t.Errorf("%d parts make %d bytes of text, want %d parts and the task's %d bytes", len(text(last)), len(got), parts, len(want))
	}
}

func TestARefusalEndsTheIterationWithATypedError(t *testing.T) {
	_, client := start(t)
	var refused *hooks.StatusError
	for run, err := range client.SubscribeRun(t.Context(), "run_unknown") {
		if run != nil || !errors.As(err, &refused) {
			t.Fatalf("got run %v, error %v", run, err)
		}
	}
	if refused == nil || refused.HTTPStatus != http.StatusNotFound {
		t.Errorf("the error is %v, want a 404", refused)
	}
	if strings.Contains(refused.Error()+refused.URL, "offset") {
		t.Errorf("the error shows the query: %v %s", refused, refused.URL)
	}
}

// text returns the parts of stream "openai".
func text(s hooks.Snapshot) []string {
	var parts []string
	for _, stream := range s.Streams {
		if stream.Key != "openai" {
			continue
		}
		for _, part := range stream.Parts {
			parts = append(parts, part.Chunk.Text())
		}
	}
	return parts
}

type running struct {
	api *emulator.Emulator
	url string
}

// start returns an emulator on a port of its own, and a client that may do everything there.
func start(t *testing.T) (*running, *nethttp.Client) {
	t.Helper()
	e := emulator.New(emulator.Options{})
	listener, err := e.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(e)
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	client := nethttp.NewClient(nethttp.Options{Access: api.Access{BaseURL: server.URL, AccessToken: emulator.DefaultSecretKey}})
	t.Cleanup(func() {
		client.Close()
		e.Close()
		server.Close()
	})
	return &running{e, server.URL}, client
}

// trigger starts a task and returns the run's id.
func trigger(t *testing.T, server *running, task, body string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", server.url+"/api/v1/tasks/"+task+"/trigger", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+emulator.DefaultSecretKey)
	request.Header.Set("content-type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var triggered struct{ ID string }
	if err := json.NewDecoder(response.Body).Decode(&triggered); err != nil || triggered.ID == "" {
		t.Fatalf("trigger answers %s, error %v", response.Status, err)
	}
	return triggered.ID
}

func TestTheRunsOfATagAndTheirStreamsArriveWhole(t *testing.T) {
	server, client := start(t)
	const runs = 9
	for range runs {
		trigger(t, server, "stream-text", `{"payload":{"prompt":"p","tokens":20,"everyMs":5},"options":{"tags":["story"]}}`)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var last hooks.Snapshot
	for snapshot := range client.Follow(ctx, hooks.Spec{Kind: hooks.KindRunsWithStreams, Tags: "story"}, hooks.Options{}) {
		last = snapshot
		if everythingOf(&last, runs, 20) {
			break
		}
	}
	if !everythingOf(&last, runs, 20) {
		t.Errorf("%d runs and %d streams arrived, error %v", len(last.Runs), len(last.Streams), last.Err)
	}
	if most := server.api.Stats().MaxOpenRealtime; most > 1+hooks.DefaultMaxStreams {
		t.Errorf("%d realtime requests were open at once, at most %d are due", most, 1+hooks.DefaultMaxStreams)
	}
}

// everythingOf reports whether a list has so many finished runs, each with both streams of stream-text.
func everythingOf(s *hooks.Snapshot, runs, parts int) bool {
	if len(s.Runs) != runs || len(s.Streams) != 2*runs {
		return false
	}
	for _, run := range s.Runs {
		if !run.IsFinished() {
			return false
		}
	}
	for _, stream := range s.Streams {
		if len(stream.Parts) < parts {
			return false
		}
	}
	return true
}

func TestARunThatIsDeletedLeavesTheList(t *testing.T) {
	server, client := start(t)
	ids := []string{
		trigger(t, server, "hello-world", `{"payload":{},"options":{"tags":["gone"]}}`),
		trigger(t, server, "hello-world", `{"payload":{},"options":{"tags":["gone"]}}`),
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	deleted := false
	for snapshot := range client.Follow(ctx, hooks.Spec{Kind: hooks.KindRunsWithTag, Tags: "gone"}, hooks.Options{}) {
		switch {
		case snapshot.Err != nil:
			t.Fatal(snapshot.Err)
		case len(snapshot.Runs) == 2 && !deleted:
			deleted = true
			if err := server.api.DeleteRun(ids[0]); err != nil {
				t.Fatal(err)
			}
		case len(snapshot.Runs) == 1 && deleted:
			if snapshot.Runs[0].ID != ids[1] {
				t.Errorf("run %s is left, want %s", snapshot.Runs[0].ID, ids[1])
			}
			return
		}
	}
	t.Error("the run never left")
}
