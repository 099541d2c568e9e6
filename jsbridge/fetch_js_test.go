//go:build js && wasm

package jsbridge

import (
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

func TestFetchSendsTheRequestAsGiven(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(7, &api.Request{
		Method: "POST", URL: url + "/test/echo?q=1", Body: "grüße",
		Header: []api.Field{{Name: "accept", Value: "text/event-stream"}, {Name: "last-event-id", Value: "12"}},
	})
	head, body := h.answer(t)
	if head.Fetch != 7 || head.HTTPStatus != 203 || head.Header["x-test"] != "yes" {
		t.Errorf("head is %+v", head)
	}
	if want := "POST /test/echo?q=1 accept=text/event-stream last-event-id=12 body=grüße"; body != want {
		t.Errorf("the server saw %q, want %q", body, want)
	}
	awaitRelease(t)
}

func TestFetchOfAnAnswerWithoutBody(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/nothing"})
	if head, body := h.answer(t); head.HTTPStatus != 204 || body != "" {
		t.Errorf("HTTP %d with %q, want 204 with nothing", head.HTTPStatus, body)
	}
	awaitRelease(t)
}

func TestFetchBringsLargeBodiesWhole(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/large"})
	if _, body := h.answer(t); body != strings.Repeat("0123456789abcdef", 1<<17) {
		t.Errorf("got %d bytes that are not the 2 MiB sent", len(body))
	}
	awaitRelease(t)
}

func TestFetchFailsWhereNobodyListens(t *testing.T) {
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: server(t, refusedURL)})
	failed, ok := (<-h.events).(hooks.FetchFailed)
	if !ok || failed.Fetch != 1 || !strings.Contains(failed.Reason, "TypeError: ") {
		t.Errorf("got %#v, want a failure of fetch 1 with its reason", failed)
	}
	awaitRelease(t)
}

func TestFetchFailsOnARequestThatCannotBeSent(t *testing.T) {
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: "http://[broken"})
	if failed, ok := (<-h.events).(hooks.FetchFailed); !ok || failed.Reason == "" {
		t.Errorf("got %#v, want a failure with a reason", failed)
	}
	awaitRelease(t)
}

func TestFetchFailsWhenTheBodyBreaksOff(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/broken"})
	if head, ok := (<-h.events).(hooks.ResponseStarted); !ok || head.HTTPStatus != 200 {
		t.Fatalf("got %#v, want a head", head)
	}
	event := <-h.events
	if _, ok := event.(hooks.ChunkArrived); ok {
		event = <-h.events
	}
	if failed, ok := event.(hooks.FetchFailed); !ok || failed.Reason == "" {
		t.Errorf("got %#v, want a failure with a reason", event)
	}
	awaitRelease(t)
}

// The server answers /test/held with one chunk and holds the rest until the client goes away; the native
// side checks that it did.
func TestCancelInTheMiddleOfABody(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/held"})
	<-h.events // the head
	if chunk, ok := (<-h.events).(hooks.ChunkArrived); !ok || string(chunk.Data) != "first" {
		t.Fatalf("got %#v, want the first chunk", chunk)
	}
	h.cancel(1)
	awaitRelease(t)
	if len(h.events) > 0 {
		t.Errorf("after the cancel came %#v", <-h.events)
	}
	if open := h.requests.Load(); open != 0 {
		t.Errorf("%d requests are open", open)
	}
}

func TestCancelBeforeTheHead(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/unanswered"})
	h.cancel(1)
	h.cancel(1)
	h.cancel(2)
	awaitRelease(t)
	if len(h.events) > 0 {
		t.Errorf("after the cancel came %#v", <-h.events)
	}
}

func TestCancelAfterTheEndDoesNoHarm(t *testing.T) {
	url := server(t, emulatorURL)
	h := newTestHost(t)
	h.fetch(1, &api.Request{Method: "GET", URL: url + "/test/nothing"})
	h.answer(t)
	h.cancel(1)
	awaitRelease(t)
}
