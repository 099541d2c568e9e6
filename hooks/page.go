package hooks

// page is what the runtime knows of whether anybody looks, and whether there is a network.
type page struct {
	hidden  bool
	offline bool
}

// active reports whether requests that nobody waits for are worth their while.
func (p page) active() bool { return !p.hidden && !p.offline }

// pageChanged takes news of the page.
func (r *Runtime) pageChanged(e PageChanged) {
	before := r.page
	r.page = page{hidden: !e.Visible, offline: !e.Online}
	shown := before.hidden && e.Visible
	reconnected := before.offline && e.Online
	for _, t := range r.retrievalsInOrder() {
		t.pageChanged(e.Focused || shown, reconnected)
	}
}
