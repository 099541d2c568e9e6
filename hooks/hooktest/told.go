package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks"
)

// told is what an instance knows of the pages.
type told struct {
	known       map[hooks.PageID]hooks.PageChanged
	hiddenSince time.Time // zero while somebody looks, or while there is no page
}

// note takes an event that an instance is about to be given.
func (t *told) note(event hooks.Event, now time.Time) {
	switch e := event.(type) {
	case hooks.PageChanged:
		t.known[e.Page] = e
	case hooks.PageLeft:
		delete(t.known, e.Page)
	default:
		return
	}
	if !t.all(func(page hooks.PageChanged) bool { return !page.Visible }) {
		t.hiddenSince = time.Time{}
	} else if t.hiddenSince.IsZero() {
		t.hiddenSince = now
	}
}

// unseen is for how long nobody has looked at any page.
func (t *told) unseen(now time.Time) time.Duration {
	if t.hiddenSince.IsZero() {
		return 0
	}
	return now.Sub(t.hiddenSince)
}

// offline reports whether there are pages and none has a network.
func (t *told) offline() bool {
	return t.all(func(page hooks.PageChanged) bool { return !page.Online })
}

// all reports whether there are pages and all are so.
func (t *told) all(are func(hooks.PageChanged) bool) bool {
	for _, page := range t.known {
		if !are(page) {
			return false
		}
	}
	return len(t.known) > 0
}
