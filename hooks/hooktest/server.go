package hooktest

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// The server's times. Source: the service's own.
const (
	pollHold   = 20 * time.Second
	streamIdle = 60 * time.Second
)

// server answers requests out of the truth. It shares nothing with the client but the wire.
type server struct {
	world *World
	runs  []*truth
}

// answer is one response on its way. Its methods schedule what the client will see.
type answer struct {
	server *server
	wire   *wire
}

func (s *server) serve(request *api.Request, w *wire) {
	a := &answer{s, w}
	target, err := url.Parse(request.URL)
	if err != nil {
		s.world.violate("a request for %q: %v", request.URL, err)
		return
	}
	path := strings.Split(strings.TrimPrefix(target.Path, "/"), "/")
	dice := s.world.dice
	switch {
	case dice.happens(dice.faults.Drop):
		w.fail()
	case dice.happens(dice.faults.Stall):
		// Nothing, ever: only the client's watchdog ends it.
	case dice.happens(dice.faults.Refuse):
		a.refuse()
	case len(path) == 4 && path[1] == "v1" && path[2] == "runs":
		a.serveShape(s.run(path[3]), target.Query())
	case len(path) == 5 && path[2] == "streams":
		a.serveStream(s.run(path[3]).stream(path[4]), request.Header)
	default:
		s.world.violate("a request for %q", request.URL)
	}
}

func (s *server) run(id string) *truth {
	for _, t := range s.runs {
		if t.id == id {
			return t
		}
	}
	s.world.violate("a request for run %q", id)
	return s.runs[0]
}

func (a *answer) refuse() {
	switch a.server.world.dice.IntN(4) {
	case 0:
		a.wire.respond(429, api.Header{"retry-after": strconv.Itoa(a.server.world.dice.IntN(5))}, `{"error":"Too many"}`)
	case 1:
		a.wire.respond(500, nil, `{"error":"Internal Server Error"}`)
	case 2:
		a.wire.respond(502, api.Header{"content-type": "text/html"}, "<html>Bad gateway</html>")
	case 3:
		a.wire.respond(503, nil, "")
	}
}

// serveShape answers from the log of one run: everything, what came after an offset, or 409.
func (a *answer) serveShape(t *truth, query url.Values) {
	dice := a.server.world.dice
	if dice.happens(dice.faults.Nonsense) {
		a.wire.respond(200, api.Header{"content-type": "text/html"}, "<!doctype html><p>a captive portal")
		return
	}
	if dice.happens(dice.faults.Rotate) {
		t.generation++
	}
	handle := "h" + strconv.Itoa(t.generation)
	offset, known := query.Get("offset"), -1
	if offset != "-1" {
		if query.Get("handle") != handle {
			a.rotate(t, handle)
			return
		}
		known, _ = strconv.Atoi(strings.TrimSuffix(offset, "_0"))
	}
	if expired := query.Get("expired_handle"); expired != "" && offset == "-1" {
		if query.Get("cache-buster") == "" {
			a.server.world.violate("a request after a 409 without a cache-buster")
		}
		if dice.happens(dice.faults.StaleCache) {
			a.rows(t, expired, -1, len(t.versions)-1)
			return
		}
	}
	if latest := len(t.versions) - 1; known < latest || query.Get("live") != "true" {
		a.rows(t, handle, known, latest)
		return
	}
	a.hold(t, handle, known)
}

func (a *answer) rotate(t *truth, handle string) {
	header := api.Header{"content-type": "application/json"}
	if a.server.world.dice.IntN(2) == 0 {
		header["electric-handle"] = handle
	}
	a.wire.respond(409, header, `[{"headers":{"control":"must-refetch"}}]`)
}

// hold keeps a live request until the run changes or the time is up.
func (a *answer) hold(t *truth, handle string, known int) {
	answered := false
	reply := func() {
		if !answered {
			answered = true
			a.rows(t, handle, known, len(t.versions)-1)
		}
	}
	t.moved = append(t.moved, reply)
	a.server.world.clock.after(pollHold, reply)
}

// rows answers with what came after version known. Sometimes the log takes two answers.
func (a *answer) rows(t *truth, handle string, known, latest int) {
	var messages []string
	if known < latest {
		operation := "update"
		if known < 0 {
			operation = "insert"
		}
		messages = append(messages, `{"key":"run/`+t.id+`","value":`+t.columns(latest)+
			`,"headers":{"operation":"`+operation+`"}}`)
	}
	if len(messages) == 0 || a.server.world.dice.IntN(8) > 0 {
		messages = append(messages, `{"headers":{"control":"up-to-date"}}`)
	}
	a.wire.respond(200, api.Header{
		"content-type": "application/json", "electric-handle": handle,
		"electric-offset": strconv.Itoa(latest) + "_0", "electric-cursor": strconv.Itoa(a.server.world.steps),
	}, "["+strings.Join(messages, ",")+"]")
}
