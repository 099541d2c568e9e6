package emulator

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const waitTokens = "/api/v1/waitpoints/tokens"

type createdToken struct {
	ID     string `json:"id"`
	Cached bool   `json:"isCached"`
	URL    string `json:"url"`
}

func createToken(t *testing.T, e *Emulator, body string) (token createdToken, header http.Header) {
	t.Helper()
	answer := do(e, request{path: waitTokens, body: body})
	if answer.Code != 200 {
		t.Fatalf("got %d %s", answer.Code, answer.Body)
	}
	return decode[createdToken](t, answer.Body.Bytes()), answer.Header()
}

type shownToken struct {
	Status     string `json:"status"`
	Output     string `json:"output"`
	OutputType string `json:"outputType"`
	IsError    bool   `json:"outputIsError"`
}

func readToken(t *testing.T, e *Emulator, id string) shownToken {
	t.Helper()
	return decode[shownToken](t, do(e, request{path: waitTokens + "/" + id}).Body.Bytes())
}

func TestAWaitTokenIsCompletedOnce(t *testing.T) {
	e := newEmulator(t, Options{})
	token, header := createToken(t, e, `{"tags":["a"]}`)
	public := header.Get("X-Trigger-Jwt")
	if claims := must(e.verify(public)); claims.ExpiresAt.Sub(claims.IssuedAt.Time) != 24*time.Hour || len(claims.Scopes) != 1 {
		t.Errorf("the token has %+v", claims)
	}
	if got := header.Get("X-Trigger-Jwt-Claims"); got != `{"sub":"env_emulator","pub":true}` {
		t.Errorf("claims are %s", got)
	}
	if got := readToken(t, e, token.ID).Status; got != "WAITING" {
		t.Errorf("it is %s", got)
	}
	for _, body := range []string{`{"data":{"ok":true}}`, `{"data":"late"}`} {
		answer := do(e, request{path: waitTokens + "/" + token.ID + "/complete", body: body, bearer: public, headers: withOrigin(nil)})
		if answer.Code != 200 || answer.Body.String() != `{"success":true}` {
			t.Errorf("got %d %s", answer.Code, answer.Body)
		}
		checkCORS(t, answer.Header())
	}
	if got := readToken(t, e, token.ID); got != (shownToken{"COMPLETED", `{"json":{"ok":true}}`, TypeSuperJSON, false}) {
		t.Errorf("got %+v", got)
	}
}

func TestACallbackCompletesAWaitToken(t *testing.T) {
	e := newEmulator(t, Options{})
	for body, want := range map[string]shownToken{
		`{"a":1}`: {"COMPLETED", `{"json":{"a":1}}`, TypeSuperJSON, false},
		`"text"`:  {"COMPLETED", `text`, TypeText, false},
		`nothing`: {"COMPLETED", `{"json":{}}`, TypeSuperJSON, false},
	} {
		token, _ := createToken(t, e, `{}`)
		at := must(url.Parse(token.URL))
		if wrong := do(e, request{path: at.Path + "x", body: body, bare: true}); wrong.Code != 401 || !strings.Contains(wrong.Body.String(), "hash doesn't match") {
			t.Errorf("a wrong hash is answered %d %s", wrong.Code, wrong.Body)
		}
		if answer := do(e, request{path: at.Path, body: body, bare: true}); answer.Code != 200 {
			t.Errorf("got %d %s", answer.Code, answer.Body)
		}
		if got := readToken(t, e, token.ID); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
}

func TestAWaitTokenTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		short, _ := createToken(t, e, `{"timeout":"5s"}`)
		long, _ := createToken(t, e, `{}`)
		time.Sleep(6 * time.Second) // of the bubble's clock
		if got := readToken(t, e, short.ID); got.Status != "TIMED_OUT" || !got.IsError {
			t.Errorf("got %+v", got)
		}
		time.Sleep(9 * time.Minute)
		if got := readToken(t, e, long.ID).Status; got != "WAITING" {
			t.Errorf("before ten minutes are over it is %s", got)
		}
	})
}

func TestAWaitTokenIsFoundByItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		body := `{"idempotencyKey":"k","idempotencyKeyTTL":"1m","timeout":"1h"}`
		first, _ := createToken(t, e, body)
		again, _ := createToken(t, e, body)
		time.Sleep(time.Minute) // of the bubble's clock
		later, _ := createToken(t, e, body)
		if again.ID != first.ID || !again.Cached || first.Cached || later.ID == first.ID {
			t.Errorf("got %+v, %+v, %+v", first, again, later)
		}
	})
}

func TestARunWaitsForAToken(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusExecuting})
	token, _ := createToken(t, e, `{}`)
	wait := request{method: "POST", path: "/engine/v1/runs/" + id + "/waitpoints/tokens/" + token.ID + "/wait"}
	if got := do(e, wait); got.Body.String() != `{"success":true}` {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	if got := must(e.Run(id)).Status; got != StatusWaiting {
		t.Errorf("the run is %s", got)
	}
	do(e, request{path: waitTokens + "/" + token.ID + "/complete", body: `{}`})
	if got := must(e.Run(id)).Status; got != StatusExecuting {
		t.Errorf("the run is %s", got)
	}
	if do(e, wait); must(e.Run(id)).Status != StatusExecuting {
		t.Error("a token that is completed suspends the run")
	}
}

func TestWaitTokensRefuse(t *testing.T) {
	e := newEmulator(t, Options{})
	token, _ := createToken(t, e, `{}`)
	other, _ := createToken(t, e, `{}`)
	complete := func(id string) request { return request{path: waitTokens + "/" + id + "/complete", body: `{"data":1}`} }
	create := func(body string) request { return request{path: waitTokens, body: body} }
	checkAnswers(t, e, []answerCase{
		{"creating with a public token", "write:waitpoints", create(`{}`), 401, `{"error":"Invalid API key"}`},
		{"a malformed timeout", "", create(`{"timeout":"soon"}`), 422, `Invalid delay`},
		{"a malformed life of the key", "", create(`{"idempotencyKey":"k","idempotencyKeyTTL":"soon"}`), 422, `invalid duration`},
		{"a long key", "", create(`{"idempotencyKey":"` + strings.Repeat("k", 2049) + `"}`), 400, `Validation error`},
		{"eleven tags", "", create(`{"tags":["1","2","3","4","5","6","7","8","9","10","11"]}`), 422, `Waitpoints can only have 10 tags, you're trying to set 11.`},
		{"a body over the limit", "", create(`{"x":"` + strings.Repeat("x", waitBodyLimit) + `"}`), 413, `Request body too large`},
		{"completing an unknown one", "", complete("waitpoint_x"), 404, `{"error":"Waitpoint not found"}`},
		{"completing with the scope for another", "write:waitpoints:" + other.ID, complete(token.ID), 403, `"code":"unauthorized"`},
		{"completing with the scope to read", "read:waitpoints", complete(token.ID), 403, `"code":"unauthorized"`},
		{"completing with the scope for all", "write:waitpoints", complete(token.ID), 200, `{"success":true}`},
		{"calling back an unknown one", "", request{path: waitTokens + "/waitpoint_x/callback/abc", body: `{}`}, 404, `Waitpoint not found`},
		{"retrieving an unknown one", "", request{path: waitTokens + "/waitpoint_x"}, 404, `Waitpoint not found`},
		{"retrieving with a public token", "read:waitpoints", request{path: waitTokens + "/" + token.ID}, 401, `Invalid API key`},
		{"waiting in an unknown run", "", request{method: "POST", path: "/engine/v1/runs/run_x/waitpoints/tokens/" + token.ID + "/wait"}, 404, `Run not found`},
	})
}
