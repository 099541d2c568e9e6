package emulator

import "net/http"

// exposedHeaders are the response headers that a page may read. Without one of them the genuine client misbehaves.
const exposedHeaders = "electric-offset, electric-handle, electric-schema, electric-cursor, electric-up-to-date, " +
	"x-trigger-jwt, x-trigger-jwt-claims, x-stream-version, x-session-settled, " +
	"x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-should-retry"

// allowOrigin lets any page read the answer, whatever it will be.
func allowOrigin(header http.Header, r *http.Request) {
	header.Set("Access-Control-Allow-Origin", "*")
	if origin := r.Header.Get("Origin"); origin != "" {
		header.Set("Access-Control-Allow-Origin", origin)
	}
	header.Add("Vary", "Origin")
	header.Set("Access-Control-Expose-Headers", exposedHeaders)
}

// preflight answers OPTIONS. The requested headers are echoed, because * does not cover authorization.
func preflight(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
	if requested := r.Header.Get("Access-Control-Request-Headers"); requested != "" {
		header.Set("Access-Control-Allow-Headers", requested)
		header.Add("Vary", "Access-Control-Request-Headers")
	}
	header.Set("Access-Control-Max-Age", "300")
	writeJSON(w, http.StatusOK, struct{}{})
}
