package hooktest

import (
	"slices"
	"time"

	"github.com/runwire/runwire/hooks"
)

// Soak is a busy world without an end: runs are triggered, stream and finish, tabs come and go, and one page stays that
// follows what goes on for ever. The world forgets what is over, so that what grows is the runtime's.
type Soak struct {
	*World
	every time.Duration
	runs  int
}

// How long it takes until something is over: whoever came while a run was young has left, then it is deleted, and when no list
// can show it any more it is forgotten.
const (
	young  = time.Minute
	visit  = 3 * time.Minute
	memory = 10 * time.Minute
)

// NewSoak returns a world in which something begins every so often.
func NewSoak(seed uint64, faults Faults, every time.Duration) *Soak {
	s := &Soak{World: NewWorld(seed, faults), every: every}
	s.stay()
	s.begin()
	s.tidy()
	return s
}

// Runtime is what is to be looked at.
func (s *Soak) Runtime() *hooks.Runtime { return s.instance.runtime }

// stay opens the page that never leaves, with a hook on the tag's list, and one on the newest parts of a stream that never
// ends.
func (s *Soak) stay() {
	s.account.streams = append(s.account.streams, newSession())
	r := &run{id: "run_0", created: epoch}
	r.streams = []*stream{newStream(r.id, "s0", true)}
	s.account.streams = append(s.account.streams, r.streams...)
	s.add(r, version{status: executing, streams: 1})
	s.grow(r.streams[0])
	p := s.come(true)
	for _, spec := range []hooks.Spec{{Kind: hooks.KindRunWithStreams, RunID: r.id}, {Kind: hooks.KindRunsWithStreams, Tags: hooks.Tags("blue")}} {
		o := &observer{page: p, spec: spec}
		o.options = s.options(o)
		o.options.Access.AccessToken = s.server.door.issue(grant{}, true)
		o.screen = s.screen(o, 0)
		o.options.LimitParts, o.options.MaxParts = true, 100
		s.open(o)
	}
}

// grow writes to a stream for ever.
func (s *Soak) grow(stream *stream) {
	s.write(stream)
	s.clock.after(s.every/20, func() { s.grow(stream) })
}

// begin triggers a run, opens a page, and comes back.
func (s *Soak) begin() {
	s.runs++
	r := s.planRun(s.runs, 0)
	s.clock.after(young, func() {
		s.followed = slices.DeleteFunc(s.followed, func(other *run) bool { return other == r })
	})
	s.clock.after(memory, func() { s.remove(r) })
	s.clock.after(2*memory, func() { s.account.forget(r) })
	p := s.planPage()
	for range 1 + s.dice.IntN(5) {
		p.do(s.dice.within(20*time.Second), func() { s.enter(p) })
	}
	p.do(young+s.dice.within(visit-young-30*time.Second), func() { s.closePage(p) })
	s.clock.after(s.every, s.begin)
}

// tidy forgets what nobody can ask for any more.
func (s *Soak) tidy() {
	s.clock.after(memory, func() {
		for _, shape := range s.account.shapes {
			shape.compact()
		}
		s.checks = newChecks(s.World)
		in := s.instance
		in.asked, in.attempts, in.forgotten = map[string][]time.Time{}, map[string]int{}, map[hooks.FeedID]bool{}
		s.tidy()
	})
}
