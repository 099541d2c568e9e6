package hooks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/hooktest"
	"github.com/runwire/runwire/hooks/rawjson"
)

// FuzzStep throws events at a Runtime: valid ones, late ones, ones for numbers that never were, in any order.
// It must not panic, its commands must be consistent, and when everybody has left, nothing may stay open.
func FuzzStep(f *testing.F) {
	for _, script := range lives {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if violation := play(script, nil).Violation; violation != "" {
			t.Fatalf("%s\n%s", violation, strings.Join(play(script, []string{}).Trace, "\n"))
		}
	})
}

// lives are scripts that a fuzzer would need long to find; see player.
var lives = [][]byte{
	// A run, from its first row to its last.
	{opOpen, 0, 0, 0, 0, 0, opAnswer, 0, 0, 0, opAnswer, 0, 0, 1, opClose, 0},
	// A run with streams.
	{opOpen, 0, 1, 0, 0, 0, opAnswer, 0, 0, 2, opHead, 1, 0, 1, opChunk, 1, 6, opClose, 0},
	// A stream of version 1, then one of version 2 that is cut.
	{opOpen, 0, 2, 0, 2, 9, opHead, 0, 0, 1, opChunk, 0, 6, opChunk, 0, 7, opEnd, 0, opWait, 7},
	{opOpen, 0, 2, 3, 1, 9, 0, opHead, 0, 0, 2, opChunk, 0, 8, opChunk, 0, 8, opFail, 0, opFire, 0},
	// A stored payload, and an update on the way.
	{opOpen, 0, 0, 0, 0, 0, opAnswer, 0, 0, 3, opAnswer, 1, 0, 4, opAnswer, 1, 0, 5, opUpdate, 1, 0, 1},
	// A token that changes twice before the next answer.
	{opOpen, 0, 0, 0, 0, 0, opAnswer, 0, 0, 0, opUpdate, 1, 0, 1, opUpdate, 1, 0, 2, opAnswer, 0, 5, 0, opAnswer, 0, 2, 0},
	// A list of runs; a run that is fetched again; a task that is triggered twice; an input that is sent.
	{opOpen, 0, 4, 0, 0, 0, opAnswer, 0, 0, 0, opAnswer, 0, 0, 17, opAnswer, 0, 0, 13, opClose, 1},
	{opOpen, 0, 6, 0, 0, 16, opAnswer, 0, 0, 18, opFire, 0, opAnswer, 0, 4, 0, opPage, 7, opFire, 0, opStop, 1},
	{opOpen, 0, 7, 0, 0, 0, opSubmit, 1, 0, opSubmit, 1, 2, opAnswer, 0, 4, 0, opAnswer, 0, 0, 19, opFire, 0, opClose, 1},
	{opOpen, 0, 9, 0, 0, 0, opSubmit, 1, 3, opPage, 0, opAnswer, 0, 0, 4},
	// A session with a control record, and a token that is refused and renewed.
	{opOpen, 0, 11, 0, 2, 64, opAnswer, 0, 6, 0, opToken, 1, 1, opHead, 0, 0, 2, opChunk, 0, 20, opClose, 1},
	{opOpen, 0, 0, 0, 0, 64, opAnswer, 0, 6, 0, opToken, 1, 2, opUpdate, 1, 0, 65, opAnswer, 0, 6, 0, opClose, 1},
	// Pages that come, look away, sleep for an hour and leave, and tokens that expire meanwhile.
	{opPage, 3, opPage, 11, opOpen, 0, 1, 0, 0, 192, opAnswer, 0, 0, 2, opHead, 1, 0, 1, opPage, 2, opPage, 10, opFire, 3, opWait, 8, opFire, 0, opPage, 3},
	{opPage, 3, opOpen, 0, 0, 0, 0, 192, opToken, 1, 3, opAnswer, 0, 0, 0, opLeave, 0, opWait, 8, opFire, 0, opToken, 2, 4, opAnswer, 0, 6, 0},
	{opOpen, 0, 11, 0, 128, 64, opHead, 0, 0, 2, opChunk, 0, 20, opUpdate, 1, 129, 65, opHead, 0, 0, 2, opChunk, 0, 20, opPage, 1, opPage, 3},
	// Two in one scope.
	{opOpen, 0, 0, 0, 0, 0, opOpen, 0, 0, 0, 1, 0, opStop, 1, opHead, 0, 1, 0, opEnd, 0, opDrop, 0, opWait, 9},
}

