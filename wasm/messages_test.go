package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

var rewrite = flag.Bool("rewrite", false, "write what the runtime says to testdata, to be read as a diff")

// golden is one entry of testdata/messages.json, which the tests of npm read as well: neither side can
// change a message without the other.
type golden struct {
	Name      string          `json:"name"`
	Direction string          `json:"direction"` // "page to runtime" or "runtime to page"
	Message   json.RawMessage `json:"message"`
}

const (
	toRuntime = "page to runtime"
	toPage    = "runtime to page"
)

func goldens(t *testing.T) []golden {
	t.Helper()
	var all []golden
	readJSON(t, "testdata/messages.json", &all)
	return all
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

func compact(t *testing.T, message []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, message); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// messages are what the runtime reads of each message of a page.
var messages = map[string]pageMessage{
	"a page says hello with the version that it speaks": {op: "hello", protocol: 1, options: unset},
	"a hook follows a run": {
		op: "open", sub: 1, scope: `#1 {"hook":"run","runId":"run_1"}`, spec: hooks.Spec{Kind: hooks.KindRun, RunID: "run_1"}, options: pat,
	},
	"a hook follows a run and its streams, with every option": {
		op: "open", sub: 2, scope: "=mine", spec: hooks.Spec{Kind: hooks.KindRunWithStreams, RunID: "run_1"},
		options: hooks.Options{
			Access:   api.Access{BaseURL: "https://self.example", AccessToken: "tr_pat", PreviewBranch: "fix"},
			Throttle: 100 * time.Millisecond, ContinueAfterCompletion: true, SkipColumns: []string{"payload", "output"},
			Start: api.StreamStart{LastEventID: "41", Latest: true, Timeout: 30}, WantsParts: true,
		},
	},
	"a hook follows a stream from an index, and keeps parts of a runtime that died": {
		op: "open", sub: 3, scope: "#3", spec: hooks.Spec{Kind: hooks.KindStream, RunID: "run_1", StreamKey: "ai"},
		options: hooks.Options{Access: pat.Access, Start: api.StreamStart{LastEventID: "4"}},
		resume:  []hooks.Resume{{Key: "ai", Token: 7, Parts: 2, LastEventID: "1"}, {Key: "log", Token: 8, Parts: 1}},
	},
	"a hook follows the runs of tags": {
		op: "open", sub: 4, scope: "#4", spec: hooks.Spec{Kind: hooks.KindRunsWithTag, Tags: hooks.Tags("user:1", "eu"), CreatedAt: "1h"}, options: pat,
	},
	"a hook follows a batch": {
		op: "open", sub: 5, scope: "#5", spec: hooks.Spec{Kind: hooks.KindBatch, BatchID: "batch_1"}, options: pat,
	},
	"a hook fetches a run, again and again": {
		op: "open", sub: 6, scope: "#6", spec: hooks.Spec{Kind: hooks.KindRetrieve, RunID: "run_1"},
		options: hooks.Options{
			Access: pat.Access, Throttle: hooks.DefaultThrottle,
			RefreshInterval: 1500 * time.Millisecond, RevalidateOnFocus: true, RevalidateOnReconnect: true,
		},
	},
	"a hook triggers a task": {
		op: "open", sub: 7, scope: "#7", spec: hooks.Spec{Kind: hooks.KindTrigger, TaskID: "resize"}, options: pat,
	},
	"a hook completes a wait token": {
		op: "open", sub: 8, scope: "#8", spec: hooks.Spec{Kind: hooks.KindWaitToken, WaitpointID: "waitpoint_1"}, options: pat,
	},
	"a hook sends to an input stream": {
		op: "open", sub: 9, scope: "#9", spec: hooks.Spec{Kind: hooks.KindInputStream, RunID: "run_1", StreamKey: "chat"}, options: pat,
	},
	"a hook follows the runs of tags with their streams": {
		op: "open", sub: 10, scope: "#10", spec: hooks.Spec{Kind: hooks.KindRunsWithStreams, Tags: "eu"},
		options: hooks.Options{Access: pat.Access, Throttle: hooks.DefaultThrottle, MaxStreams: 3},
	},
	"a hook follows a channel of a session, the newest records and their controls": {
		op: "open", sub: 11, scope: "#11",
		spec: hooks.Spec{Kind: hooks.KindSession, SessionID: "session_1", Channel: "tools", Direction: "out"},
		options: hooks.Options{
			Access: pat.Access, Throttle: hooks.DefaultThrottle, CanRefresh: true,
			MaxParts: 0, LimitParts: true, WantsPlaces: true, WantsControls: true,
		},
	},
	"a hook retries as its user says, with headers of its own": {
		op: "open", sub: 12, scope: "#12", spec: hooks.Spec{Kind: hooks.KindRetrieve, RunID: "run_1"},
		options: hooks.Options{
			Access: pat.Access, Throttle: hooks.DefaultThrottle,
			Retry: hooks.Retry{
				MaxAttempts: 3, MinTimeout: 500 * time.Millisecond, MaxTimeout: 2 * time.Second, Factor: 1.8, Randomize: true,
			},
			Headers: []api.Field{{Name: "x-tenant", Value: "7"}},
		},
	},
	"a page has a new access token": {
		op: "token", options: unset, token: hooks.AccessTokenArrived{Ask: 3, AccessToken: "tr_new"},
	},
	"a page has none": {
		op: "token", options: unset, token: hooks.AccessTokenArrived{Ask: 4, Reason: "signed out"},
	},
	"a hook has a new access token; an update says all of its options again": {
		op: "update", sub: 1, options: hooks.Options{Access: api.Access{AccessToken: "tr_new"}, Throttle: hooks.DefaultThrottle},
	},
	"a hook does what it is about": {
		op: "submit", sub: 7, options: unset, request: "9f8e", body: `{"payload":"{\"w\":64}","options":{"payloadType":"application/json"}}`,
	},
	"the page is looked at again, and has a network": {
		op: "page", options: unset, page: hooks.PageChanged{Visible: true, Online: true, Focused: true},
	},
	"a hook is stopped":               {op: "stop", sub: 1, options: unset},
	"a hook is unmounted":             {op: "close", sub: 1, options: unset},
	"no hook will name a scope again": {op: "drop", scope: "#3", options: unset},

	"a page asks what the runtime is doing": {op: "status", options: unset},
}

var (
	unset = hooks.Options{Throttle: hooks.DefaultThrottle}
	pat   = hooks.Options{Access: api.Access{AccessToken: "tr_pat"}, Throttle: hooks.DefaultThrottle}
)

func TestMessagesOfAPageAreRead(t *testing.T) {
	seen := 0
	for _, g := range goldens(t) {
		if g.Direction != toRuntime {
			continue
		}
		seen++
		want, known := messages[g.Name]
		if !known {
			t.Errorf("no test knows the message %q", g.Name)
			continue
		}
		got, err := decodeMessage(compact(t, g.Message))
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: read as\n%+v, %v, want\n%+v", g.Name, got, err, want)
		}
	}
	if seen != len(messages) {
		t.Errorf("%d of %d messages are in the file", seen, len(messages))
	}
}

