package hooktest

import (
	"fmt"
	"strings"

	"github.com/runwire/runwire/hooks/api"
)

// Where calls go.
const (
	triggerPath    = "/api/v1/tasks/resize/trigger"
	completePath   = "/api/v1/waitpoints/tokens/waitpoint_1/complete"
	inputPath      = "/realtime/v1/streams/run_1/input/words"
	objectHost     = "objects.example"
	idempotencyKey = "x-trigger-request-idempotency-key"
)

// serveCall answers what is asked once.
func (a *answer) serveCall(request *api.Request, path string) {
	if request.Method == "POST" {
		a.serveSubmission(request, path)
		return
	}
	for _, r := range a.server.world.account.runs {
		switch path {
		case packetPath(r.id):
			a.json(`{"presignedUrl":"` + objectURL(r.id, a.owner) + `"}`)
			return
		case retrievePath(r.id):
			a.json(r.retrieved(a.owner))
			return
		}
	}
	a.refuse(Refusal{404, nil, `{"error":"Not found"}`})
}

// serveSubmission does what a page submits, and answers with a word of its own.
func (a *answer) serveSubmission(request *api.Request, path string) {
	var n int
	_, number, _ := strings.Cut(request.Body, `"n":`)
	if _, err := fmt.Sscanf(number, "%d", &n); err != nil {
		a.server.world.violate("a submission without a number: %s", request.Body)
	}
	if path != triggerPath && path != completePath && path != inputPath {
		a.server.world.violate("a submission to %s", path)
	}
	effects := &a.server.world.account.effects
	answer := effects.do(field(request, idempotencyKey), n, answerTo(n, a.owner))
	if effects.done[n] > 1 {
		a.server.world.violate("submission %d is done twice", n)
	}
	a.json(answer)
}

// answerTo is what the server says to a submission, with a name for what came of it.
func answerTo(n int, o owner) string { return `{"id":"` + resultOf(n, o) + `"}` }

func resultOf(n int, o owner) string { return fmt.Sprintf("result-%d-%s", n, o) }

func (a *answer) serveObject(path string) {
	id, owner, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	a.json(output(id, owner))
}

func (a *answer) json(body string) {
	a.respond(200, api.Header{"content-type": "application/json"}, body)
}