const (
	opOpen = iota
	opUpdate
	opStop
	opClose
	opDrop
	opHead
	opChunk
	opEnd
	opFail
	opFire
	opWait
	opAnswer
	opSubmit
	opPage
	opToken
	opLeave
	opLast
)

// player reads a script: an operation, then its arguments, one byte each. What a byte picks from wraps
// around, so that every script means something.
type player struct {
	*hooktest.Ledger
	script  []byte
	lastSub hooks.Sub
}

func play(script []byte, trace []string) *hooktest.Ledger {
	p := &player{Ledger: hooktest.NewLedger(), script: script}
	p.Trace = trace
	for len(p.script) > 0 && p.Violation == "" {
		p.perform(p.byte() % opLast)
	}
	p.CloseAll()
	return p.Ledger
}

func (p *player) byte() int {
	if len(p.script) == 0 {
		return 0
	}
	b := p.script[0]
	p.script = p.script[1:]
	return int(b)
}

func (p *player) perform(op int) {
	switch op {
	case opOpen:
		p.open()
	case opUpdate:
		p.Step(&hooks.Update{Sub: p.sub(), Options: p.options()})
	case opStop:
		p.Step(hooks.Stop{Sub: p.sub()})
	case opClose:
		p.Step(hooks.Close{Sub: p.sub()})
	case opDrop:
		p.Step(hooks.Drop{Scope: p.scope()})
	case opHead:
		p.Step(hooks.ResponseStarted{Fetch: p.fetch(), HTTPStatus: pick(statuses, p.byte()), Header: pick(headers, p.byte())})
	case opChunk:
		fetch, body := p.fetch(), pick(bodies, p.byte())
		if body == "" { // what stands in the script itself
			n := min(p.byte(), len(p.script))
			body, p.script = string(p.script[:n]), p.script[n:]
		}
		p.Step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
	case opEnd:
		p.Step(hooks.ResponseEnded{Fetch: p.fetch()})
	case opFail:
		p.Step(hooks.FetchFailed{Fetch: p.fetch(), Reason: "connection reset"})
	case opFire:
		p.fire()
	case opWait:
		p.Now = p.Now.Add(pick(pauses, p.byte()))
	case opSubmit:
		p.Step(hooks.Submit{Sub: p.sub(), Body: pick(submissions, p.byte())})
	case opPage:
		bits := p.byte()
		p.Step(hooks.PageChanged{Page: page(bits >> 3), Visible: bits&1 != 0, Online: bits&2 != 0, Focused: bits&4 != 0})
	case opLeave:
		p.Step(hooks.PageLeft{Page: page(p.byte())})
	case opToken:
		e := hooks.AccessTokenArrived{Ask: hooks.AskID(p.byte() % (int(p.LastAsk()) + 2)), AccessToken: pick(answers, p.byte())}
		if e.AccessToken == "" {
			e.Reason = "nobody is logged in"
		}
		p.Step(e)
	case opAnswer:
		p.answer(p.fetch(), pick(statuses, p.byte()), headers[0], pick(bodies, p.byte()))
	}
}

// open takes a new number for three of four subscriptions, and one that may be taken for the fourth.
func (p *player) open() {
	sub := p.byte() % 4
	p.lastSub++
	e := &hooks.Open{Sub: p.lastSub, Scope: p.scope()}
	e.Spec = specs[e.Scope[0]-'a']
	if sub == 3 {
		e.Sub = p.sub()
	}
	if p.byte()%4 == 3 {
		e.Resume = []hooks.Resume{{Key: "s0", Token: 7, Parts: p.byte() % 3, LastEventID: "1"}}
	}
	e.Options = p.options()
	p.Step(e)
}

