//go:build !js

package browser

import (
	"fmt"
	"slices"

	"github.com/runwire/runwire/web/emulator"
)

// numbers are the parts that count from first to end.
func numbers(first, end int) []any {
	var parts []any
	for n := first; n < end; n++ {
		parts = append(parts, map[string]int{"n": n})
	}
	return parts
}

var streamScripts = slices.Concat(streamsOf(emulator.StreamV1), streamsOf(emulator.StreamV2))

// streamsOf are the scripts of one version of streams. Parts come one at a time: how many of a burst are shown at once
// is a matter of time.
func streamsOf(version string) []script {
	options := emulator.Options{StreamVersion: version}
	scripts := []script{
		{name: "a stream of text", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length === 1")
			for i, part := range []any{" one", "\n", "two \"quoted\" \\ \u2028 é 😀", ""} {
				w.append(scriptedRun, "openai", part)
				w.until("last('a').parts.length === %d", i+2)
			}
			w.must(w.emulator.CloseStream(scriptedRun, "openai"))
			w.eventually(patience, "the stream is closed", func() bool { return w.emulator.Stats().OpenRealtime == 0 })
		}},
		{name: "a stream of objects, by the default key", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "default", map[string]any{"type": "start"})
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length === 1")
			for i, part := range []any{map[string]any{"n": 1.5, "list": []any{1, nil}}, []any{}, 7, true, nil, "text"} {
				w.append(scriptedRun, "default", part)
				w.until("last('a').parts.length === %d", i+2)
			}
		}},
		{name: "a stream that is stopped", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai"})
			w.until("last('a').parts?.length === 1")
			w.stop("a")
			w.eventually(patience, "the stream is closed", func() bool { return w.emulator.Stats().OpenRealtime == 0 })
			w.append(scriptedRun, "openai", "one")
		}},
		{name: "a stream that is disabled and enabled again", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length === 1")
			w.change("a", map[string]any{"options": map[string]any{"enabled": false}})
			w.settle()
			w.append(scriptedRun, "openai", "one")
			w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
			w.until("last('a').parts.length === 2")
		}},
		{name: "a run with the streams that it had and those that come", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
			w.until("last('a').run?.isExecuting && last('a').streams.openai?.length === 1")
			w.append(scriptedRun, "openai", "one")
			w.until("last('a').streams.openai.length === 2")
			w.update(scriptedRun, emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').run.metadata?.step === 1")
			w.append(scriptedRun, "events", map[string]any{"type": "late"})
			w.until("last('a').run.realtimeStreams.length === 2 && last('a').streams.events?.length === 1")
			w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
			w.until("read('a').calls.length === 1")
		}},
		{name: "bursts of parts", outcome: true, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", numbers(0, 300)...)
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length > 0")
			w.append(scriptedRun, "openai", numbers(300, 900)...)
			w.append(scriptedRun, "openai", numbers(900, 1000)...)
			w.until("last('a').parts.length === 1000 && read('a').calls.length === 1000")
		}},
		{name: "bursts of parts in a run", outcome: true, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", numbers(0, 300)...)
			w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: scriptedRun, Options: map[string]any{"throttleInMs": 50}})
			w.until("last('a').streams?.openai?.length > 0")
			w.append(scriptedRun, "openai", numbers(300, 500)...)
			w.until("last('a').streams.openai.length === 500")
		}},
		{name: "parts without a throttle", outcome: true, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", numbers(0, 100)...)
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: map[string]any{"throttleInMs": 0}})
			w.until("last('a').parts?.length === 100")
		}},
		{name: "a stream that outlives its component, by id", watch: []string{"a", "b"}, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			shared := map[string]any{"id": "shared"}
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: shared, Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length === 1")
			w.unmount("a")
			w.settle()
			w.append(scriptedRun, "openai", "one")
			w.mount(component{Name: "b", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: shared, Callbacks: []string{"onData"}})
			w.until("last('b').parts?.length === 2")
		}},
		{name: "a stream that refreshAccessToken gives access to", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{
				Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"refreshAccessToken"},
				Options: map[string]any{"accessToken": w.expired()}, Returns: map[string]any{"refreshAccessToken": w.token},
			})
			w.until("last('a').parts?.length === 1")
			w.append(scriptedRun, "openai", "one")
			w.until("last('a').parts.length === 2")
		}},
		{name: "a stream that refreshAccessToken gives no access to", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.mount(component{
				Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"refreshAccessToken"},
				Options: map[string]any{"accessToken": w.expired()}, Returns: map[string]any{"refreshAccessToken": w.expired()},
			})
			w.until("last('a').error")
		}},
		{name: "a stream that goes on after the page was loaded anew", watch: []string{"b"}, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero", "one")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai"})
			w.until("last('a').parts?.length === 2")
			seen := evaluate[string](w.page, "last('a').lastEventId")
			w.load(w.site)
			w.poll("!!window.play")
			w.append(scriptedRun, "openai", "two")
			w.mount(component{Name: "b", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onData"},
				Options: map[string]any{"lastEventId": seen}})
			w.until("last('b').parts?.length === 1")
		}},
		{name: "a stream under Strict Mode", outcome: true, setting: setting{development: true}, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Strict: true})
			w.until("last('a').parts?.length === 1")
			w.append(scriptedRun, "openai", "one")
			w.until("last('a').parts.length === 2")
		}},
		{name: "a stream that had ended before", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.must(w.emulator.CloseStream(scriptedRun, "openai"))
			w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onData"}})
			w.until("last('a').parts?.length === 1")
		}},
		{name: "a run that had completed before, with its streams", outcome: true, play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero", "one")
			w.must(w.emulator.CloseStream(scriptedRun, "openai"))
			w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY"})
			w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
			w.until("last('a').streams?.openai?.length === 2 && read('a').calls.length === 1")
		}},
		{name: "a run without streams", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
			w.until("last('a').run?.isExecuting")
			w.update(scriptedRun, emulator.Columns{"status": "COMPLETED_SUCCESSFULLY", "output": map[string]any{"total": 3}})
			w.until("read('a').calls.length === 1")
		}},
	}
	if version == emulator.StreamV2 {
		// Positions mean nothing in v1 (PROTOCOL.md, 4.3).
		scripts = append(scripts, script{name: "a stream from an index", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero", "one", "two")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: map[string]any{"startIndex": 2}})
			w.until("last('a').parts?.includes('two')")
		}}, script{name: "a stream after an event", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero", "one", "two")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: map[string]any{"lastEventId": 1}})
			w.until("last('a').parts?.includes('two')")
		}}, script{name: "a stream from its latest part", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero", "one")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Options: map[string]any{"from": "latest"}})
			w.until("last('a').parts?.includes('one')")
			w.append(scriptedRun, "openai", "two")
			w.until("last('a').parts.includes('two')")
		}}, script{name: "parts with their events, of which the newest are kept", play: func(w *world) {
			w.begin(emulator.Columns{"status": "EXECUTING"})
			w.append(scriptedRun, "openai", "zero")
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "openai", Callbacks: []string{"onParts"},
				Options: map[string]any{"maxParts": 2}})
			w.until("last('a').parts?.[0] === 'zero'")
			for _, part := range []string{"one", "two", "three"} {
				w.append(scriptedRun, "openai", part)
				w.until("last('a').parts.at(-1) === %q", part)
			}
		}})
	}
	for i := range scripts {
		scripts[i].name = fmt.Sprintf("%s, %s", scripts[i].name, version)
		scripts[i].setting.emulator = options
	}
	return scripts
}
