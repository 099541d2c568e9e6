package emulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// items is the request that sends items to a batch.
func items(id string, lines ...string) request {
	return request{
		method: "POST", path: "/api/v3/batches/" + id + "/items", body: strings.Join(lines, "\n"),
		headers: map[string]string{"Content-Type": "application/x-ndjson"},
	}
}

func createBatch(t *testing.T, e *Emulator, body string) string {
	t.Helper()
	answer := do(e, request{path: "/api/v3/batches", body: body})
	if answer.Code != 202 {
		t.Fatalf("got %d %s", answer.Code, answer.Body)
	}
	return decode[runHandle](t, answer.Body.Bytes()).ID
}

func TestABatchTakesItsItemsOnceEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := createBatch(t, e, `{"runCount":3,"taskIdentifiers":["hello-world"]}`)
		one, two := `{"index":0,"task":"hello-world","payload":{"name":"a"},"options":{"tags":["x"]}}`, `{"index":1,"task":"no-such-task"}`
		three := "\n" + `{"index":2,"task":"hello-world"}` + "\n"
		for _, c := range []struct {
			lines []string
			want  string
		}{
			{[]string{one, two}, `{"id":"%s","itemsAccepted":2,"itemsDeduplicated":0,"sealed":false,"enqueuedCount":2,"expectedCount":3}`},
			{[]string{one, two, three}, `{"id":"%s","itemsAccepted":1,"itemsDeduplicated":2,"sealed":true}`},
			{nil, `{"id":"%s","itemsAccepted":0,"itemsDeduplicated":0,"sealed":true}`},
		} {
			answer := do(e, items(id, append(c.lines, "")...))
			if want := fmt.Sprintf(c.want, id); answer.Code != 200 || answer.Body.String() != want {
				t.Errorf("got %d %s\nwant %s", answer.Code, answer.Body, want)
			}
		}
		retrieve := func() string { return do(e, request{path: "/api/v2/batches/" + id}).Body.String() }
		if got := retrieve(); !strings.Contains(got, `"status":"PROCESSING"`) || !strings.Contains(got, `"errors":[{"index":1,"taskIdentifier":"no-such-task","error":"Task not found"}]`) {
			t.Errorf("got %s", got)
		}
		client := &feedClient{e: e, path: "/realtime/v1/batches/" + id}
		if got := client.fetch(t, false); len(got) != 2 {
			t.Errorf("the feed has %q", got)
		}
		time.Sleep(time.Second) // of the bubble's clock
		if got := client.fetch(t, true); len(got) != 2 || !strings.HasPrefix(got[0], "update ") {
			t.Errorf("the feed is told %q", got)
		}
		if got := retrieve(); !strings.Contains(got, `"status":"PARTIAL_FAILED"`) {
			t.Errorf("got %s", got)
		}
		for _, run := range decode[struct {
			Runs []string `json:"runs"`
		}](t, []byte(retrieve())).Runs {
			if row := must(e.Run(run)); row.BatchID != id || row.TriggerFunction != "batchTrigger" {
				t.Errorf("got %+v", row)
			}
		}
	})
}

func TestABatchHandsOutItsTokens(t *testing.T) {
	e := newEmulator(t, Options{})
	browser := map[string]string{"X-Trigger-Client": "browser"}
	cases := []struct {
		scope   string
		headers map[string]string
		want    []string
	}{
		{"", nil, []string{"read:batch:"}},
		{"batchTrigger:tasks", browser, []string{"read:batch:", "write:batch:"}},
		{"batchTrigger:tasks", nil, []string{"read:batch:"}},
		{"batchTrigger:tasks:hello-world", browser, []string{"read:batch:"}},
	}
	for _, c := range cases {
		q := request{path: "/api/v3/batches", body: `{"runCount":1,"taskIdentifiers":["hello-world"]}`, headers: c.headers}
		if c.scope != "" {
			q.bearer = must(e.MintToken(TokenSpec{Scopes: []string{c.scope}}))
		}
		answer := do(e, q)
		id := decode[runHandle](t, answer.Body.Bytes()).ID
		token := must(e.verify(answer.Header().Get("X-Trigger-Jwt")))
		want := make([]string, len(c.want))
		for i, scope := range c.want {
			want[i] = scope + id
		}
		if !slices.Equal(token.Scopes, want) || token.ExpiresAt.Sub(token.IssuedAt.Time) != time.Hour {
			t.Errorf("%s: got %v until %v", c.scope, token.Scopes, token.ExpiresAt)
		}
		if got := answer.Header().Get("X-Trigger-Jwt-Claims"); got != `{"sub":"env_emulator","pub":true}` {
			t.Errorf("claims are %s", got)
		}
	}
}

