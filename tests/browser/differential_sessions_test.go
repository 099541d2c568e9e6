//go:build !js

package browser

import (
	"encoding/json"
	"slices"

	"github.com/runwire/runwire/web/emulator"
)

// The records of a session, and of a channel of it that has a name.
//
// Left out, because the original brings a control record to onRecords only with the next other record.
var sessionScripts = slices.Concat(
	sessionsOf("useSessionStream", []any{scriptedSession.Session}, scriptedSession),
	sessionsOf("useSessionStreamChannel", []any{scriptedChannel.Name}, scriptedChannel),
)

var (
	scriptedSession = emulator.SessionChannel{Session: "chat-1"}
	scriptedChannel = emulator.SessionChannel{Session: "chat-1", Name: "screens"}
)

// sessionsOf are the scripts of a hook that reads a channel.
func sessionsOf(hook string, args []any, channel emulator.SessionChannel) []script {
	mounted := func(w *world, options map[string]any, callbacks ...string) {
		c := component{Name: "a", Hook: hook, Args: args, Callbacks: callbacks, Options: map[string]any{
			"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:" + channel.Session}}),
		}}
		if channel.Name != "" {
			c.Options["sessionId"] = channel.Session
		}
		for name, value := range options {
			c.Options[name] = value
		}
		w.mount(c)
	}
	scripts := []script{
		{name: "records and a control record between them", play: func(w *world) {
			w.records(channel, record("zero"))
			mounted(w, nil, "onControl")
			w.until("last('a').records?.length === 1")
			w.records(channel, record("one"))
			w.until("last('a').records.length === 2")
			w.records(channel, turnComplete)
			w.until("last('a').lastControl?.subtype === 'turn-complete'")
			w.records(channel, record("two"))
			w.until("last('a').records.length === 3")
		}},
		{name: "records with their events", play: func(w *world) {
			mounted(w, nil, "onRecords")
			for i, text := range []string{"zero", "one", "two"} {
				w.records(channel, record(text))
				w.until("last('a').records?.length === %d", i+1)
			}
		}},
		{name: "the newest records", play: func(w *world) {
			w.records(channel, record("zero"))
			mounted(w, map[string]any{"maxRecords": 2})
			w.until("last('a').records?.length === 1")
			for _, text := range []string{"one", "two", "three"} {
				w.records(channel, record(text))
				w.until("last('a').records.at(-1).text === %q", text)
			}
		}},
		{name: "records after an event", play: func(w *world) {
			w.records(channel, record("zero"), record("one"), record("two"))
			mounted(w, map[string]any{"lastEventId": "1"})
			w.until("last('a').records?.[0]?.text === 'two'")
		}},
		{name: "records from the latest on", play: func(w *world) {
			w.records(channel, record("zero"), record("one"))
			mounted(w, map[string]any{"from": "latest"})
			w.until("last('a').records?.[0]?.text === 'one'")
			w.records(channel, record("two"))
			w.until("last('a').records.at(-1).text === 'two'")
		}},
		{name: "a burst of records", outcome: true, play: func(w *world) {
			mounted(w, nil)
			var burst []emulator.Part
			for _, part := range numbers(0, 500) {
				burst = append(burst, emulator.Part{Data: json.RawMessage(literal(part))})
			}
			w.records(channel, burst...)
			w.until("last('a').records?.length === 500")
		}},
		{name: "stop()", play: func(w *world) {
			w.records(channel, record("zero"))
			mounted(w, nil)
			w.until("last('a').records?.length === 1")
			w.stop("a")
			w.untilClosed()
			w.records(channel, record("one"))
		}},
		{name: "enabled only later", play: func(w *world) {
			w.records(channel, record("zero"))
			mounted(w, map[string]any{"enabled": false})
			w.settle()
			w.change("a", map[string]any{"options": map[string]any{"enabled": true}})
			w.until("last('a').records.length === 1")
		}},
		{name: "no access", play: func(w *world) {
			mounted(w, map[string]any{"accessToken": w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:sessions:chat-2"}})})
			w.until("last('a').error")
		}},
	}
	for i := range scripts {
		scripts[i].name = hook + ": " + scripts[i].name
	}
	return scripts
}

var turnComplete = emulator.Part{Body: new(""), Headers: [][2]string{{"trigger-control", "turn-complete"}, {"model", "small"}}}

func record(text string) emulator.Part {
	return emulator.Part{Data: json.RawMessage(literal(map[string]string{"text": text}))}
}

// records appends to what a session sends.
func (w *world) records(channel emulator.SessionChannel, records ...emulator.Part) {
	w.t.Helper()
	w.must(w.emulator.AppendRecords(channel, records...))
}
