package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/api"
)

func TestRequests(t *testing.T) {
	cloud := api.Access{AccessToken: "tr_secret"}
	place := []api.Param{{Name: "log", Value: "full"}, {Name: "offset", Value: "-1"}}
	for _, tt := range []struct {
		name    string
		request *api.Request
		want    string // the URL, then each header field
	}{
		{
			"a run", api.SubscribeRun(cloud, "run_1", place),
			"https://api.trigger.dev/realtime/v1/runs/run_1?log=full&offset=-1" +
				" authorization:Bearer tr_secret trigger-version:4.8.3 x-trigger-api-version:2025-07-16 x-trigger-electric-version:1.0.0-beta.1",
		},
		{
			"a run, asked without a token", api.SubscribeRun(api.Access{}, "run_1", nil),
			"https://api.trigger.dev/realtime/v1/runs/run_1" +
				" trigger-version:4.8.3 x-trigger-api-version:2025-07-16 x-trigger-electric-version:1.0.0-beta.1",
		},
		{
			"the runs of two tags", api.SubscribeRunsWithTag(cloud, "user:1,eu", "1h", place),
			"https://api.trigger.dev/realtime/v1/runs?createdAt=1h&log=full&offset=-1&tags=user%3A1%2Ceu" +
				" authorization:Bearer tr_secret trigger-version:4.8.3 x-trigger-api-version:2025-07-16 x-trigger-electric-version:1.0.0-beta.1",
		},
		{
			"the runs of a tag, as far back as the server likes", api.SubscribeRunsWithTag(cloud, "a", "", nil),
			"https://api.trigger.dev/realtime/v1/runs?tags=a" +
				" authorization:Bearer tr_secret trigger-version:4.8.3 x-trigger-api-version:2025-07-16 x-trigger-electric-version:1.0.0-beta.1",
		},
		{
			"a batch", api.SubscribeBatch(cloud, "batch_1", place),
			"https://api.trigger.dev/realtime/v1/batches/batch_1?log=full&offset=-1" +
				" authorization:Bearer tr_secret trigger-version:4.8.3 x-trigger-api-version:2025-07-16 x-trigger-electric-version:1.0.0-beta.1",
		},
		{
			"a stream from its first part", api.SubscribeStream(cloud, "run_1", "ai", api.StreamStart{}),
			"https://api.trigger.dev/realtime/v1/streams/run_1/ai" +
				" accept:text/event-stream authorization:Bearer tr_secret trigger-version:4.8.3",
		},
		{
			"a stream after a record, however it began", api.SubscribeStream(cloud, "run_1", "ai", api.StreamStart{LastEventID: "41", Latest: true, Timeout: 30}),
			"https://api.trigger.dev/realtime/v1/streams/run_1/ai" +
				" accept:text/event-stream authorization:Bearer tr_secret last-event-id:41 timeout-seconds:30 trigger-version:4.8.3",
		},
		{
			"a stream from its newest part", api.SubscribeStream(cloud, "run_1", "ai", api.StreamStart{Latest: true}),
			"https://api.trigger.dev/realtime/v1/streams/run_1/ai" +
				" accept:text/event-stream authorization:Bearer tr_secret trigger-version:4.8.3 x-trigger-stream-start:latest",
		},
		{
			"a stream with an app's headers, of which one is taken",
			api.SubscribeStream(cloud, "run_1", "ai", api.StreamStart{}).With([]api.Field{{"x-app", "shop"}, {"Authorization", "none"}}),
			"https://api.trigger.dev/realtime/v1/streams/run_1/ai" +
				" accept:text/event-stream authorization:Bearer tr_secret trigger-version:4.8.3 x-app:shop",
		},
		{
			"a stored packet of a run", api.PresignPacket(cloud, "run_1", "output"),
			"https://api.trigger.dev/api/v1/runs/run_1/packets/output" +
				" authorization:Bearer tr_secret content-type:application/json trigger-version:4.8.3",
		},
		{
			"a stored packet by its path", api.PresignPacketByPath(cloud, "run_1", "output", "a b/c.json"),
			"https://api.trigger.dev/api/v1/packets/a%20b%2Fc.json" +
				" authorization:Bearer tr_secret content-type:application/json trigger-version:4.8.3",
		},
		{
			"an object at a URL that carries its own permission", api.DownloadPacket("https://objects.example/p?sign=%2F+", "run_1", "output"),
			"https://objects.example/p?sign=%2F+",
		},
		{
			"a preview branch", api.SubscribeStream(api.Access{PreviewBranch: "fix/1"}, "r", "s", api.StreamStart{}),
			"https://api.trigger.dev/realtime/v1/streams/r/s accept:text/event-stream trigger-version:4.8.3 x-trigger-branch:fix/1",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := spell(tt.request); got != tt.want {
				t.Errorf("the request is\n%s, want\n%s", got, tt.want)
			}
			if tt.request.Method != "GET" || tt.request.Body != "" {
				t.Errorf("%s with a body of %q, want a GET without one", tt.request.Method, tt.request.Body)
			}
		})
	}
}

