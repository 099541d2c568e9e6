//go:build !js

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// lingering is how long a connection may outlive its last component: the second that the runtime keeps it for whoever
// comes back, and what a busy machine needs on top.
const lingering = 2 * time.Second

// untilClosed waits until no realtime request is open.
func (w *world) untilClosed() {
	w.t.Helper()
	w.eventually(lingering, "every connection is closed", func() bool { return w.emulator.Stats().OpenRealtime == 0 })
}

// untilPolling waits until the feed of a run waits for a change.
func (w *world) untilPolling(runID string) {
	w.t.Helper()
	w.eventually(patience, "a poll of "+runID+" is open", func() bool {
		polls := w.gets(runPath + runID)
		return len(polls) >= 2 && polls[len(polls)-1].EndMs == 0
	})
}

// follow mounts component a on a run, and waits until it waits for a change.
func (w *world) follow(runID string) {
	w.t.Helper()
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: runID})
	w.until("last('a').run")
	w.untilPolling(runID)
}

func TestStrictModeMakesOneRequest(t *testing.T) {
	for _, v := range []variant{runwire, runwireReact18} {
		t.Run(v.name, func(t *testing.T) {
			w := newWorld(t, v, setting{development: true})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Strict: true})
			w.until("last('a').run")
			w.untilPolling(id)
			if snapshots := len(w.gets(runPath)) - 1; snapshots != 1 {
				t.Errorf("mounting made %d requests for what there is, want 1:\n%s", snapshots, w.log(runPath))
			}
		})
	}
}

func TestUnmountingOneOfTwoComponentsKeepsTheConnection(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id}, component{Name: "b", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').run && last('b').run")
	w.untilPolling(id)
	w.unmount("a")
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('b').run.metadata?.step === 1")
	w.unmount("b")
	w.untilClosed()
}

func TestARemountWithinTheLingerFindsItsConnection(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.follow(id)
	before := len(w.gets(runPath))
	w.unmount("a")
	w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: id})
	w.until("last('b').run")
	if after := len(w.gets(runPath)); after != before {
		t.Errorf("the remount made %d requests, want none", after-before)
	}
}

func TestDisablingClosesTheConnectionAndKeepsTheData(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.follow(id)
	w.change("a", map[string]any{"options": map[string]any{"enabled": false}})
	w.untilClosed()
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.settle()
	if evaluate[bool](w.page, "!last('a').run || 'step' in (last('a').run.metadata ?? {})") {
		t.Errorf("a disabled hook shows %v", w.read("a").States)
	}
	w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
	w.until("last('a').run.metadata?.step === 1")
}

func TestStopClosesTheConnectionOfOneComponentAlone(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	shared := map[string]any{"id": "shared"}
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id}, component{Name: "b", Hook: "useRealtimeRun", RunID: id, Options: shared})
	w.until("last('a').run && last('b').run")
	w.untilPolling(id)
	w.stop("a")
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('b').run.metadata?.step === 1")
	if evaluate[bool](w.page, "'step' in (last('a').run.metadata ?? {})") {
		t.Error("a stopped hook shows an update")
	}
	w.stop("b")
	w.eventually(lingering, "stop() has closed the connection", func() bool { return w.emulator.Stats().OpenRealtime == 0 })
}

func TestComponentsWithOneIDShareWhatTheyShow(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.append(id, "default", "zero")
	shared := map[string]any{"id": "shared"}
	w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id, Options: shared})
	w.until("last('a').parts?.length === 1")
	w.mount(component{Name: "b", Hook: "useRealtimeStream", RunID: id, Options: shared, Callbacks: []string{"onData"}})
	w.until("last('b').parts")
	if first := w.read("b").States[0]["parts"]; fmt.Sprint(first) != "[zero]" {
		t.Errorf("the second component first showed %v, want what the first one had", first)
	}
	if same := evaluate[bool](w.page, "last('a').parts === last('b').parts"); !same {
		t.Error("two components with one id hold two arrays of parts")
	}
	w.unmount("a")
	w.unmount("b")
	w.untilClosed()
	w.mount(component{Name: "c", Hook: "useRealtimeStream", RunID: id, Options: shared})
	w.append(id, "default", "one")
	w.until("last('c').parts?.length === 2")
	if states := w.read("c").States; fmt.Sprint(states[0]["parts"]) != "[zero]" {
		t.Errorf("after every component had gone, the next one first showed %v, want [zero]", states[0]["parts"])
	}
}
