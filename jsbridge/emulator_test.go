//go:build !js

package jsbridge_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// TestInNode runs this package's tests for js (the files *_js_test.go) in Node, whose fetch, AbortController
// and ReadableStream are a browser's, against an emulator.
func TestInNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is missing: install Node 20 or newer to run the tests of the browser host")
	}
	w := newWorld(t, func(*http.ServeMux, string, string) {})
	// Go's program for Node refuses a large environment.
	environment := []string{"PATH=" + os.Getenv("PATH"), "RUNWIRE_EMULATOR=" + w.url, "RUNWIRE_REFUSED=" + w.refused}
	w.check(t, run(t, environment, node, "--stack-size=8192", filepath.Join(w.goroot, "lib/wasm/wasm_exec_node.js"),
		w.program, "-test.v", "-test.timeout=60s"))
}

// world is what the tests for js need around them.
type world struct {
	program string // they, compiled
	goroot  string
	url     string        // an emulator, with the pages of the tests beside it
	refused string        // a URL of a port that nobody listens on
	held    chan struct{} // is sent to when a request of /test/held has ended
}

func newWorld(t *testing.T, more func(mux *http.ServeMux, program, goroot string)) *world {
	t.Helper()
	w := &world{
		program: filepath.Join(t.TempDir(), "jsbridge.test.wasm"),
		goroot:  strings.TrimSpace(run(t, os.Environ(), "go", "env", "GOROOT")),
		refused: refused(t),
		held:    make(chan struct{}, 10),
	}
	run(t, append(os.Environ(), "GOOS=js", "GOARCH=wasm"), "go", "test", "-c", "-o", w.program, ".")
	e := emulator.New(emulator.Options{})
	t.Cleanup(e.Close)
	mux := pages(e, w.held)
	more(mux, w.program, w.goroot)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// check looks at what the tests have printed, and waits for the end of the request that they cancelled in
// the middle of its body.
func (w *world) check(t *testing.T, output string) {
	t.Helper()
	t.Log(output)
	if strings.Contains(output, "--- SKIP") || strings.Contains(output, "--- FAIL") ||
		!strings.Contains(output, "--- PASS: TestCancelInTheMiddleOfABody") {
		t.Fatal("not all tests have passed")
	}
	<-w.held
}

func run(t *testing.T, environment []string, name string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Env = environment
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// refused is the URL of a port that nobody listens on any more.
func refused(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// pages serves the emulator, and below /test/ what it has no use for.
func pages(e http.Handler, held chan<- struct{}) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", e)
	mux.HandleFunc("/test/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is missing shows in the answer
		w.Header().Set("X-Test", "yes")
		w.WriteHeader(http.StatusNonAuthoritativeInfo)
		fmt.Fprintf(w, "%s %s accept=%s last-event-id=%s body=%s",
			r.Method, r.URL, r.Header.Get("Accept"), r.Header.Get("Last-Event-Id"), body)
	})
	mux.HandleFunc("/test/nothing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/test/large", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("0123456789abcdef", 1<<17)) // the client counts
	})
	mux.HandleFunc("/test/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "too little")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/test/unanswered", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/test/held", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		held <- struct{}{}
	})
	return mux
}
