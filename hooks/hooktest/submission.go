package hooktest

import (
	"slices"
	"strconv"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/rawjson"
)

// submission is what a page has submitted, under a name that is the same when it is submitted again.
type submission struct {
	n     int
	name  string
	ended bool
}

// submit lets an observer of a mutation's kind do something.
func (w *World) submit(o *observer) {
	w.submissions++
	call := &submission{n: w.submissions, name: "call-" + strconv.Itoa(w.submissions)}
	o.screen.calls = append(o.screen.calls, call)
	w.post(o, call)
}

// repeat submits again what an instance that has died was about.
func (w *World) repeat(o *observer) {
	for _, call := range slices.Clone(o.screen.calls) {
		if !call.ended {
			w.post(o, call)
		}
	}
}

func (w *World) post(o *observer, call *submission) {
	n := strconv.Itoa(call.n)
	body := rawjson.Value(`{"data":{"n":` + n + `}}`)
	if o.spec.Kind == hooks.KindTrigger {
		body = rawjson.Value(`{"payload":{"n":` + n + `}}`)
	}
	o.page.tell(hooks.Submit{Sub: o.sub, Body: body, Request: call.name})
}

// isOvertaken reports whether a snapshot knows nothing of the newest call.
func (s *screen) isOvertaken(snap *hooks.Snapshot) bool {
	return len(s.calls) > 0 && !slices.Contains(snap.Requests, s.calls[len(s.calls)-1].name)
}

// note takes what a snapshot says of the calls, up to the last one that the runtime knows.
func (s *screen) note(snap *hooks.Snapshot) {
	if len(snap.Requests) == 0 {
		return
	}
	last := snap.Requests[len(snap.Requests)-1]
	for _, call := range s.calls {
		if call.name == last {
			call.ended = !snap.Loading
			return
		}
		call.ended = call.ended || !slices.Contains(snap.Requests, call.name)
	}
}
