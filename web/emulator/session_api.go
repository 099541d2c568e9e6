package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	sessionBodyLimit = 32 * 1024
	sessionTokenLife = time.Hour
	maxSessionType   = 64
	maxSessionText   = 256 // characters of an external id, and of the reason for closing
)

// sessionBody is the body that creates a session.
type sessionBody struct {
	Kind       string          `json:"type"`
	ExternalID *string         `json:"externalId"`
	Task       string          `json:"taskIdentifier"`
	Config     json.RawMessage `json:"triggerConfig"`
	Tags       []string        `json:"tags"`
	Metadata   json.RawMessage `json:"metadata"`
	ExpiresAt  time.Time       `json:"expiresAt"`
}

func (b *sessionBody) check() (sessionConfig, error) {
	var config sessionConfig
	switch {
	case b.Kind == "" || len(b.Kind) > maxSessionType:
		return config, errors.New(`want 1 to 64 characters at "type"`)
	case b.Task == "" || len(b.Task) > maxTagLength:
		return config, errors.New(`want 1 to 128 characters at "taskIdentifier"`)
	case null(b.Config):
		//lint:ignore ST1005 the text is the service's
		return config, errors.New(`Required at "triggerConfig"`)
	}
	if b.ExternalID != nil {
		id := strings.TrimSpace(*b.ExternalID)
		b.ExternalID = &id
		if id == "" || utf8.RuneCountInString(id) > maxSessionText {
			return config, errors.New(`want 1 to 256 characters at "externalId"`)
		}
		if mintedSessionID(id) {
			return config, errors.New("externalId cannot start with 'session_' (reserved prefix for internal friendlyIds)")
		}
	}
	if err := json.Unmarshal(b.Config, &config); err != nil {
		return config, err
	}
	if null(config.Payload) || config.Payload[0] != '{' {
		return config, errors.New(`want an object at "triggerConfig.basePayload"`)
	}
	if err := checkSessionTags(config.Tags); err != nil {
		return config, err
	}
	if err := checkSessionTags(b.Tags); err != nil {
		return config, err
	}
	return config, config.checkSchema()
}

func checkSessionTags(tags []string) error {
	if len(tags) > maxTags {
		return errors.New(`want at most 10 tags at "tags"`)
	}
	for _, tag := range tags {
		if utf8.RuneCountInString(tag) > maxTagLength {
			return errors.New(`want at most 128 characters at "tags"`)
		}
	}
	return nil
}

// createSession creates a session and its first run, or finds the one with the same external id.
func (e *Emulator) createSession(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body sessionBody
	if err := decodeBody(w, r, sessionBodyLimit, &body); err != nil {
		return err
	}
	config, err := body.check()
	if err != nil {
		return failValidation(err)
	}
	if !from.allowed(requirement{"write", "tasks", body.Task}, requirement{"write", "sessions", ""}) {
		return failUnauthorized()
	}
	if _, ok := e.tasks[body.Task]; !ok {
		return fail(http.StatusUnprocessableEntity, "Task not found")
	}
	s, cached := e.newSession(&body, config)
	if ended := s.ended(e.clock.Now()); ended != "" {
		return fail(http.StatusConflict, "Session is "+ended+"; use a different externalId to create a new session")
	}
	created, failure := e.ensureRun(s)
	if failure != nil {
		return failure
	}
	scopes := []string{"read:sessions:" + s.address(), "write:sessions:" + s.address()}
	token, err := e.MintToken(TokenSpec{Scopes: scopes, ExpiresIn: sessionTokenLife})
	if err != nil {
		e.options.Logger.Error("mint the token of a session", "session", s.id, "error", err)
		return fail(http.StatusInternalServerError, "Something went wrong")
	}
	status := http.StatusCreated
	if cached {
		status = http.StatusOK
	}
	writeJSON(w, status, struct {
		shownSession
		RunID  string `json:"runId"`
		Token  string `json:"publicAccessToken"`
		Cached bool   `json:"isCached"`
	}{s.show(), created.id, token, cached})
	return nil
}

