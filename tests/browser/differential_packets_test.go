//go:build !js

package browser

import "github.com/runwire/runwire/web/emulator"

// Payload, output and metadata as the service stores them: text, and how to read it.
var packetScripts = []script{
	{name: "a payload of text and an output of text", play: showOutput(
		emulator.Columns{"payload": "just text", "payloadType": emulator.TypeText},
		emulator.Columns{"output": "[1, 2", "outputType": emulator.TypeText},
	)},
	{name: "a payload and an output of JSON", play: showOutput(
		emulator.Columns{"payload": `{"a":[1,2.5,-3e21,"é😀\u2028"],"b":null,"c":true,"__proto__":1}`, "payloadType": emulator.TypeJSON},
		emulator.Columns{"output": `[]`, "outputType": emulator.TypeJSON},
	)},
	{name: "a payload and an output of values that JSON has no words for", play: showOutput(
		emulator.Columns{"payload": `{"json":{"at":"2026-01-02T03:04:05.000Z","ids":[1,2]},"meta":{"values":{"at":["Date"],"ids":["set"]}}}`, "payloadType": emulator.TypeSuperJSON},
		emulator.Columns{"output": `{"json":{"none":null,"map":[["k",{"at":"2026-01-02T03:04:05.000Z"}]],"big":"12345678901234567890","nan":"NaN","minus":"-Infinity","url":"https://example.com/","re":"/a+/gi","e":{"name":"TypeError","message":"bad"},"plain":{"a":1}},` +
			`"meta":{"values":{"none":["undefined"],"map":["map",{"0.1.at":["Date"]}],"big":["bigint"],"nan":["number"],"minus":["number"],"url":["URL"],"re":["regexp"],"e":["Error"]}}}`, "outputType": emulator.TypeSuperJSON},
	)},
	{name: "an object that is in a payload twice", play: showOutput(
		emulator.Columns{"payload": `{"json":{"a":{"x":1},"b":null},"meta":{"referentialEqualities":{"a":["b"]}}}`, "payloadType": emulator.TypeSuperJSON},
		emulator.Columns{"output": `{"json":"2026-01-02T03:04:05.000Z","meta":{"values":["Date"]}}`, "outputType": emulator.TypeSuperJSON},
	)},
	{name: "an output that is stored elsewhere", play: func(w *world) {
		const size = 600_000
		id := w.trigger("big-output", map[string]any{"bytes": size})
		w.eventually(patience, "the task has ended", func() bool {
			run, err := w.emulator.Run(id)
			return err == nil && run.Status == emulator.StatusCompleted && run.Output.Type == emulator.TypeStore
		})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Callbacks: []string{"onComplete"}, Options: map[string]any{
			"skipColumns": []string{"usageDurationMs", "costInCents"}, // they depend on the time that the task took
		}})
		w.until("read('a').calls.length === 1 && JSON.stringify(last('a').run.output).length >= %d", size)
	}},
	{name: "metadata of any JSON", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING", "metadata": map[string]any{"a": 1}})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun})
		w.until("last('a').run?.metadata?.a === 1")
		w.show(emulator.Columns{"metadata": map[string]any{"b": []any{nil, true, "x", map[string]any{}}}}, "run.metadata.b")
		w.show(emulator.Columns{"metadata": map[string]any{}}, "!('b' in run.metadata)")
		w.show(emulator.Columns{"metadata": nil}, "run.metadata === undefined")
	}},
}

// showOutput plays a run with a payload from the start and an output at the end.
func showOutput(payload, output emulator.Columns) func(*world) {
	return func(w *world) {
		w.begin(payload)
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: scriptedRun, Callbacks: []string{"onComplete"}})
		w.until("last('a').run?.isQueued")
		output["status"] = emulator.StatusCompleted
		w.show(output, "run.isCompleted")
		w.until("read('a').calls.length === 1")
	}
}
