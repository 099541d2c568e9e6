//go:build !js

package browser

import (
	"maps"
	"slices"

	"github.com/runwire/runwire/web/emulator"
)

// Arguments that are missing or wrong.
//
// Left out, because the original is wrong there: it asks for a batch without an id, and for the run [object Object].
var inputScripts = []script{
	everyHook("every hook without an access token", hookArguments, map[string]any{"accessToken": nil}),
	everyHook("every hook without an access token, and not enabled", hookArguments, map[string]any{"accessToken": nil, "enabled": false}),
	everyHook("every hook without an id", hookIdle, nil),
	{name: "calls without an access token", watch: []string{"useTaskTrigger", "useWaitToken", "useInputStreamSend", "useRun"}, outcome: true, play: func(w *world) {
		for hook, action := range map[string]string{"useTaskTrigger": "submit", "useWaitToken": "complete", "useInputStreamSend": "send", "useRun": ""} {
			w.mount(component{Name: hook, Hook: hook, Args: hookArguments[hook], Options: map[string]any{"accessToken": nil, "enabled": false}})
			w.until("states(%q).length > 0", hook)
			if action != "" {
				w.call(hook, action, map[string]any{})
			}
			w.until("last(%q).error && !last(%[1]q).isLoading", hook)
		}
	}},
	{name: "a stream key that does not exist", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: scriptedRun, StreamKey: "unknown"})
		w.eventually(patience, "the stream is asked for", func() bool { return w.emulator.Stats().OpenRealtime == 1 })
	}},
	{name: "a defined stream", play: func(w *world) {
		w.begin(emulator.Columns{"status": "EXECUTING"})
		w.append(scriptedRun, "openai", "zero")
		w.mount(component{Name: "a", Hook: "useRealtimeStream", Args: []any{map[string]any{"id": "openai"}, scriptedRun}})
		w.until("last('a').parts?.length === 1")
	}},
	{name: "a defined stream without a run id", play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useRealtimeStream", Args: []any{map[string]any{"id": "openai"}, nil}})
		w.until("last('a').thrown")
	}},
	{name: "a number where a run id belongs", play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useRealtimeRun", Args: []any{7}})
		w.until("last('a').error")
	}},
	{name: "a task with three limits", outcome: true, play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"hello-world"}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{}, map[string]any{"concurrency": []string{"one", "two", "three"}})
		w.until("last('a').error && !last('a').isLoading")
	}},
	{name: "a task that does not exist", play: func(w *world) {
		w.mount(component{Name: "a", Hook: "useTaskTrigger", Args: []any{"unknown"}, Options: map[string]any{"accessToken": w.triggerToken("unknown")}})
		w.until("'isLoading' in last('a')")
		w.call("a", "submit", map[string]any{})
		w.until("last('a').error && !last('a').isLoading")
	}},
}

// hookArguments are arguments of every hook that has an access token.
var hookArguments = map[string][]any{
	"useRealtimeRun":                    {scriptedRun},
	"useRealtimeRunWithStreams":         {scriptedRun},
	"useRealtimeRunsWithTag":            {"one"},
	"useRealtimeBatch":                  {"batch_1"},
	"useRealtimeStream":                 {scriptedRun, "openai"},
	"useRealtimeTaskTrigger":            {"hello-world"},
	"useRealtimeTaskTriggerWithStreams": {"hello-world"},
	"useRun":                            {scriptedRun},
	"useSessionStream":                  {"chat-1"},
	"useSessionStreamChannel":           {"screens"},
	"useTaskTrigger":                    {"hello-world"},
	"useWaitToken":                      {"waitpoint_1"},
	"useInputStreamSend":                {"messages", scriptedRun},
	"useApiClient":                      {},
}

// hookIdle are arguments of hooks that are given their ids later.
var hookIdle = map[string][]any{
	"useRealtimeRun":            {nil},
	"useRealtimeRunWithStreams": {nil},
	"useRun":                    {nil},
	"useSessionStream":          {nil},
	"useSessionStreamChannel":   {"screens"},
	"useWaitToken":              {nil},
	"useInputStreamSend":        {"messages", nil},
}

// everyHook plays a component for each hook, under the hook's name.
func everyHook(name string, hooks map[string][]any, options map[string]any) script {
	return script{name: name, watch: slices.Sorted(maps.Keys(hooks)), play: func(w *world) {
		for hook, args := range hooks {
			w.mount(component{Name: hook, Hook: hook, Args: args, Options: options})
		}
		w.until("%s.every((hook) => states(hook).length > 0)", literal(slices.Sorted(maps.Keys(hooks))))
	}}
}
