package hooktest

import (
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// The server's times for streams: how long it leaves one open in which nothing happens, the service's own; and how often
// it says that it is still there, half as often as the service, to save steps.
const (
	streamIdle = 60 * time.Second
	streamPing = 20 * time.Second
)

// serveStream sends a stream from the reader's cursor on, and whatever is written meanwhile.
func (a *answer) serveStream(s *stream, request *api.Request) {
	next := 0
	if cursor := field(request, "last-event-id"); cursor != "" {
		next = after(cursor)
	}
	head := api.Header{"content-type": "text/event-stream"}
	if s.v2 {
		head["x-stream-version"] = "v2"
	}
	a.start(200, head)
	a.follow(s, next, streamIdle)
}

// follow sends what there is from next on, then waits for more, or for the end of the server's patience.
func (a *answer) follow(s *stream, next int, patience time.Duration) {
	if body := s.events(next, a.owner); body != "" {
		a.wire.send(body)
		next = len(s.records)
	}
	s.held.hold(a, streamPing, func() { a.follow(s, next, streamIdle) }, func() {
		if patience > streamPing {
			a.wire.send(s.ping())
			a.follow(s, next, patience-streamPing)
			return
		}
		if s.v2 {
			a.wire.send("data: [DONE]\n\n")
		}
		a.wire.end()
	})
}

// field returns a header field of a request, or "".
func field(request *api.Request, name string) string {
	for _, f := range request.Header {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}
