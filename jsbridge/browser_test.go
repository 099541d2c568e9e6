//go:build !js

package jsbridge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserPage runs a test program as wasm_exec_node.js does, and leaves what it prints in a promise.
const browserPage = `<!doctype html>
<meta charset="utf-8"><title>jsbridge</title>
<script src="/browser/wasm_exec.js"></script>
<script>
  async function run(env) {
    const go = new Go()
    const lines = []
    console.log = (line) => lines.push(line)
    go.argv = ['jsbridge', '-test.v', '-test.timeout=60s']
    go.env = env
    let code = 0
    go.exit = (c) => { code = c }
    const { instance } = await WebAssembly.instantiateStreaming(fetch('/browser/test.wasm'), go.importObject)
    await go.run(instance)
    return JSON.stringify({ code, output: lines.join('\n') })
  }
</script>`

// TestInChromium runs the same tests as TestInNode where they count.
func TestInChromium(t *testing.T) {
	path := os.Getenv("CHROMIUM")
	if path == "" {
		t.Skip("CHROMIUM is not set: run ./build.sh test, or set it to the path of the browser")
	}
	w := newWorld(t, func(mux *http.ServeMux, program, goroot string) {
		mux.HandleFunc("/browser/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, browserPage) })
		mux.HandleFunc("/browser/test.wasm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, program) })
		mux.HandleFunc("/browser/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, filepath.Join(goroot, "lib/wasm/wasm_exec.js"))
		})
	})

	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))...)
	t.Cleanup(stop)
	page, closePage := chromedp.NewContext(allocator)
	t.Cleanup(closePage)
	deadline, cancel := context.WithTimeout(page, 90*time.Second)
	t.Cleanup(cancel)
	if err := chromedp.Do(deadline, chromedp.Navigate(w.url+"/browser/")); err != nil {
		t.Fatalf("open a page in %s: %v", path, err)
	}
	environment, err := json.Marshal(map[string]string{"RUNWIRE_EMULATOR": w.url, "RUNWIRE_REFUSED": w.refused})
	if err != nil {
		t.Fatal(err)
	}
	text, err := chromedp.Run(deadline, chromedp.Evaluate[string]("run("+string(environment)+")", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run the tests in %s: %v", path, err)
	}
	var result struct {
		Code   int
		Output string
	}
	if err := json.Unmarshal([]byte(text), &result); err != nil {
		t.Fatal(err)
	}
	if result.Code != 0 {
		t.Errorf("the tests exited with %d", result.Code)
	}
	w.check(t, strings.TrimSpace(result.Output))
}
