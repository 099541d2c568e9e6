package main

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/web/components"
	"github.com/runwire/runwire/web/emulator"
)

// tokenLife is how long the page's access token is good for. The page asks for a new one before that.
const tokenLife = 15 * time.Minute

// shownTasks are the emulator's tasks that need nothing but a payload, in the order of the page.
var shownTasks = []string{"stream-text", "count-up", "hello-world", "always-fails", "big-output"}

// serviceWorker is what go-app's page registers. It caches nothing and removes what an earlier one cached, so
// that a browser always runs the program that the server has. Its bytes change with the version, and that is
// how an open page learns that there is a newer one. It claims no page: go-app would take that for an update.
const serviceWorker = `// version {{.Version}}
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((keys) => Promise.all(keys.map((key) => caches.delete(key)))));
});
`

// newSite serves the page, the little that it needs of its own server, and for everything else the emulator.
func newSite(e *emulator.Emulator, p *program) http.Handler {
	app.Route("/", func() app.Composer { return &placeholder{} })
	page := &app.Handler{
		Name:        "runwire demo",
		ShortName:   "runwire",
		Title:       "runwire demo",
		Description: "Trigger.dev runs, followed live by Go in the browser",
		Icon: app.Icon{
			Default: "/assets/icon.svg", Large: "/assets/icon.svg", SVG: "/assets/icon.svg", Maskable: "/assets/icon.svg",
		},
		BackgroundColor:       "#10131a",
		ThemeColor:            "#5b4bdb",
		LoadingLabel:          "Loading {progress} %",
		Styles:                []string{"/assets/demo.css"},
		Libraries:             []app.Library{components.Library{}},
		Resources:             p,
		Version:               p.version,
		ServiceWorkerTemplate: serviceWorker,
	}
	library, _ := components.Library{}.Styles()

	mux := http.NewServeMux()
	for _, pattern := range []string{
		"GET /{$}", "GET /app.js", "GET /app.css", "GET /app-worker.js", "GET /manifest.webmanifest",
		"GET /web/", "GET " + library,
	} {
		mux.Handle(pattern, page)
	}
	mux.HandleFunc("GET /wasm_exec.js", p.serveWasmExec)
	mux.Handle("GET /assets/", p.fresh(http.FileServerFS(assets)))
	mux.HandleFunc("GET /demo/tasks", serveTasks)
	mux.HandleFunc("GET /demo/token", func(w http.ResponseWriter, _ *http.Request) { serveToken(w, e) })
	mux.Handle("/", e)
	return mux
}

// fresh makes browsers ask whether what they have is still right.
func (p *program) fresh(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", `"`+p.version+`"`)
		next.ServeHTTP(w, r)
	})
}

// serveTasks lists what the page can trigger.
func serveTasks(w http.ResponseWriter, _ *http.Request) {
	type task struct {
		ID          string `json:"id"`
		Description string `json:"description"`
		Example     string `json:"example"`
	}
	tasks := []task{}
	for _, id := range shownTasks {
		for _, t := range emulator.Tasks() {
			if t.ID == id {
				tasks = append(tasks, task{t.ID, t.Description, t.Example})
			}
		}
	}
	writeJSON(w, tasks)
}

// serveToken mints the page's access token. The secret key stays here: a page must never have it. An
// application would first ask who its user is, and name the tasks and runs that this user may touch.
func serveToken(w http.ResponseWriter, e *emulator.Emulator) {
	token, err := e.MintToken(emulator.TokenSpec{Scopes: []string{"trigger:tasks", "read:runs"}, ExpiresIn: tokenLife})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, struct {
		AccessToken string `json:"accessToken"`
		ExpiresInMs int64  `json:"expiresInMs"`
	}{token, tokenLife.Milliseconds()})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(value) // the peer that went away does not need it
}

// placeholder is the page before its program runs.
type placeholder struct{ app.Compo }

// Render is part of app.Composer.
func (*placeholder) Render() app.UI { return app.Main().Class("page") }
