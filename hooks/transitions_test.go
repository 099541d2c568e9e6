package hooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// specimen is one feed with one subscription, brought into a state.
type specimen struct {
	rt   *Runtime
	feed *feed
	now  time.Time
	last FetchID // the newest request
}

func (x *specimen) step(event Event) []Command {
	commands := x.rt.Step(x.now, event)
	for _, command := range commands {
		if f, ok := command.(Fetch); ok && x.last < f.Fetch {
			x.last = f.Fetch
		}
	}
	return commands
}

var stateNames = map[feedState]string{
	idle: "idle", requesting: "requesting", receiving: "receiving", waiting: "waiting", paused: "paused",
}

// newSpecimen opens a subscription and lets its feed come into a state.
func newSpecimen(spec Spec, state feedState) *specimen {
	x := &specimen{rt: New(1), now: time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC)}
	x.step(&Open{Sub: 1, Scope: "a", Spec: spec})
	for _, f := range x.rt.feeds {
		x.feed = f
	}
	switch state {
	case idle:
		x.step(ResponseStarted{x.last, 404, nil})
		x.step(ResponseEnded{x.last})
	case receiving:
		x.step(ResponseStarted{x.last, 200, transitionHeader})
		x.step(ChunkArrived{x.last, []byte(transitionBodies[spec.Kind])})
	case waiting:
		x.step(FetchFailed{x.last, "offline"})
	case paused:
		x.answer(spec.Kind)
		x.step(x.lookAway())
	}
	return x
}

func (x *specimen) answer(kind Kind) {
	x.step(ResponseStarted{x.last, 200, transitionHeader})
	x.step(ChunkArrived{x.last, []byte(transitionBodies[kind])})
	x.step(ResponseEnded{x.last})
}

// lookAway returns the event that the time of grace is over after which nobody counts as looking.
func (x *specimen) lookAway() Event {
	x.step(PageChanged{Online: true})
	x.now = x.now.Add(hiddenGrace)
	return TimerFired{x.rt.pages.grace}
}

// beSilent returns the event of the feed's timer at which its connection has been silent for too long.
func (x *specimen) beSilent() Event {
	for x.feed.isOut() && x.now.Sub(x.feed.heard)+watchEvery < silence {
		x.now = x.now.Add(watchEvery)
		x.step(TimerFired{x.feed.timer})
	}
	x.now = x.now.Add(watchEvery)
	return TimerFired{x.feed.timer}
}

var (
	transitionHeader = api.Header{"electric-handle": "h", "electric-offset": "1_0"}
	transitionBodies = map[Kind]string{
		KindRun: `[{"key":"1","value":{"friendlyId":"run_1","status":"EXECUTING","createdAt":"c","updatedAt":"u"},` +
			`"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`,
		KindStream: "data: 1\n\n",
	}
)

// transitionEvents are what can happen to a feed. Where a feed waits for nothing, what happens is late: it is
// about the request or the timer of before.
var transitionEvents = map[string]func(x *specimen) Event{
	"another one joins":         func(x *specimen) Event { return &Open{Sub: 2, Scope: "b", Spec: *x.rt.subs[1].spec} },
	"the same options again":    func(*specimen) Event { return &Update{Sub: 1} },
	"a new access token":        func(*specimen) Event { return &Update{1, Options{Access: api.Access{AccessToken: "t"}}} },
	"the last one stops":        func(*specimen) Event { return Stop{1} },
	"the last one leaves":       func(*specimen) Event { return Close{1} },
	"its scope is dropped":      func(*specimen) Event { return Drop{"a"} },
	"the head of a good answer": func(x *specimen) Event { return ResponseStarted{x.last, 200, transitionHeader} },
	"the head of a refusal":     func(x *specimen) Event { return ResponseStarted{x.last, 503, nil} },
	"bytes":                     func(x *specimen) Event { return ChunkArrived{x.last, []byte("\n\n")} },
	"the end of the answer":     func(x *specimen) Event { return ResponseEnded{x.last} },
	"a failure":                 func(x *specimen) Event { return FetchFailed{x.last, "offline"} },
	"its timer":                 (*specimen).beSilent,
	"nobody looks any more":     (*specimen).lookAway,
	"somebody looks again": func(x *specimen) Event {
		x.step(PageChanged{Online: true})
		return PageChanged{Visible: true, Online: true}
	},
	"the network comes back": func(x *specimen) Event {
		visible := !x.rt.pages.hidden()
		x.step(PageChanged{Visible: visible})
		return PageChanged{Visible: visible, Online: true}
	},
	"an hour of sleep":            func(x *specimen) Event { x.now = x.now.Add(time.Hour); return TimerFired{999} },
	"a timer that was cleared":    func(*specimen) Event { return TimerFired{999} },
	"an answer that nobody asked": func(*specimen) Event { return ResponseEnded{999} },
}

