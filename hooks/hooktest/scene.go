package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// Scene is a world with one page and one hook on it, in which a test says what happens when. Unlike in a schedule, nothing
// is excused: whatever happens, a feed asks at most ten times in ten seconds.
type Scene struct {
	*World
	page     *page
	observer *observer
	session  *stream
}

// NewScene returns a scene with a hook of a kind, which shows what there is to show. Its access token is good for this long,
// 0 for ever, and its page has another one.
func NewScene(seed uint64, kind hooks.Kind, tokenLife time.Duration) *Scene {
	s := &Scene{World: NewWorld(seed, Faults{}), session: newSession()}
	s.account.streams = append(s.account.streams, s.session)
	for _, id := range []string{"run_0", "run_1"} {
		r := &run{id: id, batched: true, created: epoch}
		r.streams = []*stream{newStream(id, "s0", false), newStream(id, "s1", true)}
		s.account.streams = append(s.account.streams, r.streams...)
		s.followed = append(s.followed, r)
		s.add(r, version{status: pending, tagged: true})
	}
	s.Happen()
	s.page = s.come(true)
	g := grant{}
	if tokenLife > 0 {
		g.until = epoch.Add(tokenLife)
	}
	s.observer = &observer{page: s.page, spec: s.spec(kind), options: hooks.Options{
		Access:          api.Access{AccessToken: s.server.door.issue(g, false)},
		CanRefresh:      true,
		RefreshInterval: 3 * time.Second,
		WantsParts:      kind == hooks.KindStream || kind == hooks.KindSession,
		WantsControls:   true,
	}}
	s.observer.screen = s.screen(s.observer, 0)
	s.open(s.observer)
	s.Advance(10 * time.Second)
	return s
}

// Happen lets something happen to whatever there is to follow: runs go on, streams and a session grow, and a hook that does
// something does it.
func (s *Scene) Happen() {
	for _, r := range s.account.runs {
		s.change(r, version{status: executing, tagged: true, streams: len(r.streams)})
		for _, stream := range r.streams {
			s.write(stream)
			s.write(stream)
		}
	}
	s.session.append(record{control: "turn-complete"})
	s.write(s.session)
	if s.observer != nil && s.observer.spec.Kind >= hooks.KindTrigger && s.observer.isOpen() {
		s.submit(s.observer)
	}
}

// Weather sets the faults that requests meet from now on. Those that are under way meet what can still happen to them in
// their bodies; of other faults they are the first victims.
func (s *Scene) Weather(faults Faults) {
	s.dice.faults = faults
	for _, x := range s.instance.out() {
		if faults.At == InBody {
			x.meet(s.dice)
		} else {
			x.fail()
		}
	}
}

// FairWeather ends the faults. What has met one goes on with it.
func (s *Scene) FairWeather() { s.dice.faults = Faults{} }

// Refused reports whether the server had to refuse the access token that the hook began with.
func (s *Scene) Refused() bool {
	return s.server.door.grants[s.observer.options.Access.AccessToken].refused
}

// Restart lets the server break all connections, be away, and lose its shapes.
func (s *Scene) Restart(away time.Duration) { s.server.restart(away) }

// LoseShapes lets the server lose its shapes, so that it answers the next requests for them with 409.
func (s *Scene) LoseShapes() { s.server.loseShapes() }

// Offline takes the network away for a while.
func (s *Scene) Offline(d time.Duration) { s.offline(d) }

// Sleep puts the machine to sleep, and returns when it wakes up.
func (s *Scene) Sleep(d time.Duration) {
	s.sleep(d)
	s.Advance(d)
}

// ExpireTokens lets every access token expire before its time.
func (s *Scene) ExpireTokens() { s.server.door.expire(s.server.now()) }

// Trap ends the runtime; another one takes its place.
func (s *Scene) Trap() {
	s.struck++
	s.trap()
}

// Look shows the page, or hides it.
func (s *Scene) Look(visible bool) { s.page.show(visible) }

// Leave closes the hook, and Return opens another of the same.
func (s *Scene) Leave() { s.leave(s.observer) }

// Return opens the hook again that has left.
func (s *Scene) Return() {
	s.observer = s.observer.again()
	s.open(s.observer)
}

// Out reports whether a request of the hook is under way.
func (s *Scene) Out() bool { return len(s.instance.wires) > 0 }

// Struck counts what has met a fault.
func (s *Scene) Struck() int { return s.struck }

// Busiest is the most requests that went to one place within ten seconds.
func (s *Scene) Busiest() int { return s.checks.busiest }

// Problem is the error that the hook shows, or nil.
func (s *Scene) Problem() error { return s.observer.screen.shown.Err }

// Recover lets time pass until the hook shows what there is to show, at most for this long, and reports how long it took.
func (s *Scene) Recover(within time.Duration) (took time.Duration, recovered bool) {
	const step = 50 * time.Millisecond
	for ; took <= within; took += step {
		if s.Unsettled() == "" {
			return took, true
		}
		s.Advance(step)
	}
	return took, false
}

// Until lets time pass up to so long after the begin of the world.
func (s *Scene) Until(since time.Duration) { s.clock.advance(epoch.Add(since)) }
