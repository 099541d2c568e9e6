//go:build js && wasm

package jsbridge

import (
	"fmt"
	"os"
	"testing"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// What emulator_test.go tells the tests of this side.
const (
	emulatorURL = "RUNWIRE_EMULATOR" // an emulator, with pages of the test's own below /test/
	refusedURL  = "RUNWIRE_REFUSED"  // where nobody listens
	secretKey   = "tr_dev_emulator"
)

// TestMain fails when a test leaves a callback behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if left := LiveCallbacks(); code == 0 && left != 0 {
		fmt.Fprintf(os.Stderr, "%d callbacks are live after the last test\n", left)
		code = 1
	}
	os.Exit(code)
}

// server is an address that TestInNode gave, or skips the test.
func server(t *testing.T, name string) string {
	t.Helper()
	url := os.Getenv(name)
	if url == "" {
		t.Skipf("%s is not set: run 'go test ./jsbridge' without GOOS, which starts an emulator and this test in Node", name)
	}
	return url
}

// awaitRelease returns when JavaScript holds no callback. A test in which one leaks ends as a deadlock.
func awaitRelease(t *testing.T) {
	t.Helper()
	none := make(chan struct{}, 1)
	onRelease = func(left int64) {
		if left == 0 {
			none <- struct{}{}
		}
	}
	defer func() { onRelease = func(int64) {} }()
	if LiveCallbacks() > 0 {
		<-none
	}
}

// failOnReport is a report for tests in which nothing goes wrong.
func failOnReport(t *testing.T) func(error) {
	return func(err error) { t.Error(err) }
}

// testHost is a host whose events can be read one by one.
type testHost struct {
	*host
	turns  *turns
	events chan hooks.Event
}

func newTestHost(t *testing.T) testHost {
	events := make(chan hooks.Event, 1000)
	turns := &turns{report: failOnReport(t)}
	// A chunk is only good for the moment.
	deliver := func(event hooks.Event) {
		if chunk, ok := event.(hooks.ChunkArrived); ok {
			event = hooks.ChunkArrived{Fetch: chunk.Fetch, Data: append([]byte(nil), chunk.Data...)}
		}
		events <- event
	}
	return testHost{newHost(turns.add, deliver, failOnReport(t)), turns, events}
}

func (h testHost) fetch(id hooks.FetchID, request *api.Request) {
	h.turns.add(func() { h.host.Fetch(id, request) })
}

func (h testHost) cancel(id hooks.FetchID) { h.turns.add(func() { h.host.Cancel(id) }) }

// answer waits for a whole answer.
func (h testHost) answer(t *testing.T) (head hooks.ResponseStarted, body string) {
	t.Helper()
	for {
		switch event := (<-h.events).(type) {
		case hooks.ResponseStarted:
			head = event
		case hooks.ChunkArrived:
			body += string(event.Data)
		case hooks.ResponseEnded:
			return head, body
		case hooks.FetchFailed:
			t.Fatal(event.Reason)
		}
	}
}

// trigger starts a run of a task and returns its id.
func trigger(t *testing.T, url, task, payload string) (runID string) {
	t.Helper()
	runID, _ = triggerWithToken(t, url, task, payload)
	return runID
}

// triggerWithToken returns the run's own access token as well.
func triggerWithToken(t *testing.T, url, task, payload string) (runID, accessToken string) {
	t.Helper()
	h := newTestHost(t)
	h.fetch(1, &api.Request{
		Method: "POST",
		URL:    url + "/api/v1/tasks/" + task + "/trigger",
		Header: []api.Field{{Name: "authorization", Value: "Bearer " + secretKey}, {Name: "content-type", Value: "application/json"}},
		Body:   `{"payload":` + payload + `}`,
	})
	head, body := h.answer(t)
	answer, err := rawjson.Parse(body)
	if err != nil || head.HTTPStatus != 200 {
		t.Fatalf("trigger %s: HTTP %d: %s", task, head.HTTPStatus, body)
	}
	return answer.Get("id").Text(), head.Header["x-trigger-jwt"]
}

// follow subscribes and returns the snapshots as they come.
func follow(t *testing.T, r *Runtime, url string, spec hooks.Spec) (*Subscription, <-chan hooks.Snapshot) {
	t.Helper()
	snapshots := make(chan hooks.Snapshot, 1000)
	s := r.Subscribe(spec, accessTo(url), func(snapshot hooks.Snapshot) { snapshots <- snapshot })
	return s, snapshots
}

func accessTo(url string) hooks.Options {
	return hooks.Options{Access: api.Access{BaseURL: url, AccessToken: secretKey}}
}
