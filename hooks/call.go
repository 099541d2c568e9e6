package hooks

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// Retry says how JSON calls are tried again. A field that is zero has the value of DefaultRetry.
type Retry struct {
	MaxAttempts int
	MinTimeout  time.Duration // before the second attempt
	MaxTimeout  time.Duration
	Factor      float64 // from one delay to the next
	Randomize   bool    // stretches each delay by a factor of 1 to 2
}

// DefaultRetry waits 1000, 1600, 2560 and 4096 ms. Source: the API client of @trigger.dev/core 4.8.3.
var DefaultRetry = Retry{MaxAttempts: 5, MinTimeout: time.Second, MaxTimeout: 30 * time.Second, Factor: 1.6}

// withDefaults returns the policy with nothing left open.
func (p Retry) withDefaults() Retry {
	if p.MaxAttempts == 0 {
		p.MaxAttempts = DefaultRetry.MaxAttempts
	}
	if p.MinTimeout == 0 {
		p.MinTimeout = DefaultRetry.MinTimeout
	}
	if p.MaxTimeout == 0 {
		p.MaxTimeout = DefaultRetry.MaxTimeout
	}
	if p.Factor == 0 {
		p.Factor = DefaultRetry.Factor
	}
	return p
}

// delay returns how long to wait after the n-th attempt.
func (p Retry) delay(random *rand.Rand, n int) time.Duration {
	delay := float64(p.MinTimeout)
	for range n - 1 {
		delay *= p.Factor
	}
	if p.Randomize {
		delay *= 1 + random.Float64()
	}
	return time.Duration(min(delay, float64(p.MaxTimeout)))
}

// call is one request for a whole answer. It ends exactly once, with done, unless it is cancelled.
type call struct {
	rt        *Runtime
	request   *api.Request
	options   *Options
	attempts  int
	renewed   bool // the access token
	cancelled bool
	fetch     FetchID
	timer     TimerID   // while a request is out: the watchdog; else the delay
	heard     time.Time // when the server last sent anything

	httpStatus int
	header     api.Header
	body       []byte
	done       func(header api.Header, body string, err error)
}

// call sends a request, again where that may help, and tells done how it ended. options are those of the hook
// that asks.
func (r *Runtime) call(request *api.Request, options *Options, done func(header api.Header, body string, err error)) *call {
	return r.namedCall(request, options, r.uuid(), done)
}

// namedCall is call under a name by which the server knows a repetition and does it once.
func (r *Runtime) namedCall(
	request *api.Request, options *Options, name string, done func(header api.Header, body string, err error),
) *call {
	named := request.With([]api.Field{{Name: "x-trigger-request-idempotency-key", Value: name}})
	c := &call{rt: r, request: named.With(options.Headers), options: options, done: done}
	c.ask()
	return c
}

// uuid returns a random UUID, version 4.
func (r *Runtime) uuid() string {
	const hex = "0123456789abcdef"
	id := []byte("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx")
	for i, c := range id {
		if c == 'x' {
			id[i] = hex[r.random.IntN(16)]
		}
	}
	return string(id)
}

func (c *call) ask() {
	if c.rt.renewsFirst(c.options.Access.AccessToken, c.options.asker, func(*renewalError) { c.send() }) {
		c.renewed = true
		return
	}
	c.send()
}

func (c *call) send() {
	if c.cancelled {
		return
	}
	c.attempts++
	c.httpStatus, c.body = 0, nil
	c.authorize()
	c.fetch = c.rt.fetch(c.request, c)
	c.heard = c.rt.now
	c.timer = c.rt.setTimer(watchEvery, c.watch)
}

// watch gives up an answer that has been silent for too long.
func (c *call) watch() {
	c.timer = 0
	if quiet := c.rt.now.Sub(c.heard); quiet < silence {
		c.timer = c.rt.setTimer(min(silence-quiet, watchEvery), c.watch)
		return
	}
	c.rt.cancel(&c.fetch)
	c.failed("no answer")
}

// authorize puts the present access token into a request that carries one.
func (c *call) authorize() {
	access := c.rt.current(c.options.Access)
	for i, field := range c.request.Header {
		if field.Name == "authorization" {
			header := slices.Clone(c.request.Header)
			header[i].Value = "Bearer " + access.AccessToken
			c.request.Header = header
		}
	}
}

// cancel ends the call without a word. A nil call is one that has ended.
func (c *call) cancel() {
	if c != nil {
		c.cancelled = true
		c.rt.cancel(&c.fetch)
		c.rt.clearTimer(&c.timer)
	}
}

func (c *call) started(httpStatus int, header map[string]string) {
	c.heard = c.rt.now
	c.httpStatus, c.header = httpStatus, header
}

func (c *call) arrived(chunk []byte) {
	c.heard = c.rt.now
	if len(c.body)+len(chunk) > maxBody {
		c.rt.cancel(&c.fetch)
		c.rt.clearTimer(&c.timer)
		c.done(nil, "", &DecodeError{Op: c.request.Op, URL: withoutQuery(c.request.URL), Err: errBodyTooLarge})
		return
	}
	c.body = append(c.body, chunk...)
}

func (c *call) ended() {
	c.rt.clearTimer(&c.timer)
	if c.httpStatus == 0 {
		c.failed("an answer without a head")
		return
	}
	if c.httpStatus >= 200 && c.httpStatus <= 299 {
		c.done(c.header, string(c.body), nil)
		return
	}
	err := c.rt.newStatusError(c.request, c.httpStatus, c.header, string(c.body))
	if isTokenRefused(c.httpStatus) && !c.renewed && c.rt.canRefresh(c.options.asker) {
		c.renewed = true
		c.rt.renew(c.options.Access.AccessToken, c.options.asker, func(problem *renewalError) {
			switch {
			case c.cancelled:
			case problem != nil:
				c.rt.refused(err, c.options.Access.AccessToken)
				c.done(nil, "", err)
			default:
				c.send()
			}
		})
		return
	}
	c.rt.refused(err, c.options.Access.AccessToken)
	c.retry(err, c.mayHelp(err))
}

// mayHelp reports whether the same call may succeed later. The server's own word comes first.
func (c *call) mayHelp(err *StatusError) bool {
	switch c.header["x-should-retry"] {
	case "true":
		return true
	case "false":
		return false
	}
	return err.Temporary() || err.HTTPStatus == 409
}

func (c *call) failed(reason string) {
	c.rt.clearTimer(&c.timer)
	c.retry(&TransportError{Op: c.request.Op, URL: withoutQuery(c.request.URL), Reason: reason}, true)
}

func (c *call) retry(err error, mayHelp bool) {
	if !mayHelp || c.attempts >= c.options.Retry.withDefaults().MaxAttempts {
		c.done(nil, "", err)
		return
	}
	c.timer = c.rt.setTimer(c.delay(), func() {
		c.timer = 0
		c.ask()
	})
}

// delay returns how long to wait before the next attempt: until the rate limit is over, or longer each time.
func (c *call) delay() time.Duration {
	if reset, ok := rawjson.Value(c.header["x-ratelimit-reset"]).Int(); ok && c.httpStatus == 429 {
		if wait := time.UnixMilli(reset).Sub(c.rt.now); wait > 0 {
			return min(wait, maxRetryAfter) + time.Duration(c.rt.random.IntN(1000))*time.Millisecond
		}
	}
	return c.options.Retry.withDefaults().delay(c.rt.random, c.attempts)
}
