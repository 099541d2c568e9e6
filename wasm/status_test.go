package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks/hooktest"
)

func TestTheStatusHoldsNoSecretAndNothingOfWhatRunsCarry(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	tokens := []string{hooktest.TokenUntil("first", w.now.Add(time.Second)), hooktest.TokenUntil("second", w.now.Add(time.Hour)), "tr_pat"}
	w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"runWithStreams","runId":"run_1"},"options":{"accessToken":%q,"refresh":true}}`, tokens[0])
	w.say(1, `{"op":"open","sub":2,"scope":"b","spec":{"hook":"retrieve","runId":"run_1"},"options":{"accessToken":"tr_pat"}}`)
	w.answer(1, 200, shapeHeader, wholeRow) // with the stream "ai"
	w.answer(2, 200, nil, `{"id":"run_1","status":"EXECUTING","payload":"retrieved"}`)
	w.answer(3, 200, streamHeader, "event: batch\ndata: {\"records\":[{\"seq_num\":0,\"body\":\"{\\\"data\\\":\\\"Hel\\\"}\"}]}\n\n")
	w.answer(4, 401, nil, `{"error":"Public Access Token is invalid"}`)
	w.say(1, `{"op":"token","ask":1,"accessToken":%q}`, tokens[1])
	if sent := fmt.Sprint(w.fetches[w.lastFetch].Header); !strings.Contains(sent, tokens[1]) {
		t.Fatalf("the last request carries %s, want the new token", sent)
	}
	w.read(1)

	w.say(1, `{"op":"status"}`)
	status := strings.Join(w.read(1), "")
	for _, want := range []string{`"resource":"run run_1"`, `"resource":"stream ai of run_1"`, `"held":1`, `"renewals":1`, `"retrievedRuns":1`, `"memory":65536`} {
		if !strings.Contains(status, want) {
			t.Errorf("the status has no %s: %s", want, status)
		}
	}
	for _, secret := range append(tokens, "Bearer", "so far", `"w"`, "user:9", "Hel", "retrieved\"") {
		if strings.Contains(status, secret) {
			t.Errorf("the status has %q: %s", secret, status)
		}
	}
}

func TestOnePageIsToldOfAllPages(t *testing.T) {
	w := newWorld(t)
	for port, visible := range map[uint32]bool{1: true, 2: false} {
		w.hello(port)
		w.say(port, `{"op":"page","visible":%t,"online":true,"focused":false}`, visible)
		w.openRun(port, 1, "a")
		w.read(port)
	}
	w.say(2, `{"op":"status"}`)
	status := strings.Join(w.read(2), "")
	for _, want := range []string{`"page":2,"memory"`, `"observers":2`, `{"page":1,"visible":true,"online":true}`, `{"page":2,"online":true}`} {
		if !strings.Contains(status, want) {
			t.Errorf("the status has no %s: %s", want, status)
		}
	}
	if said := w.read(1); said != nil {
		t.Errorf("a page that did not ask is told %q", said)
	}
}
