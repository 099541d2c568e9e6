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
	if !e.mayTriggerFrom(from, body.Options.ParentRunID) {
		return fail(http.StatusForbidden, "Unauthorized")
	}
	order := launchOrder{
		task: taskID, body: body, parent: body.Options.ParentRunID,
		requestKey: r.Header.Get("X-Trigger-Request-Idempotency-Key"),
		key:        first(body.Options.IdempotencyKey, r.Header.Get("Idempotency-Key")),
		keyLife:    first(body.Options.IdempotencyKeyTTL, r.Header.Get("Idempotency-Key-Ttl")),
	}
	if from.oneTime() {
		order.token = from.token
	}
	created, outcome, err := e.launch(order)
	if err != nil {
		return err
	}
	return e.answerTrigger(w, from, created, outcome == runCached)
}

// mayTriggerFrom reports whether the caller may name a run as the parent of another.
func (e *Emulator) mayTriggerFrom(from *caller, parentID string) bool {
	return parentID == "" || from.allowed(requirement{"write", "runs", parentID})
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// answerTrigger writes the run handle, with the token that lets its holder follow the run.
func (e *Emulator) answerTrigger(w http.ResponseWriter, from *caller, created *run, cached bool) *apiError {
	spec := TokenSpec{
		Scopes:    []string{"read:runs:" + created.id, "write:inputStreams:" + created.id},
		ExpiresIn: handleTokenLife,
		Realtime:  from.claims.Realtime,
	}
	if err := e.handOut(w, spec, spec.Scopes); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct {
		ID     string `json:"id"`
		Cached bool   `json:"isCached"`
	}{created.id, cached})
	return nil
}

// handOut mints a token and puts it into the headers of the answer, with the claims from which older servers let
// clients sign it themselves.
func (e *Emulator) handOut(w http.ResponseWriter, spec TokenSpec, claimedScopes []string) *apiError {
	token, err := e.MintToken(spec)
	if err != nil {
		e.options.Logger.Error("mint the token of an answer", "error", err)
		return fail(http.StatusInternalServerError, "Something went wrong")
	}
	described, err := json.Marshal(struct {
		Subject  string          `json:"sub"`
		Public   bool            `json:"pub"`
		Scopes   []string        `json:"scopes,omitempty"`
		Realtime json.RawMessage `json:"realtime,omitempty"`
	}{e.options.EnvironmentID, true, claimedScopes, spec.Realtime})
	if err != nil {
		return fail(http.StatusInternalServerError, "Something went wrong")
	}
	w.Header().Set("X-Trigger-Jwt", token)
	w.Header().Set("X-Trigger-Jwt-Claims", string(described))
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
