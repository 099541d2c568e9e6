package emulator

import "net/http"

// reply records what a handler answered.
type reply struct {
	http.ResponseWriter
	status   int // 0 until the header is written
	bytes    int64
	complete bool // the handler wrote all it meant to; set when it has returned
	raw      bool // the handler took the connection over, which cannot be answered any more
}

// WriteHeader implements [http.ResponseWriter].
func (r *reply) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (r *reply) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (r *reply) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// resetConnection ends the connection such that the peer sees a network error and never a clean end of the body.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or a test recorder: net/http does what it can
	}
	reset(conn)
}
