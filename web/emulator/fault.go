package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Fault makes matching requests go wrong. Faults are tried in the order in which they were added, and the first that
// matches and is not used up applies.
type Fault struct {
	// Match is a path prefix, or a method, a space and a path prefix: "GET /realtime/v1/runs/". Empty matches every
	// request but preflights, which only a method of OPTIONS matches. The control API is never matched.
	Match string `json:"match"`
	// After lets that many matching requests pass first.
	After int `json:"after,omitempty"`
	// Times is how many requests go wrong. 0 means all, until the fault is cleared.
	Times  int    `json:"times,omitempty"`
	Action Action `json:"action"`
}

// Action is what goes wrong. DelayMs and SetHeaders combine with everything else; of the others give one, and the
// first that is set counts. With none of them the request is served as usual.
type Action struct {
	// DelayMs waits before anything else happens, in milliseconds.
	DelayMs float64 `json:"delayMs,omitempty"`
	// SetHeaders replaces headers of the response; null removes one.
	SetHeaders map[string]*string `json:"setHeaders,omitempty"`
	// StaleHandle is short for setting electric-handle, as a cache that serves an old answer would.
	StaleHandle string `json:"staleHandle,omitempty"`

	// DropConnection resets the connection without an answer.
	DropConnection bool `json:"dropConnection,omitempty"`
	// DropAnswer serves the request, and resets the connection in place of the answer.
	DropAnswer bool `json:"dropAnswer,omitempty"`
	// RefuseForMs resets the connection, and every connection attempt for so many milliseconds. It needs a listener
	// of [Emulator.Listen].
	RefuseForMs float64 `json:"refuseForMs,omitempty"`
	// Stall never answers.
	Stall bool `json:"stall,omitempty"`
	// Raw is written to the connection as it is, in place of an HTTP response, before the connection is closed.
	Raw *string `json:"raw,omitempty"`
	// Status answers with this status and Body, Headers and ContentType.
	Status      int               `json:"status,omitempty"`
	Body        Body              `json:"body,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	ContentType string            `json:"contentType,omitempty"` // default: application/json

	// CutAfterBytes serves the request, and resets the connection after so many bytes of the body.
	CutAfterBytes *int64 `json:"cutAfterBytes,omitempty"`
	// StallAfterBytes serves the request, and goes silent after so many bytes of the body, with the connection open.
	StallAfterBytes *int64 `json:"stallAfterBytes,omitempty"`
	// ChunkDelays serves the request in pieces: each so many bytes long, and each after so many milliseconds. The
	// last entry repeats.
	ChunkDelays []ChunkDelay `json:"chunkDelays,omitempty"`
}

// ChunkDelay is one piece of a response body.
type ChunkDelay struct {
	Bytes   int     `json:"bytes"`
	DelayMs float64 `json:"delayMs"`
}

// Body is a response body. In JSON, a string stands for its own text, and any other value for its JSON.
type Body string

// UnmarshalJSON implements [json.Unmarshaler].
func (b *Body) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*b = Body(text)
		return nil
	}
	*b = Body(data)
	return nil
}

// name says in the request log what happened.
func (a *Action) name() string {
	switch {
	case a.DropConnection:
		return "dropConnection"
	case a.DropAnswer:
		return "dropAnswer"
	case a.RefuseForMs > 0:
		return "refuseForMs"
	case a.Stall:
		return "stall"
	case a.Raw != nil:
		return "raw"
	case a.Status != 0:
		return "status"
	case a.CutAfterBytes != nil:
		return "cutAfterBytes"
	case a.StallAfterBytes != nil:
		return "stallAfterBytes"
	case len(a.ChunkDelays) > 0:
		return "chunkDelays"
	case a.StaleHandle != "":
		return "staleHandle"
	case len(a.SetHeaders) > 0:
		return "setHeaders"
	case a.DelayMs > 0:
		return "delayMs"
	default:
		return ""
	}
}

// validate refuses a fault that could never do anything.
func (f *Fault) validate() error {
	if f.Action.name() == "" {
		return fmt.Errorf("add fault: the action is empty: give one of status, dropConnection, dropAnswer, refuseForMs, stall, raw, " +
			"cutAfterBytes, stallAfterBytes, chunkDelays, staleHandle, setHeaders or delayMs")
	}
	if f.Action.Status != 0 && (f.Action.Status < 200 || f.Action.Status > 599) {
		return fmt.Errorf("add fault: status is %d: want 200 to 599", f.Action.Status)
	}
	for _, chunk := range f.Action.ChunkDelays {
		if chunk.Bytes <= 0 {
			return fmt.Errorf("add fault: chunkDelays has a piece of %d bytes: want 1 or more", chunk.Bytes)
		}
	}
	return nil
}

func (f *Fault) matches(method, path string) bool {
	wanted, prefix, ok := strings.Cut(f.Match, " ")
	if !ok {
		wanted, prefix = "", f.Match
	}
	if wanted == "" && method == "OPTIONS" {
		return false
	}
	return (wanted == "" || wanted == method) && strings.HasPrefix(path, prefix)
}

// activeFault is a fault and what is left of it.
type activeFault struct {
	Fault
	id      int
	passed  int
	applied int
}

func (f *activeFault) usedUp() bool { return f.Times > 0 && f.applied >= f.Times }

// faultList may be used concurrently. Its zero value is empty.
type faultList struct {
	mu     sync.Mutex
	nextID int
	faults []*activeFault
	// cleared is closed when the faults are; requests that a fault holds then end.
	cleared signal
}

func (l *faultList) add(f Fault) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nextID++
	l.faults = append(l.faults, &activeFault{Fault: f, id: l.nextID})
	return l.nextID
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
	l.cleared.fire()
}

// take finds the action for a request, and uses the fault once. The channel is closed when the faults are cleared.
func (l *faultList) take(method, path string) (action *Action, cleared <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.faults {
		if !f.matches(method, path) {
			continue
		}
		if f.passed < f.After {
			f.passed++
			continue
		}
		f.applied++
		if f.usedUp() {
			l.faults = slices.DeleteFunc(slices.Clone(l.faults), func(other *activeFault) bool { return other == f })
		}
		return &f.Action, l.cleared.wait()
	}
	return nil, nil
}
