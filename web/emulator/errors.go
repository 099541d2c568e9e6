package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// apiError is an answer outside 2xx. Handlers return it; ServeHTTP writes it.
type apiError struct {
	status int
	body   any    // marshalled, unless text is set
	text   string // a text/plain body, as the stream endpoint answers a bad timeout
	retry  *bool  // x-should-retry, when the endpoint sends one
	kind   string // content type of a JSON body; application/json unless set
	header http.Header
}

// Error implements error.
func (e *apiError) Error() string { return strconv.Itoa(e.status) + " " + http.StatusText(e.status) }

// message is the error's text.
func (e *apiError) message() string {
	if body, ok := e.body.(errorBody); ok {
		return body.Error
	}
	return first(e.text, e.Error())
}

type errorBody struct {
	Error string `json:"error"`
}

func fail(status int, message string) *apiError {
	return &apiError{status: status, body: errorBody{message}}
}

func failText(status int, text string) *apiError { return &apiError{status: status, text: text} }

// failRetry is fail with the header that tells the client whether to try again.
func failRetry(status int, message string, shouldRetry bool) *apiError {
	return &apiError{status: status, body: errorBody{message}, retry: &shouldRetry}
}

func failUnauthorized() *apiError {
	return &apiError{status: http.StatusForbidden, body: struct {
		Error string `json:"error"`
		Code  string `json:"code"`
		Param string `json:"param"`
		Type  string `json:"type"`
	}{"Unauthorized", "unauthorized", "access_token", "authorization"}}
}

// failNoHeader is how the rate limiter, which runs first on /api/, answers a request without credentials.
func failNoHeader() *apiError {
	const detail = "No authorization header provided"
	return &apiError{status: http.StatusUnauthorized, kind: "application/problem+json", body: struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Type   string `json:"type"`
		Detail string `json:"detail"`
		Error  string `json:"error"`
	}{"Unauthorized", http.StatusUnauthorized, "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401", detail, detail}}
}

// issue is one entry of the details of a 400.
type issue struct {
	Code    string   `json:"code"`
	Path    []string `json:"path"`
	Message string   `json:"message"`
}

// failDetails answers a bad path, query or header; what is "Params", "Query" or "Headers".
func failDetails(what string, issues ...issue) *apiError {
	return &apiError{status: http.StatusBadRequest, body: struct {
		Error   string  `json:"error"`
		Details []issue `json:"details"`
	}{what + " Error", issues}}
}

func (e *apiError) write(w http.ResponseWriter) {
	for name, values := range e.header {
		w.Header()[name] = values
	}
	if e.retry != nil {
		w.Header().Set("X-Should-Retry", strconv.FormatBool(*e.retry))
	}
	w.Header().Set("Cache-Control", "no-store")
	if e.text != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte(e.text)) // a peer that went away needs no answer
		return
	}
	kind := e.kind
	if kind == "" {
		kind = jsonType
	}
	writeBody(w, e.status, kind, e.body)
}

const jsonType = "application/json"

func writeJSON(w http.ResponseWriter, status int, body any) { writeBody(w, status, jsonType, body) }

func writeBody(w http.ResponseWriter, status int, kind string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // a peer that went away needs no answer
}
