package emulator

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTriggerChecksItsOptions(t *testing.T) {
	e := newEmulator(t, Options{})
	long := func(n int) string { return strings.Repeat("x", n) }
	cases := []struct {
		name, options string
		status        int
		contains      string
	}{
		{"a queue without a name", `{"queue":{}}`, 400, `options.queue.name`},
		{"three concurrency limits", `{"concurrency":["a","b","c"]}`, 400, `options.concurrency`},
		{"a bad name of a limit", `{"concurrency":["a b"]}`, 400, `options.concurrency`},
		{"a long name of a limit", `{"concurrency":["` + long(123) + `"]}`, 400, `options.concurrency`},
		{"four gates", `{"gates":[{"queue":"a"},{"queue":"a"},{"queue":"a"},{"queue":"a"}]}`, 400, `options.gates`},
		{"a gate without a queue", `{"gates":[{"concurrencyKey":"k"}]}`, 400, `options.gates`},
		{"an empty key of a gate", `{"gates":[{"queue":"a","concurrencyKey":""}]}`, 400, `options.gates`},
		{"an unknown machine", `{"machine":"huge-9x"}`, 400, `options.machine`},
		{"half an attempt", `{"maxAttempts":1.5}`, 400, `Validation error`},
		{"a textual duration", `{"maxDuration":"1m"}`, 400, `Validation error`},
		{"a textual priority", `{"priority":"high"}`, 400, `Validation error`},
		{"a negative size", `{"payloadSize":-1}`, 400, `Validation error`},
		{"a long deployment id", `{"externalDeploymentId":"` + long(129) + `"}`, 400, `options.externalDeploymentId`},
		{"a key of an unknown scope", `{"idempotencyKeyOptions":{"key":"k","scope":"all"}}`, 400, `options.idempotencyKeyOptions.scope`},
		{"a long debounce key", `{"debounce":{"key":"` + long(513) + `","delay":"1s"}}`, 400, `options.debounce.key`},
		{"an unknown debounce mode", `{"debounce":{"key":"k","delay":"1s","mode":"both"}}`, 400, `options.debounce.mode`},
		{"a bad debounce delay", `{"debounce":{"key":"k","delay":"soon"}}`, 422, `invalid debounce delay`},
		{"a bad debounce limit", `{"debounce":{"key":"k","delay":"1s","maxDelay":"soon"}}`, 422, `invalid debounce maxDelay`},
		{"a debounce without a key", `{"debounce":{"delay":"1s"}}`, 422, `debounce key`},
		{"a negative time to live", `{"ttl":-1}`, 400, `options.ttl`},
		{"everything at its limit", `{"queue":{"name":"q"},"concurrency":["a","` + long(122) + `"],"machine":"micro","gates":[{"queue":"` + long(128) + `"}]}`, 200, ``},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := do(e, request{path: "/api/v1/tasks/always-fails/trigger", body: `{"options":` + c.options + `}`})
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.contains) {
				t.Errorf("got %d %s, want %d %s", answer.Code, answer.Body, c.status, c.contains)
			}
		})
	}
	token := must(e.MintToken(TokenSpec{Scopes: []string{"trigger:tasks"}}))
	child := request{path: triggerHello, body: `{"options":{"parentRunId":"run_x"}}`, bearer: token}
	if got := do(e, child); got.Code != 403 || got.Body.String() != `{"error":"Unauthorized"}` {
		t.Errorf("a parent that may not be written is answered %d %s", got.Code, got.Body)
	}
}

func TestTriggerKeepsItsOptions(t *testing.T) {
	e := newEmulator(t, Options{})
	e.PauseQueue()
	parent := triggerTask(t, e, "hello-world", `{}`)
	id := triggerTask(t, e, "hello-world", `{"options":{"queue":{"name":"slow"},"concurrency":["org"],"concurrencyKey":7,
		"machine":"small-2x","priority":2.5,"region":"eu-central-1","lockToVersion":"20260131.1","externalDeploymentId":" abc ",
		"maxAttempts":4,"maxDuration":60,"ttl":90,"test":true,"parentRunId":"`+parent+`","resumeParentOnCompletion":true}}`)
	row := must(e.Run(id))
	want := Settings{
		Version: "20260131.1", Region: "eu-central-1", Machine: "small-2x", Queue: "slow", ConcurrencyKey: "7", Concurrency: []string{"org"},
		Priority: 2.5, MaxAttempts: 4, MaxDuration: 60, ExternalDeploymentID: "abc",
	}
	if !reflect.DeepEqual(row.Settings, want) || row.TTL != "90s" || !row.IsTest {
		t.Errorf("got %+v, ttl %s", row.Settings, row.TTL)
	}
	shown := do(e, request{path: "/api/v3/runs/" + id}).Body.String()
	for _, part := range []string{
		`"version":"20260131.1"`, `"region":"eu-central-1"`, `"ttl":"90s"`, `"depth":1`, `"triggerFunction":"triggerAndWait"`, `"isTest":true`,
		`"relatedRuns":{"root":{"id":"` + parent + `"`, `"parent":{"id":"` + parent + `"`,
	} {
		if !strings.Contains(shown, part) {
			t.Errorf("retrieving does not show %s: %s", part, shown)
		}
	}
	if above := do(e, request{path: "/api/v3/runs/" + parent}).Body.String(); !strings.Contains(above, `"children":[{"id":"`+id+`"`) {
		t.Errorf("the parent does not show its child: %s", above)
	}
	if call := e.Requests("/api/v1/tasks/")[1]; !strings.Contains(call.Body, `"concurrencyKey":7`) {
		t.Errorf("the log has the body %q", call.Body)
	}
}

func TestARunExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		e.PauseQueue()
		short := triggerTask(t, e, "hello-world", `{"options":{"ttl":"10s","delay":"5s"}}`)
		long := triggerTask(t, e, "hello-world", `{"options":{"ttl":"1h"}}`)
		time.Sleep(14 * time.Second) // of the bubble's clock
		if got := must(e.Run(short)).Status; got != StatusPending {
			t.Errorf("after 9 s in the queue the run is %s", got)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		row := must(e.Run(short))
		if row.Status != "EXPIRED" || row.ExpiredAt.IsZero() || row.CompletedAt.IsZero() || !strings.Contains(string(row.Error), "TTL (10s)") {
			t.Errorf("got %+v", row)
		}
		e.ResumeQueue()
		time.Sleep(time.Second)
		if got := must(e.Run(long)).Status; got != StatusCompleted {
			t.Errorf("the other run is %s", got)
		}
	})
}

func TestARunIsDebounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		trigger := func(name, options string) string {
			return triggerTask(t, e, "hello-world", `{"payload":{"name":"`+name+`"},"options":{"debounce":{"key":"k","delay":"10s"`+options+`}}}`)
		}
		first := trigger("a", "")
		time.Sleep(9 * time.Second) // of the bubble's clock
		if again := trigger("b", ""); again != first {
			t.Error("the second call made a run of its own")
		}
		time.Sleep(9 * time.Second)
		if got := must(e.Run(first)); got.Status != StatusDelayed || got.Payload.Data != `{"name":"a"}` {
			t.Errorf("got %+v", got)
		}
		if again := trigger("c", `,"mode":"trailing"`); again != first || must(e.Run(first)).Payload.Data != `{"name":"c"}` {
			t.Errorf("the last call's payload does not count: %+v", must(e.Run(first)))
		}
		if other := trigger("d", `,"maxDelay":"20s"`); other == first {
			t.Error("the run was pushed away further than it goes")
		}
		time.Sleep(11 * time.Second)
		if got := must(e.Run(first)); got.Status != StatusCompleted || !strings.Contains(got.Output.Data, "Hello, c") {
			t.Errorf("got %+v", got)
		}
		if later := trigger("e", ""); later == first {
			t.Error("a run that has ended was found")
		}
	})
}

func TestARunIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "always-fails", `{"options":{"maxAttempts":3}}`)
		client := &feedClient{e: e, path: "/realtime/v1/runs/" + id}
		client.fetch(t, false)
		var statuses []string
		for must(e.Run(id)).CompletedAt.IsZero() {
			synctest.Wait()
			if got := must(e.Run(id)); len(statuses) == 0 || statuses[len(statuses)-1] != got.Status {
				statuses = append(statuses, got.Status)
			}
			time.Sleep(500 * time.Millisecond) // of the bubble's clock
		}
		if row := must(e.Run(id)); row.Status != StatusFailed || row.Attempts != 3 {
			t.Errorf("got %+v", row)
		}
		if len(statuses) == 0 || statuses[0] != StatusRetrying {
			t.Errorf("went through %q", statuses)
		}
		if shown := do(e, request{path: "/api/v3/runs/" + id}).Body.String(); !strings.Contains(shown, `"attemptCount":3`) {
			t.Errorf("got %s", shown)
		}
	})
}

func TestARunTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "count-up", `{"payload":{"to":100,"everyMs":1000},"options":{"maxDuration":5}}`)
		time.Sleep(6 * time.Second) // of the bubble's clock
		if row := must(e.Run(id)); row.Status != "TIMED_OUT" || !strings.Contains(string(row.Error), "MAX_DURATION_EXCEEDED") {
			t.Errorf("got %+v", row)
		}
	})
}
