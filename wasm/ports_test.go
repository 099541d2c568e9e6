package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

func TestPagesShareAConnectionOnlyForOneResourceAndOneToken(t *testing.T) {
	const open = `{"op":"open","sub":1,"scope":"a","spec":{"hook":"run","runId":%q},"options":{"accessToken":%q}}`
	for _, tt := range []struct {
		name, run, token string
		requests         int
	}{
		{"the same run with the same token", "run_1", "t", 1},
		{"the same run with another token", "run_1", "u", 2},
		{"another run with the same token", "run_2", "t", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.hello(1)
			w.hello(2)
			w.say(1, open, "run_1", "t")
			w.say(2, open, tt.run, tt.token)
			if len(w.fetches) != tt.requests {
				t.Fatalf("%d requests are out, want %d", len(w.fetches), tt.requests)
			}
			w.read(1)
			w.read(2)
			w.answer(1, 200, shapeHeader, wholeRow)
			if said := w.read(1); len(said) != 1 || !strings.Contains(said[0], `"user:9"`) {
				t.Errorf("page 1 is told %q", said)
			}
			if said := w.read(2); (len(said) > 0) != (tt.requests == 1) {
				t.Errorf("page 2 is told %q", said)
			}
		})
	}
}

func TestAPageThatComesLateIsToldEverything(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.openRun(1, 1, "a")
	w.answer(1, 200, shapeHeader, wholeRow)
	first := w.read(1)
	w.answer(2, 200, shapeHeader, update(`"status":"PAUSED"`))
	w.hello(2)
	w.openRun(2, 1, "a")
	late := w.read(2)
	want := strings.NewReplacer(`"EXECUTING"`, `"WAITING"`, `"isWaiting":false,"isExecuting":true`, `"isWaiting":true,"isExecuting":false`).Replace(first[len(first)-1])
	if got := late[len(late)-1]; got != want {
		t.Errorf("the late page is told\n%s, want\n%s", got, want)
	}
}

func TestAPageIsToldNothingTwice(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.openStream(1, 1, `"throttleInMs":0`, "")
	w.start(1, api.Header{"content-type": "text/event-stream"})
	w.chunk(1, "id: 1-0\ndata: \"first\"\n\n")
	w.read(1)
	w.chunk(1, "id: 2-0\ndata: \"second\"\n\n")
	if said := strings.Join(w.read(1), ""); strings.Contains(said, "first") || !strings.Contains(said, `["second"]`) {
		t.Errorf("after the second part the page is told %s", said)
	}
	// A second hook on the page, in a scope of its own, needs a view and no data.
	w.say(1, `{"op":"open","sub":2,"scope":"b","spec":{"hook":"stream","runId":"run_1","streamKey":"ai"},"options":{"accessToken":"tr_pat"}}`)
	if got, want := strings.Join(w.read(1), ""), `{"op":"publish","feeds":[],"views":[{"scopes":["b"],"streams":{"ai":1},"connection":"live","lastUpdateAt":1769854830000}]}`; got != want {
		t.Errorf("for the second hook the page is told %s, want %s", got, want)
	}
}

// A hook that changes its token goes on showing what it had of a stream, while another hook of the page reads on.
func TestAPageIsSentNoPartAgainForAHookThatShowsFewer(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	const watch = `{"op":%q,"sub":1,"scope":"run","spec":{"hook":"runWithStreams","runId":"run_1"},"options":{"accessToken":%q,"throttleInMs":0}}`
	w.say(1, watch, "open", "tr_pat")
	w.answer(1, 200, shapeHeader, wholeRow)
	w.openStream(1, 2, `"throttleInMs":0`, "")
	stream := w.lastFetch - 1 // before the run's live request
	w.start(stream, api.Header{"content-type": "text/event-stream"})
	w.chunk(stream, "id: 1-0\ndata: 1\n\n")
	w.say(1, watch, "update", "another")
	w.chunk(stream, "id: 2-0\ndata: 2\n\n")
	w.answer(w.lastFetch, 503, nil, "")
	w.chunk(stream, "id: 3-0\ndata: 3\n\n")
	var parts []string
	for _, message := range w.read(1) {
		parts = append(parts, partsOf(t, message)...)
	}
	if got := strings.Join(parts, " "); got != "1 2 3" {
		t.Errorf("the page was sent the parts %s", got)
	}
}

