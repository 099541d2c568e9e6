package emulator

import (
	"context"
	"net/http"
)

// inject applies the fault that matches the request, if any. It reports whether the request is done with.
func (e *Emulator) inject(w *reply, r *http.Request) (done bool) {
	action, cleared := e.faults.take(r.Method, r.URL.Path)
	if action == nil {
		return false
	}
	callOf(r).fault = action.name()
	pause := func(ms float64) error { return sleepUnless(r.Context(), e.clock, milliseconds(ms), cleared) }
	if pause(action.DelayMs) != nil {
		return true
	}
	if action.StaleHandle != "" || len(action.SetHeaders) > 0 {
		w.ResponseWriter = &headerFault{ResponseWriter: w.ResponseWriter, action: action}
	}
	switch {
	case action.DropConnection:
		callOf(r).cancel(errCut)
	case action.DropAnswer:
		w.ResponseWriter = &dropFault{ResponseWriter: w.ResponseWriter, drop: func() { callOf(r).cancel(errCut) }}
		return false
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
		w.ResponseWriter = &chunkFault{ResponseWriter: w.ResponseWriter, chunks: action.ChunkDelays, pause: pause}
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
	w.raw = true
	_, _ = conn.Write([]byte(raw)) // a peer that went away needs no answer
	_ = conn.Close()
	w.bytes = int64(len(raw))
}
