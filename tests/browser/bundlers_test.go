//go:build !js

package browser

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/runwire/runwire/web/emulator"
)

// bundled returns the folder of an app of bundlers/, built if its bundler has to build it.
func bundled(t testing.TB, app string) string {
	t.Helper()
	workspace, err := buildWorkspace()
	if err != nil {
		t.Fatalf("build the apps in bundlers/: %v", err)
	}
	return filepath.Join(workspace, app)
}

// buildWorkspace gives each app of bundlers/ the sources that all have in common, installs what they ask for and the
// package under the name that they import, and builds them.
var buildWorkspace = sync.OnceValues(func() (string, error) {
	archive, err := packed()
	if err != nil {
		return "", err
	}
	folder, err := filepath.Abs(built + "/browser/bundlers")
	if err != nil {
		return "", err
	}
	err = once(folder, []string{"bundlers", archive}, func() error {
		if err := os.CopyFS(folder, os.DirFS("bundlers")); err != nil {
			return err
		}
		if err := copyFile(folder+"/package.tgz", archive); err != nil {
			return err
		}
		apps, err := filepath.Glob(folder + "/*/package.json")
		if err != nil {
			return err
		}
		for _, app := range apps {
			if err := copyInto(filepath.Dir(app), "bundlers/src"); err != nil {
				return err
			}
		}
		// What the lockfile says, and the package beside it.
		install := []string{"npm", "install", "--no-save", "@trigger.dev/react-hooks@file:package.tgz"}
		if err := run(folder, append(install, quietly...)...); err != nil {
			return err
		}
		return run(folder, "npm", "run", "build", "--workspaces", "--if-present")
	})
	return folder, err
})

func TestAnAppFollowsARunWhicheverBundlerItHas(t *testing.T) {
	for _, test := range []struct {
		name            string
		serve           func(*testing.T) string
		rendersOnServer bool
	}{
		{"esbuild", serveBundle("esbuild"), false},
		{"webpack", serveBundle("webpack"), false},
		{"Next.js, built by Turbopack", serveWithNext("next-turbopack", "start"), true},
		{"Next.js, built by webpack", serveWithNext("next-webpack", "start"), true},
		{"Next.js, its development server", serveWithNext("next-turbopack", "dev"), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newBackend(t, emulator.Options{})
			w.site = test.serve(t)
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			address := w.addressOf(id)
			if html := get(t, address); test.rendersOnServer != strings.Contains(html, "<p>Loading…</p>") {
				t.Errorf("the server answered %s; is the hook's first state in it? want %v", html, test.rendersOnServer)
			}
			w.page = openPage(t, openProfile(t), address)
			w.followsRun(id)
			if workers := w.sharedWorkers(); len(workers) != 1 || w.fetchesOnPage() {
				t.Errorf("the page has the shared workers %+v, want one, and that the page itself does not speak to the API", workers)
			}
		})
	}
}

func serveBundle(app string) func(*testing.T) string {
	return func(t *testing.T) string { return serveSite(t, bundled(t, app), nil) }
}

func serveWithNext(app, script string) func(*testing.T) string {
	return func(t *testing.T) string { return serveWith(t, bundled(t, app), "npm", "run", script) }
}

// followsRun moves a run to its end, and checks that the page shows each step and that nothing was wrong on the way.
func (w *world) followsRun(id string) {
	w.t.Helper()
	w.untilShown("EXECUTING: ")
	w.append(id, "openai", "Hello, ", "world")
	w.untilShown("EXECUTING: Hello, world")
	w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
	w.untilShown("COMPLETED: Hello, world")
	// React tells the console when what it hydrates is not what the server has rendered.
	complaints := w.messages(func(message chromedp.ConsoleMessage) bool {
		return slices.Contains([]chromedp.ConsoleType{chromedp.ConsoleException, chromedp.ConsoleError, chromedp.ConsoleWarning}, message.Type)
	})
	if len(complaints) > 0 {
		w.t.Errorf("the console has %q", complaints)
	}
}

// untilShown waits until the page of an app shows a text.
func (w *world) untilShown(text string) {
	w.t.Helper()
	w.poll("document.querySelector('p')?.textContent === " + literal(text))
}

func TestAnAppWithoutTheFilesOfTheRuntimeSaysWhatToServe(t *testing.T) {
	folder := bundled(t, "esbuild")
	files := regexp.MustCompile(`/(worker\.js|runtime\.wasm)$`)
	for _, test := range []struct {
		name  string
		serve func(http.Handler) http.Handler
		want  string
	}{
		{"they are not there", at(files, http.NotFound), "/dist/runtime.wasm: the server answered 404"},
		{"all that is not there is the app's page", at(files, serveFile(folder+"/index.html")),
			"/dist/runtime.wasm: the server answered 200 with text/html"},
		{"the bundle is a script, which has no address", at(bundlePath, serveFile(folder+"/dist/script.js")), "load runtime.wasm: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newBackend(t, emulator.Options{})
			w.site = serveSite(t, folder, test.serve)
			id := w.create(emulator.Columns{"status": "EXECUTING"})
			w.page = openPage(t, openProfile(t), w.addressOf(id))
			w.poll("document.querySelector('[role=alert]') !== null")
			shown := evaluate[string](w.page, "document.body.innerText")
			for _, want := range []string{test.want, "Serve runtime.wasm of @runwire/react-hooks", "configureRuntime({ wasmURL })"} {
				if !strings.Contains(shown, want) {
					t.Errorf("the page shows %q, which has no %q", shown, want)
				}
			}
			if uncaught := w.errors(); len(uncaught) > 0 {
				t.Errorf("nothing on the page caught %q", uncaught)
			}
		})
	}
}

func TestABundleThatIsAScriptFollowsARunOnceItIsToldWhereTheRuntimeIs(t *testing.T) {
	folder := bundled(t, "esbuild")
	w := newBackend(t, emulator.Options{})
	w.site = serveSite(t, folder, at(bundlePath, serveFile(folder+"/dist/script.js")))
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.page = openPage(t, openProfile(t), w.addressOf(id)+"&wasmURL=/dist/runtime.wasm")
	w.followsRun(id)
}

func TestTheTestsOfAnAppSeeTheFirstStateOfItsHooks(t *testing.T) {
	for _, runner := range []string{"jest", "vitest"} {
		t.Run(runner, func(t *testing.T) {
			t.Parallel()
			if err := run(bundled(t, runner), "npm", "test"); err != nil {
				t.Error(err)
			}
		})
	}
}

var bundlePath = regexp.MustCompile(`/main\.js$`)

func serveFile(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }
}

// addressOf is where an app of bundlers/ shows a run.
func (w *world) addressOf(runID string) string {
	return w.site + "/?" + url.Values{"runId": {runID}, "accessToken": {w.token}, "baseURL": {w.api}}.Encode()
}

// get is what a server answers before any script runs.
func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
