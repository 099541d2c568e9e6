//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/runwire/runwire/web/emulator"
)

// world is what a test plays in: an emulator of its own, and a page of one variant in a fresh browser context.
type world struct {
	t testing.TB
	*page
	variant  variant
	profile  cdp.BrowserContextID
	emulator *emulator.Emulator
	api      string // the emulator's address
	site     string // the page's
	token    string // may read every run
}

// setting is how a world differs from the usual one.
type setting struct {
	emulator emulator.Options
	// development builds React for development, in which Strict Mode mounts everything twice.
	development bool
	// serve goes between the page and its files.
	serve func(http.Handler) http.Handler
	// site is an address to use in place of the built app.
	site string
	// path is the page of the site to open.
	path string
	// listening is told the emulator's address before the page opens.
	listening func(address string)
}

// newWorld opens the app as a variant has it, which does what the test plays.
func newWorld(t testing.TB, v variant, set setting) *world {
	t.Helper()
	w := newServers(t, v, set)
	w.profile = openProfile(t)
	w.open(t, "window.play")
	return w
}

// newServers is a world without its page.
func newServers(t testing.TB, v variant, set setting) *world {
	t.Helper()
	folder := v.folder(t)
	w := newBackend(t, set.emulator)
	w.variant, w.site = v, set.site
	if set.listening != nil {
		set.listening(w.api)
	}
	mode := "production"
	if set.development {
		mode = "development"
	}
	if w.site == "" {
		w.site = serveSite(t, folder+"/"+mode, set.serve)
	}
	w.site += set.path
	return w
}

// newBackend starts the emulator of a world, which has no page yet.
func newBackend(t testing.TB, options emulator.Options) *world {
	t.Helper()
	w := &world{t: t, emulator: emulator.New(options)}
	w.api = serveAPI(t, w.emulator)
	w.token = w.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs"}, ExpiresIn: time.Hour})
	return w
}

// open opens the site in a tab, and waits until a JavaScript expression is true there: its script may run after the page has
// loaded.
func (w *world) open(t testing.TB, ready string) {
	t.Helper()
	w.page = openPage(t, w.profile, w.site)
	w.poll("!!" + ready)
	errors := w.errors
	t.Cleanup(func() {
		// The package that ours replaces has rejections that nobody hears (PROTOCOL.md, section 8).
		if uncaught := errors(); len(uncaught) > 0 && w.variant.tarball != nil {
			t.Errorf("nothing on the page caught %q", uncaught)
		}
	})
}

// openTab opens the app once more, in another tab of the same browser, and returns the same world as it is seen from there.
func (w *world) openTab() *world {
	w.t.Helper()
	tab := *w
	tab.open(w.t, "window.play")
	return &tab
}

// serveAPI serves an emulator until the test ends, and returns its address.
func serveAPI(t testing.TB, e *emulator.Emulator) string {
	listener, err := e.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: e}}
	server.Start()
	t.Cleanup(func() {
		e.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

func (w *world) mint(t testing.TB, spec emulator.TokenSpec) string {
	t.Helper()
	token, err := w.emulator.MintToken(spec)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// expired could read every run an hour ago.
func (w *world) expired() string {
	w.t.Helper()
	return w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs"}, ExpiresIn: -time.Hour})
}

// mount mounts components, pointed at this world's emulator unless their options say otherwise.
func (w *world) mount(components ...component) {
	w.t.Helper()
	var steps []step
	for _, c := range components {
		options := map[string]any{"baseURL": w.api, "accessToken": w.token}
		for name, value := range c.Options {
			options[name] = value
		}
		c.Options = options
		w.mounted = append(w.mounted, c.Name)
		steps = append(steps, mount(c))
	}
	w.play(steps...)
}

// create stores a run for the test to move, and returns its id.
func (w *world) create(columns emulator.Columns) string {
	w.t.Helper()
	id, err := w.emulator.CreateRun("", columns)
	w.must(err)
	return id
}

func (w *world) update(runID string, columns emulator.Columns) {
	w.t.Helper()
	w.must(w.emulator.UpdateRun(runID, columns))
}

// append appends parts, each of any type that encodes to JSON, to a stream of a run.
func (w *world) append(runID, key string, values ...any) {
	w.t.Helper()
	var parts []emulator.Part
	for _, value := range values {
		data, err := json.Marshal(value)
		w.must(err)
		parts = append(parts, emulator.Part{Data: data})
	}
	w.must(w.emulator.AppendParts(runID, key, parts...))
}

func (w *world) fault(fault emulator.Fault) {
	w.t.Helper()
	_, err := w.emulator.AddFault(fault)
	w.must(err)
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// trigger starts a task as a backend does, over HTTP, and returns the run's id.
func (w *world) trigger(task string, payload any) string {
	w.t.Helper()
	var handle struct{ ID string }
	w.must(json.Unmarshal(w.post("/api/v1/tasks/"+task+"/trigger", map[string]any{"payload": payload}), &handle))
	return handle.ID
}

// post calls the API as a backend does.
func (w *world) post(path string, body any) []byte {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.api+path, strings.NewReader(literal(body)))
	w.must(err)
	request.Header.Set("Authorization", "Bearer "+emulator.DefaultSecretKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	w.must(err)
	if response.StatusCode != http.StatusOK {
		w.t.Fatalf("POST %s: %s: %s", path, response.Status, answer)
	}
	return answer
}

// eventually waits for a condition that nothing announces, such as a counter of the emulator.
func (w *world) eventually(limit time.Duration, what string, holds func() bool) {
	w.t.Helper()
	if !within(limit, holds) {
		w.t.Fatalf("not within %v: %s\nemulator: %+v\n%s", limit, what, w.emulator.Stats(), w.describe())
	}
}

// within reports whether a condition comes to hold within a time.
func within(limit time.Duration, holds func() bool) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			return false
		}
	}
	return true
}

// gets and posts are the logged requests of a method whose path has a prefix, oldest first.
func (w *world) gets(prefix string) []emulator.Call  { return w.requests(http.MethodGet, prefix) }
func (w *world) posts(prefix string) []emulator.Call { return w.requests(http.MethodPost, prefix) }

func (w *world) requests(method, prefix string) []emulator.Call {
	return slices.DeleteFunc(w.emulator.Requests(prefix), func(call emulator.Call) bool { return call.Method != method })
}

// log describes the requests whose path has a prefix.
func (w *world) log(prefix string) string {
	var text strings.Builder
	for _, call := range w.emulator.Requests(prefix) {
		fmt.Fprintf(&text, "%d-%d %s %s?%s: %d, %d bytes %s\n", call.StartMs%100000, call.EndMs%100000, call.Method, call.Path,
			call.Query, call.Status, call.Bytes, call.Fault)
	}
	return text.String()
}

const (
	runPath    = "/realtime/v1/runs/"
	streamPath = "/realtime/v1/streams/"
)