// newSession stores a session, or renews the configuration of the one with the same external id.
func (e *Emulator) newSession(body *sessionBody, config sessionConfig) (s *session, cached bool) {
	now := truncate(e.clock.Now())
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	if body.ExternalID != nil {
		if earlier, ok := e.store.sessionKeys[*body.ExternalID]; ok {
			earlier.mu.Lock()
			earlier.config, earlier.configText, earlier.updated = config, body.Config, now
			earlier.mu.Unlock()
			return earlier, true
		}
	}
	s = &session{
		id: e.ids.friendly("session"), kind: body.Kind, task: body.Task, created: now, expires: body.ExpiresAt,
		config: config, configText: body.Config, tags: body.Tags, metadata: body.Metadata, updated: now,
	}
	e.store.sessions[s.id] = s
	if body.ExternalID != nil {
		s.externalID = *body.ExternalID
		e.store.sessionKeys[s.externalID] = s
	}
	return s, false
}

func (e *Emulator) retrieveSession(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	id := r.PathValue("sessionId")
	found, ok := e.store.session(id)
	if !ok {
		return failRetry(http.StatusNotFound, "Not found", false)
	}
	if !from.allowed(onSession("read", id, found)...) {
		return failUnauthorized()
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, found.show())
	return nil
}

// managedSession is the session of the request's path, for who may manage it.
func (e *Emulator) managedSession(r *http.Request, from *caller) (*session, *apiError) {
	id := r.PathValue("sessionId")
	if !from.allowed(requirement{"admin", "sessions", id}) {
		return nil, failUnauthorized()
	}
	found, ok := e.store.session(id)
	if !ok {
		return nil, failUnknownSession()
	}
	return found, nil
}

// updateSession changes a session's tags and metadata.
func (e *Emulator) updateSession(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body struct {
		Tags       *[]string       `json:"tags"`
		Metadata   json.RawMessage `json:"metadata"`
		ExternalID *string         `json:"externalId"`
	}
	if err := decodeBody(w, r, sessionBodyLimit, &body); err != nil {
		return err
	}
	found, failure := e.managedSession(r, from)
	if failure != nil {
		return failure
	}
	if body.ExternalID != nil && *body.ExternalID != found.externalID {
		return fail(http.StatusUnprocessableEntity, "externalId cannot be changed after creation; close this session and create a "+
			"new one with the desired externalId")
	}
	found.mu.Lock()
	if body.Tags != nil {
		found.tags = *body.Tags
	}
	if body.Metadata != nil {
		found.metadata = body.Metadata
	}
	found.updated = truncate(e.clock.Now())
	found.mu.Unlock()
	writeJSON(w, http.StatusOK, found.show())
	return nil
}

// closeSession ends a session. Closing it again changes nothing and succeeds.
func (e *Emulator) closeSession(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body struct {
		Reason string `json:"reason"`
	}
	if r.ContentLength != 0 { // the SDK sends none when it gives no reason
		if err := decodeBody(w, r, sessionBodyLimit, &body); err != nil {
			return err
		}
	}
	if utf8.RuneCountInString(body.Reason) > maxSessionText {
		return failValidation(errors.New(`want at most 256 characters at "reason"`))
	}
	found, failure := e.managedSession(r, from)
	if failure != nil {
		return failure
	}
	found.mu.Lock()
	if found.closed.IsZero() {
		found.closed, found.reason = truncate(e.clock.Now()), body.Reason
		found.updated = found.closed
	}
	found.mu.Unlock()
	writeJSON(w, http.StatusOK, found.show())
	return nil
}

// createSessionWait creates a waitpoint that the next record of one of a session's channels completes.
func (e *Emulator) createSessionWait(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		waitBody
		Session  string `json:"session"`
		IO       string `json:"io"`
		LastSeen *int64 `json:"lastSeqNum"`
	}
	if err := decodeBody(w, r, waitBodyLimit, &body); err != nil {
		return err
	}
	if body.IO != channelIn && body.IO != channelOut {
		return failValidation(errors.New(`want "in" or "out" at "io"`))
	}
	if _, ok := e.store.run(r.PathValue("runId")); !ok {
		return fail(http.StatusNotFound, "Run not found")
	}
	address, failure := e.sessionAddress(body.Session)
	if failure != nil {
		return failure
	}
	order, failure := body.order(truncate(e.clock.Now()))
	if failure != nil {
		return failure
	}
	return e.answerStreamWait(w, order, e.store.channel(channelKey{address: address, io: body.IO}, e.clock), body.LastSeen)
}

// sessionAddress is under what the channels of a session are kept. Only ids that the API mints must exist.
func (e *Emulator) sessionAddress(id string) (string, *apiError) {
	found, ok := e.store.session(id)
	switch {
	case ok:
		return found.address(), nil
	case mintedSessionID(id):
		return "", failUnknownSession()
	default:
		return id, nil
	}
}
