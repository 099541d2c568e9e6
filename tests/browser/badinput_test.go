//go:build !js

package browser

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// Whatever arrives, a hook shows a clear error or the runtime asks again; the page lives, and shows the next good update.

func TestAnAnswerThatCannotBeReadIsAskedForAgain(t *testing.T) {
	const html = `<!doctype html><title>Sign in to the hotel's network</title>`
	for _, test := range []struct {
		name   string
		action emulator.Action
	}{
		{"JSON that ends in the middle", emulator.Action{Status: 200, Body: `[{"key":"x","value":{"id":`}},
		{"JSON that is no list of messages", emulator.Action{Status: 200, Body: `{"ok":true}`}},
		{"a page of HTML", emulator.Action{Status: 200, Body: html, ContentType: "text/html"}},
		{"nothing at all", emulator.Action{Status: 200, Body: ""}},
	} {
		t.Run("from the run feed, "+test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, runwire, setting{})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.fault(emulator.Fault{Match: "GET " + runPath, Times: 2, Action: test.action})
			w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
			w.until("last('a').run?.isExecuting && !last('a').error")
			w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').run.metadata?.step === 1")
		})
	}
	for _, test := range []struct {
		name    string
		version string
		action  emulator.Action
	}{
		{"a page of HTML in place of v1", emulator.StreamV1, emulator.Action{Status: 200, Body: html, ContentType: "text/html"}},
		{"a page of HTML in place of v2", emulator.StreamV2, emulator.Action{Status: 200, Body: html, ContentType: "text/html"}},
		// In v1 what is no JSON is text.
		{"a batch of v2 that is no JSON", emulator.StreamV2, emulator.Action{
			Status: 200, Body: "id: 0\nevent: batch\ndata: {\"records\":[{\"body\":\n\n", ContentType: "text/event-stream",
			Headers: map[string]string{"X-Stream-Version": "v2"},
		}},
	} {
		t.Run("from a stream, "+test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, runwire, setting{emulator: emulator.Options{StreamVersion: test.version}})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.append(id, "default", "zero")
			w.fault(emulator.Fault{Match: "GET " + streamPath, Times: 2, Action: test.action})
			w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id})
			w.until("last('a').parts?.[0] === 'zero' && !last('a').error")
			w.append(id, "default", "one")
			w.until("last('a').parts[1] === 'one'")
		})
	}
}

func TestARowOfTenMegabytesIsShown(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	const size = 10 << 20
	id := w.create(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"text": strings.Repeat("é", size/2)}})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').run?.payload.text.length === %d", size/2)
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('a').run.metadata?.step === 1")
	if kept := evaluate[bool](w.page, "states('a').at(-2).run.payload === states('a').at(-1).run.payload"); !kept {
		t.Error("a payload that did not change is another object after an update")
	}
}

func TestAPayloadNestedTenThousandLevelsIsShownOrNamed(t *testing.T) {
	const levels = 10_000
	deep := strings.Repeat("[", levels) + strings.Repeat("]", levels)
	for _, test := range []struct{ name, payload, kind string }{
		{"as JSON", deep, emulator.TypeJSON},
		{"as super+json", `{"json":` + deep + `}`, emulator.TypeSuperJSON},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, runwire, setting{})
			id := w.create(emulator.Columns{"status": "EXECUTING", "payload": test.payload, "payloadType": test.kind})
			w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, LastOnly: true})
			w.until("last('a').run?.isExecuting")
			depth := evaluate[int](w.page, "((value) => { let n = 0; while (Array.isArray(value)) { n++; value = value[0] } return n })(last('a').run.payload)")
			failure := evaluate[string](w.page, "String(last('a').error ?? '')")
			if depth != levels && !strings.HasPrefix(failure, "DecodeError: decode payload") {
				t.Errorf("the payload has %d levels and the error is %q; want %d levels, or a DecodeError for the payload", depth, failure, levels)
			}
			w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
			w.until("last('a').run.metadata?.step === 1")
		})
	}
}

func TestAPacketThatCannotBeReadIsNamedUntilItCanBe(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING", "metadata": `{"broken`})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').run?.isExecuting && last('a').error?.name === 'DecodeError' && last('a').error.message.includes('metadata')")
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('a').run.metadata?.step === 1 && !last('a').error")
}

func TestAHandleWhereARunIDBelongsIsAnErrorThatShowsIt(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	handle := map[string]any{"id": w.create(nil)}
	w.mount(component{Name: "a", Hook: "useRealtimeRun", Args: []any{handle}})
	w.until("last('a').error?.status === 404 && decodeURIComponent(last('a').error.message).includes(%q)", literal(handle))
}

func TestAPageOfHTMLWhereTheRuntimeShouldBeIsAClearError(t *testing.T) {
	var missing atomic.Bool
	missing.Store(true)
	w := newWorld(t, runwire, setting{serve: func(next http.Handler) http.Handler {
		app := at(wasmPath, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>The app</title>")
		})(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if missing.Load() {
				app.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').error")
	message := evaluate[string](w.page, "last('a').error.message")
	for _, part := range []string{w.site + "/", ".wasm", "text/html", "configureRuntime({ wasmURL })"} {
		if !strings.Contains(message, part) {
			t.Errorf("the error says %q, which has no %q", message, part)
		}
	}
	// The address is put right, and the next hook starts the runtime for both.
	missing.Store(false)
	wasm := evaluate[string](w.page, "performance.getEntriesByType('resource').map(({ name }) => name).find((name) => name.endsWith('.wasm'))")
	w.play(step{"do": "configure", "options": map[string]any{"wasmURL": wasm + "?found"}})
	w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: id})
	w.until("last('b').run && last('a').run && !last('a').error")
}

func TestAWorkerThatDoesNotWorkIsReplacedByThePage(t *testing.T) {
	for _, test := range []struct{ name, script string }{
		{"it says that it runs, and then nothing",
			"const first = { running: true }; self.postMessage?.(first); self.onconnect = ({ ports: [port] }) => port.postMessage(first)"},
		{"it is empty", ""},
		{"it throws", "throw new Error('no')"},
		{"it is a page of HTML", "<!doctype html>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, runwire, setting{serve: replacing(workerPath, func([]byte) []byte { return []byte(test.script) })})
			showsOnPage(w)
		})
	}
	for name, serve := range map[string]http.HandlerFunc{
		"it is not served": http.NotFound,
		"it never arrives": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			showsOnPage(newWorld(t, runwire, setting{serve: at(workerPath, serve)}))
		})
	}
}

// showsOnPage follows a run to its end, and checks that the page itself spoke to the API.
func showsOnPage(w *world) {
	w.t.Helper()
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').run?.isExecuting && !last('a').error")
	w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
	w.until("last('a').run.isCompleted")
	if !w.fetchesOnPage() {
		w.t.Error("the page itself did not speak to the API: the worker that should be broken works")
	}
}

// at serves the paths that match in another way.
func at(paths *regexp.Regexp, serve http.HandlerFunc) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if paths.MatchString(r.URL.Path) {
				serve(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
