package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	maxBatchItems    = 1000
	maxOldBatchItems = 500
	batchBodyLimit   = 131_072
	oldBatchLimit    = 1 << 20
	batchTokenLife   = time.Hour
)

// batchBody is the body that announces a batch.
type batchBody struct {
	RunCount                 *int        `json:"runCount"`
	Tasks                    []string    `json:"taskIdentifiers"`
	ParentRunID              string      `json:"parentRunId"`
	ResumeParentOnCompletion bool        `json:"resumeParentOnCompletion"`
	IdempotencyKey           string      `json:"idempotencyKey"`
	IdempotencyKeyOptions    *keyOptions `json:"idempotencyKeyOptions"`
}

func (b *batchBody) validate() *apiError {
	switch {
	case b.RunCount == nil:
		//lint:ignore ST1005 the text is the service's
		return failValidation(errors.New(`Required at "runCount"`))
	case *b.RunCount <= 0:
		return fail(http.StatusBadRequest, "runCount must be a positive integer")
	case *b.RunCount > maxBatchItems:
		return fail(http.StatusBadRequest, fmt.Sprintf(
			"Batch runCount of %d exceeds maximum allowed of %d.", *b.RunCount, maxBatchItems))
	case slices.Contains(b.Tasks, "") || b.Tasks != nil && len(b.Tasks) == 0:
		return failValidation(errors.New(`want names at "taskIdentifiers"`))
	case len(b.IdempotencyKey) > maxIdempotencyKey:
		return failValidation(fmt.Errorf(`idempotencyKey must be %d characters or less at "idempotencyKey"`, maxIdempotencyKey))
	default:
		return nil
	}
}

// createBatch announces a batch, whose items follow in a request of their own.
func (e *Emulator) createBatch(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body batchBody
	if err := decodeBody(w, r, batchBodyLimit, &body); err != nil {
		return err
	}
	if err := body.validate(); err != nil {
		return err
	}
	if !mayBatch(from, body.Tasks, requirement{"batchTrigger", "batch", ""}) {
		return failUnauthorized()
	}
	if !e.mayTriggerFrom(from, body.ParentRunID) {
		return fail(http.StatusForbidden, "Unauthorized")
	}
	b, cached := e.store.batchOf(body.IdempotencyKey)
	status := http.StatusOK
	if !cached {
		if from.oneTime() && !e.store.spend(from.token) {
			return fail(http.StatusUnprocessableEntity, "Cannot create batch with a one-time use token as it has already been used.")
		}
		b = e.newBatch("", body.IdempotencyKey, *body.RunCount)
		b.parent, b.resume = body.ParentRunID, body.ResumeParentOnCompletion
		status = http.StatusAccepted
	}
	if err := e.handOutBatch(w, r, from, b); err != nil {
		return err
	}
	writeJSON(w, status, struct {
		ID             string `json:"id"`
		RunCount       int    `json:"runCount"`
		Cached         bool   `json:"isCached"`
		IdempotencyKey string `json:"idempotencyKey,omitempty"`
	}{b.id, b.runCount, cached, b.key})
	return nil
}

// mayBatch reports whether the caller may trigger every one of the tasks in a batch, or any if none is named. otherwise
// is a way to be allowed that names no task.
func mayBatch(from *caller, tasks []string, otherwise requirement) bool {
	if from.allowed(requirement{"batchTrigger", "tasks", ""}, otherwise) {
		return true
	}
	for _, task := range tasks {
		if !from.allowed(requirement{"batchTrigger", "tasks", task}) {
			return false
		}
	}
	return len(tasks) > 0
}

// handOutBatch puts the token that follows a batch into the headers. A browser that may trigger any task gets to send
// the items with it.
func (e *Emulator) handOutBatch(w http.ResponseWriter, r *http.Request, from *caller, b *batch) *apiError {
	scopes := []string{"read:batch:" + b.id}
	if r.Header.Get("X-Trigger-Client") == "browser" && from.allowed(requirement{"batchTrigger", "tasks", ""}) {
		scopes = append(scopes, "write:batch:"+b.id)
	}
	return e.handOut(w, TokenSpec{Scopes: scopes, ExpiresIn: batchTokenLife}, nil)
}

// createOldBatch triggers a batch of items that come with the request, as older SDKs do.
func (e *Emulator) createOldBatch(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	var body struct {
		Items                    []batchLine `json:"items"`
		ParentRunID              string      `json:"parentRunId"`
		ResumeParentOnCompletion bool        `json:"resumeParentOnCompletion"`
	}
	if err := decodeBody(w, r, oldBatchLimit, &body); err != nil {
		return err
	}
	var tasks []string
	for i := range body.Items {
		if err := body.Items[i].validate(); err != nil {
			return err
		}
		tasks = append(tasks, body.Items[i].Task)
	}
	switch {
	case len(tasks) == 0:
		return fail(http.StatusBadRequest, "Batch cannot be triggered with no items")
	case len(tasks) > maxOldBatchItems:
		return fail(http.StatusBadRequest, fmt.Sprintf("Batch size of %d is too large. Maximum allowed batch size is %d.",
			len(tasks), maxOldBatchItems))
	case !mayBatch(from, tasks, requirement{"batchTrigger", "tasks", ""}):
		return failUnauthorized()
	case !e.mayTriggerFrom(from, body.ParentRunID):
		return fail(http.StatusForbidden, "Unauthorized")
	case from.oneTime() && !e.store.spend(from.token):
		return fail(http.StatusUnprocessableEntity, "Cannot batch trigger with a one-time use token as it has already been used.")
	}
	b := e.newBatch("", "", len(tasks))
	b.parent, b.resume = body.ParentRunID, body.ResumeParentOnCompletion
	for i, line := range body.Items {
		e.fill(b, i, line.order(b))
	}
	if err := e.handOutBatch(w, r, from, b); err != nil {
		return err
	}
	writeJSON(w, http.StatusAccepted, struct {
		ID       string `json:"id"`
		RunCount int    `json:"runCount"`
	}{b.id, b.runCount})
	return nil
}

// batchOf finds a batch by its idempotency key.
func (s *store) batchOf(key string) (*batch, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.batchKeys[key]
	return b, ok
}

// spend uses a one-time token up. It reports false when that was done before.
func (s *store) spend(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent[token] {
		return false
	}
	s.spent[token] = true
	return true
}
