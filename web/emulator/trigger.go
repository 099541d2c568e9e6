package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

const (
	triggerBodyLimit = 3_145_728
	// handleTokenLife is how long the token that a trigger returns is good for.
	handleTokenLife = time.Hour
	// defaultIdempotencyLife is how long an idempotency key finds its run when the caller does not say.
	defaultIdempotencyLife = 30 * 24 * time.Hour
)

// trigger creates a run of a task, or finds the one that the same call or the same idempotency key created.
func (e *Emulator) trigger(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	taskID := r.PathValue("taskId")
	var body triggerBody
	if err := decodeBody(w, r, triggerBodyLimit, &body); err != nil {
		return err
	}
	if err := body.validate(); err != nil {
		return err
	}
	if !from.allowed(requirement{"trigger", "tasks", taskID}) {
		return failUnauthorized()
	}
	task, ok := e.tasks[taskID]
	if !ok {
		return fail(http.StatusNotFound, "Task not found")
	}
	row, err := e.rowOf(taskID, body)
	if err != nil {
		return err
	}
	order := triggerOrder{
		row:         row,
		requestKey:  r.Header.Get("X-Trigger-Request-Idempotency-Key"),
		key:         first(body.Options.IdempotencyKey, r.Header.Get("Idempotency-Key")),
		keyLifeText: first(body.Options.IdempotencyKeyTTL, r.Header.Get("Idempotency-Key-Ttl")),
	}
	if from.oneTime() {
		order.token = from.token
	}
	created, outcome, err := e.place(order)
	if err != nil {
		return err
	}
	if outcome == runCreated {
		e.startTask(created, task)
	}
	return e.answerTrigger(w, from, created, outcome == runCached)
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// rowOf is the row of a new run of the task.
func (e *Emulator) rowOf(taskID string, body triggerBody) (*Row, *apiError) {
	options := body.Options
	now := truncate(e.clock.Now())
	payload, failure := body.payloadPacket()
	if failure != nil {
		return nil, failure
	}
	row := &Row{
		ID: e.ids.internal(), FriendlyID: e.ids.friendly("run"), TaskIdentifier: taskID,
		Status: StatusPending, IsTest: options.Test,
		CreatedAt: now, UpdatedAt: now, QueuedAt: now,
		TTL: options.ttl(), Payload: e.offload(payload, "payload"), Metadata: options.metadataPacket(),
		Tags: options.Tags, IdempotencyKey: options.originalKey(),
	}
	if !null(options.Delay) {
		until, err := options.delayUntil(now)
		if err != nil {
			return nil, err
		}
		if until.After(now) {
			row.Status, row.DelayUntil, row.QueuedAt = StatusDelayed, until, time.Time{}
		}
	}
	return row, nil
}

// triggerOrder is a run to create unless one of the keys finds one.
type triggerOrder struct {
	row         *Row
	requestKey  string // the same for every attempt of one call
	key         string
	keyLifeText string
	token       string // digest of a one-time token, else empty
}

type triggerOutcome int

const (
	runCreated  triggerOutcome = iota
	runRepeated                // a retry of the call that created it
	runCached                  // found by its idempotency key
)

func (e *Emulator) place(order triggerOrder) (*run, triggerOutcome, *apiError) {
	life := defaultIdempotencyLife
	if order.keyLifeText != "" {
		parsed, err := parseDuration(order.keyLifeText)
		if err != nil {
			return nil, 0, fail(http.StatusUnprocessableEntity, err.Error())
		}
		life = parsed
	}
	s, task, now := e.store, order.row.TaskIdentifier, e.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if earlier, ok := s.repeated[idempotencyKey{task, order.requestKey}]; ok {
		return earlier, runRepeated, nil
	}
	if entry, ok := s.idempotent[idempotencyKey{task, order.key}]; ok && now.Before(entry.expires) {
		return entry.run, runCached, nil
	}
	if order.token != "" && s.spent[order.token] {
		return nil, 0, fail(http.StatusUnprocessableEntity,
			"Cannot trigger "+task+" with a one-time use token as it has already been used.")
	}
	created, ok := s.addLocked(order.row, e.clock)
	if !ok {
		return nil, 0, fail(http.StatusInternalServerError, "Something went wrong")
	}
	if order.requestKey != "" {
		s.repeated[idempotencyKey{task, order.requestKey}] = created
	}
	if order.key != "" {
		s.idempotent[idempotencyKey{task, order.key}] = idempotencyEntry{created, now.Add(life)}
	}
	if order.token != "" {
		s.spent[order.token] = true
	}
	return created, runCreated, nil
}

// answerTrigger writes the run handle, with the token that lets its holder follow the run.
func (e *Emulator) answerTrigger(w http.ResponseWriter, from *caller, created *run, cached bool) *apiError {
	spec := TokenSpec{
		Scopes:    []string{"read:runs:" + created.id, "write:inputStreams:" + created.id},
		ExpiresIn: handleTokenLife,
		Realtime:  from.claims.Realtime,
	}
	token, err := e.MintToken(spec)
	if err != nil {
		e.options.Logger.Error("mint the token of a run", "run", created.id, "error", err)
		return fail(http.StatusInternalServerError, "Something went wrong")
	}
	described, err := json.Marshal(struct {
		Subject  string          `json:"sub"`
		Public   bool            `json:"pub"`
		Scopes   []string        `json:"scopes"`
		Realtime json.RawMessage `json:"realtime,omitempty"`
	}{e.options.EnvironmentID, true, spec.Scopes, spec.Realtime})
	if err != nil {
		return fail(http.StatusInternalServerError, "Something went wrong")
	}
	w.Header().Set("X-Trigger-Jwt", token)
	w.Header().Set("X-Trigger-Jwt-Claims", string(described))
	writeJSON(w, http.StatusOK, struct {
		ID     string `json:"id"`
		Cached bool   `json:"isCached"`
	}{created.id, cached})
	return nil
}

// flexibleText is a JSON string or number, kept as text.
type flexibleText string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *flexibleText) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*t = flexibleText(text)
		return nil
	}
	var number float64
	if err := json.Unmarshal(data, &number); err != nil {
		return err
	}
	*t = flexibleText(strconv.FormatFloat(number, 'f', -1, 64))
	return nil
}
