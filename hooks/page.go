package hooks

import (
	"slices"
	"time"
)

// PageID numbers a page. Callers choose numbers; a program that is its own only page uses 0.
type PageID uint32

const (
	// hiddenGrace is how long nobody must have seen any page before run feeds pause. Source: chosen, longer than a look
	// at another tab; the original pauses at once, and asks anew after every such look.
	hiddenGrace = 5 * time.Second
	// sleepGap is a time in which nothing happened although a connection was watched (watchEvery): the machine slept.
	// Source: chosen, twice the longest time between two looks.
	sleepGap = 2 * watchEvery
	// overdue is a silence after which a connection that somebody comes back to is replaced, and not waited for. Source: the
	// service answers held requests within 23 s and pings streams every 10 s.
	overdue = 25 * time.Second
)

// pages is what the runtime knows of whether anybody looks, and whether there is a network. Without any page it takes
// both for granted, as a service does.
type pages struct {
	known  map[PageID]PageChanged
	grace  TimerID // until feeds pause
	paused bool
}

// hidden reports whether there are pages and nobody sees any of them.
func (p *pages) hidden() bool { return p.none(func(page PageChanged) bool { return page.Visible }) }

// offline reports whether there are pages and none has a network.
func (p *pages) offline() bool { return p.none(func(page PageChanged) bool { return page.Online }) }

func (p *pages) none(is func(PageChanged) bool) bool {
	for _, page := range p.known {
		if is(page) {
			return false
		}
	}
	return len(p.known) > 0
}

// active reports whether requests that nobody waits for are worth their while.
func (p *pages) active() bool { return !p.hidden() && !p.offline() }

// pageChanged takes news of a page.
func (r *Runtime) pageChanged(e PageChanged) {
	r.changePages(e.Focused, func() { r.pages.known[e.Page] = e })
}

// pageLeft forgets a page that is gone.
func (r *Runtime) pageLeft(e PageLeft) {
	r.changePages(false, func() { delete(r.pages.known, e.Page) })
}

func (r *Runtime) changePages(focused bool, change func()) {
	wasHidden, wasOffline := r.pages.hidden(), r.pages.offline()
	change()
	hidden, offline := r.pages.hidden(), r.pages.offline()
	switch {
	case hidden && !wasHidden:
		r.pages.grace = r.setTimer(hiddenGrace, r.pause)
	case !hidden && wasHidden:
		r.clearTimer(&r.pages.grace)
		r.pages.paused = false
		r.eachFeed((*feed).seen)
	}
	if wasOffline && !offline {
		r.eachFeed((*feed).reconnect)
	} else if offline != wasOffline {
		r.eachFeed((*feed).announce)
	}
	for _, t := range slices.Clone(r.retrievals) {
		t.pageChanged(focused || wasHidden && !hidden, wasOffline && !offline)
	}
}

// pause lets the feeds of runs rest while nobody looks. Streams go on, as in the original.
func (r *Runtime) pause() {
	r.pages.grace, r.pages.paused = 0, true
	r.eachFeed((*feed).pause)
}

// hasSlept reports whether nothing has happened for so long, although a connection is watched, that the machine must
// have slept. No connection survives that.
func (r *Runtime) hasSlept(now time.Time) bool {
	if now.Sub(r.now) <= sleepGap {
		return false
	}
	for _, f := range r.inOrder {
		if f.isOut() {
			return true
		}
	}
	return false
}

// eachFeed visits all feeds, some of which may go meanwhile.
func (r *Runtime) eachFeed(visit func(*feed)) {
	for _, f := range slices.Clone(r.inOrder) {
		visit(f)
	}
}