func TestWhereAStreamBegins(t *testing.T) {
	for options, want := range map[string]api.StreamStart{
		`{}`:                                      {},
		`{"startIndex":5}`:                        {LastEventID: "4"},
		`{"startIndex":0}`:                        {},
		`{"startIndex":5,"lastEventId":"2"}`:      {LastEventID: "2"},
		`{"from":"latest"}`:                       {Latest: true},
		`{"from":"beginning"}`:                    {},
		`{"startIndex":0,"from":"latest"}`:        {},
		`{"lastEventId":"2","from":"latest"}`:     {LastEventID: "2", Latest: true}, // of no effect: api.StreamStart
		`{"timeoutInSeconds":30,"lastEventId":7}`: {LastEventID: "7", Timeout: 30},
	} {
		var got hooks.Options
		if decodeOptions(rawjson.Value(options), &got); got.Start != want {
			t.Errorf("%s begins at %+v, want %+v", options, got.Start, want)
		}
	}
}

func TestWhatIsNoStringIsAskedForAsItWasWritten(t *testing.T) {
	for written, want := range map[string]hooks.Spec{
		`{"hook":"run","runId":7}`:                {Kind: hooks.KindRun, RunID: "7"},
		`{"hook":"run","runId":{"id":"run_1"}}`:   {Kind: hooks.KindRun, RunID: `{"id":"run_1"}`},
		`{"hook":"run","runId":null}`:             {Kind: hooks.KindRun},
		`{"hook":"runsWithTag","tags":[7,"one"]}`: {Kind: hooks.KindRunsWithTag, Tags: hooks.Tags("7", "one")},
	} {
		var got hooks.Spec
		if decodeSpec(rawjson.Value(written), &got); got != want {
			t.Errorf("%s is read as %+v, want %+v", written, got, want)
		}
	}
}

