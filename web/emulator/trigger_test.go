package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const triggerHello = "/api/v1/tasks/hello-world/trigger"

type runHandle struct {
	ID     string `json:"id"`
	Cached bool   `json:"isCached"`
}

func TestTriggerRefuses(t *testing.T) {
	e := newEmulator(t, Options{})
	tags := func(n int) string { return string(must(json.Marshal(strings.Fields(strings.Repeat("t ", n))))) }
	cases := []struct {
		name, path, body string
		status           int
		contains         string
	}{
		{"an empty body", triggerHello, " ", 400, `{"error":"Request body is empty"}`},
		{"a body that is no JSON", triggerHello, "{", 400, `{"error":"Invalid JSON"}`},
		{"a body that is no object", triggerHello, "[]", 400, `Validation error: `},
		{"an unknown payload type", triggerHello, `{"options":{"payloadType":"text/html"}}`, 400, `Validation error: `},
		{"a number as super+json", triggerHello, `{"payload":1,"options":{"payloadType":"application/super+json"}}`, 400, `Validation error: `},
		{"an empty storage path", triggerHello, `{"payload":"","options":{"payloadType":"application/store"}}`, 400, `Validation error: `},
		{"a long tag", triggerHello, `{"options":{"tags":"` + strings.Repeat("x", 129) + `"}}`, 400, `Validation error: `},
		{"a malformed ttl", triggerHello, `{"options":{"ttl":"soon"}}`, 400, `Validation error: `},
		{"eleven tags", triggerHello, `{"options":{"tags":` + tags(11) + `}}`, 422, `{"error":"Runs can only have 10 tags, you're trying to set 11."}`},
		{"a malformed delay", triggerHello, `{"options":{"delay":"later"}}`, 422, `Invalid delay \"later\"`},
		{"metadata over 256 KB", triggerHello, `{"options":{"metadata":"` + strings.Repeat("x", maxMetadataBytes+1) + `"}}`, 413, `Metadata exceeds maximum size of 262144 bytes`},
		{"an unknown task", "/api/v1/tasks/none/trigger", `{}`, 404, `{"error":"Task not found"}`},
		{"a body over the limit", triggerHello, `{"payload":"` + strings.Repeat("x", triggerBodyLimit) + `"}`, 413, `{"error":"Request body too large"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := do(e, request{path: c.path, body: c.body})
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.contains) {
				t.Errorf("got %d %s, want %d %s", answer.Code, answer.Body, c.status, c.contains)
			}
		})
	}
}

func TestTriggerRefusesABodyOfUnknownLength(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	r := request{path: triggerHello, method: "POST"}.build(t.Context(), base)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(`{}`)), -1
	response, err := newClient(t).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", response.StatusCode)
	}
}

func TestTriggerStoresWhatItIsGiven(t *testing.T) {
	e := newEmulator(t, Options{})
	cases := []struct {
		name, body string
		payload    Packet
	}{
		{"JSON keeps its text", `{"payload":{"a": 1}}`, Packet{`{"a": 1}`, TypeJSON}},
		{"a JSON string keeps its quotes", `{"payload":"x"}`, Packet{`"x"`, TypeJSON}},
		{"text", `{"payload":"a \"b\"","options":{"payloadType":"text/plain"}}`, Packet{`a "b"`, TypeText}},
		{"super+json", `{"payload":"{\"json\":1}","options":{"payloadType":"application/super+json"}}`, Packet{`{"json":1}`, TypeSuperJSON}},
		{"nothing", `{}`, Packet{"", TypeJSON}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := do(e, request{path: "/api/v1/tasks/always-fails/trigger", body: c.body})
			row := must(e.Run(decode[runHandle](t, answer.Body.Bytes()).ID))
			if row.Payload != c.payload {
				t.Errorf("stored %+v, want %+v", row.Payload, c.payload)
			}
		})
	}
}

func TestTriggerAnswersWithATokenForTheRun(t *testing.T) {
	e := newEmulator(t, Options{})
	caller := must(e.MintToken(TokenSpec{Scopes: []string{"trigger:tasks:hello-world"}, Realtime: json.RawMessage(`{"skipColumns":["payload"]}`)}))
	answer := do(e, request{path: triggerHello, body: `{}`, bearer: caller})
	handle := decode[runHandle](t, answer.Body.Bytes())
	want := fmt.Sprintf(`{"sub":"env_emulator","pub":true,"scopes":["read:runs:%s","write:inputStreams:%s"],"realtime":{"skipColumns":["payload"]}}`, handle.ID, handle.ID)
	if got := answer.Header().Get("X-Trigger-Jwt-Claims"); got != want {
		t.Errorf("claims are %s\nwant %s", got, want)
	}
	token := answer.Header().Get("X-Trigger-Jwt")
	if got := do(e, request{path: "/api/v3/runs/" + handle.ID, bearer: token}); got.Code != http.StatusOK {
		t.Errorf("the run's own token is answered %d %s", got.Code, got.Body)
	}
	feed := do(e, request{path: "/realtime/v1/runs/" + handle.ID + "?offset=-1", bearer: token})
	if strings.Contains(feed.Header().Get("Electric-Schema"), `"payload"`) {
		t.Error("the column that the token withholds is in the feed")
	}
}

func TestTriggerIsIdempotent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		trigger := func(options string, headers map[string]string) runHandle {
			return decode[runHandle](t, do(e, request{path: triggerHello, body: `{"options":` + options + `}`, headers: headers}).Body.Bytes())
		}
		key := `{"idempotencyKey":"k","idempotencyKeyTTL":"1h"}`
		first := trigger(key, nil)
		if again := trigger(key, nil); again.ID != first.ID || !again.Cached || first.Cached {
			t.Errorf("the key found %+v after %+v", again, first)
		}
		if other := trigger(`{}`, nil); other.ID == first.ID {
			t.Error("a call without the key found the run")
		}
		time.Sleep(time.Hour) // of the bubble's clock
		if later := trigger(key, nil); later.ID == first.ID {
			t.Error("the key outlived its hour")
		}
		attempt := map[string]string{"X-Trigger-Request-Idempotency-Key": "u"}
		one := trigger(`{}`, attempt)
		if two := trigger(`{}`, attempt); two.ID != one.ID || two.Cached {
			t.Errorf("the second attempt of a call got %+v, the first %+v", two, one)
		}
		time.Sleep(time.Second)
	})
}

func TestOneTimeTokenCreatesOneRun(t *testing.T) {
	e := newEmulator(t, Options{})
	yes := true
	token := must(e.MintToken(TokenSpec{Scopes: []string{"trigger:tasks"}, OneTime: &yes}))
	use := func(path, body string) int { return do(e, request{path: path, body: body, bearer: token}).Code }
	if got := use(triggerHello, `{"options":{"delay":"later"}}`); got != 422 {
		t.Errorf("a bad request is answered %d", got)
	}
	if got := use(triggerHello, `{}`); got != 200 {
		t.Errorf("the refused request spent the token: %d", got)
	}
	if got := use("/api/v1/tasks/count-up/trigger", `{}`); got != 422 {
		t.Errorf("the token worked twice: %d", got)
	}
}
