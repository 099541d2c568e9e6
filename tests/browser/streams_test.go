//go:build !js

package browser

import (
	"fmt"
	"testing"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// watchNumbers mounts both hooks that show the stream "numbers" of a run, and a callback that is given its parts.
func (w *world) watchNumbers(runID string) {
	w.t.Helper()
	w.mount(component{Name: "run", Hook: "useRealtimeRunWithStreams", RunID: runID, Callbacks: []string{"onComplete"}},
		component{Name: "stream", Hook: "useRealtimeStream", RunID: runID, StreamKey: "numbers", Callbacks: []string{"onData"}})
}

// appendNumbers appends objects that count from first to end.
func (w *world) appendNumbers(runID string, first, end int) {
	w.t.Helper()
	w.append(runID, "numbers", numbers(first, end)...)
}

// wantNumbers checks that both hooks came to show the parts 0 to end, each once and in order; that onData was given
// just these; and that no state on the way there showed fewer parts than the state before it, or others.
func (w *world) wantNumbers(end int) {
	w.t.Helper()
	w.untilWithin(30*time.Second, "last('run').streams?.numbers?.length >= %d && last('stream').parts?.length >= %d", end, end)
	w.settle()
	for what, shown := range map[string]string{
		"useRealtimeRunWithStreams": "states('run').map((state) => state.streams.numbers ?? [])",
		"useRealtimeStream":         "states('stream').map((state) => state.parts)",
		"onData":                    "[read('stream').calls.map(([, part]) => part)]",
	} {
		wrong := evaluate[string](w.page, fmt.Sprintf(`((shown) => {
			let before = 0
			for (const parts of shown) {
				const wrong = parts.findIndex((part, index) => part.n !== index)
				if (wrong >= 0) return 'part ' + wrong + ' is ' + JSON.stringify(parts[wrong])
				if (parts.length < before) return parts.length + ' parts after ' + before
				before = parts.length
			}
			return before === %d ? '' : before + ' parts'
		})(%s)`, end, shown))
		if wrong != "" {
			w.t.Errorf("%s shows %s; want the parts 0 to %d, each once and in order", what, wrong, end-1)
		}
	}
}

func TestTwentyThousandPartsArriveWholeAndInOrder(t *testing.T) {
	for _, version := range []string{emulator.StreamV1, emulator.StreamV2} {
		t.Run(version, func(t *testing.T) {
			const parts = 20_000
			w := newWorld(t, runwire, setting{emulator: emulator.Options{StreamVersion: version}})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.watchNumbers(id)
			// A third is there before the stream is opened, or comes while it is; the others come in two bursts.
			w.appendNumbers(id, 0, parts/3)
			w.until("last('stream').parts?.length > 0")
			w.appendNumbers(id, parts/3, parts/2)
			w.appendNumbers(id, parts/2, parts)
			w.wantNumbers(parts)
		})
	}
}

func TestNothingIsLostOrDoubledWhenEveryConnectionIsCutAndRefused(t *testing.T) {
	for _, version := range []string{emulator.StreamV1, emulator.StreamV2} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, runwire, setting{emulator: emulator.Options{StreamVersion: version}})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.watchNumbers(id)
			w.appendNumbers(id, 0, 500)
			w.until("last('stream').parts?.length > 0")
			w.appendNumbers(id, 500, 1000)
			w.emulator.RefuseConnections(3 * time.Second)
			if open := w.emulator.CutConnections(); open == 0 {
				t.Error("no request was open to be cut")
			}
			w.appendNumbers(id, 1000, 1500)
			w.update(id, emulator.Columns{"metadata": map[string]any{"missed": true}})
			w.wantNumbers(1500)
			w.until("last('run').run.metadata?.missed")

			w.appendNumbers(id, 1500, 1600)
			w.emulator.CutConnections()
			w.must(w.emulator.CloseStream(id, "numbers"))
			w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
			w.wantNumbers(1600)
			w.until("last('run').run.isCompleted && read('run').calls.length === 1")
			if w.emulator.Stats().Connections.Refused == 0 {
				t.Error("no connection was refused")
			}
			if shown := evaluate[bool](w.page, "[...states('run'), ...states('stream')].some((state) => state.error)"); shown {
				t.Error("an error was shown while the network was away")
			}
		})
	}
}
