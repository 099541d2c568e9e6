package hooks

import (
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// StatusError is an answer outside 2xx.
type StatusError struct {
	Op         string // what was attempted, such as "subscribe run run_1"
	URL        string // without its query
	HTTPStatus int
	Code       string // the server's own word, such as "unauthorized"; "" where it gave none
	Message    string // the server's words
	Body       string // the answer's body, at most 4 KiB of it
	RetryAfter time.Duration
	Cause      error // of a refused access token: why it could not be renewed; nil where nobody tried
	Feed       Kind  // KindRun or KindStream where a feed was refused; 0 for any other request
}

func (e *StatusError) Error() string {
	text := e.Op + ": " + strconv.Itoa(e.HTTPStatus) + ": " + e.Message
	if e.Cause != nil {
		text += " (" + e.Cause.Error() + ")"
	}
	return text
}

func (e *StatusError) Unwrap() error { return e.Cause }

// Temporary reports whether the same request may succeed later: 408, 429 and everything from 500 on. (409
// is part of the shape protocol and handled there.)
func (e *StatusError) Temporary() bool {
	return e.HTTPStatus == 408 || e.HTTPStatus == 429 || e.HTTPStatus >= 500
}

// TransportError is a request without an answer, or an answer that broke off.
type TransportError struct {
	Op     string
	URL    string // without its query
	Reason string
}

func (e *TransportError) Error() string { return e.Op + ": " + e.Reason }

// DecodeError is an answer that we cannot read.
type DecodeError struct {
	Op  string
	URL string // without its query
	Err error
}

func (e *DecodeError) Error() string { return e.Op + ": unreadable answer: " + e.Err.Error() }

func (e *DecodeError) Unwrap() error { return e.Err }

// InputError is an argument of a hook that cannot be used. Nothing was sent.
type InputError struct{ Message string }

func (e *InputError) Error() string { return e.Message }

// withoutQuery keeps tokens that travel in queries out of errors.
func withoutQuery(url string) string {
	bare, _, _ := strings.Cut(url, "?")
	return bare
}

// maxErrorBody bounds what of an error's body is kept: 4 KiB. Source: chosen; the service's own are shorter.
const maxErrorBody = 4 << 10

func (r *Runtime) newStatusError(request *api.Request, httpStatus int, header api.Header, body string) *StatusError {
	if len(body) > maxErrorBody {
		body = body[:maxErrorBody]
	}
	failure := api.DecodeFailure(httpStatus, body)
	return &StatusError{
		Op:         request.Op,
		URL:        withoutQuery(request.URL),
		HTTPStatus: httpStatus,
		Code:       failure.Code,
		Message:    failure.Message,
		Body:       body,
		RetryAfter: retryAfter(header, r.now.Add(r.serverAhead)),
	}
}

// retryAfter reads a Retry-After header, which holds seconds or a date by the server's clock; 0 where there is none.
func retryAfter(header api.Header, serverTime time.Time) time.Duration {
	value := header["retry-after"]
	if seconds, ok := rawjson.Value(value).Int(); ok {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if date := api.ParseHTTPDate(value); !date.IsZero() {
		return min(max(date.Sub(serverTime), 0), maxRetryAfter)
	}
	return 0
}
