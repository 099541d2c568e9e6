//go:build !js

package browser

import (
	"strings"

	"github.com/runwire/runwire/web/emulator"
)

// connectionWires are the options that every hook has, of its own and from a context.
func connectionWires() []wire {
	const token = "a-token"
	set := map[string]any{"accessToken": token, "previewBranch": "feature/one", "requestOptions": map[string]any{
		"additionalHeaders": map[string]string{"X-App": "shop"},
	}}
	read := func(call emulator.Call) string {
		return strings.Join([]string{call.Authorization, call.TokenID, call.Headers["x-trigger-branch"], call.Headers["x-app"]}, " ")
	}
	var wires []wire
	for _, hook := range []struct {
		name    string
		args    []any
		request string
		// headers says that the hook's requests carry the app's own headers: JSON calls do, and what is read as they are.
		headers bool
		call    string
	}{
		{"useRealtimeRun", []any{"run_#"}, "GET /realtime/v1/runs/run_#", false, ""},
		{"useRealtimeRunWithStreams", []any{"run_s#"}, "GET /realtime/v1/runs/run_s#", false, ""},
		{"useRealtimeRunsWithTag", []any{"#"}, "GET /realtime/v1/runs?tags=#", false, ""},
		{"useRealtimeRunsWithStreams", []any{"s#"}, "GET /realtime/v1/runs?tags=s#", false, ""},
		{"useRealtimeBatch", []any{"batch_#"}, "GET /realtime/v1/batches/batch_#", false, ""},
		{"useRealtimeStream", []any{"run_#", "openai"}, "GET /realtime/v1/streams/run_#/openai", true, ""},
		{"useSessionStream", []any{"chat_#"}, "GET /realtime/v1/sessions/chat_#/out", true, ""},
		{"useRun", []any{"run_#"}, "GET /api/v3/runs/run_#", true, ""},
		{"useTaskTrigger", []any{"task_#"}, "POST /api/v1/tasks/task_#/trigger", true, "submit({})"},
		{"useRealtimeTaskTrigger", []any{"task_r#"}, "POST /api/v1/tasks/task_r#/trigger", true, "submit({})"},
		{"useRealtimeTaskTriggerWithStreams", []any{"task_s#"}, "POST /api/v1/tasks/task_s#/trigger", true, "submit({})"},
		{"useWaitToken", []any{"waitpoint_#"}, "POST /api/v1/waitpoints/tokens/waitpoint_#/complete", true, "complete({})"},
		{"useInputStreamSend", []any{"messages", "run_#"}, "POST /realtime/v1/streams/run_#/input/messages", true, "send({})"},
	} {
		want := "Bearer " + tokenID(token) + " feature/one "
		if hook.headers {
			want += "shop"
		}
		from := func(source string, options, context map[string]any) {
			var args []any
			for _, arg := range hook.args {
				args = append(args, strings.ReplaceAll(arg.(string), "#", source))
			}
			wires = append(wires, wire{
				option: "the connection, by its " + source, request: strings.ReplaceAll(hook.request, "#", source), call: hook.call,
				component: component{Hook: hook.name, Args: args, Options: options, Context: context}, read: read, want: want,
				ours: hook.name == "useRealtimeRunsWithStreams", // which the original does not have
			})
		}
		from("options", set, nil)
		from("context", map[string]any{"accessToken": nil, "baseURL": nil}, set)
	}
	return wires
}

// feedWires are the options of what follows runs. All its requests have the options: the first is read.
var feedWires = []wire{
	{option: "skipColumns", request: "GET /realtime/v1/runs/run_skip", read: query("skipColumns"), want: "payload,output",
		component: component{Hook: "useRealtimeRun", RunID: "run_skip", Options: map[string]any{"skipColumns": []string{"payload", "output"}}}},
	{option: "skipColumns", request: "GET /realtime/v1/runs/run_streams", read: query("skipColumns"), want: "metadata",
		component: component{Hook: "useRealtimeRunWithStreams", RunID: "run_streams", Options: map[string]any{"skipColumns": []string{"metadata"}}}},
	{option: "a tag", request: "GET /realtime/v1/runs?tags=user", read: query("tags"), want: "user:1",
		component: component{Hook: "useRealtimeRunsWithTag", Args: []any{"user:1"}}},
	{option: "tags", request: "GET /realtime/v1/runs?tags=org", read: query("tags"), want: "org:1,é &?",
		component: component{Hook: "useRealtimeRunsWithTag", Args: []any{[]string{"org:1", "é &?"}}}},
	{option: "createdAt", request: "GET /realtime/v1/runs?tags=created", read: query("createdAt"), want: "30m",
		component: component{Hook: "useRealtimeRunsWithTag", Args: []any{"created"}, Options: map[string]any{"createdAt": "30m"}}},
	{option: "skipColumns", request: "GET /realtime/v1/runs?tags=skip", read: query("skipColumns"), want: "payload,runTags",
		component: component{Hook: "useRealtimeRunsWithTag", Args: []any{"skip"}, Options: map[string]any{"skipColumns": []string{"payload", "runTags"}}}},
	{option: "a batch id", request: "GET /realtime/v1/batches/", read: path, want: "/realtime/v1/batches/batch_1",
		component: component{Hook: "useRealtimeBatch", Args: []any{"batch_1"}}},
	{option: "a run id", request: "GET /api/v3/runs/", read: path, want: "/api/v3/runs/run_retrieved",
		component: component{Hook: "useRun", Args: []any{"run_retrieved"}}},
	{option: "skipColumns", request: "GET " + runPath + "?skipColumns=payload", read: query("skipColumns"), want: "payload", call: "submit({})",
		component: component{Hook: "useRealtimeTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{
			"accessToken": emulator.DefaultSecretKey, "skipColumns": []string{"payload"},
		}}},
	{option: "skipColumns", request: "GET " + runPath + "?skipColumns=output", read: query("skipColumns"), want: "output", call: "submit({})",
		component: component{Hook: "useRealtimeTaskTriggerWithStreams", Args: []any{"hello-world"}, Options: map[string]any{
			"accessToken": emulator.DefaultSecretKey, "skipColumns": []string{"output"},
		}}},
}

