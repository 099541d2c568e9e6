package hooks_test

import (
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/hooktest"
)

// kinds are all that a hook can be about.
var kinds = []struct {
	name string
	kind hooks.Kind
}{
	{"run", hooks.KindRun},
	{"run with streams", hooks.KindRunWithStreams},
	{"stream", hooks.KindStream},
	{"tag", hooks.KindRunsWithTag},
	{"tag with streams", hooks.KindRunsWithStreams},
	{"batch", hooks.KindBatch},
	{"session", hooks.KindSession},
	{"retrieve", hooks.KindRetrieve},
	{"trigger", hooks.KindTrigger},
	{"wait token", hooks.KindWaitToken},
	{"input stream", hooks.KindInputStream},
}

func isStream(kind hooks.Kind) bool { return kind == hooks.KindStream || kind == hooks.KindSession }

func hasNoShape(kind hooks.Kind) bool { return isStream(kind) || kind >= hooks.KindRetrieve }

// badWeather is how long a fault lasts. Source: chosen, within the attempts of a call, which end after 9.3 s.
const badWeather = 8 * time.Second

// backoff is the longest time between two attempts of a feed or a call, and silence that in which a connection may bring
// nothing, with the last look at it.
const (
	backoff = 10 * time.Second
	silence = time.Minute
)

// faults are what can happen to a hook that is open, and within which time after its end everything must be as it
// should be.
var faults = []struct {
	name  string
	bound time.Duration
	// strike lets the fault come, and time pass until it is over; what the hook follows goes on meanwhile.
	strike func(s *hooktest.Scene)
	spares func(hooks.Kind) bool // those that it cannot happen to; nil is none
}{
	{name: "the server restarts", bound: backoff, strike: func(s *hooktest.Scene) {
		s.Restart(5 * time.Second)
		s.Happen()
		s.Advance(5 * time.Second)
	}},
	{name: "the connection is reset before the head", bound: backoff, strike: weather(hooktest.Faults{Cut: 1, At: hooktest.BeforeHead})},
	{name: "the connection is reset in the body", bound: backoff, strike: weather(hooktest.Faults{Cut: 1, At: hooktest.InBody})},
	{name: "the request is lost", bound: backoff, strike: weather(hooktest.Faults{Drop: 1})},
	{name: "500", bound: backoff, strike: refusals(hooktest.Refusal{HTTPStatus: 500, Body: `{"error":"Internal Server Error"}`})},
	{name: "502 with HTML", bound: backoff, strike: refusals(hooktest.Refusal{
		HTTPStatus: 502, Header: map[string]string{"content-type": "text/html"}, Body: "<html>Bad gateway</html>",
	})},
	{name: "429 with Retry-After in seconds", bound: backoff, strike: refusals(hooktest.TooMany(3))},
	{name: "429 with Retry-After as a date", bound: backoff, strike: refusals(hooktest.TooManyUntil(3))},
	{name: "409 again and again", bound: backoff, strike: weather(hooktest.Faults{Conflict: 1}), spares: isStream},
	{name: "409 after every snapshot", bound: backoff, strike: weather(hooktest.Faults{Rotate: 1}), spares: hasNoShape},
	{name: "a stale cache", bound: backoff, strike: func(s *hooktest.Scene) {
		s.LoseShapes()
		weather(hooktest.Faults{StaleCache: 1})(s)
	}, spares: hasNoShape},
	{name: "a stall of 20 s", bound: 21 * time.Second, strike: weather(hooktest.Faults{Stall: 1, At: hooktest.InBody})},
	{name: "a connection goes silent before the head", bound: silence, strike: weather(hooktest.Faults{HalfOpen: 1, At: hooktest.BeforeHead})},
	{name: "a connection goes silent in the body", bound: silence, strike: weather(hooktest.Faults{HalfOpen: 1, At: hooktest.InBody})},
	{name: "offline and online", bound: backoff, strike: func(s *hooktest.Scene) {
		s.Offline(badWeather)
		s.Happen()
		s.Advance(badWeather)
	}},
	{name: "an hour of sleep", bound: 20 * time.Second, strike: func(s *hooktest.Scene) {
		s.Happen()
		s.Sleep(time.Hour)
	}},
}

// weather lets every request meet these faults for a while.
func weather(f hooktest.Faults) func(*hooktest.Scene) {
	return func(s *hooktest.Scene) {
		s.Weather(f)
		s.Happen()
		s.Advance(badWeather)
		s.FairWeather()
	}
}

func refusals(r hooktest.Refusal) func(*hooktest.Scene) {
	return weather(hooktest.Faults{Refuse: 1, Refusals: []hooktest.Refusal{r}})
}

