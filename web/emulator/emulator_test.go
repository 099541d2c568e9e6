package emulator

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{SecretKey: testSecret})
		id := triggerTask(t, e, "count-up", `{"payload":{"to":1000,"everyMs":1000}}`)
		synctest.Wait()
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		poll, pollEnded, _ := begin(t, e, next(id, snapshot.Header(), true))
		reading, readingEnded, _ := begin(t, e, stream(id, "", ""))
		synctest.Wait()
		e.Close()
		synctest.Wait()
		if !pollEnded() || !readingEnded() {
			t.Error("a request outlived the emulator")
		}
		if poll.Code != http.StatusServiceUnavailable {
			t.Errorf("the poll is answered %d", poll.Code)
		}
		if _, _, done := received(t, reading.text()); done {
			t.Error("the stream ended as if it were complete")
		}
		if got := do(e, request{path: "/api/v3/runs/" + id}).Code; got != http.StatusServiceUnavailable {
			t.Errorf("a later request is answered %d", got)
		}
		e.Close()
	})
}

func TestACloseThatAClientDoesNotReadFor(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	id := triggerTask(t, e, "stream-text", `{"payload":{"tokens":200000,"everyMs":0}}`)
	response, err := newClient(t).Do(stream(id, "", "").build(t.Context(), base))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	awaitTrue(t, "the stream to open", func() bool { return e.Stats().OpenRealtime == 1 })
	closed := make(chan struct{})
	go func() {
		e.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for a peer that does not read")
	}
}

func TestADisconnectFreesTheConnection(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	id := scripted(e, nil)
	ctx, leave := context.WithCancel(t.Context())
	response, err := newClient(t).Do(stream(id, "", "").build(ctx, base))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if open := e.Stats().OpenRealtime; open != 1 {
		t.Errorf("%d are open", open)
	}
	leave()
	awaitTrue(t, "the stream to end", func() bool { return e.Stats().OpenRealtime == 0 })
	if call := e.Requests("/realtime")[0]; !call.Aborted {
		t.Errorf("logged %+v", call)
	}
}

func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	ready, stopped := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		stopped <- Serve(ctx, Config{Options: Options{SecretKey: testSecret}, Addr: "127.0.0.1:0", Ready: func(addr net.Addr) { ready <- addr }})
	}()
	base := "http://" + (<-ready).String()
	if response, _, err := send(t, newClient(t), base, request{method: "POST", path: claimsPath}); err != nil || response.StatusCode != 200 {
		t.Errorf("got %v, %v", response, err)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := Serve(t.Context(), Config{Addr: "127.0.0.1:notaport"}); err == nil {
		t.Error("served on a port that does not exist")
	}
}

func TestIDsRepeatWithASeed(t *testing.T) {
	first, second := New(Options{Seed: 7}), New(Options{Seed: 7})
	defer first.Close()
	defer second.Close()
	if a, b := scripted(first, nil), scripted(second, nil); a != b {
		t.Errorf("got %s and %s", a, b)
	}
	random := New(Options{})
	defer random.Close()
	if scripted(random, nil) == scripted(first, nil) {
		t.Error("ids without a seed repeat")
	}
}

func TestVirtualClockFiresInOrder(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(0))
	var fired []int64
	note := func() { fired = append(fired, clock.Now().UnixMilli()) }
	clock.AfterFunc(30*time.Millisecond, note)
	clock.AfterFunc(10*time.Millisecond, func() {
		note()
		clock.AfterFunc(5*time.Millisecond, note)
	})
	cancel := clock.AfterFunc(20*time.Millisecond, note)
	cancel()
	clock.Advance(25 * time.Millisecond)
	clock.Advance(25 * time.Millisecond)
	want := []int64{10, 15, 30}
	if len(fired) != 3 || fired[0] != want[0] || fired[1] != want[1] || fired[2] != want[2] {
		t.Errorf("fired at %v, want %v", fired, want)
	}
}