// transitions is the whole table: the next state of a run's feed and of a stream's, and the commands.
var transitions = map[feedState]map[string][2]string{
	// Nobody wants anything, or the last answer was final.
	idle: {
		"another one joins":           both("requesting: fetch settimer publish"),
		"the same options again":      both("idle:"),
		"a new access token":          both("idle: fetch settimer publish"),
		"the last one stops":          both("idle:"),
		"the last one leaves":         both("idle:"),
		"its scope is dropped":        both("idle:"),
		"the head of a good answer":   both("idle:"),
		"the head of a refusal":       both("idle:"),
		"bytes":                       both("idle:"),
		"the end of the answer":       both("idle:"),
		"a failure":                   both("idle:"),
		"its timer":                   both("idle:"),
		"a timer that was cleared":    both("idle:"),
		"an answer that nobody asked": both("idle:"),
		"nobody looks any more":       both("idle:"),
		"somebody looks again":        both("idle: cleartimer"),
		"the network comes back":      both("idle:"),
		"an hour of sleep":            both("idle:"),
	},
	// A request is out.
	requesting: {
		"another one joins":           both("requesting:"),
		"the same options again":      both("requesting:"),
		"a new access token":          both("idle: fetch settimer cancel cleartimer"),
		"the last one stops":          both("idle: cancel cleartimer"),
		"the last one leaves":         both("requesting: settimer"),
		"its scope is dropped":        both("requesting:"),
		"the head of a good answer":   {"receiving:", "receiving: publish"},
		"the head of a refusal":       both("receiving:"),
		"bytes":                       both("requesting:"),
		"the end of the answer":       both("waiting: cleartimer settimer publish"),
		"a failure":                   both("waiting: cleartimer settimer publish"),
		"its timer":                   both("waiting: cancel settimer publish"),
		"a timer that was cleared":    both("requesting:"),
		"an answer that nobody asked": both("requesting:"),
		"nobody looks any more":       both("requesting:"),
		"somebody looks again":        both("requesting: cleartimer"),
		"the network comes back":      both("requesting: cancel cleartimer fetch settimer"),
		"an hour of sleep":            both("requesting: cancel cleartimer fetch settimer"),
	},
	// Its answer arrives.
	receiving: {
		"another one joins":           {"receiving:", "receiving: publish"},
		"the same options again":      both("receiving:"),
		"a new access token":          {"idle: fetch settimer cancel cleartimer", "idle: fetch settimer cancel cleartimer publish"},
		"the last one stops":          both("idle: cancel cleartimer"),
		"the last one leaves":         both("receiving: settimer"),
		"its scope is dropped":        both("receiving:"),
		"the head of a good answer":   both("receiving:"),
		"the head of a refusal":       both("receiving:"),
		"bytes":                       both("receiving:"),
		"the end of the answer":       {"requesting: cleartimer fetch settimer publish", "idle: cleartimer publish"},
		"a failure":                   both("waiting: cleartimer settimer publish"),
		"its timer":                   both("waiting: cancel settimer publish"),
		"a timer that was cleared":    both("receiving:"),
		"an answer that nobody asked": both("receiving:"),
		"nobody looks any more":       both("receiving:"),
		"somebody looks again":        both("receiving: cleartimer"),
		"the network comes back":      {"requesting: cancel cleartimer fetch settimer", "requesting: cancel cleartimer fetch settimer publish"},
		"an hour of sleep":            {"requesting: cancel cleartimer fetch settimer", "requesting: cancel cleartimer fetch settimer publish"},
	},
	// For the time of the next request.
	waiting: {
		"another one joins":           both("waiting: publish"),
		"the same options again":      both("waiting:"),
		"a new access token":          both("idle: fetch settimer cleartimer publish"),
		"the last one stops":          both("idle: cleartimer"),
		"the last one leaves":         both("waiting: settimer"),
		"its scope is dropped":        both("waiting:"),
		"the head of a good answer":   both("waiting:"),
		"the head of a refusal":       both("waiting:"),
		"bytes":                       both("waiting:"),
		"the end of the answer":       both("waiting:"),
		"a failure":                   both("waiting:"),
		"its timer":                   both("requesting: fetch settimer"),
		"a timer that was cleared":    both("waiting:"),
		"an answer that nobody asked": both("waiting:"),
		"nobody looks any more":       both("waiting:"),
		"somebody looks again":        both("requesting: cleartimer cleartimer fetch settimer"),
		"the network comes back":      both("requesting: cleartimer fetch settimer publish"),
		"an hour of sleep":            both("waiting:"),
	},
	// Until somebody looks; only runs pause.
	paused: {
		"another one joins":           both("paused: publish"),
		"the same options again":      both("paused:"),
		"a new access token":          both("idle: fetch settimer publish"),
		"the last one stops":          both("idle:"),
		"the last one leaves":         both("paused: settimer"),
		"its scope is dropped":        both("paused:"),
		"the head of a good answer":   both("paused:"),
		"the head of a refusal":       both("paused:"),
		"bytes":                       both("paused:"),
		"the end of the answer":       both("paused:"),
		"a failure":                   both("paused:"),
		"its timer":                   both("paused:"),
		"a timer that was cleared":    both("paused:"),
		"an answer that nobody asked": both("paused:"),
		"nobody looks any more":       both("paused:"),
		"somebody looks again":        both("requesting: fetch settimer publish"),
		"the network comes back":      both("paused:"),
		"an hour of sleep":            both("paused:"),
	},
}

