package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
)

// The two directions of a session's channels.
const (
	channelIn  = "in"  // to the task
	channelOut = "out" // from the task
)

// controlHeader is the name of the header that makes a record a control record.
const controlHeader = "trigger-control"

// channelKey names a channel of a session.
type channelKey struct {
	address string // the session's
	name    string // empty for the session's own pair
	io      string
}

// channel returns the channel with this key, which then exists.
func (s *store) channel(key channelKey, clock Clock) *streamLog {
	s.mu.Lock()
	defer s.mu.Unlock()
	log, ok := s.channels[key]
	if !ok {
		log = newStreamLog(streamSeed(key.address, key.name+"/"+key.io), clock)
		s.channels[key] = log
	}
	return log
}

// channelRoutes are the endpoints of the channels, once for a session's own pair and once for those with a name.
func (e *Emulator) channelRoutes() []route {
	var table []route
	for _, prefix := range []string{"/realtime/v1/sessions/{sessionId}/{io}", "/realtime/v1/sessions/{sessionId}/channels/{channel}/{io}"} {
		table = append(table,
			route{name: "session-stream", method: "GET", pattern: prefix, public: true, serve: e.readChannel},
			route{name: "session-init", method: "PUT", pattern: prefix, public: true, serve: e.initChannel},
			route{name: "session-append", method: "POST", pattern: prefix + "/append", public: true, serve: e.appendChannel},
			route{name: "session-records", method: "GET", pattern: prefix + "/records", public: true, serve: e.channelRecords},
		)
	}
	return table
}

// channelRequest is a request to a channel.
type channelRequest struct {
	id      string   // of the session, as the request has it
	session *session // nil when the id is one that a user chose and nobody has created a session with it yet
	key     channelKey
}

var channelName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

func (e *Emulator) parseChannel(r *http.Request) (channelRequest, *apiError) {
	request := channelRequest{id: r.PathValue("sessionId")}
	request.key = channelKey{address: request.id, name: r.PathValue("channel"), io: r.PathValue("io")}
	if request.key.io != channelIn && request.key.io != channelOut {
		return request, failDetails("Params", issue{"invalid_enum_value", []string{"io"}, `want "out" or "in"`})
	}
	if request.key.name != "" && !channelName.MatchString(request.key.name) {
		return request, failDetails("Params", issue{"invalid_string", []string{"channel"}, "want 1 to 128 of A-Z a-z 0-9 . _ -"})
	}
	if found, ok := e.store.session(request.id); ok {
		request.session, request.key.address = found, found.address()
	}
	return request, nil
}

// needs lists the ways to be allowed to act on the channel.
func (q *channelRequest) needs(action string) []requirement {
	part := q.key.io
	if q.key.name != "" {
		part = "channels:" + q.key.name
		return onSession(action, q.id, q.session, part, part+":"+q.key.io)
	}
	return onSession(action, q.id, q.session, part)
}

// unknown reports whether the request names a session that cannot exist.
func (q *channelRequest) unknown() bool { return q.session == nil && mintedSessionID(q.id) }

// readableChannel is the channel of a request that reads it.
func (e *Emulator) readableChannel(r *http.Request, from *caller) (*streamLog, *apiError) {
	request, failure := e.parseChannel(r)
	switch {
	case failure != nil:
		return nil, failure
	case request.unknown():
		return nil, failRetry(http.StatusNotFound, "Not found", false)
	case !from.allowed(request.needs("read")...):
		return nil, failUnauthorized()
	case e.options.StreamVersion == StreamV1:
		return nil, failNoSessions()
	default:
		return e.store.channel(request.key, e.clock), nil
	}
}

// failNoSessions is how a service with only the older streams answers.
func failNoSessions() *apiError {
	return failText(http.StatusNotImplemented, "Session channels require the S2 realtime backend")
}

// readChannel serves a channel as server-sent events. A reader may ask to be let go when the task has nothing more to
// say for now.
func (e *Emulator) readChannel(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	log, failure := e.readableChannel(r, from)
	if failure != nil {
		return failure
	}
	settled := r.Header.Get("X-Peek-Settled") == "1" && log.settled()
	if settled {
		w.Header().Set("X-Session-Settled", "true")
	}
	return e.serveStream(w, r, log, framingV2{settled: settled})
}

// settled reports whether the last record that readers see says that the task's turn is over.
func (l *streamLog) settled() bool {
	for position := l.tail(); position > 0; position-- {
		custom := l.from(position - 1).parts[0].custom
		if custom == nil || len(custom.headers) == 0 {
			return false
		}
		if custom.headers[0][0] != "" { // not a command of the store
			return slices.Contains(custom.headers, [2]string{controlHeader, "turn-complete"})
		}
	}
	return false
}

