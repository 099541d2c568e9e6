package emulator

import (
	"context"
	"encoding/json"
	"net/http"
)

const (
	inputBodyLimit = 1 << 20
	// recordOverhead is what the store adds to the body of a record when it measures one.
	recordOverhead = 8
	recordLimit    = 1 << 20
)

// inputKey is the key under which a run keeps an input stream.
func inputKey(streamID string) string { return "$trigger.input:" + streamID }

// okReply is the answer of what appends to streams.
type okReply struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

func failOK(status int, message string) *apiError {
	return &apiError{status: status, body: okReply{Error: message}}
}

// sendInput appends to an input stream of a run, and completes what waits for it.
func (e *Emulator) sendInput(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	raw, failure := readBody(w, r, inputBodyLimit)
	if failure != nil {
		return failure
	}
	id := r.PathValue("runId")
	if !from.allowed(requirement{"write", "inputStreams", id}) {
		return failUnauthorized()
	}
	found, ok := e.store.run(id)
	if !ok {
		return failOK(http.StatusNotFound, "Run not found")
	}
	if !found.current().CompletedAt.IsZero() {
		return failOK(http.StatusBadRequest, "Cannot send to input stream on a completed run")
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(raw, &body); err != nil || len(body.Data) == 0 {
		return failOK(http.StatusBadRequest, "Invalid request body")
	}
	log := found.stream(inputKey(r.PathValue("streamId")))
	if failure := e.deliver(log, string(body.Data), "inp_"+e.ids.text(hexDigits, 12)); failure != nil {
		return failure
	}
	writeJSON(w, http.StatusOK, okReply{OK: true})
	return nil
}

// deliver appends a record that holds text, and completes what waits for the next record of the stream. Readers get
// the text as a string, whatever it says.
func (e *Emulator) deliver(log *streamLog, text, partID string) *apiError {
	data := string(appendJSONString(nil, text))
	if len(data)+len(partID)+len(`{"data":,"id":""}`)+recordOverhead > recordLimit {
		return failOK(http.StatusRequestEntityTooLarge, "Record exceeds the maximum size of 1048576 bytes")
	}
	log.append(part{data: data, custom: &customPart{id: partID}})
	for _, waiting := range log.takeWaiting() {
		waiting.end(Packet{text, TypeJSON}, false, truncate(e.clock.Now()))
	}
	return nil
}

// readInput serves an input stream to those who may read the run.
func (e *Emulator) readInput(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	found, failure := e.readableRun(r, from, false)
	if failure != nil {
		return failure
	}
	return e.serveStream(w, r, found.stream(inputKey(r.PathValue("streamId"))), e.framing())
}

// createInputWait creates a waitpoint that the next record of an input stream completes, or one that is there already.
func (e *Emulator) createInputWait(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		waitBody
		StreamID string `json:"streamId"`
		LastSeen *int64 `json:"lastSeqNum"`
	}
	if err := decodeBody(w, r, waitBodyLimit, &body); err != nil {
		return err
	}
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return fail(http.StatusNotFound, "Run not found")
	}
	order, failure := body.order(truncate(e.clock.Now()))
	if failure != nil {
		return failure
	}
	return e.answerStreamWait(w, order, found.stream(inputKey(body.StreamID)), body.LastSeen)
}

// answerStreamWait creates a waitpoint for the first record after the one with the number seen.
func (e *Emulator) answerStreamWait(w http.ResponseWriter, order waitOrder, log *streamLog, seen *int64) *apiError {
	created, cached := e.newWaitpoint(order)
	if !cached {
		var position uint64
		if seen != nil {
			position = uint64(*seen + 1)
		}
		if text, ok := log.awaitRecord(position, created); ok {
			created.end(Packet{text, TypeJSON}, false, truncate(e.clock.Now()))
		}
	}
	writeJSON(w, http.StatusOK, struct {
		ID     string `json:"waitpointId"`
		Cached bool   `json:"isCached"`
	}{created.id, cached})
	return nil
}

// Input reads the run's input stream with this id from its beginning.
func (t *TaskRun) Input(streamID string) *TaskInput {
	return &TaskInput{log: t.run.stream(inputKey(streamID))}
}

// TaskInput reads one input stream of a run. It is not for concurrent use.
type TaskInput struct {
	log      *streamLog
	position uint64
}

// Next waits for the next value that was sent, and returns it as JSON.
func (i *TaskInput) Next(ctx context.Context) (json.RawMessage, error) {
	for {
		found := i.log.from(i.position)
		if len(found.parts) > 0 {
			i.position++
			return json.RawMessage(found.parts[0].text()), nil
		}
		select {
		case <-found.changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
