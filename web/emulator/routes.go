package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// claimsPath is exempt from the rate limiter, and so from its answer to a request without credentials.
const claimsPath = "/api/v1/auth/jwt/claims"

// route is one endpoint.
type route struct {
	name    string // in the statistics and the request log
	method  string
	pattern string // of [http.ServeMux], without the method
	public  bool   // accepts public tokens
	open    bool   // needs no credentials
	control bool   // part of the control API
	bulk    bool   // takes bodies that are not worth logging
	serve   func(w http.ResponseWriter, r *http.Request, from *caller) *apiError
}

// routes builds the route table. GET routes answer HEAD as well.
func (e *Emulator) routes() *http.ServeMux {
	table := []route{
		{name: "trigger", method: "POST", pattern: "/api/v1/tasks/{taskId}/trigger", public: true, serve: e.trigger},
		{name: "retrieve", method: "GET", pattern: "/api/v3/runs/{runId}", public: true, serve: e.retrieve},
		{name: "cancel", method: "POST", pattern: "/api/v2/runs/{runId}/cancel", public: true, serve: e.cancel},
		{name: "runs-feed", method: "GET", pattern: "/realtime/v1/runs", public: true, serve: e.runsFeed},
		{name: "run-feed", method: "GET", pattern: "/realtime/v1/runs/{runId}", public: true, serve: e.runFeed},
		{name: "stream", method: "GET", pattern: "/realtime/v1/streams/{runId}/{streamKey}", public: true, serve: e.readStream},
		{name: "batch-feed", method: "GET", pattern: "/realtime/v1/batches/{batchId}", public: true, serve: e.batchFeed},
		{name: "batch-create", method: "POST", pattern: "/api/v3/batches", public: true, serve: e.createBatch},
		{name: "batch-items", method: "POST", pattern: "/api/v3/batches/{batchId}/items", public: true, serve: e.batchItems},
		{name: "batch-old", method: "POST", pattern: "/api/v2/tasks/batch", public: true, serve: e.createOldBatch},
		{name: "batch-retrieve", method: "GET", pattern: "/api/v2/batches/{batchId}", public: true, serve: e.retrieveBatch},
		{name: "wait-token-create", method: "POST", pattern: "/api/v1/waitpoints/tokens", serve: e.createWaitToken},
		{name: "wait-token", method: "GET", pattern: "/api/v1/waitpoints/tokens/{waitpointId}", serve: e.retrieveWaitToken},
		{name: "wait-token-complete", method: "POST", pattern: "/api/v1/waitpoints/tokens/{waitpointId}/complete", public: true, serve: e.completeWaitToken},
		{name: "wait-token-callback", method: "POST", pattern: "/api/v1/waitpoints/tokens/{waitpointId}/callback/{hash}", open: true, serve: e.callBack},
		{name: "wait", method: "POST", pattern: "/engine/v1/runs/{runId}/waitpoints/tokens/{waitpointId}/wait", serve: e.waitForToken},
		{name: "input-send", method: "POST", pattern: "/realtime/v1/streams/{runId}/input/{streamId}", public: true, serve: e.sendInput},
		{name: "input-stream", method: "GET", pattern: "/realtime/v1/streams/{runId}/input/{streamId}", public: true, serve: e.readInput},
		{name: "input-wait", method: "POST", pattern: "/api/v1/runs/{runId}/input-streams/wait", serve: e.createInputWait},
		{name: "stream-create", method: "PUT", pattern: "/realtime/v1/streams/{runId}/{target}/{streamId}", serve: e.createStream},
		{name: "stream-write", method: "POST", pattern: "/realtime/v1/streams/{runId}/{target}/{streamId}", bulk: true, serve: e.writeStream},
		{name: "stream-written", method: "HEAD", pattern: "/realtime/v1/streams/{runId}/{target}/{streamId}", serve: e.lastChunk},
		{name: "stream-append", method: "POST", pattern: "/realtime/v1/streams/{runId}/{target}/{streamId}/append", serve: e.appendStream},
		{name: "metadata", method: "GET", pattern: "/api/v1/runs/{runId}/metadata", serve: e.readMetadata},
		{name: "metadata-update", method: "PUT", pattern: "/api/v1/runs/{runId}/metadata", serve: e.updateMetadata},
		{name: "session-create", method: "POST", pattern: "/api/v1/sessions", public: true, serve: e.createSession},
		{name: "session", method: "GET", pattern: "/api/v1/sessions/{sessionId}", public: true, serve: e.retrieveSession},
		{name: "session-update", method: "PATCH", pattern: "/api/v1/sessions/{sessionId}", public: true, serve: e.updateSession},
		{name: "session-close", method: "POST", pattern: "/api/v1/sessions/{sessionId}/close", public: true, serve: e.closeSession},
		{name: "session-wait", method: "POST", pattern: "/api/v1/runs/{runId}/session-streams/wait", serve: e.createSessionWait},
		{name: "claims", method: "POST", pattern: claimsPath, serve: e.tokenClaims},
		{name: "public-tokens", method: "POST", pattern: "/api/v1/auth/public-tokens", serve: e.createPublicToken},
		{name: "jwt", method: "POST", pattern: "/api/v1/auth/jwt", serve: e.createJWT},
		{name: "run-packet", method: "GET", pattern: "/api/v1/runs/{runId}/packets/{field}", public: true, serve: e.runPacket},
		{name: "packet", method: "GET", pattern: "/api/v1/packets/{path}", public: true, serve: e.presignDownload},
		{name: "packet-upload", method: "PUT", pattern: "/api/v2/packets/{path}", serve: e.presignUpload},
		{name: "object", method: "GET", pattern: objectPrefix + "{path...}", open: true, serve: e.downloadObject},
		{name: "object-upload", method: "PUT", pattern: objectPrefix + "{path...}", open: true, bulk: true, serve: e.uploadObject},
	}
	table = append(table, e.channelRoutes()...)
	if e.options.Control {
		table = append(table, e.controlRoutes()...)
	}

	byPattern := map[string]map[string]route{}
	for _, rt := range table {
		if byPattern[rt.pattern] == nil {
			byPattern[rt.pattern] = map[string]route{}
		}
		byPattern[rt.pattern][rt.method] = rt
	}
	mux := http.NewServeMux()
	for pattern, methods := range byPattern {
		mux.Handle(pattern, e.serveMethods(methods))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(http.StatusNotFound, "Not found").write(w)
	})
	return mux
}