func TestBatchesRefuse(t *testing.T) {
	e := newEmulator(t, Options{})
	id := createBatch(t, e, `{"runCount":2}`)
	other := createBatch(t, e, `{"runCount":2}`)
	create := func(body string) request { return request{path: "/api/v3/batches", body: body} }
	old := func(body string) request { return request{path: "/api/v2/tasks/batch", body: body} }
	item, foreign := `{"index":0,"task":"hello-world"}`, `{"index":0,"task":"count-up"}`
	checkAnswers(t, e, []answerCase{
		{"no count", "", create(`{}`), 400, `Validation error: Required at \"runCount\"`},
		{"a count of zero", "", create(`{"runCount":0}`), 400, `{"error":"runCount must be a positive integer"}`},
		{"too many", "", create(`{"runCount":1001}`), 400, `exceeds maximum allowed of 1000`},
		{"a fraction", "", create(`{"runCount":1.5}`), 400, `Validation error`},
		{"no tasks in the list", "", create(`{"runCount":1,"taskIdentifiers":[]}`), 400, `Validation error`},
		{"a body over the limit", "", create(`{"runCount":1,"x":"` + strings.Repeat("x", batchBodyLimit) + `"}`), 413, `Request body too large`},
		{"tasks that the scope does not name", "batchTrigger:tasks:hello-world", create(`{"runCount":1,"taskIdentifiers":["count-up","hello-world"]}`), 403, `"code":"unauthorized"`},
		{"no list with a scope for one task", "batchTrigger:tasks:hello-world", create(`{"runCount":1}`), 403, `"code":"unauthorized"`},
		{"the scope for one batch", "batchTrigger:batch:" + id, create(`{"runCount":1}`), 403, `"code":"unauthorized"`},
		{"the scope for batches", "batchTrigger:batch", create(`{"runCount":1}`), 202, ``},
		{"the scope to write tasks", "write:tasks:hello-world", create(`{"runCount":1,"taskIdentifiers":["hello-world"]}`), 202, ``},
		{"a parent that may not be written", "batchTrigger:tasks", create(`{"runCount":1,"parentRunId":"run_x"}`), 403, `{"error":"Unauthorized"}`},

		{"items of another type", "", request{path: "/api/v3/batches/" + id + "/items", body: item}, 415, `Content-Type must be`},
		{"items of an unknown batch", "", items("batch_x", item), 422, `Batch batch_x not found`},
		{"an item that is no JSON", "", items(id, item, "{"), 400, `Invalid JSON at line 2`},
		{"an item beyond the count", "", items(id, `{"index":2,"task":"hello-world"}`), 422, `exceeds batch runCount 2`},
		{"an item without a task", "", items(id, `{"index":1}`), 422, `Invalid item at line 1`},
		{"an item with a bad option", "", items(id, `{"index":1,"task":"hello-world","options":{"machine":"huge"}}`), 422, `options.machine`},
		{"items for one batch with the scope for another", "write:batch:" + other, items(id, item), 403, `{"error":"Unauthorized"}`},
		{"an item of a task that the scope does not name", "batchTrigger:tasks:hello-world", items(id, foreign), 403, `{"error":"Unauthorized"}`},
		{"nothing, with the scope for a task", "batchTrigger:tasks:hello-world", items(id, ""), 403, `{"error":"Unauthorized"}`},
		{"an item with the scope for its task", "batchTrigger:tasks:hello-world", items(id, item), 200, ``},
		{"an item with the scope for the batch", "write:batch:" + other, items(other, foreign), 200, ``},

		{"no items at all", "", old(`{"items":[]}`), 400, `{"error":"Batch cannot be triggered with no items"}`},
		{"too many items", "", old(`{"items":[` + strings.Repeat(item+",", 500) + item + `]}`), 400, `Maximum allowed batch size is 500`},
		{"an item whose task the scope does not name", "write:tasks:hello-world", old(`{"items":[` + item + `,` + foreign + `]}`), 403, `"code":"unauthorized"`},
		{"items with the scope", "batchTrigger:tasks:hello-world", old(`{"items":[` + item + `]}`), 202, `"runCount":1`},

		{"the feed of an unknown batch", "", request{path: "/realtime/v1/batches/batch_x?offset=-1"}, 404, `{"error":"Not found"}`},
		{"the feed with the scope for another batch", "read:batch:" + other, request{path: "/realtime/v1/batches/" + id}, 403, `"code":"unauthorized"`},
		{"the feed with the scope for a tag", "read:tags", request{path: "/realtime/v1/batches/" + id}, 403, `"code":"unauthorized"`},
		{"the feed with the scope for the batch", "read:batch:" + id, request{path: "/realtime/v1/batches/" + id}, 200, ``},
		{"the feed with the scope for runs", "read:runs", request{path: "/realtime/v1/batches/" + id}, 200, ``},
		{"an unknown batch", "", request{path: "/api/v2/batches/batch_x"}, 404, `{"error":"Not found"}`},
	})
	if got := do(e, request{path: "/realtime/v1/batches/batch_x"}).Header().Get("X-Should-Retry"); got != "true" {
		t.Errorf("an unknown batch advises to retry: %q", got)
	}
}

func TestABatchIsCreatedOnce(t *testing.T) {
	e := newEmulator(t, Options{})
	body := `{"runCount":1,"idempotencyKey":"k"}`
	id := createBatch(t, e, body)
	again := do(e, request{path: "/api/v3/batches", body: body})
	if want := `{"id":"` + id + `","runCount":1,"isCached":true,"idempotencyKey":"k"}`; again.Code != 200 || again.Body.String() != want {
		t.Errorf("got %d %s, want %s", again.Code, again.Body, want)
	}
	yes := true
	token := must(e.MintToken(TokenSpec{Scopes: []string{"batchTrigger:tasks"}, OneTime: &yes}))
	use := func() int { return do(e, request{path: "/api/v3/batches", body: `{"runCount":1}`, bearer: token}).Code }
	if first, second := use(), use(); first != 202 || second != 422 {
		t.Errorf("a one-time token is answered %d, then %d", first, second)
	}
}

func TestScriptedRunsFormABatch(t *testing.T) {
	e := newEmulator(t, Options{})
	must(e.CreateRun("run_1", Columns{"batchId": "batch_1"}))
	client := &feedClient{e: e, path: "/realtime/v1/batches/batch_1"}
	expect(t, "snapshot", client.fetch(t, false), "insert run_1")
	must(e.CreateRun("run_2", Columns{"batchId": "batch_1"}))
	must(e.CreateRun("run_3", Columns{"batchId": "batch_2"}))
	expect(t, "live", client.fetch(t, true), "insert run_2")
}
