package hooks

import (
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// How JSON calls are tried again. Source: @trigger.dev/core 4.8.3, whose API client waits 1000, 1600, 2560
// and 4096 ms.
const (
	maxCallAttempts  = 5
	firstCallBackoff = time.Second
)

// call is one request for a whole answer. It ends exactly once, with done, unless it is cancelled.
type call struct {
	rt       *Runtime
	request  api.Request
	attempts int
	fetch    FetchID
	timer    TimerID

	httpStatus int
	header     api.Header
	body       []byte
	done       func(header api.Header, body string, err error)
}

// call sends a request, again where that may help, and tells done how it ended.
func (r *Runtime) call(request api.Request, done func(header api.Header, body string, err error)) *call {
	c := &call{rt: r, request: request, done: done}
	if request.Method != "GET" {
		// The server knows a repeated call by this key and does it once.
		c.request.Header = append(c.request.Header[:len(request.Header):len(request.Header)],
			api.Field{Name: "x-trigger-request-idempotency-key", Value: r.uuid()})
	}
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
	c.attempts++
	c.body = nil
	c.fetch = c.rt.fetch(c.request, c)
}

// cancel ends the call without a word. A nil call is one that has ended.
func (c *call) cancel() {
	if c != nil {
		c.rt.cancel(&c.fetch)
		c.rt.clearTimer(&c.timer)
	}
}

func (c *call) started(httpStatus int, header map[string]string) {
	c.httpStatus, c.header = httpStatus, header
}

func (c *call) arrived(chunk []byte) {
	if len(c.body)+len(chunk) > maxBody {
		c.rt.cancel(&c.fetch)
		c.done(nil, "", &DecodeError{Op: c.request.Op, URL: withoutQuery(c.request.URL), Err: errBodyTooLarge})
		return
	}
	c.body = append(c.body, chunk...)
}

func (c *call) ended() {
	if c.httpStatus >= 200 && c.httpStatus <= 299 {
		c.done(c.header, string(c.body), nil)
		return
	}
	err := newStatusError(c.request, c.httpStatus, c.header, string(c.body))
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
	c.retry(&TransportError{Op: c.request.Op, URL: withoutQuery(c.request.URL), Reason: reason}, true)
}

func (c *call) retry(err error, mayHelp bool) {
	if !mayHelp || c.attempts >= maxCallAttempts {
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
	delay := firstCallBackoff
	for range c.attempts - 1 {
		delay = delay * 8 / 5
	}
	return delay
}
