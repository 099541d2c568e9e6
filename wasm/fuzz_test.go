package main

import (
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/api"
)

// FuzzMessage gives a server any lines as messages of two pages in turn, and answers to whatever it asks.
// It must not panic, every reply must be JSON, and after both pages have gone nothing may stay open.
func FuzzMessage(f *testing.F) {
	for _, script := range []string{
		"", "{", "null", "[]", `{"op":7}`, `{"op":"hello","protocol":2}`, `{"op":"status"}`,
		`{"op":"open","sub":1,"scope":"a","spec":{"hook":"run","runId":"run_1"},"options":{"accessToken":"t"}}`,
		`{"op":"open","sub":1,"scope":"a","spec":{"hook":"runWithStreams","runId":"run_1"},"options":{"throttleInMs":0,"stopOnCompletion":false,"skipColumns":["payload"]}}` +
			"\nrow\n" + `{"op":"update","sub":1,"options":{"accessToken":"u"}}` + "\nrow\n" + `{"op":"stop","sub":1}`,
		`{"op":"open","sub":4294967296,"scope":"a\u0000","spec":{"hook":"stream","runId":"run_1","streamKey":"s"},"options":{"onData":true,"startIndex":3,"throttleInMs":1e9},"resume":[{"feed":1,"key":"s","parts":-3}]}` +
			"\npart\nrefuse\n" + `{"op":"close","sub":4294967296}` + "\n" + `{"op":"drop","scope":"a\u0000"}`,
		`{"op":"open","sub":0,"scope":"1/a","spec":{"hook":"stream","runId":"../..","streamKey":"?"},"options":{"baseURL":"","lastEventId":7,"from":"latest","timeoutInSeconds":-1}}` + "\npart\npart\nend\n" + `{"op":"hello","protocol":1}`,
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		w := newWorld(t)
		for port := range uint32(2) {
			w.say(port, `{"op":"hello","protocol":1}`)
		}
		port := uint32(0)
		for line := range strings.SplitSeq(script, "\n") {
			switch line {
			case "row":
				w.answerAll(200, shapeHeader, row("EXECUTING", `,"realtimeStreams":"{s}"`))
			case "part":
				w.answerAll(200, api.Header{"content-type": "text/event-stream"}, "data: 1\n\n")
			case "refuse":
				w.answerAll(404, nil, line)
			case "end":
				w.answerAll(200, shapeHeader, row("CANCELED", `,"completedAt":"2026-01-31T10:20:31"`))
			default:
				w.server.message(w.now, port, line)
				port = 1 - port
			}
		}
		for port := range uint32(2) {
			w.server.detach(w.now, port)
		}
		w.quiet()
	})
}

// answerAll gives every request that is out the same answer.
func (w *world) answerAll(httpStatus int, header api.Header, body string) {
	for fetch := w.lastFetch; fetch > 0; fetch-- {
		if _, out := w.fetches[fetch]; out {
			w.answer(fetch, httpStatus, header, body)
		}
	}
}

var shapeHeader = api.Header{
	"content-type": "application/json", "electric-handle": "h", "electric-offset": "1_0", "electric-cursor": "1",
}

// row is an answer with a whole row: this status as the database spells it, and these columns besides.
func row(status, more string) string {
	return `[{"key":"1","value":{"friendlyId":"run_1","taskIdentifier":"resize","createdAt":"2026-01-31T10:20:30",` +
		`"updatedAt":"2026-01-31T10:20:30","status":"` + status + `"` + more +
		`},"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`
}