// partsOf lists the parts of streams in a message to a page.
func partsOf(t *testing.T, message string) []string {
	t.Helper()
	var m struct {
		Feeds []struct{ Parts []json.RawMessage }
	}
	if err := json.Unmarshal([]byte(message), &m); err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, feed := range m.Feeds {
		for _, part := range feed.Parts {
			parts = append(parts, string(part))
		}
	}
	return parts
}

func TestAControlRecordMovesTheCursorAndNotTheLastEventIDThatIsShown(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"session","sessionId":"s","io":"out"},"options":{"accessToken":"tr_pat","onControl":true}}`)
	w.start(1, streamHeader)
	w.chunk(1, `event: batch`+"\n"+`data: {"records":[{"seq_num":0,"body":"{\"data\":1,\"id\":\"a\"}"}]}`+"\n\n")
	w.read(1)
	w.chunk(1, `event: batch`+"\n"+`data: {"records":[{"seq_num":1,"headers":[["trigger-control","turn-complete"]],"body":""}]}`+"\n\n")
	if said := strings.Join(w.read(1), ""); strings.Contains(said, "lastEventId") || !strings.Contains(said, `"cursor":"1"`) || !strings.Contains(said, "turn-complete") {
		t.Errorf("after a control record the page is told %s", said)
	}
}

func TestOneMessageTellsAPageAllThatAnEventBrought(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	for sub := range 50 {
		w.openRun(1, sub+1, fmt.Sprint(sub))
	}
	w.read(1)
	w.answer(1, 200, shapeHeader, wholeRow)
	if said := w.read(1); len(said) != 1 || strings.Count(said[0], `"id":"run_1"`) != 1 {
		t.Errorf("fifty hooks are told %d messages: %.300s", len(said), said)
	}
}

func TestDetachClosesEverything(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.hello(2)
	w.openRun(1, 1, "a")
	w.openStream(1, 2, `"throttleInMs":1000`, "")
	w.openRun(2, 1, "a")
	w.answer(1, 200, shapeHeader, wholeRow)
	w.server.detach(w.now, 1)
	w.advance(2 * time.Second)
	if len(w.fetches) != 1 {
		t.Errorf("%d requests are out, want the one of page 2", len(w.fetches))
	}
	w.read(1)
	w.server.detach(w.now, 2)
	w.quiet()
	w.server.detach(w.now, 2) // a page that is gone, and one that never was
	w.server.detach(w.now, 7)
	if said := w.read(1); said != nil {
		t.Errorf("a page that is gone is told %q", said)
	}
}

func TestHelloResetsAPage(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.openRun(1, 1, "a")
	w.answer(1, 200, shapeHeader, wholeRow)
	w.read(1)
	w.hello(1)
	// The numbers and scopes of before are free, and the data is sent again.
	w.openRun(1, 1, "a")
	if said := strings.Join(w.read(1), " "); !strings.Contains(said, `"op":"ready"`) || !strings.Contains(said, `"user:9"`) {
		t.Errorf("after another hello the page is told %s", said)
	}
	w.hello(1)
	w.quiet()
}

func TestMessagesBeforeHelloAreMeantForAnotherInstance(t *testing.T) {
	w := newWorld(t)
	for name := range messages {
		if strings.HasPrefix(name, "a page says hello") {
			continue
		}
		for _, g := range goldens(t) {
			if g.Name == name {
				w.say(1, "%s", compact(t, g.Message))
			}
		}
	}
	if said := w.read(1); said != nil || len(w.fetches) > 0 {
		t.Errorf("the page is told %q and %d requests are out", said, len(w.fetches))
	}
}

func TestWhatCannotBeReadIsAnsweredAndChangesNothing(t *testing.T) {
	for _, tt := range []struct{ name, message, answer string }{
		{"no JSON", `{"op":`, "a message that is not JSON"},
		{"an unknown word", `{"op":"dance"}`, "an unknown message"},
		{"no word", `{}`, "an unknown message"},
		{"no object", `[1]`, "an unknown message"},
		{"an open without a spec", `{"op":"open","sub":9,"scope":"x"}`, "an open without a known spec or a scope"},
		{"an open of an unknown hook", `{"op":"open","sub":9,"scope":"x","spec":{"hook":"useMagic","runId":"r"}}`, "an open without a known spec or a scope"},
		{"an open without a scope", `{"op":"open","sub":9,"spec":{"hook":"run","runId":"r"}}`, "an open without a known spec or a scope"},
		{"a number that is open", `{"op":"open","sub":1,"scope":"x","spec":{"hook":"run","runId":"r"}}`, "a subscription that is already open"},
		{"another version", `{"op":"hello","protocol":0}`, "the page speaks protocol 0"},
		{"a stop of nothing", `{"op":"stop","sub":9}`, ""},
		{"a close of nothing", `{"op":"close","sub":9}`, ""},
		{"an update of nothing", `{"op":"update","sub":9,"options":{}}`, ""},
		{"a submission to nothing", `{"op":"submit","sub":9,"body":{}}`, ""},
		{"a drop of nothing", `{"op":"drop","scope":"x"}`, ""},
		{"a drop of what is in use", `{"op":"drop","scope":"a"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.hello(1)
			w.openRun(1, 1, "a")
			w.read(1)
			w.say(1, "%s", tt.message)
			said := strings.Join(w.read(1), " ")
			if (said == "") != (tt.answer == "") || !strings.Contains(said, tt.answer) {
				t.Errorf("the page is told %q, want %q", said, tt.answer)
			}
			w.answer(1, 200, shapeHeader, wholeRow)
			if said := w.read(1); len(said) != 1 || !strings.Contains(said[0], `"scopes":["a"]`) {
				t.Errorf("then the page is told %q of its run", said)
			}
		})
	}
}

