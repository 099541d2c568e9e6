package emulator

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func addFault(t testing.TB, e *Emulator, fault Fault) {
	t.Helper()
	if _, err := e.AddFault(fault); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsMatchAndRunOut(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	addFault(t, e, Fault{Match: "GET /api/v3/runs/", After: 1, Times: 2, Action: Action{Status: 503, Body: `{"error":"busy"}`}})
	var statuses []int
	for range 4 {
		statuses = append(statuses, do(e, request{path: "/api/v3/runs/" + id}).Code)
	}
	for i, want := range []int{200, 503, 503, 200} {
		if statuses[i] != want {
			t.Fatalf("got %v, want 200 503 503 200", statuses)
		}
	}
	addFault(t, e, Fault{Match: "/api", Action: Action{Status: 429, Headers: map[string]string{"X-Ratelimit-Reset": "5"}, ContentType: "text/plain", Body: "slow"}})
	for range 2 {
		answer := do(e, request{path: "/api/v3/runs/" + id, headers: withOrigin(nil)})
		if answer.Code != 429 || answer.Header().Get("X-Ratelimit-Reset") != "5" || answer.Header().Get("Content-Type") != "text/plain" || answer.Body.String() != "slow" {
			t.Errorf("got %d %s %v", answer.Code, answer.Body, answer.Header())
		}
		checkCORS(t, answer.Header())
	}
	if got := do(e, request{method: "OPTIONS", path: "/api/v3/runs/" + id, bare: true}).Code; got != 200 {
		t.Errorf("the preflight is answered %d", got)
	}
	if got := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"}).Code; got != 200 {
		t.Errorf("another path is answered %d", got)
	}
	if calls := e.Requests("/api"); calls[1].Fault != "status" || calls[0].Fault != "" {
		t.Errorf("logged %+v", calls)
	}
	e.ClearFaults()
	if got := do(e, request{path: "/api/v3/runs/" + id}).Code; got != 200 {
		t.Errorf("after clearing it is answered %d", got)
	}
}

func TestFaultsOnTheHeader(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	value := "x"
	addFault(t, e, Fault{Times: 1, Action: Action{StaleHandle: "run-old"}})
	addFault(t, e, Fault{Times: 1, Action: Action{SetHeaders: map[string]*string{"electric-schema": nil, "electric-offset": &value}}})
	snapshot := request{path: "/realtime/v1/runs/" + id + "?offset=-1"}
	if got := do(e, snapshot).Header().Get("Electric-Handle"); got != "run-old" {
		t.Errorf("the handle is %q", got)
	}
	header := do(e, snapshot).Header()
	if _, ok := header["Electric-Schema"]; ok || header.Get("Electric-Offset") != "x" {
		t.Errorf("the header is %v", header)
	}
}

func TestADelayedAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		addFault(t, e, Fault{Action: Action{DelayMs: 1500}})
		started := time.Now()
		if got := do(e, request{path: "/api/v3/runs/" + id}).Code; got != 200 || time.Since(started) != 1500*time.Millisecond {
			t.Errorf("got %d after %s", got, time.Since(started))
		}
		e.ClearFaults()
		addFault(t, e, Fault{Action: Action{Status: 500, DelayMs: 100}})
		started = time.Now()
		if got := do(e, request{path: "/api/v3/runs/" + id}).Code; got != 500 || time.Since(started) != 100*time.Millisecond {
			t.Errorf("got %d after %s", got, time.Since(started))
		}
	})
}

func TestABodyInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		whole := do(e, request{path: "/api/v3/runs/" + id}).Body.String()
		addFault(t, e, Fault{Action: Action{ChunkDelays: []ChunkDelay{{Bytes: 1, DelayMs: 500}, {Bytes: 100, DelayMs: 1000}}}})
		started := time.Now()
		if got := do(e, request{path: "/api/v3/runs/" + id}).Body.String(); got != whole {
			t.Errorf("got %s", got)
		}
		want := 500*time.Millisecond + time.Duration((len(whole)-1+99)/100)*time.Second
		if took := time.Since(started); took != want {
			t.Errorf("took %s, want %s", took, want)
		}
	})
}

func TestABodyIsDelayedNoLongerWhenFaultsAreCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		whole := do(e, request{path: "/api/v3/runs/" + id}).Body.String()
		addFault(t, e, Fault{Action: Action{ChunkDelays: []ChunkDelay{{Bytes: 1}, {Bytes: 100, DelayMs: 60_000}}}})
		started := time.Now()
		time.AfterFunc(time.Second, e.ClearFaults)
		if got := do(e, request{path: "/api/v3/runs/" + id}).Body.String(); got != whole {
			t.Errorf("got %s", got)
		}
		if took := time.Since(started); took != time.Second {
			t.Errorf("took %s, want a second", took)
		}
	})
}

func TestAStallEndsWhenFaultsAreCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		five := int64(5)
		addFault(t, e, Fault{Match: "/api", Action: Action{Stall: true}})
		addFault(t, e, Fault{Match: "/realtime", Action: Action{StallAfterBytes: &five}})
		_, silent, leave := begin(t, e, request{path: "/api/v3/runs/" + id})
		partial, halted, _ := begin(t, e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		time.Sleep(time.Hour)
		if silent() || halted() || len(partial.text()) != 5 {
			t.Errorf("ended %t and %t with %q", silent(), halted(), partial.text())
		}
		leave()
		synctest.Wait()
		if !silent() {
			t.Error("the request whose client left is still held")
		}
		e.ClearFaults()
		synctest.Wait()
		if !halted() {
			t.Error("the request is still held after the faults were cleared")
		}
	})
}

func TestFaultsOnTheConnection(t *testing.T) {
	zero, ten, raw := int64(0), int64(10), "HTTP/1.1 999 nonsense"
	cases := []struct {
		name   string
		action Action
		check  func(response *http.Response, body string, err error) bool
	}{
		{"dropped", Action{DropConnection: true}, func(r *http.Response, _ string, err error) bool { return r == nil && err != nil }},
		{"answer dropped", Action{DropAnswer: true}, func(r *http.Response, _ string, err error) bool { return r == nil && err != nil }},
		{"cut before the body", Action{CutAfterBytes: &zero}, func(r *http.Response, body string, err error) bool { return r != nil && body == "" && err != nil }},
		{"cut within the body", Action{CutAfterBytes: &ten}, func(r *http.Response, body string, err error) bool { return r != nil && len(body) <= 10 && err != nil }},
		{"raw bytes", Action{Raw: &raw}, func(r *http.Response, _ string, err error) bool { return r == nil && err != nil }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := newEmulator(t, Options{})
			base := serve(t, e)
			id := streamOf(e, "k", "1", "2")
			addFault(t, e, Fault{Action: c.action})
			for _, path := range []string{"/realtime/v1/runs/" + id + "?offset=-1", "/realtime/v1/streams/" + id + "/k"} {
				response, body, err := sendAll(t, newClient(t), base, request{path: path})
				if !c.check(response, body, err) {
					t.Errorf("%s: got %v, %q, %v", path, response, body, err)
				}
			}
		})
	}
}

// sendAll is send with the part of the body that arrived before an error.
func sendAll(t testing.TB, client *http.Client, base string, q request) (*http.Response, string, error) {
	t.Helper()
	response, err := client.Do(q.build(t.Context(), base))
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func TestCutEndsEveryConnectionAbruptly(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	base := serve(t, e)
	client := newClient(t)
	id := streamOf(e, "k", "1")
	snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
	ended := make(chan error, 2)
	for _, q := range []request{stream(id, "", ""), next(id, snapshot.Header(), true)} {
		go func() {
			_, _, err := sendAll(t, client, base, q)
			ended <- err
		}()
	}
	awaitTrue(t, "two open requests", func() bool { return e.Stats().OpenRealtime == 2 })
	answer, body, err := send(t, newClient(t), base, request{method: "POST", path: "/emulator/cut"})
	if err != nil || answer.StatusCode != 200 || body != `{"requests":2}` {
		t.Fatalf("got %v %s %v", answer, body, err)
	}
	for range 2 {
		if err := <-ended; err == nil {
			t.Error("a peer saw a clean end")
		}
	}
	awaitTrue(t, "the requests to end", func() bool { return e.Stats().OpenRealtime == 0 })
	for _, call := range e.Requests("/realtime")[1:] {
		if !call.Aborted {
			t.Errorf("logged %+v", call)
		}
	}
}

func TestRefusedConnections(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(0))
	e := newEmulator(t, Options{Clock: clock})
	base := serve(t, e)
	id := scripted(e, nil)
	q := request{path: "/api/v3/runs/" + id}
	addFault(t, e, Fault{Times: 1, Action: Action{RefuseForMs: 500}})
	for range 3 {
		_, _, err := send(t, newClient(t), base, q)
		if err == nil || !refused(err) {
			t.Errorf("got %v", err)
		}
	}
	if stats := e.Stats().Connections; stats.Accepted != 1 || stats.Refused < 2 {
		t.Errorf("counted %+v", stats)
	}
	clock.Advance(500 * time.Millisecond)
	if response, _, err := send(t, newClient(t), base, q); err != nil || response.StatusCode != 200 {
		t.Errorf("got %v, %v", response, err)
	}
}

// refused reports whether the connection was reset or ended before an answer.
func refused(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		strings.Contains(err.Error(), "reset")
}

func TestConnectionsAreCounted(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	one, two := newClient(t), newClient(t)
	for _, client := range []*http.Client{one, one, two} {
		if _, _, err := send(t, client, base, request{path: "/nowhere"}); err != nil {
			t.Fatal(err)
		}
	}
	if stats := e.Stats().Connections; stats.Accepted != 2 || stats.Open != 2 || stats.MaxOpen != 2 {
		t.Errorf("counted %+v", stats)
	}
	one.CloseIdleConnections()
	awaitTrue(t, "a connection to close", func() bool { return e.Stats().Connections.Open == 1 })
}