// scenes bring the runtime to say each of its messages, as the last one to page 1.
var scenes = map[string]func(w *world){
	"the runtime is ready": func(w *world) { w.hello(1) },
	"the first delta of a run has all of it, and two scopes show it": func(w *world) {
		w.hello(1)
		w.openRun(1, 1, "a")
		w.openRun(1, 2, "b")
		w.answer(1, 200, shapeHeader, wholeRow)
	},
	"later deltas of a run have what changed": func(w *world) {
		w.hello(1)
		w.openRun(1, 1, "a")
		w.answer(1, 200, shapeHeader, wholeRow)
		w.answer(2, 200, shapeHeader, update(`"status":"PAUSED","updatedAt":"2026-01-31T10:20:32","output":null,"runTags":"{eu}"`))
	},
	"a failed run says why, and is the last that comes": func(w *world) {
		w.hello(1)
		w.openRun(1, 1, "a")
		w.answer(1, 200, shapeHeader, wholeRow)
		w.answer(2, 200, shapeHeader, update(`"status":"COMPLETED_WITH_ERRORS","completedAt":"2026-01-31T10:20:33",`+
			`"error":"{\"type\":\"BUILT_IN_ERROR\",\"name\":\"TypeError\",\"message\":\"no\",\"stackTrace\":\"at x\"}"`))
	},
	"a refusal is shown beside what is there": func(w *world) {
		w.hello(1)
		w.openRun(1, 1, "a")
		w.answer(1, 200, shapeHeader, wholeRow)
		w.answer(2, 401, nil, `{"error":"Public Access Token is invalid","code":"unauthorized"}`)
	},
	"parts of a stream, and who wants to be told of them": func(w *world) {
		w.hello(1)
		w.openStream(1, 1, `"throttleInMs":0,"onData":true`, "")
		w.start(1, streamHeader)
		w.chunk(1, "event: batch\ndata: {\"records\":[{\"seq_num\":0,\"body\":\"{\\\"data\\\":\\\"Hel\\\",\\\"id\\\":\\\"a\\\"}\"},{\"seq_num\":1,\"body\":\"{\\\"data\\\":{\\\"x\\\":[1]},\\\"id\\\":\\\"b\\\"}\"}]}\n\n")
	},
	"a stream that goes on where a page has it from a runtime that died": func(w *world) {
		w.hello(1)
		w.openStream(1, 1, `"throttleInMs":0`, `,"resume":[{"feed":7,"key":"ai","parts":2,"lastEventId":"1"}]`)
	},
	"a stream that goes on in another feed, because the access token is new": func(w *world) {
		w.hello(1)
		w.openStream(1, 1, `"throttleInMs":0`, "")
		w.start(1, api.Header{"content-type": "text/event-stream"})
		w.chunk(1, "id: 1-0\ndata: 1\n\n")
		w.say(1, `{"op":"update","sub":1,"options":{"accessToken":"tr_new","throttleInMs":0}}`)
	},
	"a list is told by what changed in it, who came and who left": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"batch","batchId":"batch_1"},"options":{}}`)
		w.answer(1, 200, shapeHeader, list(listed("insert", "run_1", "01"), listed("insert", "run_3", "03")))
		w.answer(2, 200, shapeHeader, list(listed("insert", "run_2", "02"), listed("delete", "run_1", "01")))
	},
	"a run that was fetched, with what is stored outside it": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"retrieve","runId":"run_1"},"options":{"accessToken":"t"}}`)
		w.answer(1, 200, nil, `{"id":"run_1","status":"COMPLETED","attempts":[],"outputPresignedUrl":"https://objects.example/1"}`)
		w.answer(2, 200, api.Header{"content-type": "application/super+json"}, `{"json":1}`)
	},
	"a mutation hands out its result": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"trigger","taskId":"resize"},"options":{"accessToken":"t"}}`)
		w.say(1, `{"op":"submit","sub":1,"request":"9f8e","body":{"options":{}}}`)
		w.answer(1, 200, api.Header{"x-trigger-jwt": "t2"}, `{"id":"run_1","isCached":false}`)
	},
	"the newest records of a session with their places, and a control record": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"open","sub":1,"scope":"a","spec":{"hook":"session","sessionId":"s","io":"out"},`+
			`"options":{"throttleInMs":0,"maxParts":1,"onParts":true,"onControl":true}}`)
		w.start(1, streamHeader)
		w.chunk(1, "event: batch\ndata: {\"records\":["+
			`{"seq_num":0,"timestamp":5,"body":"{\"data\":1,\"id\":\"a\"}"},{"seq_num":1,"timestamp":6,"body":"{\"data\":2}"},`+
			`{"seq_num":2,"timestamp":7,"body":"","headers":[["trigger-control","turn-complete"]]}`+"]}\n\n")
	},
	"a page is asked for a new access token": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"open","sub":5,"scope":"a","spec":{"hook":"run","runId":"run_1"},"options":{"accessToken":"t","refresh":true}}`)
		w.answer(1, 401, nil, `{"error":"Public Access Token is invalid"}`)
	},
	"a feed that no view will name again": func(w *world) {
		w.hello(1)
		w.openRun(1, 1, "a")
		w.answer(1, 200, shapeHeader, wholeRow)
		w.say(1, `{"op":"stop","sub":1}`)
		w.say(1, `{"op":"close","sub":1}`)
		w.say(1, `{"op":"drop","scope":"a"}`)
	},
	"what the runtime is doing, to the page that asks": func(w *world) {
		w.hello(1)
		w.say(1, `{"op":"page","visible":true,"online":true,"focused":false}`)
		w.openRun(1, 1, "a")
		w.openRun(1, 2, "b")
		w.answer(1, 200, shapeHeader, wholeRow)
		w.answer(2, 503, nil, "")
		w.say(1, `{"op":"status"}`)
	},
	"a page of another version is refused": func(w *world) { w.say(1, `{"op":"hello","protocol":2}`) },
}

func TestMessagesOfTheRuntime(t *testing.T) {
	all := goldens(t)
	seen := 0
	for i, g := range all {
		if g.Direction != toPage {
			continue
		}
		seen++
		play := scenes[g.Name]
		if play == nil {
			t.Errorf("no test knows the message %q", g.Name)
			continue
		}
		w := newWorld(t)
		play(w)
		said := w.read(1)
		got := said[len(said)-1]
		if *rewrite {
			all[i].Message = json.RawMessage(got)
		} else if want := compact(t, g.Message); got != want {
			t.Errorf("%s: the runtime says\n%s, want\n%s", g.Name, got, want)
		}
	}
	if seen != len(scenes) {
		t.Errorf("%d of %d messages are in the file", seen, len(scenes))
	}
	if *rewrite {
		writeGoldens(t, all)
	}
}

// writeGoldens keeps each message on one line, as it travels.
func writeGoldens(t *testing.T, all []golden) {
	t.Helper()
	var b strings.Builder
	for i, g := range all {
		b.WriteString(map[bool]string{true: "[\n", false: ",\n"}[i == 0])
		name, _ := json.Marshal(g.Name)
		b.WriteString("  {\n    \"name\": " + string(name) + ",\n    \"direction\": \"" + g.Direction + "\",\n    \"message\": " + compact(t, g.Message) + "\n  }")
	}
	if err := os.WriteFile("testdata/messages.json", []byte(b.String()+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *world) hello(port uint32) { w.say(port, `{"op":"hello","protocol":1}`) }

func (w *world) openRun(port uint32, sub int, scope string) {
	w.say(port, `{"op":"open","sub":%d,"scope":%q,"spec":{"hook":"run","runId":"run_1"},"options":{"accessToken":"tr_pat"}}`, sub, scope)
}

func (w *world) openStream(port uint32, sub int, options, more string) {
	w.say(port, `{"op":"open","sub":%d,"scope":"a","spec":{"hook":"stream","runId":"run_1","streamKey":"ai"},"options":{"accessToken":"tr_pat",%s}%s}`, sub, options, more)
}

func (w *world) start(fetch hooks.FetchID, header api.Header) {
	w.server.step(w.now, hooks.ResponseStarted{Fetch: fetch, HTTPStatus: 200, Header: header})
}

func (w *world) chunk(fetch hooks.FetchID, body string) {
	w.server.step(w.now, hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
}

var streamHeader = api.Header{"content-type": "text/event-stream", "x-stream-version": "v2"}

// wholeRow has every column; update changes some.
var wholeRow = row("EXECUTING", `,"startedAt":"2026-01-31T10:20:31","isTest":"t","usageDurationMs":"12","costInCents":"0.5","baseCostInCents":"0.25"`+
	`,"payload":"{\"json\":{\"w\":64}}","payloadType":"application/super+json","output":"so far","outputType":"text/plain","runTags":"{\"user:9\",eu}"`+
	`,"metadata":"{\"p\":1}","metadataType":"application/json","realtimeStreams":"{ai}"`)

func update(columns string) string {
	return `[{"key":"1","value":{` + columns + `},"headers":{"operation":"update"}},{"headers":{"control":"up-to-date"}}]`
}

// listed is a row of a list that was created at a second of one minute.
func listed(operation, runID, second string) string {
	return `{"key":"` + runID + `","value":{"friendlyId":"` + runID + `","status":"EXECUTING","createdAt":"2026-01-31T10:20:` +
		second + `"},"headers":{"operation":"` + operation + `"}}`
}

// list is a whole answer of a list's feed.
func list(rows ...string) string {
	return "[" + strings.Join(rows, ",") + `,{"headers":{"control":"up-to-date"}}]`
}
