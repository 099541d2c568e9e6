package hooktest

import (
	"slices"
	"time"
)

// The times of a life: when the last thing is planned to happen, and how long after the last fault everything must be
// as it should be. Source: chosen. The slowest way back is a connection that has gone silent (45 s and a look every
// 15 s), then a page that is asked for an access token and does not answer (30 s), then the longest backoff (10 s); and
// the streams of a list's finished runs have their turns, 30 s each.
const (
	eventful = time.Minute
	recovery = 3 * time.Minute
)

// RunSchedule plays one random life: runs that progress and stream, tabs with observers that come and go, and the
// faults, from a seed. It returns the broken invariant, or "". trace may be nil.
func RunSchedule(seed uint64, faults Faults, trace func(line string)) (violation string) {
	w := NewWorld(seed, faults)
	w.Trace = trace
	w.server.ahead = choose(w.dice, []time.Duration{0, 0, 40 * time.Second, -40 * time.Second, 10 * time.Minute})
	w.server.dated = !w.dice.oneIn(3)
	w.planAccount()
	w.planPeople()
	w.planUpheavals()
	w.checks.watch(epoch.Add(eventful + recovery))
	w.Advance(eventful)
	if w.clock.wakes.After(w.clock.now) {
		w.clock.advance(w.clock.wakes)
	}
	w.endFaults()
	w.Advance(recovery)
	if problem := w.Unsettled(); problem != "" {
		w.violate("%s, %s after the last fault", problem, recovery)
	}
	w.everybodyLeaves()
	w.Advance(20 * time.Second) // the calls that are under way end
	w.checks.quiet()
	return w.Violation
}

// planUpheavals schedules what happens to the whole world.
func (w *World) planUpheavals() {
	d, f := w.dice, &w.dice.faults
	if d.happens(f.Restart) {
		w.clock.after(d.within(50*time.Second), func() { w.server.restart(d.within(8 * time.Second)) })
	}
	if d.happens(f.Offline) {
		w.clock.after(d.within(40*time.Second), func() { w.offline(d.within(20 * time.Second)) })
	}
	if d.happens(f.Sleep) {
		pause := choose(d, []time.Duration{2 * time.Second, 20 * time.Second, 70 * time.Second, time.Hour})
		w.clock.after(d.within(50*time.Second), func() { w.sleep(pause) })
	}
	for d.happens(f.Trap) {
		w.clock.awake(d.within(55*time.Second), w.trap)
	}
}

// endFaults leaves nothing but the delays. Whoever cannot be seen comes back; and half of the time, when the last answers of
// pages that have no access token are in, somebody looks anew.
func (w *World) endFaults() {
	w.dice.faults = Faults{MaxDelay: w.dice.faults.MaxDelay}
	for slices.ContainsFunc(w.pages, func(p *page) bool { return p.frozen }) {
		for _, p := range w.pages {
			p.thaw()
		}
		w.Advance(0) // they may have been about to be frozen again
	}
	for _, p := range w.pages {
		p.show(true)
	}
	if w.dice.oneIn(2) {
		w.clock.after(answerTime+10*time.Second, w.lookAnew)
	}
}

func (w *World) lookAnew() {
	w.looked = true
	for _, p := range w.pages {
		p.show(false)
	}
	for _, p := range w.pages {
		p.show(true)
	}
}

func (w *World) everybodyLeaves() {
	for len(w.pages) > 0 {
		w.closePage(w.pages[0])
	}
}