func (p *player) options() hooks.Options {
	bits, access := p.byte(), p.byte()
	o := hooks.Options{
		Access:                  api.Access{AccessToken: pick([]string{"a", "b", "c", ""}, access)},
		Throttle:                pick([]time.Duration{0, hooks.DefaultThrottle, time.Second}, bits>>2),
		ContinueAfterCompletion: bits&1 != 0,
		WantsParts:              bits&2 != 0,
	}
	if access&4 != 0 {
		o.SkipColumns = []string{"payload"}
	}
	if access&16 != 0 {
		o.RefreshInterval, o.RevalidateOnFocus, o.RevalidateOnReconnect = time.Second, true, access&32 != 0
	}
	o.CanRefresh = access&64 != 0
	if access&128 != 0 {
		o.Access.AccessToken = pick(answers[3:], access)
	}
	o.LimitParts, o.MaxParts, o.WantsControls = bits&64 != 0, bits&1, bits&128 != 0
	if access&8 != 0 {
		o.Start = api.StreamStart{LastEventID: "0-0", Latest: true, Timeout: 5}
	}
	return o
}

func (p *player) sub() hooks.Sub { return hooks.Sub(p.byte() % (int(p.lastSub) + 2)) }

// scope picks one of two scopes of a spec: a scope is about one thing for as long as it lives.
func (p *player) scope() string {
	n := p.byte()
	return fmt.Sprintf("%c%d", 'a'+n%len(specs), n>>6&1)
}

// fetch picks a request that is out, or, of a high number, any that was or never was.
func (p *player) fetch() hooks.FetchID {
	n, out := p.byte(), p.Out()
	if n >= 224 || len(out) == 0 {
		return hooks.FetchID(n % (int(p.LastFetch()) + 2))
	}
	return out[n%len(out)]
}

// fire lets a timer that is set fire when its driver would; a high number picks one that is not.
func (p *player) fire() {
	n, set := p.byte(), p.Set()
	if n >= 224 || len(set) == 0 {
		p.Step(hooks.TimerFired{Timer: hooks.TimerID(n % (int(p.LastTimer()) + 2))})
		return
	}
	p.Now = p.Now.Add(time.Second)
	p.Step(hooks.TimerFired{Timer: set[n%len(set)]})
}

// page picks one of three pages.
func page(n int) hooks.PageID { return hooks.PageID(n % 3) }

func pick[T any](from []T, n int) T { return from[n%len(from)] }

// outset is when a Ledger's time begins.
var outset = time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC)

