package emulator

import (
	"strconv"
	"testing"
	"time"
)

func TestCallsAreLimited(t *testing.T) {
	clock := NewVirtualClock(time.UnixMilli(1_769_854_830_000))
	e := newEmulator(t, Options{RateLimit: 2, Clock: clock, Control: true})
	id := scripted(e, nil)
	retrieve := request{path: "/api/v3/runs/" + id}
	for i, want := range []struct{ status, remaining int }{{200, 1}, {200, 0}, {429, 0}} {
		answer := do(e, retrieve)
		header := answer.Header()
		if answer.Code != want.status || header.Get("X-Ratelimit-Limit") != "2" || header.Get("X-Ratelimit-Remaining") != strconv.Itoa(want.remaining) ||
			header.Get("X-Ratelimit-Reset") != "1769854890000" {
			t.Errorf("call %d: got %d %v", i, answer.Code, header)
		}
	}
	clock.Advance(15 * time.Second)
	refused := do(e, retrieve)
	body := decode[struct {
		Title     string `json:"title"`
		Reset     int64  `json:"reset"`
		Remaining int    `json:"remaining"`
		Seconds   int    `json:"secondsUntilReset"`
		Error     string `json:"error"`
	}](t, refused.Body.Bytes())
	if refused.Header().Get("Content-Type") != "application/problem+json" || body.Title != "Rate Limit Exceeded" || body.Reset != 1769854890000 ||
		body.Seconds != 45 || body.Error == "" {
		t.Errorf("got %s", refused.Body)
	}
	for name, q := range map[string]request{
		"another credential": {path: retrieve.path, bearer: must(e.MintToken(TokenSpec{Scopes: []string{"read:runs"}}))},
		"a feed":             {path: "/realtime/v1/runs/" + id},
		"the claims":         {method: "POST", path: claimsPath},
		"a packet":           {path: "/api/v1/packets/x"},
		"the control API":    {path: "/emulator/stats"},
	} {
		if got := do(e, q).Code; got != 200 {
			t.Errorf("%s is answered %d", name, got)
		}
	}
	clock.Advance(45 * time.Second)
	if got := do(e, retrieve).Code; got != 200 {
		t.Errorf("in the next minute it is answered %d", got)
	}
}

func TestTheLogKeepsBodies(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	do(e, request{path: triggerHello, body: `{"options":{"tags":["x"]}}`})
	id := createBatch(t, e, `{"runCount":1}`)
	do(e, items(id, `{"index":0,"task":"hello-world"}`))
	long := make([]byte, 2*maxLoggedBody)
	for i := range long {
		long[i] = ' '
	}
	do(e, request{path: triggerHello, body: string(long)})
	do(e, request{path: "/emulator/runs", body: `{}`})
	calls := e.Requests("")
	want := []string{`{"options":{"tags":["x"]}}`, `{"runCount":1}`, `{"index":0,"task":"hello-world"}`, string(long[:maxLoggedBody])}
	if len(calls) != len(want) {
		t.Fatalf("%d calls are logged", len(calls))
	}
	for i, call := range calls {
		if call.Body != want[i] {
			t.Errorf("%s is logged with %.80q", call.Path, call.Body)
		}
	}
	for range maxLoggedBodies/maxLoggedBody + 1 {
		do(e, request{path: triggerHello, body: string(long)})
	}
	if got := e.Requests("")[0].Body; got != "" {
		t.Errorf("the oldest body is kept: %.80q", got)
	}
}