// both is a cell in which it makes no difference what the feed follows.
func both(outcome string) [2]string { return [2]string{outcome, outcome} }

func TestEveryStateMeetsEveryEvent(t *testing.T) {
	specs := [2]Spec{{Kind: KindRun, RunID: "run_1"}, {Kind: KindStream, RunID: "run_1", StreamKey: "ai"}}
	for state, name := range stateNames {
		for _, event := range slices.Sorted(maps.Keys(transitionEvents)) {
			want, there := transitions[state][event]
			if !there {
				t.Errorf("nobody has said what %q means in state %s", event, name)
			}
			for i, spec := range specs {
				if state == paused && spec.Kind == KindStream {
					continue // streams do not pause
				}
				x := newSpecimen(spec, state)
				if x.feed.state != state {
					t.Fatalf("the specimen is %s, want %s", stateNames[x.feed.state], name)
				}
				commands := x.step(transitionEvents[event](x))
				if got := outcomeOf(x.feed, commands); got != want[i] {
					t.Errorf("%s, %s, %s: %s, want %s", []string{"run", "stream"}[i], name, event, got, want[i])
				}
			}
		}
		if len(transitions[state]) != len(transitionEvents) {
			t.Errorf("state %s has %d cells for %d events", name, len(transitions[state]), len(transitionEvents))
		}
	}
}

// outcomeOf spells a feed's state, whether anything is under way, and the commands of the step.
func outcomeOf(f *feed, commands []Command) string {
	words := []string{stateNames[f.state] + ":"}
	for _, command := range commands {
		words = append(words, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", command), "hooks.")))
	}
	return strings.Join(words, " ")
}
