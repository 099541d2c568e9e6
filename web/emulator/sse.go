package emulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const maxStreamTimeout = 600 // seconds

// framing is one of the two ways in which streams travel.
type framing interface {
	// resume is the position after the event with this id.
	resume(log *streamLog, lastEventID string) uint64
	// appendParts appends events for the parts at position, and reports for how many of them.
	appendParts(dst []byte, log *streamLog, position uint64, found pending) ([]byte, int)
	// appendPing appends what keeps the connection alive.
	appendPing(dst []byte, now time.Time) []byte
	// end is what goes before a clean end of the body.
	end() string
	// silence is the time without data after which to ping.
	silence() time.Duration
}

// readStream serves a run's stream as server-sent events. A key that no task has used yet is waited for.
func (e *Emulator) readStream(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	found, failure := e.readableRun(r, from, false)
	if failure != nil {
		return failure
	}
	return e.serveStream(w, r, found.stream(r.PathValue("streamKey")), e.framing())
}

// framing is how run streams travel.
func (e *Emulator) framing() framing {
	if e.options.StreamVersion == StreamV1 {
		return framingV1{}
	}
	return framingV2{}
}

// serveStream sends a stream, from where the request says.
func (e *Emulator) serveStream(w http.ResponseWriter, r *http.Request, log *streamLog, frames framing) *apiError {
	idle, failure := e.streamIdle(r)
	if failure != nil {
		return failure
	}
	if v2, ok := frames.(framingV2); ok {
		w.Header().Set("X-Stream-Version", StreamV2)
		if v2.settled {
			idle = 0
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	reader := streamReader{
		clock: e.clock, log: log, frames: frames, idle: idle, w: w, flush: http.NewResponseController(w).Flush,
		position: startOf(r, log, frames),
	}
	reader.run(r)
	return nil
}

// startOf is where a reader begins: after the event it names, at the newest part, or at the beginning.
func startOf(r *http.Request, log *streamLog, frames framing) uint64 {
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		return frames.resume(log, id)
	}
	if tail := log.tail(); tail > 0 && r.Header.Get("X-Trigger-Stream-Start") == "latest" {
		return tail - 1
	}
	return 0
}

// streamIdle is how long the stream may be without data before it ends.
func (e *Emulator) streamIdle(r *http.Request) (time.Duration, *apiError) {
	text := strings.TrimSpace(r.Header.Get("Timeout-Seconds"))
	if text == "" {
		return e.options.StreamIdle, nil
	}
	seconds, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, failText(http.StatusBadRequest, "Invalid timeout seconds")
	case seconds <= 0:
		return 0, failText(http.StatusBadRequest, "Timeout seconds must be greater than 0")
	case seconds > maxStreamTimeout:
		return 0, failText(http.StatusBadRequest, "Timeout seconds must be less than 600")
	}
	return time.Duration(seconds) * time.Second, nil
}

// streamReader sends one stream to one peer.
type streamReader struct {
	clock    Clock
	log      *streamLog
	frames   framing
	idle     time.Duration
	w        http.ResponseWriter
	flush    func() error
	position uint64
	buffer   []byte
}

// run sends parts as they come, until the stream ends, is idle for too long, or the peer goes away.
func (s *streamReader) run(r *http.Request) {
	if s.flush() != nil { // the header must reach the peer before the first part exists
		return
	}
	lastData := s.clock.Now()
	lastSent := lastData
	for r.Context().Err() == nil {
		found := s.log.from(s.position)
		now := s.clock.Now()
		var sent int
		s.buffer = s.buffer[:0]
		ended := false
		switch {
		case len(found.parts) > 0:
			s.buffer, sent = s.frames.appendParts(s.buffer, s.log, s.position, found)
			s.position += uint64(sent)
			lastData, lastSent = now, now
		case found.closed || now.Sub(lastData) >= s.idle:
			s.buffer = append(s.buffer, s.frames.end()...)
			ended = true
		case now.Sub(lastSent) >= s.frames.silence():
			s.buffer = s.frames.appendPing(s.buffer, now)
			lastSent = now
		default:
			s.wait(r, found.changed, min(lastData.Add(s.idle).Sub(now), lastSent.Add(s.frames.silence()).Sub(now)))
			continue
		}
		if _, err := s.w.Write(s.buffer); err != nil || ended {
			return
		}
		if s.flush() != nil {
			return
		}
	}
}

// wait returns at the next change, after d, or when the peer goes away.
func (s *streamReader) wait(r *http.Request, changed <-chan struct{}, d time.Duration) {
	due, cancel := after(s.clock, d)
	defer cancel()
	select {
	case <-changed:
	case <-due:
	case <-r.Context().Done():
	}
}
