package emulator

import (
	"net/http"
)

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

// dropFault drops a whole answer.
type dropFault struct {
	http.ResponseWriter
	drop func()
}

// Unwrap lets [http.ResponseController] reach the connection.
func (f *dropFault) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (f *dropFault) WriteHeader(int) { f.drop() }

// Write implements [http.ResponseWriter].
func (f *dropFault) Write([]byte) (int, error) {
	f.drop()
	return 0, errCut
}

// FlushError keeps the header of a stream from being sent.
func (f *dropFault) FlushError() error {
	f.drop()
	return errCut
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
	pause  func(ms float64) error
	left   int // bytes until the next pause
}

// Unwrap lets [http.ResponseController] reach the connection.
func (f *chunkFault) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// Write implements [http.ResponseWriter].
func (f *chunkFault) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		if f.left == 0 {
			if err := f.pause(f.chunks[0].DelayMs); err != nil {
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
