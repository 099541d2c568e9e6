package hooks

import (
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// AskID numbers a question for a new access token. The runtime chooses numbers and never reuses one.
type AskID uint32

const (
	// refreshDeadline is how long a page may take to come up with a new access token. Source: chosen; longer than
	// any sign-in request that a user would wait for.
	refreshDeadline = 30 * time.Second
	// renewAhead is how long before its expiry a token is renewed. Source: chosen, longer than a request is held, so that
	// one of a feed's own requests notices in time and no timer is needed.
	renewAhead = time.Minute
	// renewPause is the shortest time between two renewals that no refusal asks for. Source: chosen, so that tokens
	// which live for less than renewAhead are not renewed with every request.
	renewPause = 30 * time.Second
	// freshToken is how long after a renewal a refusal still says that the new token is no good, and not that it has expired
	// as well. Source: chosen, longer than the pace may hold up the first request with it.
	freshToken = 10 * time.Second
	// maxRenewals is how often a feed has its token renewed until something good arrives. Source: chosen; the network of a
	// machine that wakes up may take a moment.
	maxRenewals = 3
)

var (
	errNoNewToken = &renewalError{"refreshAccessToken did not answer"}
	errNobody     = &renewalError{"nobody is there who can be asked for an access token"}
)

// renewalError is why there is no new access token. It is a type of its own because comparing interfaces would bring 8 kB of
// reflection into the browser.
type renewalError struct{ reason string }

func (e *renewalError) Error() string { return e.reason }

// credential is an access token as hooks name it, and what has renewed it. Keys hold its number, so that no
// key ever contains a secret (invariant T1), and so that a renewal changes no key (invariant T4).
type credential struct {
	token    string
	current  string        // what is sent
	expires  time.Time     // of what is sent, by the server's clock; zero where it does not say, or says what cannot be
	renewed  time.Time     // when the last renewal ended
	renewals int           // that brought a token
	problem  *renewalError // of the last renewal, nil when it brought a token
	renewal  *renewal
}

// renewal is a question for a new access token, and everyone who waits for the answer.
type renewal struct {
	ask     AskID
	sub     Sub // whose page is asked
	timer   TimerID
	waiting []func(problem *renewalError)
}

// credential returns the number that stands for an access token in keys. Numbers of tokens that nothing is
// asked with any more are given to new ones (invariant T2).
func (r *Runtime) credential(accessToken string) int {
	free := -1
	for i, known := range r.credentials {
		switch {
		case known.token == accessToken:
			return i
		case known.renewal == nil && !r.usesCredential(i):
			free = i
		}
	}
	fresh := &credential{token: accessToken, current: accessToken, expires: api.Expiry(accessToken)}
	if free >= 0 {
		r.credentials[free] = fresh
		return free
	}
	r.credentials = append(r.credentials, fresh)
	return len(r.credentials) - 1
}

func (r *Runtime) usesCredential(credential int) bool {
	for _, f := range r.inOrder {
		if f.key.credential == credential {
			return true
		}
	}
	for _, t := range r.retrievals {
		if t.credential == credential {
			return true
		}
	}
	return false
}

// current returns the access with the token that has renewed its own, if one has.
func (r *Runtime) current(access api.Access) api.Access {
	if c := r.known(access.AccessToken); c != nil {
		access.AccessToken = c.current
	}
	return access
}

// known returns what is known of an access token; nil where nothing is.
func (r *Runtime) known(accessToken string) *credential {
	for _, c := range r.credentials {
		if c.token == accessToken {
			return c
		}
	}
	return nil
}

// renew asks sub's page for a new access token, once for everyone who waits, and tells then how that ended.
func (r *Runtime) renew(accessToken string, sub Sub, then func(problem *renewalError)) {
	c := r.credentials[r.credential(accessToken)]
	if c.renewal == nil {
		c.renewal = &renewal{}
		r.askFor(c, sub)
	}
	c.renewal.waiting = append(c.renewal.waiting, then)
}

// renewsFirst has a token renewed that is about to expire, and reports whether it has expired, so that a request must
// wait until then is called. Whether a token is good enough, only the server can say: without another one the request
// goes out all the same.
func (r *Runtime) renewsFirst(accessToken string, sub Sub, then func(problem *renewalError)) (waits bool) {
	if !r.canRefresh(sub) {
		return false
	}
	c := r.credentials[r.credential(accessToken)]
	left := c.expires.Sub(r.now.Add(r.serverAhead))
	if c.expires.IsZero() || left > renewAhead || c.renewal == nil && r.now.Sub(c.renewed) < renewPause {
		return false
	}
	if left > 0 {
		if c.renewal == nil {
			r.renew(accessToken, sub, func(*renewalError) {})
		}
		return false
	}
	r.renew(accessToken, sub, then)
	return true
}

// learnClock notes how far the server's clock is ahead of ours, from an answer that no cache has kept.
func (r *Runtime) learnClock(header api.Header) {
	if date := api.ParseHTTPDate(header["date"]); !date.IsZero() && header["age"] == "" {
		r.serverAhead = date.Sub(r.now)
	}
}

// refused completes the refusal of an access token with the reason why there is no other one.
func (r *Runtime) refused(refusal *StatusError, accessToken string) {
	if c := r.known(accessToken); c != nil && c.problem != nil && isTokenRefused(refusal.HTTPStatus) {
		refusal.Cause = c.problem
	}
}

// askFor asks a subscription's page, which has all the time that any page has.
func (r *Runtime) askFor(c *credential, sub Sub) {
	r.lastAsk++
	c.renewal.ask, c.renewal.sub = r.lastAsk, sub
	r.clearTimer(&c.renewal.timer)
	c.renewal.timer = r.setTimer(refreshDeadline, func() { r.renewed(c, "", errNoNewToken) })
	r.do(AskAccessToken{Ask: c.renewal.ask, Sub: sub})
}

// canRefresh reports whether a subscription is open and can be asked for a new access token.
func (r *Runtime) canRefresh(sub Sub) bool {
	s := r.subs[sub]
	return s != nil && s.options.CanRefresh
}

// askOthers takes questions that a closed subscription can no longer answer to another one with that token.
func (r *Runtime) askOthers(closed Sub) {
	for _, c := range r.credentials {
		if c.renewal == nil || c.renewal.sub != closed {
			continue
		}
		var next Sub
		for sub, s := range r.subs {
			if s.options.CanRefresh && s.options.Access.AccessToken == c.token && (next == 0 || sub < next) {
				next = sub
			}
		}
		if next == 0 {
			r.renewed(c, "", errNobody)
		} else {
			r.askFor(c, next)
		}
	}
}

// accessTokenArrived takes the answer of a page.
func (r *Runtime) accessTokenArrived(e AccessTokenArrived) {
	for _, c := range r.credentials {
		if c.renewal == nil || c.renewal.ask != e.Ask {
			continue
		}
		if e.Reason != "" || e.AccessToken == "" {
			r.renewed(c, "", &renewalError{"refreshAccessToken: " + e.Reason})
		} else {
			r.renewed(c, e.AccessToken, nil)
		}
		return
	}
}

func (r *Runtime) renewed(c *credential, accessToken string, problem *renewalError) {
	ended := c.renewal
	c.renewal = nil
	r.clearTimer(&ended.timer)
	if problem != errNobody { // whoever comes next is asked
		c.renewed, c.problem = r.now, problem
	}
	if problem == nil {
		c.renewals++
		c.current, c.expires = accessToken, api.Expiry(accessToken)
		if !c.expires.After(r.now.Add(r.serverAhead)) {
			c.expires = time.Time{} // a clock is wrong: refusals tell
		}
	}
	for _, then := range ended.waiting {
		then(problem)
	}
}

// isTokenRefused reports whether another access token may be what an answer asks for.
func isTokenRefused(httpStatus int) bool { return httpStatus == 401 || httpStatus == 403 }