func TestScopesMayHaveAnyName(t *testing.T) {
	for _, scope := range []string{"1/a", "/", "2", `"quoted"`, "é🙂", "\x00"} {
		w := newWorld(t)
		w.hello(1)
		w.hello(2)
		quoted, _ := json.Marshal(scope)
		w.say(1, `{"op":"open","sub":1,"scope":%s,"spec":{"hook":"run","runId":"run_1"},"options":{}}`, quoted)
		w.read(1)
		w.read(2)
		w.answer(1, 200, shapeHeader, wholeRow)
		var m struct{ Views []struct{ Scopes []string } }
		if said := w.read(1); len(said) != 1 || json.Unmarshal([]byte(said[0]), &m) != nil || !slices.Equal(m.Views[0].Scopes, []string{scope}) {
			t.Errorf("scope %q: the page is told %q", scope, said)
		}
		if said := w.read(2); said != nil {
			t.Errorf("scope %q: the other page is told %q", scope, said)
		}
	}
}

// Invariant T1.
func TestNoMessageToAPageHasAToken(t *testing.T) {
	w := newWorld(t)
	w.hello(1)
	w.openRun(1, 1, "a")
	w.openStream(1, 2, `"throttleInMs":0`, "")
	w.answer(1, 200, shapeHeader, wholeRow)
	w.answer(2, 403, nil, `{"error":"Unauthorized"}`)
	w.answer(3, 401, nil, ``)
	if said := strings.Join(w.read(1), "\n"); strings.Contains(said, "tr_pat") {
		t.Errorf("the page is told %s", said)
	}
}

