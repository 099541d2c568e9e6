//go:build !js

package browser

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// The worker as users get it, with a preamble that the test's web server puts before it: told to, it gives the runtime
// a length that no buffer has, in place of the next chunks of a response. That is a bug of the host which the runtime
// cannot survive: a genuine trap, at the worst moment, when bytes have arrived that are in nobody else's hands.
const trappingPreamble = `{
const instantiate = WebAssembly.instantiate
const channel = new BroadcastChannel('traps')
let wanted = 0
let instances = 0
channel.onmessage = ({ data }) => {
	wanted = data
	channel.postMessage({ instances })
}
WebAssembly.instantiate = async (module, imports) => {
	const instance = await instantiate(module, imports)
	const chunk = (now, fetch, length) => instance.exports.chunk(now, fetch, wanted-- > 0 ? 2 ** 31 - 1 : length)
	instances++
	return Object.create(instance, { exports: { value: { ...instance.exports, chunk } } })
}
}`

var (
	workerPath = regexp.MustCompile(`/worker[-.\w]*\.js$`)
	wasmPath   = regexp.MustCompile(`\.wasm$`)
)

// beforeWorker puts a script before the worker's own.
func beforeWorker(preamble string) func(http.Handler) http.Handler {
	return replacing(workerPath, func(script []byte) []byte { return append([]byte(preamble), script...) })
}

// replacing changes what is served under the paths that match.
func replacing(paths *regexp.Regexp, change func([]byte) []byte) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return at(paths, func(w http.ResponseWriter, r *http.Request) {
			served := httptest.NewRecorder()
			next.ServeHTTP(served, r)
			body := change(served.Body.Bytes())
			maps.Copy(w.Header(), served.Header())
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(served.Code)
			_, _ = w.Write(body) // the browser may be gone
		})(next)
	}
}

// trapNext makes the next chunks of responses trap, and returns how many instances there have been.
func (w *world) trapNext(chunks int) int {
	w.t.Helper()
	return evaluate[int](w.page, fmt.Sprintf(`new Promise((resolve) => {
		const channel = new BroadcastChannel('traps')
		channel.onmessage = ({ data }) => { channel.close(); resolve(data.instances) }
		channel.postMessage(%d)
	})`, chunks))
}

func TestATrapIsFollowedByANewInstanceThatGoesOn(t *testing.T) {
	for _, v := range []variant{runwire, runwireGo} {
		t.Run(v.name, func(t *testing.T) {
			w := newWorld(t, v, setting{serve: beforeWorker(trappingPreamble)})
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.watchNumbers(id)
			w.appendNumbers(id, 0, 100)
			w.until("last('stream').parts?.length === 100 && last('run').streams.numbers?.length === 100")

			w.trapNext(1)
			w.appendNumbers(id, 100, 200)
			w.wantNumbers(200)
			if instances := w.trapNext(0); instances != 2 {
				t.Fatalf("%d instances were started, want 2: nothing has trapped", instances)
			}
			w.update(id, emulator.Columns{"metadata": map[string]any{"after": "the trap"}})
			w.until("last('run').run.metadata?.after")

			w.trapNext(1)
			w.update(id, emulator.Columns{"status": emulator.StatusCompleted, "output": map[string]any{"total": 200}})
			w.must(w.emulator.CloseStream(id, "numbers"))
			w.until("last('run').run.output?.total === 200 && read('run').calls.length === 1")
			w.wantNumbers(200)
			if gone := evaluate[bool](w.page, "states('run').slice(1).some(({ run }, index, all) => !run && all[index - 1]?.run)"); gone {
				t.Error("the run was taken away from the screen")
			}
			if shown := evaluate[bool](w.page, "[...states('run'), ...states('stream')].some((state) => state.error)"); shown {
				t.Error("an error was shown for a trap that was repaired")
			}
			if instances := w.trapNext(0); instances != 3 {
				t.Errorf("%d instances were started, want 3", instances)
			}
		})
	}
}

func TestAControlRecordBeforeATrapIsHandedOverOnce(t *testing.T) {
	w := newWorld(t, runwire, setting{serve: beforeWorker(trappingPreamble)})
	w.mount(component{Name: "a", Hook: "useSessionStream", Args: []any{scriptedSession.Session}, Callbacks: []string{"onControl"},
		Options: map[string]any{"accessToken": w.mint(t, emulator.TokenSpec{Scopes: []string{"read:sessions:" + scriptedSession.Session}})}})
	w.records(scriptedSession, record("zero"), turnComplete)
	w.until("last('a').records?.length === 1 && read('a').calls.length === 1")

	w.trapNext(1)
	w.records(scriptedSession, record("one"))
	w.until("last('a').records.length === 2")
	if instances := w.trapNext(0); instances != 2 {
		t.Fatalf("%d instances were started, want 2: nothing has trapped", instances)
	}
	if calls := evaluate[int](w.page, "read('a').calls.length"); calls != 1 {
		t.Errorf("the control record was handed over %d times", calls)
	}
}

func TestThreeTrapsInAMinuteAreOneClearErrorOnEveryHook(t *testing.T) {
	w := newWorld(t, runwire, setting{serve: beforeWorker(trappingPreamble)})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.watchNumbers(id)
	w.appendNumbers(id, 0, 10)
	w.until("last('run').run && last('run').streams.numbers?.length === 10 && last('stream').parts?.length === 10")

	w.trapNext(3)
	w.appendNumbers(id, 10, 20)
	w.until("last('run').error && last('stream').error")
	for _, name := range []string{"run", "stream"} {
		type shown struct{ Name, Message string }
		got := evaluate[shown](w.page, fmt.Sprintf("(({ name, message }) => ({ name, message }))(last('%s').error)", name))
		if got.Name != "InternalError" || len(got.Message) < len("runtime: ") {
			t.Errorf("%s shows the error %+v, want an InternalError that says what happened", name, got)
		}
	}
	if kept := evaluate[bool](w.page, "!!last('run').run && last('stream').parts.length >= 10"); !kept {
		t.Error("what was on the screen was taken away")
	}

	// The next hook to open starts a runtime, for all of them.
	w.mount(component{Name: "late", Hook: "useRealtimeRun", RunID: id})
	w.until("last('late').run && !last('late').error")
	w.until("!last('run').error && !last('stream').error")
	w.wantNumbers(20)
}
