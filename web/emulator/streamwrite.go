package emulator

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

const appendBodyLimit = 524_288

// targetRun is the run whose stream a request writes: the run of its path, or the parent or root of it. why is what a
// run that has ended refuses.
func (e *Emulator) targetRun(r *http.Request, why string) (*run, *apiError) {
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return nil, failText(http.StatusNotFound, "Run not found")
	}
	row := found.current()
	switch r.PathValue("target") {
	case "self":
	case "parent":
		found, ok = e.store.run(row.ParentID)
	case "root":
		found, ok = e.store.run(row.RootID)
	default:
		return nil, failDetails("Params", issue{"invalid_enum_value", []string{"target"}, `want "self", "parent" or "root"`})
	}
	if !ok {
		return nil, failText(http.StatusNotFound, "Target not found")
	}
	if why != "" && !found.current().CompletedAt.IsZero() {
		return nil, failText(http.StatusBadRequest, why)
	}
	return found, nil
}

// createStream announces a stream of a run. The answer names no other store, so the writer sends its parts here.
func (e *Emulator) createStream(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, failure := e.targetRun(r, "Cannot initialize a realtime stream on a completed run")
	if failure != nil {
		return failure
	}
	found.announceStream(r.PathValue("streamId"))
	writeJSON(w, http.StatusAccepted, struct {
		Version string `json:"version"`
	}{e.options.StreamVersion})
	return nil
}

// writeStream appends parts, one JSON value a line, as they arrive. A writer that comes back says with which of its
// parts it begins, and those that were received before are skipped.
func (e *Emulator) writeStream(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, failure := e.targetRun(r, "")
	if failure != nil {
		return failure
	}
	if r.ContentLength == 0 {
		return failText(http.StatusBadRequest, "No body provided")
	}
	next, err := strconv.Atoi(r.Header.Get("X-Resume-From-Chunk"))
	if r.Header.Get("X-Resume-From-Chunk") == "" {
		next, err = 0, nil
	}
	if err != nil || next < 0 {
		return failText(http.StatusBadRequest, "Invalid X-Resume-From-Chunk header value")
	}
	log, client := found.stream(r.PathValue("streamId")), r.Header.Get("X-Client-Id")
	lines := newLineReader(r.Body, recordLimit)
	for ; ; next++ {
		line, err := lines.next()
		if err == io.EOF {
			w.WriteHeader(http.StatusOK)
			return nil
		}
		if err != nil {
			return failLine(err)
		}
		log.writePart(client, next, jsonOf(line))
	}
}

// jsonOf is a line as JSON: itself, or a string of it when it is none.
func jsonOf(line []byte) string {
	if json.Valid(line) {
		return string(line)
	}
	return string(appendJSONString(nil, string(line)))
}

// lastChunk says how many parts a writer has written, in the form of the last one's index.
func (e *Emulator) lastChunk(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, failure := e.targetRun(r, "")
	if failure != nil {
		return failure
	}
	log := found.stream(r.PathValue("streamId"))
	w.Header().Set("X-Last-Chunk-Index", strconv.Itoa(log.writtenBy(r.Header.Get("X-Client-Id"))-1))
	w.WriteHeader(http.StatusOK)
	return nil
}

// appendStream appends one part, which readers get as a string.
func (e *Emulator) appendStream(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, failure := e.targetRun(r, "Cannot append to a realtime stream on a completed run")
	if failure != nil {
		return failure
	}
	body, failure := readBody(w, r, appendBodyLimit)
	if failure != nil {
		return failure
	}
	key := r.PathValue("streamId")
	found.announceStream(key)
	return e.appendText(w, r, found.stream(key), body)
}

// appendText appends a body to a stream, once for each part id that a client chose.
func (e *Emulator) appendText(w http.ResponseWriter, r *http.Request, log *streamLog, body []byte) *apiError {
	partID := r.Header.Get("X-Part-Id")
	if partID == "" || log.receive(partID) {
		text := strings.ToValidUTF8(string(body), string(utf8.RuneError))
		if failure := e.deliver(log, text, first(partID, e.ids.text(mixedAlphabet, 7))); failure != nil {
			return failure
		}
	}
	writeJSON(w, http.StatusOK, okReply{OK: true})
	return nil
}

// writePart appends a part of a client, unless the client has written the part with this index before.
func (l *streamLog) writePart(client string, index int, data string) {
	l.mu.Lock()
	repeated := client != "" && index < l.written[client]
	if !repeated {
		if l.written == nil {
			l.written = map[string]int{}
		}
		l.written[client] = index + 1
	}
	l.mu.Unlock()
	if !repeated {
		l.append(part{data: data})
	}
}

// writtenBy is how many parts a client has written.
func (l *streamLog) writtenBy(client string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written[client]
}
