//go:build !js

package browser

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/runwire/runwire/web/emulator"
)

// triggerWires are the options of one run, and the ways to write its payload.
func triggerWires() []wire {
	var wires []wire
	submit := func(option, args, want string, ours bool) {
		wires = append(wires, wire{option: option, request: "POST /api/v1/tasks/", call: "submit(" + args + ")", read: body, want: want, ours: ours,
			component: component{Hook: "useTaskTrigger", Args: []any{"hello-world"}, Options: map[string]any{"accessToken": emulator.DefaultSecretKey}}})
	}
	// set adds one option to a run whose payload is text; the body has its options in order of their names.
	set := func(option, written, sent string) { submit(option, `"x", { `+written+` }`, triggered(sent), false) }
	set("queue", `queue: "mail"`, `"queue":{"name":"mail"}`)
	set("concurrency", `concurrency: "one"`, `"concurrency":["one"]`)
	set("concurrency, two", `concurrency: ["one", "two"]`, `"concurrency":["one","two"]`)
	set("concurrencyKey", `concurrencyKey: "user-1"`, `"concurrencyKey":"user-1"`)
	set("idempotencyKey", `idempotencyKey: "order-1"`, `"idempotencyKey":"`+hashed("order-1")+`"`)
	set("idempotencyKey, in parts", `idempotencyKey: ["order", "1"]`, `"idempotencyKey":"`+hashed("order-1")+`"`)
	set("idempotencyKey, made already", `idempotencyKey: "`+hashed("made")+`"`, `"idempotencyKey":"`+hashed("made")+`"`)
	set("delay", `delay: "1h"`, `"delay":"1h"`)
	set("delay, a date", `delay: new Date(1893456000000)`, `"delay":"2030-01-01T00:00:00.000Z"`)
	set("ttl", `ttl: "10m"`, `"ttl":"10m"`)
	set("ttl, seconds", `ttl: 600`, `"ttl":600`)
	set("tags", `tags: ["one", "two"]`, `"tags":["one","two"]`)
	set("tags, one", `tags: "one"`, `"tags":"one"`)
	set("maxAttempts", `maxAttempts: 4`, `"maxAttempts":4`)
	set("metadata", `metadata: { user: { name: "Ada" } }`, `"metadata":{"user":{"name":"Ada"}}`)
	set("maxDuration", `maxDuration: 60`, `"maxDuration":60`)
	set("version", `version: "20260101.1"`, `"lockToVersion":"20260101.1"`)
	set("debounce", `debounce: { key: "user-1", delay: "5s", mode: "trailing", maxDelay: "1m" }`,
		`"debounce":{"delay":"5s","key":"user-1","maxDelay":"1m","mode":"trailing"}`)
	// The original sends none of these.
	for option, value := range map[string]string{
		"idempotencyKeyTTL": `"1h"`, "machine": `"small-2x"`, "priority": `10`, "region": `"eu-central-1"`, "externalDeploymentId": `"dpl-1"`,
	} {
		submit(option, `"x", { `+option+`: `+value+` }`, triggered(`"`+option+`":`+value), true)
	}

	payload := func(option, written, want string) { submit("a payload, "+option, written, want, false) }
	payload("absent", `undefined`, `{"options":{"payloadType":"application/json"}}`)
	payload("text", `"two\nlines"`, `{"options":{"payloadType":"text/plain"},"payload":"two\nlines"}`)
	payload("an object", `{ to: 3, list: [1, null] }`, superJSON(`{"json":{"to":3,"list":[1,null]}}`))
	payload("values that JSON has no words for", `{ at: new Date(0), none: undefined, big: 12n, ids: new Set([1]) }`,
		superJSON(`{"json":{"at":"1970-01-01T00:00:00.000Z","none":null,"big":"12","ids":[1]},"meta":{"values":{"at":["Date"],"none":["undefined"],"big":["bigint"],"ids":["set"]}}}`))
	payload("null", `null`, superJSON(`{"json":null}`))
	payload("a number", `7`, superJSON(`{"json":7}`))
	return wires
}

// triggered is the body of a call whose payload is the text x, and which has one more option.
func triggered(option string) string {
	options := []string{option, `"payloadType":"text/plain"`}
	if option > options[1] {
		options[0], options[1] = options[1], options[0]
	}
	return `{"options":{` + strings.Join(options, ",") + `},"payload":"x"}`
}

func superJSON(text string) string {
	return `{"options":{"payloadType":"application/super+json"},"payload":` + literal(text) + `}`
}

func hashed(key string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(key))) }

// callWires are what the other calls send.
var callWires = []wire{
	{option: "a task id", request: "POST /api/v1/tasks/", read: path, want: "/api/v1/tasks/mail/send ?/trigger", call: "submit({})",
		component: component{Hook: "useTaskTrigger", Args: []any{"mail/send ?"}, Options: map[string]any{"accessToken": emulator.DefaultSecretKey}}},
	{option: "an output", request: "POST /api/v1/waitpoints/tokens/waitpoint_1/complete", read: body, want: `{"data":{"approved":true,"at":"1970-01-01T00:00:00.000Z"}}`,
		call:      "complete({ approved: true, at: new Date(0), none: undefined })",
		component: component{Hook: "useWaitToken", Args: []any{"waitpoint_1"}}},
	{option: "no output", request: "POST /api/v1/waitpoints/tokens/waitpoint_2/complete", read: body, want: `{}`, call: "complete(undefined)",
		component: component{Hook: "useWaitToken", Args: []any{"waitpoint_2"}}},
	{option: "data", request: "POST /realtime/v1/streams/run_input/input/messages", read: body, want: `{"data":{"text":"hello"}}`,
		call:      `send({ text: "hello" })`,
		component: component{Hook: "useInputStreamSend", Args: []any{"messages", "run_input"}}},
	{option: "data, text", request: "POST /realtime/v1/streams/run_input2/input/messages", read: body, want: `{"data":"hello"}`, call: `send("hello")`,
		component: component{Hook: "useInputStreamSend", Args: []any{"messages", "run_input2"}}},
}