// initChannel prepares a channel for a writer. Only a real service can tell it where to write.
func (e *Emulator) initChannel(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	request, failure := e.parseChannel(r)
	switch {
	case failure != nil:
		return failure
	case !from.allowed(request.needs("write")...):
		return failUnauthorized()
	case request.key.io == channelOut && !from.secret:
		return failText(http.StatusForbidden, "Initializing the out channel requires secret key authentication")
	case request.unknown():
		return failText(http.StatusNotFound, "Session not found")
	case request.session != nil && request.session.ended(e.clock.Now()) == "closed":
		return failText(http.StatusBadRequest, "Cannot initialize a channel on a closed session")
	case e.options.StreamVersion == StreamV1:
		return failNoSessions()
	}
	writeJSON(w, http.StatusAccepted, struct {
		Version string `json:"version"`
	}{StreamV2})
	return nil
}

// appendChannel appends a record, which readers get as a string. A record for the task of a session that has no run
// begins one. Unlike the service, the emulator takes records for an id that a user chose before its session is created.
func (e *Emulator) appendChannel(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	request, failure := e.parseChannel(r)
	if failure != nil {
		return failure
	}
	body, failure := readBody(w, r, inputBodyLimit)
	if failure != nil {
		return failure
	}
	switch {
	case request.unknown():
		return fail(http.StatusNotFound, "Resource not found")
	case !from.allowed(request.needs("write")...):
		return failUnauthorized()
	case request.key.io == channelOut && !from.secret:
		return failOK(http.StatusForbidden, "Appending to the out channel requires secret key authentication")
	case e.options.StreamVersion == StreamV1:
		return failOK(http.StatusNotImplemented, "Session channels require the S2 realtime backend")
	}
	if s := request.session; s != nil {
		if ended := s.ended(e.clock.Now()); ended != "" {
			return failOK(http.StatusBadRequest, "Cannot append to "+article(ended)+" session")
		}
		if request.key.name == "" {
			if _, failure := e.ensureRun(s); failure != nil {
				e.options.Logger.Warn("begin the run of a session", "session", s.id, "error", failure)
			}
		}
	}
	return e.appendText(w, r, e.store.channel(request.key, e.clock), body)
}

func article(ended string) string {
	if ended == "expired" {
		return "an expired"
	}
	return "a " + ended
}

// channelRecords answers with what is in a channel now.
func (e *Emulator) channelRecords(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var position uint64
	if text := r.URL.Query().Get("afterEventId"); text != "" {
		number, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return failDetails("Query", issue{"invalid_string", []string{"afterEventId"}, "want a number"})
		}
		position = number + 1
	}
	log, failure := e.readableChannel(r, from)
	if failure != nil {
		return failure
	}
	type record struct {
		Data    json.RawMessage `json:"data"`
		ID      string          `json:"id"`
		SeqNum  uint64          `json:"seqNum"`
		Headers [][2]string     `json:"headers,omitempty"`
	}
	records := []record{}
	for found := log.from(position); len(found.parts) > 0; found = log.from(position) {
		for i := range found.parts {
			p := &found.parts[i]
			shown := record{Data: json.RawMessage(p.data), ID: log.id(p, position), SeqNum: position}
			if p.custom != nil {
				shown.Headers = p.custom.headers
			}
			position++
			if len(shown.Headers) == 0 || shown.Headers[0][0] != "" { // not a command of the store
				records = append(records, shown)
			}
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, map[string]any{"records": records})
	return nil
}

// SessionChannel names a channel of a session for a test.
type SessionChannel struct {
	Session string // friendly or external id; an external id needs no session
	Name    string // empty for the session's own pair
	IO      string // "out" by default, or "in"
}

// AppendRecords appends to a channel of a session. A control record has the header trigger-control and an empty Body.
func (e *Emulator) AppendRecords(channel SessionChannel, parts ...Part) error {
	stored, err := storedParts(parts)
	if err != nil {
		return fmt.Errorf("append to session %s: %w", channel.Session, err)
	}
	address, failure := e.sessionAddress(channel.Session)
	if failure != nil {
		return fmt.Errorf("append to session %s: %w", channel.Session, ErrUnknownSession)
	}
	key := channelKey{address, channel.Name, first(channel.IO, channelOut)}
	e.store.channel(key, e.clock).append(stored...)
	return nil
}
