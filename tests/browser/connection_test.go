//go:build !js

package browser

import (
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

var connectionFields = []string{"connection", "retryAt", "lastUpdateAt"}

func TestAHookSaysHowItIsConnectedToWhoeverReadsIt(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.mount(
		component{Name: "a", Hook: "useRealtimeRun", RunID: id, Reads: connectionFields},
		component{Name: "b", Hook: "useRealtimeRun", RunID: id},
	)
	w.until("last('a').connection === 'live' && last('a').lastUpdateAt instanceof Date && last('b').run")
	if first := w.read("a").States[0]["connection"]; first != "connecting" {
		t.Errorf("at first the connection is %v, want connecting", first)
	}
	w.untilPolling(id)
	before := evaluate[int](w.page, "states('b').length")

	w.emulator.RefuseConnections(time.Minute)
	w.emulator.CutConnections()
	w.until("last('a').connection === 'retrying' && last('a').retryAt instanceof Date")
	w.setOnline(false)
	w.until("last('a').connection === 'offline' && last('a').retryAt instanceof Date && last('a').run")
	w.emulator.ClearFaults()
	w.setOnline(true)
	w.until("last('a').connection === 'live' && last('a').retryAt === undefined")
	if after := evaluate[int](w.page, "states('b').length"); after != before {
		t.Errorf("a component that reads the run alone was rendered %d times while its connection came and went", after-before)
	}

	w.stop("a")
	w.until("last('a').connection === 'idle' && last('a').run")
	w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
	w.until("last('b').run.isCompleted")
	w.mount(component{Name: "late", Hook: "useRealtimeRun", RunID: id, Reads: connectionFields})
	w.until("last('late').connection === 'idle' && last('late').run.isCompleted")
}

func TestAHookSaysThatItRestsWhileNobodyLooks(t *testing.T) {
	w := newWorld(t, runwire, setting{serve: beforeWorker(hastened)})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Reads: connectionFields})
	w.until("last('a').connection === 'live'")
	w.look("hidden")
	w.until("last('a').connection === 'paused'")
	w.look("visible")
	w.until("last('a').connection === 'live'")
}
