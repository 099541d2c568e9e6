package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/runwire/runwire/web/components"
)

//go:embed assets
var assets embed.FS

// program is the compiled page, as it was when the server started: a later build must not be served half.
type program struct {
	wasm     []byte
	wasmExec []byte // the glue of the compiler that made wasm, whatever go-app carries
	version  string // changes with every byte that a browser gets
}

func loadProgram(folder string) (*program, error) {
	p := &program{}
	hash := sha256.New()
	for _, part := range []struct {
		name string
		into *[]byte
	}{{"app.wasm", &p.wasm}, {"wasm_exec.js", &p.wasmExec}} {
		data, err := os.ReadFile(filepath.Join(folder, part.name))
		if err != nil {
			return nil, fmt.Errorf("load the page: %w: build it with ./build.sh demo, or name its folder with --program", err)
		}
		*part.into = data
		hash.Write(data)
	}
	entries, err := assets.ReadDir("assets")
	if err != nil {
		return nil, fmt.Errorf("load the page: %w", err)
	}
	for _, entry := range entries {
		data, err := assets.ReadFile("assets/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("load the page: %w", err)
		}
		hash.Write(data)
	}
	_, css := components.Library{}.Styles()
	hash.Write([]byte(css))
	hash.Write([]byte(serviceWorker))
	p.version = hex.EncodeToString(hash.Sum(nil))[:16]
	return p, nil
}

// ServeHTTP serves /web/app.wasm: program is the static resources of go-app's handler, which sets the
// validators.
func (p *program) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/web/app.wasm" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/wasm")
	http.ServeContent(w, r, "app.wasm", time.Time{}, bytes.NewReader(p.wasm))
}

// Resolve is part of app.ResourceResolver: everything is where its path says.
func (p *program) Resolve(path string) string { return path }

// serveWasmExec serves the compiler's glue in place of the copy that go-app carries.
func (p *program) serveWasmExec(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", `"`+p.version+`"`)
	http.ServeContent(w, r, "wasm_exec.js", time.Time{}, bytes.NewReader(p.wasmExec))
}
