package hooks

import (
	"errors"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// AskID numbers a question for a new access token. The runtime chooses numbers and never reuses one.
type AskID uint32

// refreshDeadline is how long a page may take to come up with a new access token. Source: chosen; longer than
// any sign-in request that a user would wait for.
const refreshDeadline = 30 * time.Second

var errNoNewToken = errors.New("refreshAccessToken did not answer")

// credential is an access token as hooks name it, and what has renewed it. Keys hold its number, so that no
// key ever contains a secret (invariant T1), and so that a renewal changes no key (invariant T4).
type credential struct {
	token   string
	current string // what is sent
	renewal *renewal
}

// renewal is a question for a new access token, and everyone who waits for the answer.
type renewal struct {
	ask     AskID
	sub     Sub // whose page is asked
	timer   TimerID
	waiting []func(problem error)
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
	fresh := &credential{token: accessToken, current: accessToken}
	if free >= 0 {
		r.credentials[free] = fresh
		return free
	}
	r.credentials = append(r.credentials, fresh)
	return len(r.credentials) - 1
}

func (r *Runtime) usesCredential(credential int) bool {
	for _, f := range r.feeds {
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
	for _, known := range r.credentials {
		if known.token == access.AccessToken {
			access.AccessToken = known.current
			break
		}
	}
	return access
}

// renew asks sub's page for a new access token, once for everyone who waits, and tells then how that ended.
func (r *Runtime) renew(accessToken string, sub Sub, then func(problem error)) {
	c := r.credentials[r.credential(accessToken)]
	if c.renewal == nil {
		c.renewal = &renewal{timer: r.setTimer(refreshDeadline, func() { r.renewed(c, "", errNoNewToken) })}
		r.askFor(c.renewal, sub)
	}
	c.renewal.waiting = append(c.renewal.waiting, then)
}

func (r *Runtime) askFor(renewal *renewal, sub Sub) {
	r.lastAsk++
	renewal.ask, renewal.sub = r.lastAsk, sub
	r.do(AskAccessToken{Ask: renewal.ask, Sub: sub})
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
			r.renewed(c, "", errNoNewToken)
		} else {
			r.askFor(c.renewal, next)
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
			r.renewed(c, "", errors.New("refreshAccessToken: "+e.Reason))
		} else {
			r.renewed(c, e.AccessToken, nil)
		}
		return
	}
}

func (r *Runtime) renewed(c *credential, accessToken string, problem error) {
	ended := c.renewal
	c.renewal = nil
	r.clearTimer(&ended.timer)
	if problem == nil {
		c.current = accessToken
	}
	for _, then := range ended.waiting {
		then(problem)
	}
}

// isTokenRefused reports whether another access token may be what an answer asks for.
func isTokenRefused(httpStatus int) bool { return httpStatus == 401 || httpStatus == 403 }
