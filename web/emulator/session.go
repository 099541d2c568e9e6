package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// sessionPrefix begins the ids that only creating a session gives out. Any other id is one that a user chose.
const sessionPrefix = "session_"

// session is a conversation that outlives its runs. It may be used concurrently.
type session struct {
	id         string // friendly id
	externalID string // chosen by the user; empty for none
	kind       string
	task       string
	created    time.Time
	expires    time.Time // zero for never

	mu         sync.Mutex
	config     sessionConfig
	configText json.RawMessage
	tags       []string
	metadata   json.RawMessage
	updated    time.Time
	closed     time.Time // zero while it is open
	reason     string    // why it was closed
	run        *run      // the newest
}

// sessionConfig says how the runs of a session are triggered. Most of it is spelled as in a trigger call.
type sessionConfig struct {
	Payload   json.RawMessage `json:"basePayload"`
	QueueName string          `json:"queue"`
	Tags      []string        `json:"tags"`
	TTL       json.RawMessage `json:"ttl"`
	queueOptions
}

// body is the trigger call of a run of the session.
func (c *sessionConfig) body() triggerBody {
	options := triggerOptions{PayloadType: TypeJSON, Tags: c.Tags, TTL: c.TTL, queueOptions: c.queueOptions}
	if c.QueueName != "" {
		options.Queue = &queueRef{&c.QueueName}
	}
	return triggerBody{Payload: c.Payload, Options: options}
}

// address is under what the session's channels are kept, however a request names it.
func (s *session) address() string { return first(s.externalID, s.id) }

// ended is why a session takes no more records, and empty while it does.
func (s *session) ended(now time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.closed.IsZero():
		return "closed"
	case !s.expires.IsZero() && s.expires.Before(now):
		return "expired"
	default:
		return ""
	}
}

// session finds a session by its friendly or its external id.
func (s *store) session(id string) (*session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.sessions[id]; ok {
		return found, true
	}
	found, ok := s.sessionKeys[id]
	return found, ok
}

// ensureRun returns the session's run, which is triggered unless there is one that has not ended.
func (e *Emulator) ensureRun(s *session) (*run, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil && !terminal(s.run.current().Status) {
		return s.run, nil
	}
	created, _, failure := e.launch(launchOrder{task: s.task, body: s.config.body()})
	if failure != nil {
		return nil, failure
	}
	s.run = created
	return created, nil
}

// shownSession is a session as the API shows it.
type shownSession struct {
	ID            string          `json:"id"`
	ExternalID    *string         `json:"externalId"`
	Kind          string          `json:"type"`
	Task          string          `json:"taskIdentifier"`
	TriggerConfig json.RawMessage `json:"triggerConfig"`
	CurrentRunID  *string         `json:"currentRunId"`
	Tags          []string        `json:"tags"`
	Metadata      json.RawMessage `json:"metadata"` // an object or null
	ClosedAt      *apiTime        `json:"closedAt"`
	ClosedReason  *string         `json:"closedReason"`
	ExpiresAt     *apiTime        `json:"expiresAt"`
	CreatedAt     apiTime         `json:"createdAt"`
	UpdatedAt     apiTime         `json:"updatedAt"`
}

func (s *session) show() shownSession {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := shownSession{
		ID: s.id, ExternalID: textOrNull(s.externalID), Kind: s.kind, Task: s.task, TriggerConfig: s.configText,
		Tags: append([]string{}, s.tags...), Metadata: s.metadata, ClosedAt: timeOrNull(s.closed),
		ClosedReason: textOrNull(s.reason), ExpiresAt: timeOrNull(s.expires), CreatedAt: apiTime(s.created), UpdatedAt: apiTime(s.updated),
	}
	if len(shown.Metadata) == 0 {
		shown.Metadata = json.RawMessage("null")
	}
	if s.run != nil {
		shown.CurrentRunID = &s.run.id
	}
	return shown
}

func textOrNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func timeOrNull(t time.Time) *apiTime {
	if t.IsZero() {
		return nil
	}
	shown := apiTime(t)
	return &shown
}

// onSession lists the ways to be allowed to act on a session: by the id in the request, or by either of its ids.
// Narrower ids end in what part of the session they are for.
func onSession(action, id string, s *session, narrower ...string) []requirement {
	ids := []string{id}
	if s != nil {
		ids = append(ids, s.id, s.address())
	}
	var needs []requirement
	for _, id := range ids {
		needs = append(needs, requirement{action, "sessions", id})
		for _, part := range narrower {
			needs = append(needs, requirement{action, "sessions", id + ":" + part})
		}
	}
	return needs
}

// failUnknownSession answers requests for an id that was never given out.
func failUnknownSession() *apiError { return fail(http.StatusNotFound, "Session not found") }

func mintedSessionID(id string) bool { return strings.HasPrefix(id, sessionPrefix) }
