package hooks

import "slices"

// maxIdleScopes bounds how many scopes without subscriptions keep their feeds' data. Source: chosen; more
// than the views that a user goes back to.
const maxIdleScopes = 64

// scope is the state that hooks with the same id share. It holds on to its feeds while no subscription is
// open, so that a stream that is opened again goes on where it was.
type scope struct {
	key  string
	subs []*subscription
	held []*feed

	spec  *Spec     // of whoever came in or showed something last
	shown *Snapshot // what the hooks of this scope show; zero before the first publication
}

// accept takes what a subscription has to show and returns what there is to show, nil for nothing new. Two hooks of one scope
// may follow different feeds, such as while an access token is renewed; the feed that lags is not shown, unless nobody is
// there any more who brings newer data.
func (sc *scope) accept(s *subscription, snap *Snapshot) *Snapshot {
	if sc.spec.same(s.spec) {
		newest, lags := snap.newest(sc.shown)
		if lags && sc.isFollowedBeside(s) || sc.shown.same(newest) {
			return nil
		}
		snap = newest
	}
	sc.spec, sc.shown = s.spec, snap
	return snap
}

// isFollowedBeside reports whether another subscription of the scope has a connection.
func (sc *scope) isFollowedBeside(s *subscription) bool {
	return slices.ContainsFunc(sc.subs, func(other *subscription) bool {
		return other != s && !other.stopped && other.connection().State != Idle
	})
}

// enter makes a subscription one of the scope with this key.
func (r *Runtime) enter(s *subscription, key string) {
	sc := r.scopes[key]
	if sc == nil {
		sc = &scope{key: key, spec: s.spec, shown: &Snapshot{}}
		r.scopes[key] = sc
	}
	if !sc.spec.same(s.spec) {
		sc.spec, sc.shown = s.spec, &Snapshot{}
	}
	s.scope = sc
	sc.subs = append(sc.subs, s)
	r.idle = slices.DeleteFunc(r.idle, func(other *scope) bool { return other == sc })
}

// leave takes a subscription that has ended out of its scope.
func (r *Runtime) leave(s *subscription) {
	sc := s.scope
	sc.subs = slices.DeleteFunc(sc.subs, func(other *subscription) bool { return other == s })
	if len(sc.subs) > 0 {
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
	if sc == nil || len(sc.subs) > 0 {
		return
	}
	delete(r.scopes, key)
	r.idle = slices.DeleteFunc(r.idle, func(other *scope) bool { return other == sc })
	sc.shown = &Snapshot{}
	r.release(sc, nil)
}

// hold keeps a feed's data for as long as the scope shows it.
func (sc *scope) hold(f *feed) {
	if !slices.Contains(sc.held, f) {
		sc.held = append(sc.held, f)
		f.holders++
	}
}

// needs reports whether the scope shows something of a feed, or is about to go on after it.
func (sc *scope) needs(feed FeedID) bool {
	return sc.shown.names(feed) || slices.ContainsFunc(sc.subs, func(s *subscription) bool {
		return slices.ContainsFunc(s.resume, func(r Resume) bool { return r.Feed == feed })
	})
}

// release lets go of the scope's feeds, but for those to keep, those that its subscriptions follow, and those
// that it still needs.
func (r *Runtime) release(sc *scope, keep []*feed) {
	for _, s := range sc.subs {
		keep = append(keep, s.feeds()...)
	}
	held := sc.held
	sc.held = nil
	for _, f := range held {
		if slices.Contains(keep, f) || sc.needs(f.id) {
			sc.held = append(sc.held, f)
			continue
		}
		f.holders--
		f.forgetIfUnused()
	}
}
