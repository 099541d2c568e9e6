package hooktest

import (
	"slices"
	"time"

	"github.com/runwire/runwire/hooks"
)

// page is one tab.
type page struct {
	world     *World
	id        hooks.PageID
	instance  *instance // that it talks to
	visible   bool
	online    bool
	frozen    bool
	gone      bool
	late      []func() // what it does as soon as it thaws
	observers []*observer

	replicas  map[hooks.FeedID]*replica // what it has of the feeds of its instance
	resumable []*replica                // what it has of earlier ones, by the names that it gave them
}

// come opens a page.
func (w *World) come(visible bool) *page {
	w.lastPage++
	p := &page{world: w, id: w.lastPage, instance: w.instance, visible: visible, online: !w.network.down, replicas: map[hooks.FeedID]*replica{}}
	w.pages = append(w.pages, p)
	p.report(visible)
	return p
}

// do lets a page do something after a while, if it is still there and not frozen then.
func (p *page) do(delay time.Duration, what func()) {
	p.world.clock.awake(delay, func() {
		switch {
		case p.gone:
		case p.frozen:
			p.late = append(p.late, what)
		default:
			what()
		}
	})
}

// tell gives an event to the instance that the page knows. One that died meanwhile does not hear it.
func (p *page) tell(event hooks.Event) { p.instance.step(event) }

// report tells how the page is.
func (p *page) report(focused bool) {
	p.tell(hooks.PageChanged{Page: p.id, Visible: p.visible, Online: p.online, Focused: focused})
}

// show brings the page to the front, or takes it away from there.
func (p *page) show(visible bool) {
	p.visible = visible
	p.report(visible)
}

// connect says what the page believes of the network.
func (p *page) connect(online bool) {
	p.online = online
	p.report(false)
}

// thaw lets a frozen page go on with all that it has missed.
func (p *page) thaw() {
	late := p.late
	p.frozen, p.late = false, nil
	for _, what := range late {
		p.do(0, what)
	}
}

// closePage ends a page and all that is on it.
func (w *World) closePage(p *page) {
	for _, o := range slices.Clone(p.observers) {
		w.leave(o)
	}
	for _, s := range w.screensOf(p) {
		w.drop(s)
	}
	p.gone = true
	w.pages = slices.DeleteFunc(w.pages, func(other *page) bool { return other == p })
	p.tell(hooks.PageLeft{Page: p.id})
}

// attach makes a page a client of the present instance, which knows nothing of it.
func (w *World) attach(p *page) {
	if p.instance == w.instance {
		return
	}
	p.instance = w.instance
	p.replicas, p.resumable = map[hooks.FeedID]*replica{}, nil
	p.report(false)
	for _, o := range p.observers {
		if !o.stopped {
			w.present(o)
		}
	}
}

// name is the page's own name for a stream that it shows.
func (p *page) name(r *replica) uint32 {
	if i := slices.Index(p.resumable, r); i >= 0 {
		return uint32(i + 1)
	}
	p.resumable = append(p.resumable, r)
	return uint32(len(p.resumable))
}
