//go:build js && wasm

package jsbridge

import (
	"fmt"
	"math"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/runwire/runwire/hooks"
)

// longestTimer is the longest delay that setTimeout takes: a longer one would fire at once. The runtime
// looks at the clock when a timer fires early.
const longestTimer = math.MaxInt32 * time.Millisecond

// timer is one setTimeout.
type timer struct {
	fire   *callback
	handle safejs.Value
}

// SetTimer is part of drive.Host.
func (h *host) SetTimer(id hooks.TimerID, after time.Duration) {
	fire, err := newCallback(h.report, func([]safejs.Value) {
		h.turn(func() { h.timerFired(id) })
	})
	if err != nil {
		h.report(fmt.Errorf("jsbridge: set a timer: %w", err))
		return
	}
	// setTimeout drops the fraction, and has been seen to fire up to a millisecond early.
	milliseconds := min(after, longestTimer-time.Millisecond)/time.Millisecond + 1
	handle, err := safejs.Global().Call("setTimeout", fire.fn, int(milliseconds))
	if err != nil {
		fire.release()
		h.report(fmt.Errorf("jsbridge: set a timer: %w", err))
		return
	}
	h.timers[id] = &timer{fire, handle}
}

// timerFired passes a timer on, unless it was cleared after JavaScript had begun to call.
func (h *host) timerFired(id hooks.TimerID) {
	t := h.timers[id]
	if t == nil {
		return
	}
	delete(h.timers, id)
	t.fire.release()
	h.deliver(hooks.TimerFired{Timer: id})
}

// ClearTimer is part of drive.Host.
func (h *host) ClearTimer(id hooks.TimerID) {
	t := h.timers[id]
	if t == nil {
		return
	}
	delete(h.timers, id)
	if _, err := safejs.Global().Call("clearTimeout", t.handle); err != nil {
		h.report(fmt.Errorf("jsbridge: clear a timer: %w", err))
	}
	t.fire.release()
}