// spell prints a request's URL and its header, sorted.
func spell(r *api.Request) string {
	var fields []string
	for _, field := range r.Header {
		fields = append(fields, field.Name+":"+field.Value)
	}
	slices.Sort(fields)
	return strings.Join(append([]string{r.URL}, fields...), " ")
}

func TestParametersAreSortedAndLeftAlone(t *testing.T) {
	params := []api.Param{{Name: "offset", Value: "1_0"}, {Name: "cursor"}, {Name: "live", Value: "true"}, {Name: "handle", Value: "h"}}
	before := slices.Clone(params)
	const want = "https://api.trigger.dev/realtime/v1/runs/r?cursor=&handle=h&live=true&offset=1_0"
	if got := api.SubscribeRun(api.Access{}, "r", params).URL; got != want {
		t.Errorf("the URL is %s, want %s", got, want)
	}
	if !slices.Equal(params, before) {
		t.Errorf("the caller's parameters are now %v", params)
	}
}

func TestWhatGoesIntoAURLIsEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"run_1-a.b~Z9":  "run_1-a.b~Z9",
		"../../admin":   "..%2F..%2Fadmin",
		"a?b=c&d#e":     "a%3Fb%3Dc%26d%23e",
		"100% + \x00\n": "100%25%20%2B%20%00%0A",
		"é🙂":            "%C3%A9%F0%9F%99%82",
		"\xff":          "%FF",
	} {
		request := api.SubscribeStream(api.Access{}, text, text, api.StreamStart{})
		if got := strings.TrimPrefix(request.URL, "https://api.trigger.dev/realtime/v1/streams/"); got != want+"/"+want {
			t.Errorf("a path with %q twice is %s, want %s twice", text, got, want)
		}
		request = api.SubscribeRun(api.Access{}, "r", []api.Param{{Name: "handle", Value: text}})
		if _, got, _ := strings.Cut(request.URL, "handle="); got != want {
			t.Errorf("a parameter of %q is %s, want %s", text, got, want)
		}
	}
}

func TestTheBaseURLMayEndWithASlashAndHaveAPath(t *testing.T) {
	for base, want := range map[string]string{
		"":                         "https://api.trigger.dev/realtime/v1/runs/r",
		"https://self.example":     "https://self.example/realtime/v1/runs/r",
		"https://self.example/":    "https://self.example/realtime/v1/runs/r",
		"http://localhost:3030/a":  "http://localhost:3030/a/realtime/v1/runs/r",
		"http://localhost:3030/a/": "http://localhost:3030/a/realtime/v1/runs/r",
	} {
		if got := api.SubscribeRun(api.Access{BaseURL: base}, "r", nil).URL; got != want {
			t.Errorf("below %q the URL is %s, want %s", base, got, want)
		}
	}
}

// Invariant T1.
func TestAnAccessTokenIsInTheAuthorizationHeaderAndNowhereElse(t *testing.T) {
	access := api.Access{BaseURL: "https://self.example", AccessToken: "tr_secret", PreviewBranch: "b"}
	for _, request := range []*api.Request{
		api.SubscribeRun(access, "run_1", []api.Param{{Name: "offset", Value: "-1"}}),
		api.SubscribeRunsWithTag(access, "a", "1h", nil),
		api.SubscribeBatch(access, "batch_1", nil),
		api.SubscribeStream(access, "run_1", "ai", api.StreamStart{LastEventID: "1", Timeout: 1}),
		api.PresignPacket(access, "run_1", "output"),
		api.PresignPacketByPath(access, "run_1", "output", "p"),
	} {
		times := 0
		for i, field := range request.Header {
			if field == (api.Field{Name: "authorization", Value: "Bearer tr_secret"}) {
				times++
				request.Header = slices.Delete(slices.Clone(request.Header), i, i+1)
			}
		}
		if rest := fmt.Sprintf("%+v", request); times != 1 || strings.Contains(rest, "tr_secret") {
			t.Errorf("%s: the token is in the Authorization header %d times, and the rest is %s", request.Op, times, rest)
		}
	}
}

func TestErrorsCanSayWhatWasAttempted(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{api.SubscribeRun(api.Access{}, "run_1", nil).Op, "subscribe run run_1"},
		{api.SubscribeRunsWithTag(api.Access{}, "a,b", "", nil).Op, "subscribe runs with tag a,b"},
		{api.SubscribeBatch(api.Access{}, "batch_1", nil).Op, "subscribe batch batch_1"},
		{api.SubscribeStream(api.Access{}, "run_1", "ai", api.StreamStart{}).Op, "subscribe stream ai of run_1"},
		{api.PresignPacket(api.Access{}, "run_1", "payload").Op, "find the stored payload of run_1"},
		{api.PresignPacketByPath(api.Access{}, "run_1", "payload", "p").Op, "find the stored payload of run_1"},
		{api.DownloadPacket("https://o.example/p?sign=1", "run_1", "payload").Op, "download the stored payload of run_1"},
	} {
		if tt.got != tt.want {
			t.Errorf("the attempt is called %q, want %q", tt.got, tt.want)
		}
	}
}