// readWires are the options of what reads a stream: where it begins, and how long it waits.
func readWires() []wire {
	var wires []wire
	for _, hook := range []struct {
		name    string
		args    []any
		options map[string]any
		request string
	}{
		{"useRealtimeStream", []any{"run_read", "openai"}, nil, "GET /realtime/v1/streams/run_read/openai"},
		{"useSessionStream", []any{"chat_read"}, nil, "GET /realtime/v1/sessions/chat_read/out"},
		{"useSessionStreamChannel", []any{"screens"}, map[string]any{"sessionId": "chat_read"}, "GET /realtime/v1/sessions/chat_read/channels/screens/out"},
	} {
		set := func(option string, options map[string]any, read func(emulator.Call) string, want string) {
			for name, value := range hook.options {
				options[name] = value
			}
			wires = append(wires, wire{option: option, request: hook.request, read: read, want: want,
				component: component{Hook: hook.name, Args: hook.args, Options: options}})
		}
		set("previewBranch", map[string]any{"previewBranch": "two"}, header("x-trigger-branch"), "two")
		set("timeoutInSeconds", map[string]any{"timeoutInSeconds": 30}, header("timeout-seconds"), "30")
		set("lastEventId", map[string]any{"lastEventId": "7"}, header("last-event-id"), "7")
		set("lastEventId, a number", map[string]any{"lastEventId": 8}, header("last-event-id"), "8")
		set("from", map[string]any{"from": "latest"}, header("x-trigger-stream-start"), "latest")
		set("from beginning", map[string]any{"from": "beginning", "timeoutInSeconds": 31}, header("x-trigger-stream-start"), "")
		set("from, and lastEventId", map[string]any{"from": "latest", "lastEventId": "9"}, header("x-trigger-stream-start"), "")
	}
	stream := func(option string, options map[string]any, read func(emulator.Call) string, want string) {
		wires = append(wires, wire{option: option, request: "GET /realtime/v1/streams/run_start/openai", read: read, want: want,
			component: component{Hook: "useRealtimeStream", RunID: "run_start", StreamKey: "openai", Options: options}})
	}
	stream("startIndex", map[string]any{"startIndex": 5}, header("last-event-id"), "4")
	stream("startIndex 0", map[string]any{"startIndex": 0}, header("last-event-id"), "")
	stream("startIndex, and lastEventId", map[string]any{"startIndex": 6, "lastEventId": "2"}, header("last-event-id"), "2")
	stream("startIndex, and from", map[string]any{"startIndex": 7, "from": "latest"}, header("x-trigger-stream-start"), "")
	stream("startIndex 0, and from", map[string]any{"startIndex": 0, "from": "latest", "timeoutInSeconds": 1}, header("x-trigger-stream-start"), "")
	side := func(hook, option string, args []any, options map[string]any, want string) {
		wires = append(wires, wire{option: option, request: "GET /realtime/v1/sessions/", read: path, want: want,
			component: component{Hook: hook, Args: args, Options: options}})
	}
	side("useSessionStream", "io", []any{"chat_in"}, map[string]any{"io": "in"}, "/realtime/v1/sessions/chat_in/in")
	side("useSessionStream", "an external id", []any{"user/1 ?"}, nil, "/realtime/v1/sessions/user/1 ?/out")
	side("useSessionStreamChannel", "io", []any{"screens"}, map[string]any{"sessionId": "chat_side", "io": "in"}, "/realtime/v1/sessions/chat_side/channels/screens/in")
	return wires
}
