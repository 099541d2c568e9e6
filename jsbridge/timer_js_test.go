//go:build js && wasm

package jsbridge

import (
	"testing"
	"time"

	"github.com/runwire/runwire/hooks"
)

func TestTimersFireInTheirOrder(t *testing.T) {
	h := newTestHost(t)
	begun := time.Now()
	h.turns.add(func() {
		h.SetTimer(1, 20*time.Millisecond)
		h.SetTimer(2, 0)
	})
	if first := <-h.events; first != (hooks.TimerFired{Timer: 2}) {
		t.Errorf("first came %#v", first)
	}
	if second := <-h.events; second != (hooks.TimerFired{Timer: 1}) {
		t.Errorf("second came %#v", second)
	}
	if waited := time.Since(begun); waited < 20*time.Millisecond {
		t.Errorf("a timer of 20 ms fired after %v", waited)
	}
	awaitRelease(t)
}

func TestClearTimerReleasesAtOnce(t *testing.T) {
	h := newTestHost(t)
	h.turns.add(func() {
		h.SetTimer(1, time.Hour)
		h.SetTimer(2, 100*24*time.Hour) // longer than setTimeout can wait
		h.ClearTimer(1)
		h.ClearTimer(2)
		h.ClearTimer(2)
		h.timerFired(1) // a call that was on its way
	})
	if live := LiveCallbacks(); live != 0 || len(h.events) != 0 {
		t.Errorf("%d callbacks and %d events are left, want none", live, len(h.events))
	}
}
