package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// readBody reads at most limit bytes. A body that is larger, or that does not announce its length, is refused.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *apiError) {
	if r.ContentLength < 0 || r.ContentLength > limit {
		return nil, fail(http.StatusRequestEntityTooLarge, "Request body too large")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok && tooLarge != nil {
		return nil, fail(http.StatusRequestEntityTooLarge, "Request body too large")
	}
	if err != nil {
		return nil, fail(http.StatusBadRequest, "Request body could not be read")
	}
	return body, nil
}

// loggedBody writes what is read through it into the request log.
type loggedBody struct {
	io.ReadCloser
	log  *callLog
	call *call
}

// Read implements [io.Reader].
func (b *loggedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.log.keepBody(b.call, p[:n])
	return n, err
}

// decodeBody reads a JSON body into into. An empty body is an error.
func decodeBody(w http.ResponseWriter, r *http.Request, limit int64, into any) *apiError {
	body, failure := readBody(w, r, limit)
	if failure != nil {
		return failure
	}
	if strings.TrimSpace(string(body)) == "" {
		return fail(http.StatusBadRequest, "Request body is empty")
	}
	if !json.Valid(body) {
		return fail(http.StatusBadRequest, "Invalid JSON")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return failValidation(err)
	}
	return nil
}

// failValidation answers a body that is JSON but not what the endpoint takes.
func failValidation(err error) *apiError {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fail(http.StatusBadRequest, "Validation error: Expected "+mismatch.Type.String()+
			", received "+mismatch.Value+` at "`+mismatch.Field+`"`)
	}
	return fail(http.StatusBadRequest, "Validation error: "+err.Error())
}
