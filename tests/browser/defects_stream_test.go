//go:build !js

package browser

import (
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// Streams of runs and of sessions.
var streamDefects = []defect{
	{number: 7, name: "a restart doubles no part", holds: func(w *world) bool {
		id := w.create(nil)
		w.append(id, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id})
		w.until("last('a').streams?.openai?.length === 1")
		w.restart("a")
		w.append(id, "openai", "one")
		w.until("last('a').streams.openai.includes('one')")
		return evaluate[bool](w.page, "last('a').streams.openai.length === 2")
	}},
	{number: 16, name: "a stream that is refused is shown as an error", holds: func(w *world) bool {
		id := w.create(nil)
		w.append(id, "openai", "zero")
		w.fault(emulator.Fault{Match: "GET " + streamPath, Action: emulator.Action{Status: 403, Body: `{"error":"Unauthorized"}`}})
		w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id})
		w.eventually(patience, "the error is shown, or uncaught", func() bool {
			return len(w.errors()) > 0 || evaluate[bool](w.page, "Boolean(last('a').error)")
		})
		return len(w.errors()) == 0
	}},
	{number: 16, name: "a stream key is one part of a path", holds: func(w *world) bool {
		const key = "what? #1"
		id := w.create(nil)
		w.append(id, key, "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id})
		w.eventually(patience, "the stream is asked for", func() bool { return len(w.gets(streamPath)) > 0 })
		return w.gets(streamPath)[0].Path == streamPath+id+"/"+key
	}},
	{number: 16, name: "an iteration with streams ends when the run and its streams have", holds: func(w *world) bool {
		id := w.create(nil)
		w.append(id, "openai", "zero")
		w.iterate("subscribeToRun(" + literal(id) + ").withStreams()")
		w.until("last('iteration').item?.chunk === 'zero'")
		w.must(w.emulator.CloseStream(id, "openai"))
		w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
		w.until("last('iteration').item?.run?.isCompleted || last('iteration').ended")
		evaluate[any](w.page, "void (() => "+hastened+")()") // the original gives streams half a minute
		return w.shows("last('iteration').ended")
	}},
	{number: 17, name: "a stream of a run that goes on outlives a silence", setting: setting{emulator: emulator.Options{StreamIdle: 200 * time.Millisecond}}, holds: func(w *world) bool {
		id := w.create(nil)
		w.append(id, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id})
		w.until("last('a').streams?.openai?.length === 1")
		w.eventually(patience, "the server has ended the answer", func() bool { return w.gets(streamPath)[0].EndMs != 0 })
		w.append(id, "openai", "one")
		return w.shows("last('a').streams.openai.length === 2")
	}},
	{number: 17, name: "a part that is repeated over a broken connection is shown once", holds: func(w *world) bool {
		id := w.create(nil)
		part := emulator.Part{ID: "part-0", Data: []byte(`"zero"`)}
		w.must(w.emulator.AppendParts(id, "openai", part))
		w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai"})
		w.until("last('a').parts?.length === 1")
		w.emulator.CutConnections()
		w.must(w.emulator.AppendParts(id, "openai", part))
		w.append(id, "openai", "one")
		w.until("last('a').parts.includes('one')")
		return evaluate[bool](w.page, "last('a').parts.length === 2")
	}},
	{number: 17, name: "a stream that has fallen silent is asked for again", setting: setting{serve: beforeWorker(hastened)}, holds: func(w *world) bool {
		id := w.create(nil)
		nothing := int64(0)
		w.fault(emulator.Fault{Match: "GET " + streamPath, Times: 1, Action: emulator.Action{StallAfterBytes: &nothing}})
		w.append(id, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai"})
		w.eventually(patience, "the stream is asked for", func() bool { return len(w.gets(streamPath)) > 0 })
		w.settle()
		evaluate[any](w.page, "void (() => "+hastened+")()")
		return w.shows("last('a').parts?.length === 1")
	}},
	{number: 23, name: "a stream that is stopped shows nothing more", holds: func(w *world) bool {
		id := w.create(nil)
		w.append(id, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai", Callbacks: []string{"onData"},
			Options: map[string]any{"throttleInMs": 500}})
		w.until("last('a').parts?.length === 1")
		w.append(id, "openai", "one")
		w.until("read('a').calls.length === 2") // and its part waits for the throttle
		w.stop("a")
		return !w.holdsWithin(briefly, "last('a').parts.length === 2")
	}},
	{number: 24, name: "a session that is followed again brings no record twice", holds: func(w *world) bool {
		access := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:chat-1"}})
		w.records(scriptedSession, record("zero"))
		w.mount(component{Name: "a", Hook: "useSessionStream", Args: []any{"chat-1"}, Options: map[string]any{"accessToken": access}})
		w.until("last('a').records?.length === 1")
		w.restart("a")
		w.records(scriptedSession, record("one"))
		w.until("last('a').records.at(-1).text === 'one'")
		return evaluate[bool](w.page, "last('a').records.length === 2")
	}},
}
