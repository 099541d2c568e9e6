package emulator

import "net/http"

// batchFeed serves the runs of a batch.
func (e *Emulator) batchFeed(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	request, failure := parseShapeRequest(r.URL.Query(), from)
	if failure != nil {
		return failure
	}
	b, failure := e.readableBatch(r, from)
	if failure != nil {
		return failure
	}
	return e.serveList(w, r, request, &list{batch: b.id})
}

// readableBatch is the batch of the request's path, if the caller may read it.
func (e *Emulator) readableBatch(r *http.Request, from *caller) (*batch, *apiError) {
	const shouldRetry = true // a batch that was just created may not have reached the replica yet
	b, ok := e.store.batch(r.PathValue("batchId"))
	if !ok {
		return nil, failRetry(http.StatusNotFound, "Not found", shouldRetry)
	}
	if !from.allowed(requirement{"read", "batch", b.id}, requirement{"read", "runs", ""}) {
		return nil, failUnauthorized()
	}
	return b, nil
}

// itemError is an item of a batch that has no run.
type itemError struct {
	Index int    `json:"index"`
	Task  string `json:"taskIdentifier"`
	Error string `json:"error"`
}

// retrieveBatch shows a batch: its runs, and the items that failed.
func (e *Emulator) retrieveBatch(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	b, failure := e.readableBatch(r, from)
	if failure != nil {
		return failure
	}
	indexes, items, updated := b.list()
	runs, failed := []string{}, []itemError{}
	ended := 0
	for i, item := range items {
		if item.run == nil {
			failed = append(failed, itemError{indexes[i], item.task, item.failure})
			continue
		}
		runs = append(runs, item.run.id)
		if terminal(item.run.current().Status) {
			ended++
		}
	}
	type processing struct {
		CompletedAt apiTime     `json:"completedAt,omitzero"`
		Errors      []itemError `json:"errors"`
	}
	shown := struct {
		ID             string     `json:"id"`
		Status         string     `json:"status"`
		IdempotencyKey string     `json:"idempotencyKey,omitempty"`
		CreatedAt      apiTime    `json:"createdAt"`
		UpdatedAt      apiTime    `json:"updatedAt"`
		RunCount       int        `json:"runCount"`
		Runs           []string   `json:"runs"`
		Processing     processing `json:"processing"`
	}{
		ID: b.id, Status: "PENDING", IdempotencyKey: b.key, CreatedAt: apiTime(b.created), UpdatedAt: apiTime(updated),
		RunCount: b.runCount, Runs: runs, Processing: processing{Errors: failed},
	}
	switch {
	case len(items) < b.runCount: // items are still to come
	case ended+len(failed) < b.runCount:
		shown.Status = "PROCESSING"
	case len(failed) == b.runCount:
		shown.Status = "ABORTED"
	case len(failed) > 0:
		shown.Status = "PARTIAL_FAILED"
	default:
		shown.Status = "COMPLETED"
	}
	if len(items) >= b.runCount {
		shown.Processing.CompletedAt = apiTime(updated)
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, shown)
	return nil
}
