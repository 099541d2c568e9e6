package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/runwire/runwire/web/emulator"
)

// programFolder is what ./build.sh demo would leave, with this wasm.
func programFolder(t *testing.T, wasm string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{"app.wasm": wasm, "wasm_exec.js": "globalThis.Go = class {}"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func serve(t *testing.T, wasm string) (url string) {
	t.Helper()
	p, err := loadProgram(programFolder(t, wasm))
	if err != nil {
		t.Fatal(err)
	}
	e := emulator.New(emulator.Options{})
	t.Cleanup(e.Close)
	server := httptest.NewServer(newSite(e, p))
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestEveryFileOfThePageIsServedFreshAndWithoutTheSecretKey(t *testing.T) {
	url := serve(t, "\x00asm")
	for path, contentType := range map[string]string{
		"/":                       "text/html",
		"/app.js":                 "application/javascript",
		"/app.css":                "text/css",
		"/app-worker.js":          "application/javascript",
		"/manifest.webmanifest":   "application/manifest+json",
		"/wasm_exec.js":           "text/javascript; charset=utf-8",
		"/web/app.wasm":           "application/wasm",
		"/assets/demo.css":        "text/css; charset=utf-8",
		"/assets/icon.svg":        "image/svg+xml",
		"/runwire-components.css": "text/css",
		"/demo/tasks":             "application/json",
		"/demo/token":             "application/json",
	} {
		response, body := get(t, url+path)
		if response.StatusCode != 200 || response.Header.Get("Content-Type") != contentType || body == "" {
			t.Errorf("%s: HTTP %d, %q, %d bytes", path, response.StatusCode, response.Header.Get("Content-Type"), len(body))
		}
		if cache := response.Header.Get("Cache-Control"); cache != "no-cache" && cache != "no-store" {
			t.Errorf("%s: Cache-Control is %q", path, cache)
		}
		if strings.Contains(body, emulator.DefaultSecretKey) {
			t.Errorf("%s contains the secret key", path)
		}
		if strings.Contains(body, `src="http`) || strings.Contains(body, `href="http`) {
			t.Errorf("%s refers to another site", path)
		}
	}
}

func TestARebuiltProgramReplacesWhatABrowserHas(t *testing.T) {
	before, after := serve(t, "\x00asm one"), serve(t, "\x00asm two")
	first, _ := get(t, before+"/web/app.wasm")
	_, nextWorker := get(t, after+"/app-worker.js")
	_, worker := get(t, before+"/app-worker.js")
	if worker == nextWorker {
		t.Error("the service worker of another program is the same, so open pages do not notice")
	}
	if strings.Contains(worker, "fetch") {
		t.Error("the service worker answers requests")
	}
	etag := first.Header.Get("Etag")
	if again, _ := get(t, before+"/web/app.wasm", "If-None-Match", etag); again.StatusCode != http.StatusNotModified {
		t.Errorf("the same program is sent again: HTTP %d", again.StatusCode)
	}
	if next, body := get(t, after+"/web/app.wasm", "If-None-Match", etag); next.StatusCode != 200 || body != "\x00asm two" {
		t.Errorf("the rebuilt program is not sent: HTTP %d", next.StatusCode)
	}
}

func TestThePagesTokenTriggersAndReadsAndSoonExpires(t *testing.T) {
	url := serve(t, "\x00asm")
	_, body := get(t, url+"/demo/token")
	var answer struct {
		AccessToken string `json:"accessToken"`
		ExpiresInMs int64  `json:"expiresInMs"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(answer.AccessToken, claims); err != nil {
		t.Fatal(err)
	}
	expires, err := claims.GetExpirationTime()
	if err != nil {
		t.Fatal(err)
	}
	issued, err := claims.GetIssuedAt()
	if err != nil {
		t.Fatal(err)
	}
	if life := expires.Sub(issued.Time); life != tokenLife || answer.ExpiresInMs != tokenLife.Milliseconds() {
		t.Errorf("the token lives for %v and says %d ms, want %v", life, answer.ExpiresInMs, tokenLife)
	}

	trigger, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1/tasks/hello-world/trigger",
		strings.NewReader(`{"payload":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	trigger.Header.Set("Authorization", "Bearer "+answer.AccessToken)
	response, err := http.DefaultClient.Do(trigger)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var run struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(response.Body).Decode(&run); err != nil || response.StatusCode != 200 {
		t.Fatalf("trigger: HTTP %d, %v", response.StatusCode, err)
	}
	read, _ := get(t, url+"/realtime/v1/runs/"+run.ID+"?offset=-1", "Authorization", "Bearer "+answer.AccessToken)
	if read.StatusCode != 200 {
		t.Errorf("read the run: HTTP %d", read.StatusCode)
	}
}

func TestTheTasksAreThoseOfTheEmulatorInOurOrder(t *testing.T) {
	_, body := get(t, serve(t, "\x00asm")+"/demo/tasks")
	var tasks []struct{ ID, Description, Example string }
	if err := json.Unmarshal([]byte(body), &tasks); err != nil {
		t.Fatal(err)
	}
	if len(tasks) != len(shownTasks) {
		t.Fatalf("got %d tasks, want %d: does the emulator still have them all?", len(tasks), len(shownTasks))
	}
	for i, task := range tasks {
		if task.ID != shownTasks[i] || task.Description == "" || !json.Valid([]byte(task.Example)) {
			t.Errorf("task %d is %+v, want a described %s with an example", i, task, shownTasks[i])
		}
	}
}

func TestTheControlOfTheEmulatorIsOff(t *testing.T) {
	response, _ := get(t, serve(t, "\x00asm")+"/emulator/stats", "Authorization", "Bearer "+emulator.DefaultSecretKey)
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("HTTP %d, want 404", response.StatusCode)
	}
}

func TestWhatCannotStartSaysWhatToDo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"a program that was not built": {[]string{"--program", t.TempDir()}, "build it with ./build.sh demo"},
		"an argument too many":         {[]string{"now"}, `unexpected argument "now": see --help`},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(ctx, test.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one with %q", err, test.want)
			}
		})
	}
	var stderr strings.Builder
	if err := run(ctx, []string{"--help"}, io.Discard, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.Contains(stderr.String(), "-addr") {
		t.Errorf("--help returned %v and printed %q", err, stderr.String())
	}
	if err := run(ctx, []string{"--addr", "127.0.0.1:0", "--program", programFolder(t, "\x00asm")}, io.Discard, io.Discard); err != nil {
		t.Errorf("a server that was stopped returned %v", err)
	}
}
