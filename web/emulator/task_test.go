package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func triggerTask(t testing.TB, e *Emulator, task, body string) string {
	t.Helper()
	answer := do(e, request{path: "/api/v1/tasks/" + task + "/trigger", body: body})
	if answer.Code != 200 {
		t.Fatalf("trigger %s: %d %s", task, answer.Code, answer.Body)
	}
	return decode[runHandle](t, answer.Body.Bytes()).ID
}

func TestTasks(t *testing.T) {
	cases := []struct {
		task, payload, status, output string
		takes                         time.Duration
	}{
		{"hello-world", `{"name":"Ada"}`, StatusCompleted, `{"message":"Hello, Ada"}`, 200 * time.Millisecond},
		{"hello-world", `null`, StatusCompleted, `{"message":"Hello, world"}`, 200 * time.Millisecond},
		{"count-up", `{"to":4,"everyMs":50}`, StatusCompleted, `{"total":4}`, 200 * time.Millisecond},
		{"stream-text", `{"prompt":"x","tokens":4,"everyMs":10}`, StatusCompleted, `{"text":"river way and light"}`, 40 * time.Millisecond},
		{"stream-text", `{"tokens":-1}`, StatusFailed, ``, 0},
		{"always-fails", `{"message":"no"}`, StatusFailed, ``, 0},
		{"always-fails", `3`, StatusFailed, ``, 0},
		{"big-output", `{"bytes":3}`, StatusCompleted, `{"bytes":3,"data":"012"}`, 0},
	}
	for _, c := range cases {
		t.Run(c.task+c.payload, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEmulator(t, Options{})
				id := triggerTask(t, e, c.task, `{"payload":`+c.payload+`}`)
				time.Sleep(time.Second) // of the bubble's clock
				row := must(e.Run(id))
				if row.Status != c.status || row.Output.Data != c.output {
					t.Errorf("ended %s with %s, want %s with %s", row.Status, row.Output.Data, c.status, c.output)
				}
				if (row.Error != nil) != (c.status == StatusFailed) {
					t.Errorf("error is %s", row.Error)
				}
				if took := row.CompletedAt.Sub(row.StartedAt); took != c.takes || row.UsageDurationMs != int(took.Milliseconds()) {
					t.Errorf("took %s (%d ms), want %s", took, row.UsageDurationMs, c.takes)
				}
			})
		})
	}
}

func TestARunGoesThroughItsStatuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "hello-world", `{"options":{"delay":"10m"}}`)
		synctest.Wait()
		if row := must(e.Run(id)); row.Status != StatusDelayed || row.DelayUntil.Sub(row.CreatedAt) != 10*time.Minute {
			t.Errorf("is %s until %s", row.Status, row.DelayUntil)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		row := must(e.Run(id))
		if row.Status != StatusExecuting || row.QueuedAt.IsZero() || row.StartedAt.IsZero() {
			t.Errorf("is %+v", row)
		}
		time.Sleep(time.Second)
		if row := must(e.Run(id)); row.Status != StatusCompleted {
			t.Errorf("is %s", row.Status)
		}
	})
}

func TestUpdatedAtAlwaysMovesForward(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(1_769_854_830_000))
	e := newEmulator(t, Options{Clock: clock})
	id := scripted(e, nil)
	before := must(e.Run(id)).UpdatedAt
	for range 3 {
		if err := e.UpdateRun(id, nil); err != nil {
			t.Fatal(err)
		}
		next := must(e.Run(id)).UpdatedAt
		if next.Sub(before) != time.Millisecond {
			t.Errorf("moved by %s on a clock that stands still", next.Sub(before))
		}
		before = next
	}
}

func TestCancelStopsTheTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "count-up", `{"payload":{"to":1000,"everyMs":1000}}`)
		time.Sleep(1500 * time.Millisecond)
		token := must(e.MintToken(TokenSpec{Scopes: []string{"write:runs:" + id}}))
		answer := do(e, request{method: "POST", path: "/api/v2/runs/" + id + "/cancel", bearer: token})
		if answer.Code != 200 || answer.Body.String() != `{"id":"`+id+`"}` {
			t.Errorf("got %d %s", answer.Code, answer.Body)
		}
		time.Sleep(time.Minute)
		row := must(e.Run(id))
		if row.Status != StatusCanceled || row.CompletedAt.IsZero() || !strings.Contains(row.Metadata.Data, `"current":1`) {
			t.Errorf("is %+v", row)
		}
	})
}

func TestStreamKeysAreAnnouncedBeforeTheFirstPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "stream-text", `{"payload":{"tokens":1,"everyMs":1000}}`)
		synctest.Wait()
		if got := must(e.Run(id)).Streams; !slices.Equal(got, []string{"openai", "events"}) {
			t.Errorf("streams are %v", got)
		}
		time.Sleep(2 * time.Second)
	})
}

func TestABigOutputIsStoredApart(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	client := newClient(t)
	id := triggerTask(t, e, "big-output", `{"payload":{"bytes":600000}}`)
	awaitTrue(t, "the run", func() bool { return terminal(must(e.Run(id)).Status) })
	if row := must(e.Run(id)); row.Output.Type != TypeStore {
		t.Fatalf("the output is %s", row.Output.Type)
	}
	_, body, err := send(t, client, base, request{path: "/api/v1/runs/" + id + "/packets/output"})
	if err != nil {
		t.Fatal(err)
	}
	url := decode[presigned](t, []byte(body)).URL
	response, body, err := send(t, client, "", request{path: url, bare: true, headers: withOrigin(nil)})
	if err != nil {
		t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); got != TypeJSON {
		t.Errorf("content type is %q", got)
	}
	checkCORS(t, response.Header)
	if output := decode[struct{ Data string }](t, []byte(body)); len(output.Data) != 600_000 {
		t.Errorf("downloaded %d bytes", len(output.Data))
	}
	retrieved := do(e, request{path: "/api/v3/runs/" + id}).Body.String()
	if !strings.Contains(retrieved, `"outputPresignedUrl":"http://`) || strings.Contains(retrieved, `"output":`) {
		t.Errorf("retrieved %s", retrieved)
	}
}

func TestATaskOfOneself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{Tasks: []Task{{ID: "dated", Run: func(context.Context, *TaskRun) (any, error) {
			return SuperJSON{JSON: map[string]string{"at": "1970-01-01T00:00:00.000Z"}, Meta: json.RawMessage(`{"values":{"at":["Date"]}}`)}, nil
		}}, {ID: "hello-world", Run: func(context.Context, *TaskRun) (any, error) { return nil, errors.New("mine") }}}})
		dated, mine := triggerTask(t, e, "dated", `{}`), triggerTask(t, e, "hello-world", `{}`)
		synctest.Wait()
		want := Packet{`{"json":{"at":"1970-01-01T00:00:00.000Z"},"meta":{"values":{"at":["Date"]}}}`, TypeSuperJSON}
		if got := must(e.Run(dated)).Output; got != want {
			t.Errorf("output is %+v", got)
		}
		if got := string(publicError(must(e.Run(mine)).Error)); !strings.Contains(got, `"message":"mine"`) {
			t.Errorf("error is %s", got)
		}
	})
}
