package hooktest

import (
	"slices"

	"github.com/runwire/runwire/hooks"
)

// observer is one subscription: a hook on a page.
type observer struct {
	page    *page
	screen  *screen
	spec    hooks.Spec
	options hooks.Options
	owner   owner
	sub     hooks.Sub // its number in the page's instance
	stopped bool
	named   []string // the access tokens that it had before

	had      int // parts that it was handed one by one
	controls int // the last control record that it was handed, plus one; 0 before
}

// again is another observer of the same.
func (o *observer) again() *observer {
	return &observer{page: o.page, owner: o.owner, spec: o.spec, options: o.options, screen: o.screen}
}

// open makes an observer one of a page's.
func (w *World) open(o *observer) {
	o.page.observers = append(o.page.observers, o)
	if o.page.instance == w.instance {
		w.present(o)
	}
}

// present opens an observer in its page's instance, which has not seen it.
func (w *World) present(o *observer) {
	in := o.page.instance
	in.lastSub++
	o.sub = in.lastSub
	in.observers[o.sub] = o
	w.excuse(o)
	o.page.tell(&hooks.Open{Sub: o.sub, Scope: o.screen.scope, Spec: o.spec, Options: o.options, Resume: o.screen.begin()})
	w.repeat(o)
}

// excuse allows the requests that an observer's coming or going causes.
func (w *World) excuse(o *observer) {
	for _, path := range w.follows(o) {
		w.checks.excuse(path)
	}
}

// follows lists the paths of what an observer may ask for.
func (w *World) follows(o *observer) []string {
	var paths []string
	streams := func(r *run) {
		for _, s := range r.streams {
			paths = append(paths, s.path)
		}
	}
	outputs := func() {
		for _, r := range w.account.runs {
			paths = append(paths, packetPath(r.id))
		}
	}
	switch o.spec.Kind {
	case hooks.KindRun, hooks.KindRunWithStreams:
		r := w.account.run(o.spec.RunID)
		paths = append(paths, runPath(r.id), packetPath(r.id))
		if o.spec.Kind == hooks.KindRunWithStreams {
			streams(r)
		}
	case hooks.KindStream:
		paths = append(paths, streamPath(o.spec.RunID, o.spec.StreamKey))
	case hooks.KindRunsWithTag:
		paths = append(paths, tagPath)
		outputs()
	case hooks.KindRunsWithStreams:
		paths = append(paths, tagPath)
		outputs()
		for _, r := range w.account.runs {
			streams(r)
		}
	case hooks.KindBatch:
		paths = append(paths, batchPath)
		outputs()
	case hooks.KindSession:
		paths = append(paths, sessionPath)
	case hooks.KindRetrieve:
		paths = append(paths, retrievePath(o.spec.RunID), packetPath(o.spec.RunID))
	}
	return paths
}

// leave ends a subscription.
func (w *World) leave(o *observer) {
	o.page.observers = slices.DeleteFunc(o.page.observers, func(other *observer) bool { return other == o })
	if o.isOpen() {
		delete(o.page.instance.observers, o.sub)
		w.checks.departs(o)
		o.page.tell(hooks.Close{Sub: o.sub})
	}
}

// isOpen reports whether the page's instance knows the observer.
func (o *observer) isOpen() bool { return o.page.instance.observers[o.sub] == o }

// stop ends a subscription's requests. What it shows stays.
func (w *World) stop(o *observer) {
	o.stopped = true
	w.checks.departs(o)
	o.page.tell(hooks.Stop{Sub: o.sub})
}

// update gives an observer another access token of the same owner.
func (w *World) update(o *observer, accessToken string) {
	w.checks.departs(o)
	o.screen.apart = true
	o.named = append(o.named, o.options.Access.AccessToken)
	o.options.Access.AccessToken = accessToken
	w.excuse(o)
	o.page.tell(&hooks.Update{Sub: o.sub, Options: o.options})
}
