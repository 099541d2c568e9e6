package emulator

import (
	"context"
	"net/http"
)

// cancel ends a run. Cancelling one that has ended changes nothing and succeeds.
func (e *Emulator) cancel(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	id := r.PathValue("runId")
	if !from.allowed(requirement{"write", "runs", id}) {
		return failUnauthorized()
	}
	found, ok := e.store.run(id)
	if !ok {
		return fail(http.StatusNotFound, "Resource not found")
	}
	if found.finish(StatusCanceled, func(*Row) {}) {
		found.stopTask(context.Canceled)
	}
	writeJSON(w, http.StatusOK, struct {
		ID string `json:"id"`
	}{id})
	return nil
}
