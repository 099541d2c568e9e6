package emulator

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// feedMessage is one message of a feed's body.
type feedMessage struct {
	Key     string             `json:"key"`
	Value   map[string]*string `json:"value"`
	Headers struct {
		Operation string `json:"operation"`
		Control   string `json:"control"`
	} `json:"headers"`
}

// next is the request that a client sends after an answer with these headers.
func next(id string, header map[string][]string, live bool) request {
	query := url.Values{
		"offset": header["Electric-Offset"], "handle": header["Electric-Handle"], "cursor": header["Electric-Cursor"],
	}
	if live {
		query.Set("live", "true")
	}
	return request{path: "/realtime/v1/runs/" + id + "?" + query.Encode()}
}

const fullSchema = `{"id":{"type":"text"},"taskIdentifier":{"type":"text"},"createdAt":{"type":"timestamp"},"updatedAt":{"type":"timestamp"},` +
	`"startedAt":{"type":"timestamp"},"delayUntil":{"type":"timestamp"},"queuedAt":{"type":"timestamp"},"expiredAt":{"type":"timestamp"},` +
	`"completedAt":{"type":"timestamp"},"friendlyId":{"type":"text"},"number":{"type":"int4"},"isTest":{"type":"bool"},"status":{"type":"text"},` +
	`"usageDurationMs":{"type":"int4"},"costInCents":{"type":"float8"},"baseCostInCents":{"type":"float8"},"ttl":{"type":"text"},` +
	`"payload":{"type":"text"},"payloadType":{"type":"text"},"metadata":{"type":"text"},"metadataType":{"type":"text"},` +
	`"output":{"type":"text"},"outputType":{"type":"text"},"runTags":{"type":"text","dims":1},"error":{"type":"jsonb"},` +
	`"realtimeStreams":{"type":"text","dims":1}}`

func TestSnapshot(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(1_769_854_830_123))
	e := newEmulator(t, Options{Clock: clock})
	id := must(e.CreateRun("run_q7", Columns{
		"status": StatusPending, "taskIdentifier": "resize", "payload": map[string]int{"w": 64},
		"tags": []string{"user:9", `a "b" \c`}, "error": map[string]string{"type": "STRING_ERROR", "raw": "no"},
	}))
	for _, query := range []string{"", "?offset=-1", "?log=full&offset=-1&handle=stale&expired_handle=stale&live=true", "?offset=0_0&unknown=1"} {
		answer := do(e, request{path: "/realtime/v1/runs/" + id + query})
		if answer.Code != 200 {
			t.Fatalf("%s: got %d %s", query, answer.Code, answer.Body)
		}
		internal := must(e.Run(id)).ID
		for name, want := range map[string]string{
			"Content-Type":    "application/json",
			"Cache-Control":   "no-store",
			"Electric-Handle": "run-" + internal,
			"Electric-Offset": "1769854830123_1",
			"Electric-Schema": fullSchema,
		} {
			if got := answer.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", query, name, got, want)
			}
		}
		if values, ok := answer.Header()["Electric-Up-To-Date"]; !ok || values[0] != "" {
			t.Errorf("%s: electric-up-to-date is %v", query, values)
		}
		messages := decode[[]feedMessage](t, answer.Body.Bytes())
		if len(messages) != 2 || messages[0].Headers.Operation != "insert" || messages[1].Headers.Control != "up-to-date" {
			t.Fatalf("%s: got %s", query, answer.Body)
		}
		if want := `"public"."TaskRun"/"` + internal + `"`; messages[0].Key != want {
			t.Errorf("key is %s, want %s", messages[0].Key, want)
		}
		row := messages[0].Value
		if len(row) != 26 {
			t.Errorf("the row has %d columns, want 26", len(row))
		}
		for name, want := range map[string]string{
			"friendlyId": "run_q7", "createdAt": "2026-01-31T10:20:30.123", "status": "PENDING", "number": "1", "isTest": "f",
			"usageDurationMs": "0", "payload": `{"w":64}`, "payloadType": TypeJSON, "runTags": `{"user:9","a \"b\" \\c"}`,
			"realtimeStreams": "{}", "error": `{"raw":"no","type":"STRING_ERROR"}`,
		} {
			if got := row[name]; got == nil || *got != want {
				t.Errorf("%s is %v, want %s", name, got, want)
			}
		}
		for _, name := range []string{"startedAt", "completedAt", "ttl", "output", "outputType", "metadata"} {
			if row[name] != nil {
				t.Errorf("%s is %s, want null", name, *row[name])
			}
		}
	}
}

func TestSkippedColumns(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	answer := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1&skipColumns=payload,%20output,status,updatedAt,nonsense"})
	schema := decode[map[string]json.RawMessage](t, []byte(answer.Header().Get("Electric-Schema")))
	row := decode[[]feedMessage](t, answer.Body.Bytes())[0].Value
	for name, want := range map[string]bool{"payload": false, "output": false, "updatedAt": false, "status": true, "payloadType": true} {
		_, inSchema := schema[name]
		_, inRow := row[name]
		if inSchema != want || inRow != want {
			t.Errorf("%s: in the schema %t, in the row %t, want %t", name, inSchema, inRow, want)
		}
	}
}

func TestAPollIsAnsweredAtTheNextChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, Columns{"status": StatusPending})
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		poll, ended, _ := begin(t, e, next(id, snapshot.Header(), true))
		time.Sleep(19 * time.Second) // of the bubble's clock
		if ended() {
			t.Fatal("the poll was not held")
		}
		if err := e.UpdateRun(id, Columns{"status": StatusExecuting}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !ended() {
			t.Fatal("the change did not wake the poll")
		}
		messages := decode[[]feedMessage](t, poll.Body.Bytes())
		if len(messages) != 2 || messages[0].Headers.Operation != "update" || *messages[0].Value["status"] != StatusExecuting {
			t.Fatalf("got %s", poll.Body)
		}
		if len(messages[0].Value) != 26 {
			t.Errorf("the update has %d columns, want whole rows", len(messages[0].Value))
		}
		if poll.Header().Get("Electric-Schema") != "" {
			t.Error("a live answer has a schema")
		}
		for _, name := range []string{"Electric-Handle", "Electric-Offset", "Electric-Cursor"} {
			if poll.Header().Get(name) == "" {
				t.Errorf("%s is missing", name)
			}
		}
		if poll.Header().Get("Electric-Offset") == snapshot.Header().Get("Electric-Offset") {
			t.Error("the offset did not move")
		}
		late := do(e, next(id, snapshot.Header(), true))
		if got := decode[[]feedMessage](t, late.Body.Bytes()); len(got) != 2 {
			t.Errorf("a poll that missed the change got %s", late.Body)
		}
	})
}

func TestAPollEndsAfterItsHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{PollHold: 3 * time.Second})
		id := scripted(e, nil)
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		started := time.Now()
		poll := do(e, next(id, snapshot.Header(), true))
		if held := time.Since(started); held != 3*time.Second {
			t.Errorf("held for %s", held)
		}
		if got := poll.Body.String(); got != `[{"headers":{"control":"up-to-date"}}]` {
			t.Errorf("got %s", got)
		}
		if poll.Header().Get("Electric-Offset") != snapshot.Header().Get("Electric-Offset") {
			t.Error("the offset moved without a change")
		}
		if poll.Header().Get("Electric-Cursor") == snapshot.Header().Get("Electric-Cursor") {
			t.Error("the cursor did not move, so that a cache would repeat the answer")
		}
	})
}

func TestPartialUpdatesCarryWhatChangedSince(t *testing.T) {
	e := newEmulator(t, Options{PartialUpdates: true})
	id := scripted(e, nil)
	snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
	for _, columns := range []Columns{{"metadata": map[string]int{"n": 1}}, {"usageDurationMs": 5}} {
		if err := e.UpdateRun(id, columns); err != nil {
			t.Fatal(err)
		}
	}
	value := decode[[]feedMessage](t, do(e, next(id, snapshot.Header(), true)).Body.Bytes())[0].Value
	for _, name := range []string{"metadata", "metadataType", "usageDurationMs", "updatedAt"} {
		if value[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if len(value) != 4 {
		t.Errorf("got %d columns, want 4", len(value))
	}
}

func TestARotatedShapeMustBeFetchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		poll, ended, _ := begin(t, e, next(id, snapshot.Header(), true))
		synctest.Wait()
		if err := e.RotateShape(id); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !ended() {
			t.Fatal("the rotation did not wake the poll")
		}
		old, renewed := snapshot.Header().Get("Electric-Handle"), poll.Header().Get("Electric-Handle")
		if poll.Code != 409 || poll.Body.String() != mustRefetch || renewed == old || renewed == "" {
			t.Errorf("got %d %s with handle %q after %q", poll.Code, poll.Body, renewed, old)
		}
		if got := poll.Header().Get("Content-Type"); got != "application/json" {
			t.Errorf("content type is %q", got)
		}
		if again := do(e, next(id, snapshot.Header(), false)); again.Code != 409 {
			t.Errorf("the old handle is answered %d", again.Code)
		}
		fresh := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1&handle=" + renewed + "&expired_handle=" + old})
		if fresh.Code != 200 || fresh.Header().Get("Electric-Handle") != renewed {
			t.Errorf("got %d with handle %q", fresh.Code, fresh.Header().Get("Electric-Handle"))
		}
	})
}

func TestResumingWithoutLiveSendsTheSnapshotAgain(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
	again := do(e, next(id, snapshot.Header(), false))
	if again.Header().Get("Electric-Schema") == "" || again.Body.String() != snapshot.Body.String() {
		t.Errorf("got %s", again.Body)
	}
}

func TestOldClientsSeeDequeuedAsExecuting(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusDequeued})
	for version, want := range map[string]string{currentAPIVersion: "DEQUEUED", "2024-01-01": "EXECUTING"} {
		headers := map[string]string{"X-Trigger-Api-Version": version}
		feed := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1", headers: headers}).Body.String()
		retrieved := do(e, request{path: "/api/v3/runs/" + id, headers: headers}).Body.String()
		if !strings.Contains(feed, `"status":"`+want+`"`) || !strings.Contains(retrieved, `"status":"`+want+`"`) {
			t.Errorf("%s: got %s and %s", version, feed, retrieved)
		}
	}
}

func TestAClientThatLeavesFreesItsPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		snapshot := do(e, request{path: "/realtime/v1/runs/" + id + "?offset=-1"})
		_, ended, leave := begin(t, e, next(id, snapshot.Header(), true))
		synctest.Wait()
		if open := e.Stats().OpenRealtime; open != 1 {
			t.Errorf("%d are open, want 1", open)
		}
		leave()
		synctest.Wait()
		if stats := e.Stats(); !ended() || stats.OpenRealtime != 0 || stats.MaxOpenRealtime != 1 {
			t.Errorf("ended %t, %+v", ended(), stats)
		}
	})
}
