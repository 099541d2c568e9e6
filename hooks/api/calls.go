package api

import "github.com/runwire/runwire/hooks/rawjson"

// RetrieveRun asks for a run once.
func RetrieveRun(access Access, runID string) *Request {
	return &Request{
		Method: "GET",
		URL:    access.url("/api/v3/runs/" + escape(runID)),
		Header: access.callHeader(),
		Op:     "retrieve run " + runID,
	}
}

// CompleteWaitToken completes what a run waits for. body is {"data": …}.
func CompleteWaitToken(access Access, waitpointID string, body rawjson.Value) *Request {
	return post(access, "/api/v1/waitpoints/tokens/"+escape(waitpointID)+"/complete", string(body), "complete waitpoint "+waitpointID)
}

// SendInputStream sends to a run's input stream. body is {"data": …}.
func SendInputStream(access Access, runID, streamID string, body rawjson.Value) *Request {
	return post(access, "/realtime/v1/streams/"+escape(runID)+"/input/"+escape(streamID), string(body),
		"send to input stream "+streamID+" of "+runID)
}

func post(access Access, path, body, op string) *Request {
	return &Request{Method: "POST", URL: access.url(path), Header: access.callHeader(), Body: body, Op: op}
}

// callHeader is the header of JSON calls. Source: @trigger.dev/core 4.8.3.
func (a Access) callHeader() []Field {
	return a.header(
		Field{"content-type", "application/json"}, Field{"x-trigger-api-version", apiVersion},
		Field{"x-trigger-source", "sdk"}, Field{"x-trigger-client", "browser"},
		Field{"x-trigger-realtime-streams-version", "v2"},
	)
}
