//go:build !js

package browser

import (
	"bufio"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"testing"
)

func TestWorksUnderVitesDevelopmentServer(t *testing.T) {
	w := newWorld(t, runwire, setting{site: serveWithVite(t, runwire.folder(t))})
	showRun(t, w, true)
}

// serveWithVite runs Vite's development server for an installation, as it comes: dependencies are bundled beforehand.
func serveWithVite(t *testing.T, folder string) string {
	return serveWith(t, ".", "node", "devserver.mjs", folder)
}

var printedAddress = regexp.MustCompile(`http://[\w.:]+`)

// serveWith runs a server until the test ends, and returns the address that it prints.
func serveWith(t *testing.T, folder string, command ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = folder
	// Servers start processes of their own. All of them end with the test.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = patience
	output, printed := io.Pipe()
	cmd.Stdout, cmd.Stderr = printed, t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { printed.CloseWithError(cmd.Wait()) })
	t.Cleanup(running.Wait)
	lines := bufio.NewScanner(io.TeeReader(output, t.Output()))
	for lines.Scan() {
		if address := printedAddress.FindString(lines.Text()); address != "" {
			running.Go(func() { _, _ = io.Copy(t.Output(), output) }) // until it ends
			return address
		}
	}
	t.Fatalf("%q ended before it printed its address: %v", command, lines.Err())
	return ""
}

func TestWorksUnderAStrictContentSecurityPolicy(t *testing.T) {
	var api string
	var mu sync.Mutex
	var violations []string
	w := newWorld(t, runwire, setting{serve: func(next http.Handler) http.Handler {
		site := underAStrictPolicy(&api)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/violations" {
				site.ServeHTTP(w, r)
				return
			}
			report, _ := io.ReadAll(r.Body)
			mu.Lock()
			violations = append(violations, string(report))
			mu.Unlock()
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

// underAStrictPolicy allows a site what this package needs, and to reach an API. The worker has a policy of its own: the one
// that comes with its script.
func underAStrictPolicy(api *string) func(http.Handler) http.Handler {
	return func(site http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy",
				"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' "+*api+"; report-uri /violations")
			site.ServeHTTP(w, r)
		})
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