var (
	specs = []hooks.Spec{
		{Kind: hooks.KindRun, RunID: "run_1"},
		{Kind: hooks.KindRunWithStreams, RunID: "run_1"},
		{Kind: hooks.KindStream, RunID: "run_1", StreamKey: "s0"},
		{Kind: hooks.KindRun, RunID: "run_2/é"},
		{Kind: hooks.KindRunsWithTag, Tags: hooks.Tags("a", "b"), CreatedAt: "1h"},
		{Kind: hooks.KindBatch, BatchID: "batch_1"},
		{Kind: hooks.KindRetrieve, RunID: "run_1"},
		{Kind: hooks.KindTrigger, TaskID: "resize"},
		{Kind: hooks.KindWaitToken, WaitpointID: "waitpoint_1"},
		{Kind: hooks.KindInputStream, RunID: "run_1", StreamKey: "s0"},
		{Kind: hooks.KindWaitToken},
		{Kind: hooks.KindSession, SessionID: "session_1", Channel: "c", Direction: "out"},
		{},
		{Kind: 200, RunID: "run_1"},
	}
	submissions = []rawjson.Value{
		`{"payload":{"a":1},"options":{"tags":["t"]}}`, `{}`, `{"payload":"x"}`, `{"data":1}`, `7`, `null`,
	}
	// answers are what pages come up with: access tokens, nothing, and tokens that say when they expire.
	answers = []string{
		"b", "new", "",
		hooktest.TokenUntil("gone", outset.Add(-time.Minute)), hooktest.TokenUntil("short", outset.Add(40*time.Second)),
		hooktest.TokenUntil("long", outset.Add(2*time.Hour)),
	}
	statuses = []int{200, 409, 404, 429, 503, 204, 401, 0, -1, 301}
	pauses   = []time.Duration{
		0, time.Millisecond, 16 * time.Millisecond, 300 * time.Millisecond, time.Second, 5 * time.Second,
		30 * time.Second, 46 * time.Second, time.Hour, -time.Second,
	}
	headers = []api.Header{
		{"content-type": "application/json", "electric-handle": "h1", "electric-offset": "0_0", "electric-cursor": "1"},
		{"content-type": "text/event-stream"},
		{"content-type": "text/event-stream", "x-stream-version": "v2"},
		{"content-type": "text/html", "retry-after": "3"},
		{"electric-handle": "h2", "electric-offset": "1_0"},
		nil,
		{"date": "Sat, 31 Jan 2026 11:20:30 GMT", "retry-after": "Sat, 31 Jan 2026 11:20:40 GMT", "electric-handle": "h1", "electric-offset": "2_0"},
		{"date": "Sat, 31 Jan 2026 10:20:30 GMT", "age": "600", "content-type": "text/event-stream"},
	}
	bodies = []string{
		insert(`"status":"EXECUTING"`),
		insert(`"status":"COMPLETED_SUCCESSFULLY","completedAt":"2026-01-31T10:20:31"`),
		insert(`"status":"EXECUTING","realtimeStreams":"{s0,s1}"`),
		insert(`"status":"EXECUTING","payload":"p/1","payloadType":"application/store"`),
		`{"presignedUrl":"https://objects.example/p/1?sign=1"}`,
		`{"stored":true}`,
		"id: 1-0\ndata: {\"n\":1}\n\n",
		"data: text\n\nid: 2",
		"event: batch\ndata: {\"records\":[{\"seq_num\":0,\"body\":\"{\\\"data\\\":1,\\\"id\\\":\\\"a\\\"}\"},{\"seq_num\":1,\"body\":\"{\\\"data\\\":2,\\\"id\\\":\\\"b\\\"}\"}]}\n\n",
		"event: error\ndata: x\n\n",
		`[{"headers":{"control":"up-to-date"}}]`,
		`[{"headers":{"control":"must-refetch"}}]`,
		`[{"key":"1","value":{"status":"PAUSED"},"headers":{"operation":"update"}},{"headers":{"control":"up-to-date"}}]`,
		`[{"key":"1","headers":{"operation":"delete"}},{"headers":{"control":"up-to-date"}}]`,
		`[{"key":"1","value":{},"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`,
		`<html>`,
		insert(`"status":"EXECUTING","friendlyId":"run_3"`),
		`[{"key":"2","value":{"friendlyId":"run_2","status":"PENDING","taskIdentifier":"t","createdAt":"2026-01-31T10:20:29","updatedAt":"2026-01-31T10:20:32"},"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`,
		`{"id":"run_1","status":"EXECUTING","isCompleted":false,"updatedAt":"2026-01-31T10:20:32.000Z"}`,
		`{"id":"run_9","isCached":false}`,
		"event: batch\ndata: {\"records\":[{\"seq_num\":2,\"headers\":[[\"trigger-control\",\"turn-complete\"]],\"body\":\"\"}]}\n\n",
		"\n\n",
		"", // of the script
	}
)

// insert is a body with one whole row and these columns.
func insert(columns string) string {
	return `[{"key":"1","value":{"friendlyId":"run_1","taskIdentifier":"t","createdAt":"2026-01-31T10:20:30","updatedAt":"2026-01-31T10:20:30",` +
		columns + `},"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`
}

// answer brings a whole answer to a request.
func (p *player) answer(fetch hooks.FetchID, httpStatus int, header api.Header, body string) {
	p.Step(hooks.ResponseStarted{Fetch: fetch, HTTPStatus: httpStatus, Header: header})
	p.Step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
	p.Step(hooks.ResponseEnded{Fetch: fetch})
}
