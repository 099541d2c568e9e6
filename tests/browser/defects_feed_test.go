//go:build !js

package browser

import (
	"fmt"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// The run feed on a bad day: hidden pages, servers that fail, connections that are silent.
var feedDefects = []defect{
	{number: 11, name: "a run that does not exist ends an iteration with an error", holds: func(w *world) bool {
		w.iterate("subscribeToRun('run_unknown')")
		w.eventually(patience, "the refusal is sent", func() bool { calls := w.gets(runPath); return len(calls) > 0 && calls[0].Status == 404 })
		return w.shows("last('iteration').error?.status === 404")
	}},
	{number: 12, name: "a server that says when to come again is asked no sooner", holds: func(w *world) bool {
		id := w.create(nil)
		w.fault(emulator.Fault{Match: "GET " + runPath, Times: 1, Action: emulator.Action{
			Status: 429, Body: `{"error":"Too many concurrent requests"}`,
			Headers: map[string]string{"Retry-After": "1", "Access-Control-Expose-Headers": "*"},
		}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
		w.until("last('a').run")
		calls := w.gets(runPath)
		return calls[1].StartMs-calls[0].EndMs >= time.Second.Milliseconds()
	}},
	{number: 13, name: "a page that is hidden and shown at once goes on", holds: func(w *world) bool {
		id := w.create(nil)
		w.follow(id)
		w.look("hidden", "visible")
		return w.isStillFollowed(id)
	}},
	{number: 13, name: "a page that is hidden and shown while the server fails goes on", holds: func(w *world) bool {
		id := w.create(nil)
		w.follow(id)
		w.fault(emulator.Fault{Match: "GET " + runPath, Action: emulator.Action{Status: 503}})
		w.update(id, nil)
		w.eventually(patience, "the server has failed", func() bool { calls := w.gets(runPath); return calls[len(calls)-1].Status == 503 })
		w.settle() // until it waits
		w.look("hidden", "visible")
		w.emulator.ClearFaults()
		return w.isStillFollowed(id)
	}},
	{number: 13, name: "a page that is hidden while an answer comes in shows it", holds: func(w *world) bool {
		id := w.create(nil)
		w.fault(emulator.Fault{Match: "GET " + runPath, Times: 1, Action: emulator.Action{
			ChunkDelays: []emulator.ChunkDelay{{Bytes: 10}, {Bytes: 1 << 20, DelayMs: 60_000}},
		}})
		evaluate[any](w.page, `void (() => {
			const { fetch } = window
			window.fetch = async (...request) => {
				window.pageAsks = true
				const response = await fetch(...request)
				window.pageReads = true
				return response
			}
		})()`)
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
		w.eventually(patience, "the request is there", func() bool { return len(w.gets(runPath)) == 1 })
		w.poll("!window.pageAsks || window.pageReads")
		w.look("hidden", "visible")
		w.emulator.ClearFaults() // now the rest comes
		return w.rather("last('a').run", "last('a').error")
	}},
	{number: 13, name: "a component that is gone no longer listens to the page", holds: func(w *world) bool {
		evaluate[any](w.page, `void (() => {
			window.listeners = new Set()
			const { addEventListener, removeEventListener } = document
			document.addEventListener = (type, listener, options) => {
				if (type === 'visibilitychange') listeners.add(listener)
				addEventListener.call(document, type, listener, options)
			}
			document.removeEventListener = (type, listener, options) => {
				listeners.delete(listener)
				removeEventListener.call(document, type, listener, options)
			}
		})()`)
		id := w.create(nil)
		for _, hook := range []string{"useRealtimeRun", "useRun"} {
			w.mount(component{Name: hook, Hook: hook, RunID: id})
			w.until("last(%q).run", hook)
			w.unmount(hook)
		}
		w.settle()
		return evaluate[bool](w.page, "listeners.size === 0")
	}},
	{number: 14, name: "a connection that has fallen silent is replaced", setting: setting{serve: beforeWorker(hastened)}, holds: func(w *world) bool {
		id := w.create(nil)
		w.fault(emulator.Fault{Match: "GET " + runPath, After: 1, Times: 1, Action: emulator.Action{Stall: true}})
		w.follow(id)
		w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
		evaluate[any](w.page, "void (() => "+hastened+")()")
		return w.shows("last('a').run.metadata?.step === 1")
	}},
	{number: 15, name: "a feed that was rotated writes nothing to the browser's storage at each answer", holds: func(w *world) bool {
		id := w.create(nil)
		w.follow(id)
		w.must(w.emulator.RotateShape(id))
		evaluate[any](w.page, `void (() => {
			window.writes = 0
			const { setItem } = Storage.prototype
			Storage.prototype.setItem = function (...item) { writes++; setItem.apply(this, item) }
		})()`)
		for step := 1; step <= 3; step++ {
			w.update(id, emulator.Columns{"metadata": map[string]any{"step": step}})
			w.until("last('a').run.metadata?.step === %d", step)
		}
		return evaluate[bool](w.page, "writes === 0")
	}},
	{number: 18, name: "a stored payload that cannot be had costs an error and no update", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"payload": "nowhere", "payloadType": emulator.TypeStore})
		w.fault(emulator.Fault{Match: "GET /api/v1/runs/", Action: emulator.Action{Status: 400, Body: `{"error":"no"}`}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
		w.until("last('a').error")
		w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
		return w.shows("last('a').run?.metadata?.step === 1")
	}},
}

// hastened makes timers fire a hundred times as soon, and the clock agree with them.
const hastened = `{
const { now } = Date
const { setTimeout } = self
const start = now()
Date.now = () => start + 100 * (now() - start)
self.setTimeout = (callback, delay, ...rest) => setTimeout(callback, delay / 100, ...rest)
}`

// look makes the page hidden or visible. Several of these come before anything else can happen: as when its user looks for
// the tab that has the music.
func (w *world) look(states ...string) {
	w.t.Helper()
	evaluate[any](w.page, fmt.Sprintf(`void (() => {
		for (const state of %s) {
			Object.defineProperty(document, 'hidden', { configurable: true, value: state === 'hidden' })
			Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
			document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
		}
	})()`, literal(states)))
}

// isStillFollowed changes the run, and reports whether component a shows what another one shows already.
func (w *world) isStillFollowed(runID string) bool {
	w.t.Helper()
	w.update(runID, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: runID})
	w.until("last('b').run?.metadata?.step === 1")
	return w.shows("last('a').run?.metadata?.step === 1")
}

// iterate iterates over what a method of useApiClient's client returns: each item is shown, in the place of the one before,
// and then the end.
func (w *world) iterate(call string) {
	w.t.Helper()
	w.mount(component{Name: "a", Hook: "useApiClient", Args: []any{}})
	w.until("last('a').client")
	evaluate[any](w.page, fmt.Sprintf(`void (async () => {
		try {
			for await (const item of last('a').client.%s) shown('iteration', { item })
			shown('iteration', { ended: true })
		} catch (error) {
			shown('iteration', { error })
		}
	})()`, call))
}
