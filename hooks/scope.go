package hooks

import "slices"

// maxIdleScopes bounds how many scopes without subscriptions keep their feeds' data. Source: chosen; more
// than the views that a user goes back to.
const maxIdleScopes = 64

// scope is the state that hooks with the same id share. It holds on to its feeds while no subscription is
// open, so that a stream that is opened again goes on where it was.
type scope struct {
	key  string
	subs int
	held []*feed
}

// enter returns the scope with this key for one more subscription.
func (r *Runtime) enter(key string) *scope {
	sc := r.scopes[key]
	if sc == nil {
		sc = &scope{key: key}
		r.scopes[key] = sc
	}
	sc.subs++
	r.idle = slices.DeleteFunc(r.idle, func(other *scope) bool { return other == sc })
	return sc
}

// leave says that one subscription of the scope has ended.
func (r *Runtime) leave(sc *scope) {
	sc.subs--
	if sc.subs > 0 || r.scopes[sc.key] != sc {
		return
	}
	r.idle = append(r.idle, sc)
	if len(r.idle) > maxIdleScopes {
		r.drop(r.idle[0].key)
	}
}

// drop forgets a scope without subscriptions and lets go of its feeds.
func (r *Runtime) drop(key string) {
	sc := r.scopes[key]
	if sc == nil || sc.subs > 0 {
		return
	}
	delete(r.scopes, key)
	r.idle = slices.DeleteFunc(r.idle, func(other *scope) bool { return other == sc })
	r.release(sc, nil)
}

// hold keeps a feed's data for as long as the scope shows it.
func (sc *scope) hold(f *feed) {
	if !slices.Contains(sc.held, f) {
		sc.held = append(sc.held, f)
		f.holders++
	}
}

// release lets go of the scope's feeds, but for those to keep.
func (r *Runtime) release(sc *scope, keep []*feed) {
	held := sc.held
	sc.held = nil
	for _, f := range held {
		if slices.Contains(keep, f) {
			sc.held = append(sc.held, f)
			continue
		}
		f.holders--
		f.forgetIfUnused()
	}
}
