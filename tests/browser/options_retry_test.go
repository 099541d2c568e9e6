//go:build !js

package browser

import (
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// A call is tried as often as requestOptions.retry says, under one name by which the server knows a repetition.
func TestACallIsTriedAsOftenAsItsOptionsSay(t *testing.T) {
	for _, v := range []variant{runwire, original} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, v, setting{})
			w.fault(emulator.Fault{Action: emulator.Action{Status: 503, Body: `{"error":"busy"}`}})
			for _, test := range []struct {
				hook string
				args []any
				call string
				path string
			}{
				{"useRun", []any{"run_1"}, "", "/api/v3/runs/"},
				{"useTaskTrigger", []any{"hello-world"}, "submit({})", "/api/v1/tasks/"},
				{"useWaitToken", []any{"waitpoint_1"}, "complete({})", "/api/v1/waitpoints/"},
				{"useInputStreamSend", []any{"messages", "run_1"}, "send({})", "/realtime/v1/streams/"},
			} {
				t.Run(test.hook, func(t *testing.T) {
					retry := map[string]any{"maxAttempts": 3, "minTimeoutInMs": 400, "factor": 2}
					calls := w.tried(component{Name: test.hook, Hook: test.hook, Args: test.args, Options: map[string]any{
						"requestOptions": map[string]any{"retry": retry},
					}}, test.call, test.path)
					if len(calls) != 3 {
						t.Fatalf("%d requests, want 3:\n%s", len(calls), w.log(test.path))
					}
					if first, second := calls[1].StartMs-calls[0].EndMs, calls[2].StartMs-calls[1].EndMs; first < 400 || second < 800 {
						t.Errorf("waited %d and %d ms, want at least 400 and 800", first, second)
					}
					const name = "x-trigger-request-idempotency-key"
					if first, last := calls[0].Headers[name], calls[2].Headers[name]; first == "" || first != last {
						t.Errorf("the first request is named %q, the last one %q", first, last)
					}
				})
			}
		})
	}
}

// tried mounts a component whose call fails, and returns the requests up to its error.
func (w *world) tried(c component, call, path string) []emulator.Call {
	w.t.Helper()
	w.mount(c)
	if call != "" {
		w.until("'isLoading' in last(%q)", c.Name)
		w.callWith(c.Name, call)
	}
	w.until("last(%q).error", c.Name)
	w.unmount(c.Name)
	var calls []emulator.Call
	for _, request := range w.emulator.Requests(path) {
		if request.Route != "preflight" {
			calls = append(calls, request)
		}
	}
	return calls
}
