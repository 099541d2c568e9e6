package emulator

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// feedClient follows a feed of many runs as a client does.
type feedClient struct {
	e      *Emulator
	path   string // with its query, without what the protocol adds
	header map[string][]string
}

func (c *feedClient) request(live bool) request {
	query := url.Values{"offset": {"-1"}}
	if c.header != nil {
		query = url.Values{"offset": c.header["Electric-Offset"], "handle": c.header["Electric-Handle"], "cursor": c.header["Electric-Cursor"]}
	}
	if live {
		query.Set("live", "true")
	}
	separator := "?"
	if strings.Contains(c.path, "?") {
		separator = "&"
	}
	return request{path: c.path + separator + query.Encode()}
}

// fetch requests once and says what it is told, as "insert run_a", in the order of the answer.
func (c *feedClient) fetch(t *testing.T, live bool) []string {
	t.Helper()
	answer := do(c.e, c.request(live))
	if answer.Code != 200 {
		t.Fatalf("%s: got %d %s", c.path, answer.Code, answer.Body)
	}
	c.header = answer.Header()
	return told(c.e, decode[[]feedMessage](t, answer.Body.Bytes()))
}

func told(e *Emulator, messages []feedMessage) []string {
	list := []string{}
	for _, message := range messages {
		if message.Headers.Operation == "" {
			continue
		}
		id := message.Key
		if shown := message.Value["friendlyId"]; shown != nil {
			id = *shown
		}
		list = append(list, message.Headers.Operation+" "+id)
	}
	return list
}

func create(e *Emulator, id string, tags ...string) { must(e.CreateRun(id, Columns{"tags": tags})) }

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestAListHasTheRunsWithAllOfItsTags(t *testing.T) {
	e := newEmulator(t, Options{})
	create(e, "run_ab", "a", "b")
	create(e, "run_a", "a")
	create(e, "run_none")
	for query, want := range map[string][]string{
		"":            {"insert run_ab", "insert run_a", "insert run_none"},
		"?tags=":      {"insert run_ab", "insert run_a", "insert run_none"},
		"?tags=a":     {"insert run_ab", "insert run_a"},
		"?tags=b,a":   {"insert run_ab"},
		"?tags=A":     {},
		"?tags=a%20b": {},
	} {
		client := &feedClient{e: e, path: "/realtime/v1/runs" + query}
		expect(t, query, client.fetch(t, false), want...)
	}
}

func TestAListFollowsItsRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{PollHold: time.Second})
		create(e, "run_1", "x")
		client := &feedClient{e: e, path: "/realtime/v1/runs?tags=x"}
		expect(t, "snapshot", client.fetch(t, false), "insert run_1")
		handle := client.header["Electric-Handle"]

		poll, ended, _ := begin(t, e, client.request(true))
		synctest.Wait()
		create(e, "run_other", "y")
		synctest.Wait()
		if ended() {
			t.Fatal("a run without the tag woke the poll for good")
		}
		create(e, "run_2", "x")
		synctest.Wait()
		if !ended() {
			t.Fatal("the new run did not wake the poll")
		}
		client.header = poll.Header()
		expect(t, "a new run", told(e, decode[[]feedMessage](t, poll.Body.Bytes())), "insert run_2")

		update := func(id string, columns Columns) {
			if err := e.UpdateRun(id, columns); err != nil {
				t.Fatal(err)
			}
		}
		update("run_2", Columns{"status": StatusExecuting})
		update("run_1", Columns{"status": StatusExecuting})
		update("run_2", Columns{"usageDurationMs": 7})
		expect(t, "each changed run once, in the order of the last change", client.fetch(t, true), "update run_1", "update run_2")
		update("run_other", Columns{"tags": []string{"y", "x"}})
		expect(t, "a run that gains the tag", client.fetch(t, true), "insert run_other")
		update("run_other", Columns{"tags": []string{"y"}})
		expect(t, "a run that loses the tag", client.fetch(t, true))
		expect(t, "nothing", client.fetch(t, true))
		if !slices.Equal(client.header["Electric-Handle"], handle) {
			t.Errorf("the handle went from %s to %s", handle, client.header["Electric-Handle"])
		}
		expect(t, "resuming without live", client.fetch(t, false), "insert run_1", "insert run_2")
	})
}

