package emulator

import (
	"strings"
	"testing"
	"time"
)

func TestTokenEndpoints(t *testing.T) {
	e := newEmulator(t, Options{Clock: NewVirtualClock(time.Unix(1_769_854_830, 0))})
	const publicTokens, jwtPath = "/api/v1/auth/public-tokens", "/api/v1/auth/jwt"
	cases := []struct {
		name, path, body string
		status           int
		says             string
		life             time.Duration
	}{
		{"the claims", claimsPath, "", 200, `{"sub":"env_emulator","pub":true}`, 0},
		{"15 minutes by default", publicTokens, `{"scopes":["read:runs"]}`, 200, `"token"`, 15 * time.Minute},
		{"a span", publicTokens, `{"scopes":["read:runs"],"expirationTime":"2 hours from now"}`, 200, `"token"`, 2 * time.Hour},
		{"an instant", publicTokens, `{"scopes":["read:runs"],"expirationTime":1769854890}`, 200, `"token"`, time.Minute},
		{"no scopes", publicTokens, `{"scopes":[]}`, 400, `"error":"Invalid request body"`, 0},
		{"no body", publicTokens, "", 400, `"error":"Invalid request body"`, 0},
		{"a span that is none", publicTokens, `{"scopes":["a"],"expirationTime":"soon"}`, 400, `{"error":"Invalid expiration time"}`, 0},
		{"the past", publicTokens, `{"scopes":["a"],"expirationTime":"1m ago"}`, 400, `{"error":"Expiration time must be in the future"}`, 0},
		{"over 30 days", publicTokens, `{"scopes":["a"],"expirationTime":"31d"}`, 400, `{"error":"Expiration time cannot exceed 30 days"}`, 0},
		{"an hour by default", jwtPath, `{"claims":{"scopes":["read:runs"]}}`, 200, `"token"`, time.Hour},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			answer := do(e, request{method: "POST", path: c.path, body: c.body})
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.says) {
				t.Fatalf("got %d %s", answer.Code, answer.Body)
			}
			if c.life == 0 {
				return
			}
			verified, err := e.verify(decode[map[string]string](t, answer.Body.Bytes())["token"])
			if err != nil {
				t.Fatal(err)
			}
			if got := verified.ExpiresAt.Sub(e.clock.Now()); got != c.life {
				t.Errorf("lives for %s, want %s", got, c.life)
			}
		})
	}
}

func TestATokenExpiresToTheSecond(t *testing.T) {
	clock := NewVirtualClock(time.Unix(1_769_854_830, 0))
	e := newEmulator(t, Options{Clock: clock})
	id := scripted(e, nil)
	token := must(e.MintToken(TokenSpec{Scopes: []string{"read:runs"}, ExpiresIn: 10 * time.Second}))
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{9 * time.Second, 200}, {time.Second, 401}} {
		clock.Advance(step.after)
		if got := do(e, request{path: "/api/v3/runs/" + id, bearer: token}).Code; got != step.want {
			t.Errorf("at %s got %d, want %d", clock.Now(), got, step.want)
		}
	}
}

func TestTimeSpans(t *testing.T) {
	cases := map[string]time.Duration{
		"15m": 15 * time.Minute, "1 hour": time.Hour, "2hrs": 2 * time.Hour, "+ 3 d": 72 * time.Hour, "1.5 m": 90 * time.Second,
		"-10s": -10 * time.Second, "10 secs ago": -10 * time.Second, "1 WEEK FROM NOW": 7 * 24 * time.Hour, "1y": 31_557_600 * time.Second,
	}
	for text, want := range cases {
		if got, err := parseTimeSpan(text); err != nil || got != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "1", "1 month", "-1m ago", "1  m", "m"} {
		if got, err := parseTimeSpan(text); err == nil {
			t.Errorf("%q is %s, want an error", text, got)
		}
	}
}
