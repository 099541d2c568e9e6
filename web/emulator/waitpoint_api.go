package emulator

import (
	"crypto/hmac"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

const waitBodyLimit = 10 * 1024

// waitBody is what the requests that create waitpoints have in common.
type waitBody struct {
	IdempotencyKey    string          `json:"idempotencyKey"`
	IdempotencyKeyTTL string          `json:"idempotencyKeyTTL"`
	Timeout           json.RawMessage `json:"timeout"`
	Tags              tagList         `json:"tags"`
}

// order reads the body.
func (b *waitBody) order(now time.Time) (waitOrder, *apiError) {
	order := waitOrder{key: b.IdempotencyKey, keyLife: defaultIdempotencyLife, timeout: defaultWaitTimeout, tags: b.Tags}
	if len(b.IdempotencyKey) > maxIdempotencyKey {
		return order, failValidation(fmt.Errorf(`idempotencyKey must be %d characters or less at "idempotencyKey"`, maxIdempotencyKey))
	}
	if len(b.Tags) > maxTags {
		return order, fail(http.StatusUnprocessableEntity, fmt.Sprintf(
			"Waitpoints can only have %d tags, you're trying to set %d.", maxTags, len(b.Tags)))
	}
	if b.IdempotencyKeyTTL != "" {
		life, err := parseDuration(b.IdempotencyKeyTTL)
		if err != nil {
			return order, fail(http.StatusUnprocessableEntity, err.Error())
		}
		order.keyLife = life
	}
	if !null(b.Timeout) {
		until, failure := (&triggerOptions{Delay: b.Timeout}).delayUntil(now)
		if failure != nil {
			return order, failure
		}
		order.timeout = until.Sub(now)
	}
	return order, nil
}

// createWaitToken creates a wait token, and hands out a public token that may complete it.
func (e *Emulator) createWaitToken(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body waitBody
	if err := decodeBody(w, r, waitBodyLimit, &body); err != nil {
		return err
	}
	order, failure := body.order(truncate(e.clock.Now()))
	if failure != nil {
		return failure
	}
	created, cached := e.newWaitpoint(order)
	if err := e.handOut(w, created.tokenSpec(), nil); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct {
		ID     string `json:"id"`
		Cached bool   `json:"isCached"`
		URL    string `json:"url"`
	}{created.id, cached, e.callbackURL(r, created)})
	return nil
}

// callbackURL is where anybody who knows it may complete the waitpoint.
func (e *Emulator) callbackURL(r *http.Request, w *waitpoint) string {
	return origin(r) + "/api/v1/waitpoints/tokens/" + w.id + "/callback/" + w.hash(e.options.SecretKey)
}

// completeWaitToken completes a wait token. Completing it again changes nothing and succeeds.
func (e *Emulator) completeWaitToken(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := decodeBody(w, r, triggerBodyLimit, &body); err != nil {
		return err
	}
	id := r.PathValue("waitpointId")
	if !from.allowed(requirement{"write", "waitpoints", id}) {
		return failUnauthorized()
	}
	return e.answerCompletion(w, id, body.Data)
}

func (e *Emulator) answerCompletion(w http.ResponseWriter, id string, data json.RawMessage) *apiError {
	found, ok := e.store.waitpoint(id)
	if !ok {
		return fail(http.StatusNotFound, "Waitpoint not found")
	}
	found.end(completionPacket(data), false, truncate(e.clock.Now()))
	writeJSON(w, http.StatusOK, struct {
		Success bool `json:"success"`
	}{true})
	return nil
}

// callBack completes a wait token for whoever knows its URL. A body that is no JSON counts as {}.
func (e *Emulator) callBack(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	if r.ContentLength < 0 {
		return fail(http.StatusLengthRequired, "Content-Length header is required")
	}
	body, failure := readBody(w, r, triggerBodyLimit)
	if failure != nil {
		return failure
	}
	id := r.PathValue("waitpointId")
	found, ok := e.store.waitpoint(id)
	if !ok {
		return fail(http.StatusNotFound, "Waitpoint not found")
	}
	if !hmac.Equal([]byte(found.hash(e.options.SecretKey)), []byte(r.PathValue("hash"))) {
		return fail(http.StatusUnauthorized, "Invalid URL, hash doesn't match")
	}
	if !json.Valid(body) {
		body = []byte("{}")
	}
	return e.answerCompletion(w, id, body)
}

// retrieveWaitToken shows a wait token.
func (e *Emulator) retrieveWaitToken(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, ok := e.store.waitpoint(r.PathValue("waitpointId"))
	if !ok {
		return failRetry(http.StatusNotFound, "Waitpoint not found", false)
	}
	output, timedOut, completed := found.result()
	status := "WAITING"
	switch {
	case timedOut:
		status = "TIMED_OUT"
	case !completed.IsZero():
		status = "COMPLETED"
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, struct {
		ID             string   `json:"id"`
		Type           string   `json:"type"`
		URL            string   `json:"url"`
		Status         string   `json:"status"`
		IdempotencyKey string   `json:"idempotencyKey,omitempty"`
		KeyExpiresAt   apiTime  `json:"idempotencyKeyExpiresAt,omitzero"`
		Output         string   `json:"output,omitempty"`
		OutputType     string   `json:"outputType,omitempty"`
		OutputIsError  bool     `json:"outputIsError"`
		TimeoutAt      apiTime  `json:"timeoutAt"`
		CompletedAt    apiTime  `json:"completedAt,omitzero"`
		CreatedAt      apiTime  `json:"createdAt"`
		Tags           []string `json:"tags"`
	}{
		found.id, "MANUAL", e.callbackURL(r, found), status, found.key, apiTime(found.keyExpires), output.Data, output.Type,
		timedOut, apiTime(found.timeoutAt), apiTime(completed), apiTime(found.created), append([]string{}, found.tags...),
	})
	return nil
}

// waitForToken suspends a run until a waitpoint is completed, as the SDK asks from within a task.
func (e *Emulator) waitForToken(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	found, ok := e.store.run(r.PathValue("runId"))
	if !ok {
		return fail(http.StatusNotFound, "Run not found")
	}
	waitpoint, ok := e.store.waitpoint(r.PathValue("waitpointId"))
	if !ok {
		return fail(http.StatusNotFound, "Waitpoint not found")
	}
	waitpoint.block(found)
	writeJSON(w, http.StatusOK, struct {
		Success bool `json:"success"`
	}{true})
	return nil
}