func TestDeletesAreAnnounced(t *testing.T) {
	e := newEmulator(t, Options{AnnounceDeletes: true})
	create(e, "run_1", "x")
	create(e, "run_2", "x")
	client := &feedClient{e: e, path: "/realtime/v1/runs?tags=x"}
	client.fetch(t, false)
	one := do(e, request{path: "/realtime/v1/runs/run_1?offset=-1"})
	keys := map[string]string{"run_1": `"public"."TaskRun"/"` + must(e.Run("run_1")).ID + `"`, "run_2": `"public"."TaskRun"/"` + must(e.Run("run_2")).ID + `"`}

	if err := e.UpdateRun("run_2", Columns{"tags": []string{}}); err != nil {
		t.Fatal(err)
	}
	if err := e.DeleteRun("run_1"); err != nil {
		t.Fatal(err)
	}
	expect(t, "live", client.fetch(t, true), "delete "+keys["run_2"], "delete "+keys["run_1"])
	create(e, "run_3", "x")
	if err := e.DeleteRun("run_3"); err != nil {
		t.Fatal(err)
	}
	create(e, "run_4", "x")
	expect(t, "a run that came and went", client.fetch(t, true), "insert run_4")
	expect(t, "a new snapshot", (&feedClient{e: e, path: client.path}).fetch(t, false), "insert run_4")
	if got := do(e, next("run_1", one.Header(), true)).Code; got != 404 {
		t.Errorf("the feed of the deleted run is answered %d", got)
	}
	if err := e.DeleteRun("run_1"); err == nil {
		t.Error("deleted twice")
	}
}

func TestARunsOwnFeedAnnouncesItsDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		poll, _, _ := begin(t, e, next(id, snapshot.Header(), true))
		synctest.Wait()
		if err := e.DeleteRun(id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		messages := decode[[]feedMessage](t, poll.Body.Bytes())
		if len(messages) != 2 || messages[0].Headers.Operation != "delete" || len(messages[0].Value) != 1 {
			t.Errorf("got %s", poll.Body)
		}
	})
}

func TestTheWindowIsPinned(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(1_769_854_830_123))
	e := newEmulator(t, Options{Clock: clock})
	for _, age := range []time.Duration{30 * time.Hour, 2 * time.Hour, 30 * time.Minute} {
		must(e.CreateRun("run_"+age.String(), Columns{"createdAt": clock.Now().Add(-age)}))
	}
	for createdAt, want := range map[string][]string{
		"":                       {"insert run_2h0m0s", "insert run_30m0s"},
		"1h":                     {"insert run_30m0s"},
		"1h30m":                  {"insert run_30m0s"},
		"2h":                     {"insert run_30m0s"},
		"2h1s":                   {"insert run_2h0m0s", "insert run_30m0s"},
		"1w":                     {"insert run_2h0m0s", "insert run_30m0s"},
		"soon":                   {"insert run_2h0m0s", "insert run_30m0s"},
		strings.Repeat("9", 101): {"insert run_2h0m0s", "insert run_30m0s"},
	} {
		client := &feedClient{e: e, path: "/realtime/v1/runs?createdAt=" + createdAt}
		expect(t, createdAt, client.fetch(t, false), want...)
	}
	client := &feedClient{e: e, path: "/realtime/v1/runs?createdAt=1h"}
	client.fetch(t, false)
	if handle := client.header["Electric-Handle"][0]; !strings.HasPrefix(handle, "runs_1769851230123_0_") {
		t.Errorf("the handle is %s", handle)
	}
	clock.Advance(50 * time.Minute)
	expect(t, "later", client.fetch(t, false), "insert run_30m0s")
	if err := e.UpdateRun("run_30m0s", nil); err != nil {
		t.Fatal(err)
	}
	expect(t, "an update of a run that is older than the window by now", client.fetch(t, true), "update run_30m0s")
}

func TestAListIsCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{ListRows: 2, PartialUpdates: true, PollHold: time.Second})
		for i := range 3 {
			create(e, fmt.Sprint("run_", i))
		}
		client := &feedClient{e: e, path: "/realtime/v1/runs"}
		expect(t, "the newest", client.fetch(t, false), "insert run_1", "insert run_2")
		for _, id := range []string{"run_0", "run_1"} {
			if err := e.UpdateRun(id, Columns{"status": StatusExecuting}); err != nil {
				t.Fatal(err)
			}
		}
		answer := do(e, client.request(true))
		messages := decode[[]feedMessage](t, answer.Body.Bytes())
		if len(messages) != 2 || len(messages[0].Value) != 3 {
			t.Errorf("a partial update of a run within the cap: got %s", answer.Body)
		}
	})
}

func TestAListMustBeFetchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{PollHold: time.Second})
		create(e, "run_1", "x")
		client := &feedClient{e: e, path: "/realtime/v1/runs?tags=x"}
		client.fetch(t, false)
		poll, ended, _ := begin(t, e, client.request(true))
		synctest.Wait()
		e.RotateLists()
		synctest.Wait()
		renewed := poll.Header().Get("Electric-Handle")
		if !ended() || poll.Code != 409 || poll.Body.String() != mustRefetch || renewed == "" || renewed == client.header["Electric-Handle"][0] {
			t.Errorf("the rotation: got %d %s, handle %q", poll.Code, poll.Body, renewed)
		}
		for name, path := range map[string]string{
			"another tag":     "/realtime/v1/runs?tags=y",
			"another columns": "/realtime/v1/runs?tags=x&skipColumns=payload",
			"the old handle":  "/realtime/v1/runs?tags=x",
		} {
			other := &feedClient{e: e, path: path, header: client.header}
			if got := do(e, other.request(true)).Code; got != 409 {
				t.Errorf("%s is answered %d", name, got)
			}
		}
		if got := do(e, request{path: "/realtime/v1/runs?tags=x&offset=0_0&handle=" + renewed}).Code; got != 200 {
			t.Errorf("the new handle is answered %d", got)
		}
	})
}

func TestRefusedLists(t *testing.T) {
	e := newEmulator(t, Options{})
	cases := []struct {
		query, scope string
		status       int
		body         string
	}{
		{"?tags=a,,b", "", 400, `{"error":"Query Error","details":[{"code":"custom","path":["tags"],"message":"Invalid tag: \"\""}]}`},
		{"?tags=a%22b", "", 400, `Query Error`},
		{"?tags=a%5Cb", "", 400, `Query Error`},
		{"?tags=a%00b", "", 400, `Query Error`},
		{"?tags=a'b", "", 200, ``},
		{"?tags=a,b", "read:runs", 200, ``},
		{"?tags=a,b", "read:tags", 200, ``},
		{"?tags=a,b", "read:tags:b", 200, ``},
		{"?tags=a,b", "admin", 200, ``},
		{"?tags=a,b", "read:tags:c", 403, `"code":"unauthorized"`},
		{"?tags=a,b", "read:tasks", 403, `"code":"unauthorized"`},
		{"?tags=a,b", "read:runs:run_1", 403, `"code":"unauthorized"`},
		{"?tags=a,b", "write:runs", 403, `"code":"unauthorized"`},
		{"", "read:tags:a", 403, `"code":"unauthorized"`},
		{"", "read:tags", 200, ``},
	}
	for _, c := range cases {
		q := request{path: "/realtime/v1/runs" + c.query}
		if c.scope != "" {
			q.bearer = must(e.MintToken(TokenSpec{Scopes: []string{c.scope}}))
		}
		answer := do(e, q)
		if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.body) {
			t.Errorf("%s with %q: got %d %s", c.query, c.scope, answer.Code, answer.Body)
		}
	}
}

// BenchmarkUpdatesOfALongList answers one poll per update of one run among 5,000.
func BenchmarkUpdatesOfALongList(b *testing.B) {
	e := newEmulator(b, Options{ListRows: 5000})
	for i := range 5000 {
		create(e, fmt.Sprint("run_", i), "x")
	}
	client := &feedClient{e: e, path: "/realtime/v1/runs?tags=x"}
	client.header = do(e, client.request(false)).Header()
	for i := 0; b.Loop(); i++ {
		if err := e.UpdateRun(fmt.Sprint("run_", i%5000), nil); err != nil {
			b.Fatal(err)
		}
		client.header = do(e, client.request(true)).Header()
	}
}
