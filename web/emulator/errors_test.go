package emulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestErrorAnswers(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	id := scripted(e, Columns{"status": "EXECUTING"})
	mint := func(spec TokenSpec) string { return must(e.MintToken(spec)) }
	read := []string{"read:runs"}
	noHeader := `{"title":"Unauthorized","status":401,"type":"https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",` +
		`"detail":"No authorization header provided","error":"No authorization header provided"}`
	forbidden := `{"error":"Unauthorized","code":"unauthorized","param":"access_token","type":"authorization"}`

	cases := []struct {
		name    string
		request request
		status  int
		body    string
		headers map[string]string
	}{
		{"no credentials on /api", request{path: "/api/v3/runs/" + id, bare: true}, 401, noHeader,
			map[string]string{"Content-Type": "application/problem+json"}},
		{"no credentials on /realtime", request{path: "/realtime/v1/runs/" + id, bare: true}, 401, `{"error":"Invalid or Missing API key"}`, nil},
		{"no credentials for the claims", request{method: "POST", path: claimsPath, bare: true}, 401, `{"error":"Invalid or Missing API key"}`, nil},
		{"no credentials for the control API", request{path: "/emulator/stats", bare: true}, 401, `{"error":"Invalid or Missing API key"}`, nil},
		{"another scheme", request{path: "/api/v3/runs/" + id, bare: true, headers: map[string]string{"Authorization": "Basic abc"}}, 401, `{"error":"Invalid or Missing API key"}`, nil},
		{"an unknown key", request{path: "/api/v3/runs/" + id, bearer: "tr_dev_x"}, 401, `{"error":"Invalid API key"}`, nil},
		{"a public token where only the key will do", request{method: "POST", path: claimsPath, bearer: mint(TokenSpec{Scopes: read})}, 401, `{"error":"Invalid API key"}`, nil},
		{"a token that is not public", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, Private: true})}, 401, `{"error":"Invalid API key"}`, nil},
		{"a token of another environment", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, Subject: "env_x"})}, 401, `{"error":"Invalid Public Access Token"}`, nil},
		{"an expired token", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, ExpiresIn: -time.Second})}, 401, `{"error":"Public Access Token is invalid"}`, nil},
		{"a token signed with another key", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, SecretKey: "x"})}, 401, `{"error":"Public Access Token is invalid"}`, nil},
		{"a token of another issuer", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, Issuer: "x"})}, 401, `{"error":"Public Access Token is invalid"}`, nil},
		{"a token for another audience", request{path: "/api/v3/runs/" + id, bearer: mint(TokenSpec{Scopes: read, Audience: "x"})}, 401, `{"error":"Public Access Token is invalid"}`, nil},
		{"a token without the scope", request{path: "/realtime/v1/runs/" + id, bearer: mint(TokenSpec{Scopes: []string{"read:runs:run_x"}})}, 403, forbidden, nil},
		{"an unknown run to retrieve", request{path: "/api/v3/runs/run_x"}, 404, `{"error":"Not found"}`, map[string]string{"X-Should-Retry": "true"}},
		{"an unknown run to follow", request{path: "/realtime/v1/runs/run_x?offset=-1"}, 404, `{"error":"Not found"}`, map[string]string{"X-Should-Retry": "false"}},
		{"an unknown run to stream", request{path: "/realtime/v1/streams/run_x/k"}, 404, `{"error":"Not found"}`, map[string]string{"X-Should-Retry": "false"}},
		{"an unknown run to cancel", request{method: "POST", path: "/api/v2/runs/run_x/cancel"}, 404, `{"error":"Resource not found"}`, nil},
		{"an unknown path", request{path: "/api/v9/nothing"}, 404, `{"error":"Not found"}`, nil},
		{"a wrong method", request{method: "DELETE", path: "/api/v3/runs/" + id}, 405, `{"error":"Method not allowed"}`, map[string]string{"Allow": "GET, HEAD"}},
		{"a malformed offset", request{path: "/realtime/v1/runs/" + id + "?handle=h&offset=what"}, 400,
			`{"error":"Query Error","details":[{"code":"custom","path":["offset"],"message":"want -1 or an electric-offset"}]}`, nil},
		{"a timeout that is no number", stream(id, "Timeout-Seconds", "soon"), 400, "Invalid timeout seconds", nil},
		{"a timeout of zero", stream(id, "Timeout-Seconds", "0"), 400, "Timeout seconds must be greater than 0", nil},
		{"a timeout over ten minutes", stream(id, "Timeout-Seconds", "601"), 400, "Timeout seconds must be less than 600", nil},
		{"an unknown packet field", request{path: "/api/v1/runs/" + id + "/packets/metadata"}, 400,
			`{"error":"Params Error","details":[{"code":"invalid_enum_value","path":["field"],"message":"want \"payload\" or \"output\""}]}`, nil},
		{"a packet that is not stored apart", request{path: "/api/v1/runs/" + id + "/packets/output"}, 404, `{"error":"Not found"}`, nil},
		{"an object without a signature", request{path: "/objects/trigger/x", bare: true}, 403, `{"error":"Invalid signature"}`, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.request.headers = withOrigin(c.request.headers)
			answer := do(e, c.request)
			if answer.Code != c.status || answer.Body.String() != c.body {
				t.Errorf("got %d %s\nwant %d %s", answer.Code, answer.Body, c.status, c.body)
			}
			for name, want := range c.headers {
				if got := answer.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			checkCORS(t, answer.Header())
		})
	}
}

// stream reads the stream k of a run, with a header unless its name is empty.
func stream(id, header, value string) request {
	q := request{path: "/realtime/v1/streams/" + id + "/k"}
	if header != "" {
		q.headers = map[string]string{header: value}
	}
	return q
}

const testOrigin = "https://app.example.com"

func withOrigin(headers map[string]string) map[string]string {
	all := map[string]string{"Origin": testOrigin}
	for name, value := range headers {
		all[name] = value
	}
	return all
}

func checkCORS(t *testing.T, header http.Header) {
	t.Helper()
	if got := header.Get("Access-Control-Allow-Origin"); got != testOrigin {
		t.Errorf("the page's origin is not allowed: %q", got)
	}
	if got := header.Get("Access-Control-Expose-Headers"); got != exposedHeaders {
		t.Errorf("exposed headers are %q", got)
	}
	if !strings.Contains(strings.Join(header.Values("Vary"), ","), "Origin") {
		t.Error("Vary does not name Origin")
	}
}

func TestPreflightEchoesWhatIsAsked(t *testing.T) {
	e := newEmulator(t, Options{Control: true})
	for _, path := range []string{"/api/v3/runs/x", "/realtime/v1/runs/x", "/objects/x", "/nowhere", "/emulator/stats"} {
		answer := do(e, request{method: "OPTIONS", path: path, bare: true, headers: withOrigin(map[string]string{
			"Access-Control-Request-Headers": "authorization,x-made-up", "Access-Control-Request-Method": "GET",
		})})
		if answer.Code != http.StatusOK || answer.Body.String() != "{}" {
			t.Errorf("%s: got %d %s", path, answer.Code, answer.Body)
		}
		checkCORS(t, answer.Header())
		for name, want := range map[string]string{
			"Access-Control-Allow-Headers": "authorization,x-made-up",
			"Access-Control-Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
			"Access-Control-Max-Age":       "300",
		} {
			if got := answer.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}
