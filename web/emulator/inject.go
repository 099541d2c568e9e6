package emulator

import (
	"context"
	"net/http"
	"time"
)

// inject applies the fault that matches the request, if any. It reports whether the request is done with.
func (e *Emulator) inject(w *reply, r *http.Request) (done bool) {
	action, cleared := e.faults.take(r.Method, r.URL.Path)
	if action == nil {
		return false
	}
	callOf(r).fault = action.name()
	if sleep(r.Context(), e.clock, milliseconds(action.DelayMs)) != nil {
		return true
	}
	if action.StaleHandle != "" || len(action.SetHeaders) > 0 {
		w.ResponseWriter = &headerFault{ResponseWriter: w.ResponseWriter, action: action}
	}
	switch {
	case action.DropConnection:
		callOf(r).cancel(errCut)
	case action.RefuseForMs > 0:
		e.RefuseConnections(milliseconds(action.RefuseForMs))
		callOf(r).cancel(errCut)
	case action.Stall:
		stall(r.Context(), cleared)
		callOf(r).cancel(errCut)
	case action.Raw != nil:
		writeRaw(w, *action.Raw)
	case action.Status != 0:
		action.answer(w)
	case action.CutAfterBytes != nil:
		cut := func() { callOf(r).cancel(errCut) }
		w.ResponseWriter = &limitFault{ResponseWriter: w.ResponseWriter, left: *action.CutAfterBytes, reached: cut}
		return false
	case action.StallAfterBytes != nil:
		hold := func() {
			stall(r.Context(), cleared)
			callOf(r).cancel(errCut)
		}
		w.ResponseWriter = &limitFault{ResponseWriter: w.ResponseWriter, left: *action.StallAfterBytes, reached: hold}
		return false
	case len(action.ChunkDelays) > 0:
		w.ResponseWriter = &chunkFault{ResponseWriter: w.ResponseWriter, chunks: action.ChunkDelays, wait: func(d time.Duration) error {
			return sleep(r.Context(), e.clock, d)
		}}
		return false
	default:
		return false
	}
	return true
}

// stall waits until the peer goes away, the connection is cut, or the faults are cleared.
func stall(ctx context.Context, cleared <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-cleared:
	}
}

func (a *Action) answer(w http.ResponseWriter) {
	w.Header().Set("Content-Type", first(a.ContentType, jsonType))
	for name, value := range a.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body)) // a peer that went away needs no answer
}

// writeRaw writes bytes that need not be HTTP, and closes the connection.
func writeRaw(w *reply, raw string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2, or a test recorder: there are no raw bytes
	}
	_, _ = conn.Write([]byte(raw)) // a peer that went away needs no answer
	_ = conn.Close()
	w.bytes = int64(len(raw))
}

// headerFault replaces headers just before they are sent.
type headerFault struct {
	http.ResponseWriter
	action *Action
	sent   bool
}

// Unwrap lets [http.ResponseController] reach the connection.
func (f *headerFault) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (f *headerFault) WriteHeader(status int) {
	if !f.sent {
		f.sent = true
		if f.action.StaleHandle != "" {
			f.Header().Set("Electric-Handle", f.action.StaleHandle)
		}
		for name, value := range f.action.SetHeaders {
			if value == nil {
				f.Header().Del(name)
			} else {
				f.Header().Set(name, *value)
			}
		}
	}
	f.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (f *headerFault) Write(p []byte) (int, error) {
	if !f.sent {
		f.WriteHeader(http.StatusOK)
	}
	return f.ResponseWriter.Write(p)
}

// limitFault passes a number of bytes, and then calls reached and drops the rest.
type limitFault struct {
	http.ResponseWriter
	left    int64
	reached func()
	done    bool
}

// Unwrap lets [http.ResponseController] reach the connection.
func (f *limitFault) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// Write implements [http.ResponseWriter].
func (f *limitFault) Write(p []byte) (int, error) {
	if f.done {
		return 0, errCut
	}
	if int64(len(p)) <= f.left {
		f.left -= int64(len(p))
		return f.ResponseWriter.Write(p)
	}
	f.done = true
	n, _ := f.ResponseWriter.Write(p[:f.left])               // the connection ends in any case
	_ = http.NewResponseController(f.ResponseWriter).Flush() // so that the peer gets what it should get
	f.reached()
	return n, errCut
}

// chunkFault sends a body in pieces, with pauses.
type chunkFault struct {
	http.ResponseWriter
	chunks []ChunkDelay
	wait   func(time.Duration) error
	left   int // bytes until the next pause
}

// Unwrap lets [http.ResponseController] reach the connection.
func (f *chunkFault) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// Write implements [http.ResponseWriter].
func (f *chunkFault) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if f.left == 0 {
			if err := f.wait(milliseconds(f.chunks[0].DelayMs)); err != nil {
				return written, err
			}
			f.left = f.chunks[0].Bytes
			if len(f.chunks) > 1 {
				f.chunks = f.chunks[1:]
			}
		}
		n, err := f.ResponseWriter.Write(p[:min(f.left, len(p))])
		written += n
		f.left -= n
		p = p[n:]
		if err != nil {
			return written, err
		}
		if err := http.NewResponseController(f.ResponseWriter).Flush(); err != nil {
			return written, err
		}
	}
	return written, nil
}
