package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestApproval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "approval", `{"payload":{"question":"Ship it?"}}`)
		late := triggerTask(t, e, "approval", `{}`)
		synctest.Wait()
		row := must(e.Run(id))
		asked := decode[struct {
			Question    string `json:"question"`
			WaitTokenID string `json:"waitTokenId"`
			Token       string `json:"publicAccessToken"`
		}](t, []byte(row.Metadata.Data))
		if row.Status != StatusWaiting || asked.Question != "Ship it?" {
			t.Errorf("got %+v", row)
		}
		do(e, request{path: waitTokens + "/" + asked.WaitTokenID + "/complete", body: `{"data":{"approved":true}}`, bearer: asked.Token})
		synctest.Wait()
		if row := must(e.Run(id)); row.Status != StatusCompleted || row.Output.Data != `{"approved":true}` {
			t.Errorf("got %+v", row)
		}
		time.Sleep(11 * time.Minute) // of the bubble's clock
		if row := must(e.Run(late)); row.Status != StatusFailed || !strings.Contains(string(row.Error), "timed out") {
			t.Errorf("a question that nobody answered: %+v", row)
		}
	})
}

func TestChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{StreamVersion: StreamV1})
		id := triggerTask(t, e, "chat", `{"payload":{}}`)
		for _, body := range []string{`{"data":"hello"}`, `{"data":{"text":"again"}}`, `{"data":{"type":"end"}}`} {
			do(e, sendInput(id, "messages", body))
			time.Sleep(time.Second) // of the bubble's clock
		}
		if row := must(e.Run(id)); row.Status != StatusCompleted || row.Output.Data != `{"turns":2}` || !slices.Equal(row.Streams, []string{"replies"}) {
			t.Errorf("got %+v", row)
		}
		replies := do(e, request{path: "/realtime/v1/streams/" + id + "/replies"}).Body.String()
		for _, want := range []string{`{"type":"text","turn":1,"text":" hello"}`, `{"type":"done","turn":1}`, `{"type":"text","turn":2,"text":" again"}`} {
			if !strings.Contains(replies, want) {
				t.Errorf("no %s in %s", want, replies)
			}
		}
	})
}

func TestFlaky(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		for body, want := range map[string]struct {
			status   string
			attempts int
		}{
			`{"payload":{"failures":2}}`:                             {StatusCompleted, 3},
			`{"payload":{"failures":0}}`:                             {StatusCompleted, 1},
			`{"payload":{"failures":2},"options":{"maxAttempts":2}}`: {StatusFailed, 2},
		} {
			id := triggerTask(t, e, "flaky", body)
			time.Sleep(time.Minute) // of the bubble's clock
			if row := must(e.Run(id)); row.Status != want.status || row.Attempts != want.attempts {
				t.Errorf("%s: got %s after %d attempts", body, row.Status, row.Attempts)
			}
		}
	})
}

func TestFanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := triggerTask(t, e, "fan-out", `{"payload":{"children":3}}`)
		synctest.Wait()
		output := decode[struct {
			BatchID string   `json:"batchId"`
			Runs    []string `json:"runs"`
		}](t, []byte(must(e.Run(id)).Output.Data))
		client := &feedClient{e: e, path: "/realtime/v1/runs?tags=fan-out:" + id}
		want := make([]string, 3)
		for i, run := range output.Runs {
			want[i] = "insert " + run
		}
		expect(t, "the children by tag", client.fetch(t, false), want...)
		expect(t, "the children by batch", (&feedClient{e: e, path: "/realtime/v1/batches/" + output.BatchID}).fetch(t, false), want...)
		shown := do(e, request{path: "/api/v3/runs/" + output.Runs[0]}).Body.String()
		if !strings.Contains(shown, `"parent":{"id":"`+id) || !strings.Contains(shown, `"depth":1`) || !strings.Contains(shown, `"triggerFunction":"batchTrigger"`) {
			t.Errorf("got %s", shown)
		}
		time.Sleep(time.Minute) // of the bubble's clock
		for _, run := range output.Runs {
			if row := must(e.Run(run)); row.Status != StatusCompleted {
				t.Errorf("got %+v", row)
			}
		}
	})
}

func TestImportCSV(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		began := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		id := triggerTask(t, e, "import-csv", `{"payload":{"rows":50}}`)
		time.Sleep(time.Minute) // of the bubble's clock
		row := must(e.Run(id))
		if row.Metadata.Data != `{"processed":50,"failed":7,"rows":50}` || row.Output.Type != TypeSuperJSON {
			t.Errorf("got %+v", row)
		}
		output := decode[struct {
			JSON map[string]any                 `json:"json"`
			Meta map[string]map[string][]string `json:"meta"`
		}](t, []byte(row.Output.Data))
		if output.JSON["startedAt"] != began || fmt.Sprint(output.Meta["values"]["finishedAt"]) != "[Date]" {
			t.Errorf("got %+v", output)
		}
	})
}

func TestEveryTaskRunsItsExample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		for _, task := range Tasks() {
			if !json.Valid([]byte(task.Example)) || task.Description == "" {
				t.Errorf("%s has the example %q", task.ID, task.Example)
			}
			id := triggerTask(t, e, task.ID, `{"payload":`+task.Example+`}`)
			synctest.Wait()
			if row := must(e.Run(id)); row.StartedAt.IsZero() {
				t.Errorf("%s did not begin: %+v", task.ID, row)
			}
		}
	})
}
