//go:build !js

package browser

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

func TestWorksUnderVitesDevelopmentServer(t *testing.T) {
	w := newWorld(t, runwire, setting{site: serveWithVite(t, runwire.folder(t))})
	showRun(t, w, true)
}

// serveWithVite runs Vite's development server for an installation, as it comes: dependencies are bundled beforehand.
func serveWithVite(t *testing.T, folder string) string {
	cmd := exec.CommandContext(t.Context(), "node", "devserver.mjs", folder)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errors strings.Builder
	cmd.Stderr = &errors
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		_ = cmd.Wait() // it is stopped by the end of its input, or by the end of the test
		if errors.Len() > 0 {
			t.Logf("vite: %s", errors.String())
		}
	})
	lines := bufio.NewScanner(output)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "http://") {
		t.Fatalf("the development server printed %q, want its address", lines.Text())
	}
	return lines.Text()
}

func TestWorksUnderAStrictContentSecurityPolicy(t *testing.T) {
	var api string
	var mu sync.Mutex
	var violations []string
	w := newWorld(t, runwire, setting{serve: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/violations" {
				report, _ := io.ReadAll(r.Body)
				mu.Lock()
				violations = append(violations, string(report))
				mu.Unlock()
				return
			}
			// The worker has a policy of its own: the one that comes with its script.
			w.Header().Set("Content-Security-Policy",
				"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' "+api+"; report-uri /violations")
			next.ServeHTTP(w, r)
		})
	}, listening: func(address string) { api = address }})
	showRun(t, w, false)
	showRun(t, w.openTab(), false)
	mu.Lock()
	defer mu.Unlock()
	if len(violations) > 0 {
		t.Errorf("the policy was violated: %s", violations)
	}
}

func TestImportingOnAServerDoesNothingAndHooksRenderTheirFirstState(t *testing.T) {
	const render = `
		const calls = []
		for (const name of ['fetch', 'Worker', 'SharedWorker']) globalThis[name] = () => calls.push(name)
		const check = (hooks, { createElement }, { renderToString }) => {
			const options = { accessToken: 'none' }
			const Page = () => JSON.stringify([
				hooks.useRealtimeRun('run_1', options),
				hooks.useRealtimeRunWithStreams('run_1', options),
				hooks.useRealtimeStream('run_1', options),
			])
			console.log(renderToString(createElement(Page)).replaceAll('&quot;', '"'))
			setTimeout(() => console.log(JSON.stringify(calls)), 50)
		}
	`
	const want = `[{},{"streams":{}},{"parts":[]}]` + "\n[]\n"
	for _, v := range []variant{runwire, runwireReact18} {
		for name, command := range map[string][]string{
			"import": {"--input-type=module", "--eval", render + `
				check(await import('@trigger.dev/react-hooks'), (await import('react')), (await import('react-dom/server')).default)`},
			"require": {"--input-type=commonjs", "--eval", render + `
				check(require('@trigger.dev/react-hooks'), require('react'), require('react-dom/server'))`},
		} {
			t.Run(v.name+", "+name, func(t *testing.T) {
				cmd := exec.CommandContext(t.Context(), "node", command...)
				cmd.Dir = v.folder(t)
				output, err := cmd.CombinedOutput()
				if err != nil || string(output) != want {
					t.Errorf("printed %s (%v), want %s", output, err, want)
				}
			})
		}
	}
}