func (e *Emulator) serveMethods(methods map[string]route) http.Handler {
	allowed := make([]string, 0, len(methods)+1)
	for method := range methods {
		allowed = append(allowed, method)
	}
	if _, readable := methods["GET"]; readable {
		allowed = append(allowed, "HEAD")
	}
	slices.Sort(allowed)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rt, ok := methods[r.Method]
		if !ok && r.Method == http.MethodHead {
			rt, ok = methods[http.MethodGet]
		}
		if !ok {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			fail(http.StatusMethodNotAllowed, "Method not allowed").write(w)
			return
		}
		if err := e.serveRoute(w, r, rt); err != nil {
			err.write(w)
		}
	})
}

func (e *Emulator) serveRoute(w http.ResponseWriter, r *http.Request, rt route) *apiError {
	if !rt.control {
		e.calls.routed(callOf(r), rt.name)
		if !rt.bulk {
			r.Body = &loggedBody{r.Body, e.calls, callOf(r)}
		}
	}
	if rt.open {
		return rt.serve(w, r, nil)
	}
	if err := e.limitRate(w, r); err != nil {
		return err
	}
	from, err := e.authenticate(r, rt.public)
	if err != nil {
		return err
	}
	return rt.serve(w, r, from)
}

// readableRun is the run of the request's path, if the caller may read it. shouldRetry is what a 404 advises.
func (e *Emulator) readableRun(r *http.Request, from *caller, shouldRetry bool) (*run, *apiError) {
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return nil, failRetry(http.StatusNotFound, "Not found", shouldRetry)
	}
	if !from.allowed(readRun(found.current())...) {
		return nil, failUnauthorized()
	}
	return found, nil
}