// TestRunDeltasAddUp plays a run through random changes and lets a page put the deltas together.
func TestRunDeltasAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var before *api.Run
	page := map[string]json.RawMessage{}
	for range 300 {
		run := randomRun(random, "run_1")
		delta := map[string]json.RawMessage{}
		if err := json.Unmarshal(runDelta(before, run), &delta); err != nil {
			t.Fatal(err)
		}
		maps.Copy(page, delta)
		whole := map[string]json.RawMessage{}
		if err := json.Unmarshal(runDelta(nil, run), &whole); err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprintf("%s", page), fmt.Sprintf("%s", whole); got != want {
			t.Fatalf("the page has\n%s, want\n%s", got, want)
		}
		before = run
	}
}

// TestListDeltasAddUp does the same with a list of runs: who has left goes, who changed is merged, who came is
// put in its place.
func TestListDeltasAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		var list []*api.Run
		var page []map[string]json.RawMessage
		for range 20 {
			next := nextList(random, list)
			page = applyList(t, page, listDelta(list, next))
			list = next
			var want []map[string]json.RawMessage
			for _, run := range list {
				want = append(want, members(t, runDelta(nil, run)))
			}
			if got, want := fmt.Sprintf("%s", page), fmt.Sprintf("%s", want); got != want {
				t.Fatalf("the page has\n%s, want\n%s", got, want)
			}
		}
	}
}

func runDelta(old, run *api.Run) []byte {
	var w rawjson.Writer
	writeRun(&w, old, run)
	return w.Bytes()
}

func listDelta(old, runs []*api.Run) []byte {
	var w rawjson.Writer
	writeList(&w, old, runs)
	return w.Bytes()
}

func nextList(random *rand.Rand, list []*api.Run) []*api.Run {
	byID := map[string]*api.Run{}
	for _, run := range list {
		if random.IntN(6) > 0 {
			byID[run.ID] = run
		}
	}
	for range random.IntN(4) {
		id := fmt.Sprintf("run_%02d", random.IntN(12))
		byID[id] = randomRun(random, id)
	}
	var next []*api.Run
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		next = append(next, byID[id])
	}
	return next
}

func applyList(t *testing.T, page []map[string]json.RawMessage, delta []byte) []map[string]json.RawMessage {
	t.Helper()
	var d struct {
		Removed []string
		Changed []struct {
			ID  string
			At  *int
			Run json.RawMessage
		}
	}
	if err := json.Unmarshal(delta, &d); err != nil {
		t.Fatalf("%s: %v", delta, err)
	}
	page = slices.DeleteFunc(page, func(run map[string]json.RawMessage) bool {
		return slices.ContainsFunc(d.Removed, func(id string) bool { return string(run["id"]) == `"`+id+`"` })
	})
	for _, c := range d.Changed {
		i := slices.IndexFunc(page, func(run map[string]json.RawMessage) bool { return string(run["id"]) == `"`+c.ID+`"` })
		switch {
		case i >= 0:
			maps.Copy(page[i], members(t, c.Run))
		case c.At != nil:
			page = slices.Insert(page, *c.At, members(t, c.Run))
		default:
			page = append(page, members(t, c.Run))
		}
	}
	return page
}

func members(t *testing.T, object []byte) map[string]json.RawMessage {
	t.Helper()
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatalf("%s: %v", object, err)
	}
	return m
}

func randomRun(random *rand.Rand, id string) *api.Run {
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	run := &api.Run{
		ID: id, TaskIdentifier: "t", CreatedAt: "c", UpdatedAt: api.Timestamp(pick("1", "2", "3")),
		Status:     api.RunStatus(pick("QUEUED", "EXECUTING", "WAITING", "COMPLETED", "CANCELED", "FAILED")),
		FinishedAt: api.Timestamp(pick("", "", "9")), IsTest: random.IntN(2) == 0,
		DurationMs: api.Number(pick("", "0", "7")), Tags: [][]string{nil, {"a"}, {"a", "b"}}[random.IntN(3)],
		Payload: api.Packet{Type: pick("", "application/json"), Data: `"1"`},
	}
	if random.IntN(2) == 0 {
		run.Error = &api.RunError{Name: pick("", "E"), Message: pick("m", "n"), StackTrace: pick("", "s")}
	}
	return run
}