// TestFaultMatrix lets every fault happen to every kind of hook: nothing is lost, nothing comes twice, it recovers within
// the bound of the fault, and no subscription asks more than ten times in ten seconds.
func TestFaultMatrix(t *testing.T) {
	for _, fault := range faults {
		for _, k := range kinds {
			if fault.spares != nil && fault.spares(k.kind) {
				continue
			}
			t.Run(fault.name+", "+k.name, func(t *testing.T) {
				for seed := range uint64(3) {
					s := hooktest.NewScene(seed, k.kind, 0)
					begin(t, s)
					fault.strike(s)
					end(t, s, fault.bound)
				}
			})
		}
	}
}

func begin(t *testing.T, s *hooktest.Scene) {
	t.Helper()
	if problem := s.Unsettled(); problem != "" {
		t.Fatalf("before the fault: %s", problem)
	}
}

// end lets the hook recover, and then live on for a while.
func end(t *testing.T, s *hooktest.Scene, bound time.Duration) {
	t.Helper()
	if took, recovered := s.Recover(bound); !recovered {
		t.Errorf("not recovered %s after the fault: %s", took, s.Unsettled())
	}
	s.Happen()
	s.Advance(time.Minute)
	if problem := s.Unsettled(); problem != "" {
		t.Errorf("a minute later: %s", problem)
	}
	if problem := s.Problem(); problem != nil {
		t.Errorf("it shows %v", problem)
	}
	if s.Struck() == 0 {
		t.Error("nothing has met the fault")
	}
	if busiest := s.Busiest(); busiest > 10 {
		t.Errorf("%d requests in ten seconds", busiest)
	}
	if s.Violation != "" {
		t.Error(s.Violation)
	}
}

// states are what a hook can be in the midst of, and how it comes there and goes on.
var states = []struct {
	name  string
	enter func(s *hooktest.Scene)
	leave func(s *hooktest.Scene)
}{
	{"idle", func(s *hooktest.Scene) { s.Leave(); s.Advance(5 * time.Second) }, (*hooktest.Scene).Return},
	{"requesting", weatherNow(hooktest.Faults{Stall: 1, At: hooktest.BeforeHead}), (*hooktest.Scene).FairWeather},
	{"receiving", weatherNow(hooktest.Faults{Stall: 1, At: hooktest.InBody}), (*hooktest.Scene).FairWeather},
	{"waiting", func(s *hooktest.Scene) {
		weatherNow(hooktest.Faults{Drop: 1})(s)
		for s.Out() {
			s.Advance(10 * time.Millisecond)
		}
	}, (*hooktest.Scene).FairWeather},
	{"paused", func(s *hooktest.Scene) { s.Look(false); s.Advance(10 * time.Second) }, func(s *hooktest.Scene) { s.Look(true) }},
}

// weatherNow lets the next requests meet these faults, and something happen that causes one.
func weatherNow(f hooktest.Faults) func(*hooktest.Scene) {
	return func(s *hooktest.Scene) {
		s.Weather(f)
		s.Happen()
		s.Advance(time.Second)
	}
}

// blows come at once, whatever the hook is in the midst of. It must have recovered when that is over, a stall of 20 s at
// most, and a page has come up with an access token.
var blows = []struct {
	name   string
	life   time.Duration // of the access token that the hook begins with; 0 is for ever
	strike func(s *hooktest.Scene)
}{
	{"a token expires", 70 * time.Second, func(s *hooktest.Scene) { s.Until(75 * time.Second) }},
	{"a token is taken back", 0, (*hooktest.Scene).ExpireTokens},
	{"the runtime traps", 0, (*hooktest.Scene).Trap},
}

// TestFaultMatrixOfStates lets a token expire and the runtime trap in every state of every kind of hook.
func TestFaultMatrixOfStates(t *testing.T) {
	for _, blow := range blows {
		for _, state := range states {
			for _, k := range kinds {
				if state.name == "paused" && isStream(k.kind) {
					continue // streams do not pause
				}
				t.Run(blow.name+", "+state.name+", "+k.name, func(t *testing.T) {
					for seed := range uint64(3) {
						s := hooktest.NewScene(seed, k.kind, blow.life)
						if blow.life > 0 {
							s.Until(40 * time.Second)
							s.Happen() // the server would end what is idle
							s.Until(60 * time.Second)
						}
						begin(t, s)
						state.enter(s)
						blow.strike(s)
						s.Happen()
						state.leave(s)
						end(t, s, 21*time.Second)
						if blow.life > 0 && s.Refused() {
							t.Error("the access token said when it expires, and was sent nevertheless")
						}
					}
				})
			}
		}
	}
}
