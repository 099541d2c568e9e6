package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain fails when a test leaves a goroutine of this package behind.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if stacks := leaked(); stacks != "" {
			fmt.Fprintln(os.Stderr, "goroutines left behind:\n"+stacks)
			code = 1
		}
	}
	os.Exit(code)
}

// leaked returns the stacks of this package's goroutines other than the caller, once they had time to end.
func leaked() string {
	deadline := time.Now().Add(2 * time.Second)
	for {
		buffer := make([]byte, 1<<20)
		var found []string
		for i, stack := range strings.Split(string(buffer[:runtime.Stack(buffer, true)]), "\n\n") {
			if i > 0 && strings.Contains(stack, "web/emulator.") {
				found = append(found, stack)
			}
		}
		if len(found) == 0 || time.Now().After(deadline) {
			return strings.Join(found, "\n\n")
		}
		runtime.Gosched()
	}
}

const testSecret = "tr_dev_test"

func newEmulator(t testing.TB, options Options) *Emulator {
	t.Helper()
	options.SecretKey = testSecret
	setDefault(&options.Seed, 1)
	e := New(options)
	t.Cleanup(e.Close)
	return e
}

// request is one request to an emulator, with the secret key unless it says otherwise.
type request struct {
	method  string // default: GET, or POST when there is a body
	path    string
	body    string
	bearer  string // default: the secret key
	bare    bool   // sends no credentials
	headers map[string]string
}

func (q request) build(ctx context.Context, base string) *http.Request {
	method := q.method
	if method == "" {
		method = http.MethodGet
		if q.body != "" {
			method = http.MethodPost
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, base+q.path, strings.NewReader(q.body))
	if err != nil {
		panic(err)
	}
	if !q.bare {
		r.Header.Set("Authorization", "Bearer "+first(q.bearer, testSecret))
	}
	r.Header.Set("X-Trigger-Api-Version", currentAPIVersion)
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	return r
}

// do serves a request without a network.
func do(e *Emulator, q request) *httptest.ResponseRecorder {
	return doContext(context.Background(), e, q)
}

func doContext(ctx context.Context, e *Emulator, q request) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	e.ServeHTTP(recorder, q.build(ctx, "http://emulator.test"))
	return recorder
}

// recording is an answer that may be read while it is written.
type recording struct {
	*httptest.ResponseRecorder
	mu sync.Mutex
}

func (r *recording) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ResponseRecorder.Write(p)
}

// text is the body so far.
func (r *recording) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Body.String()
}

// begin serves a request on a goroutine of its own.
func begin(t testing.TB, e *Emulator, q request) (recorder *recording, ended func() bool, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	recorder = &recording{ResponseRecorder: httptest.NewRecorder()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				panic(p)
			}
		}()
		e.ServeHTTP(recorder, q.build(ctx, "http://emulator.test"))
	}()
	ended = func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
	return recorder, ended, cancel
}

// serve serves an emulator on a port of the loopback interface.
func serve(t testing.TB, e *Emulator) (base string) {
	t.Helper()
	listener, err := e.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: e}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = server.Serve(listener) // ends with ErrServerClosed
	}()
	t.Cleanup(func() {
		e.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-stopped
	})
	return "http://" + listener.Addr().String()
}

// newClient returns a client whose connections no other test shares.
func newClient(t testing.TB) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func send(t testing.TB, client *http.Client, base string, q request) (*http.Response, string, error) {
	t.Helper()
	response, err := client.Do(q.build(t.Context(), base))
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func decode[T any](t testing.TB, text []byte) T {
	t.Helper()
	var value T
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&value); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return value
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// scripted creates a run without a task.
func scripted(e *Emulator, columns Columns) string { return must(e.CreateRun("", columns)) }

// awaitTrue waits for a condition that another goroutine brings about, without a pause of a fixed length.
func awaitTrue(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 5 s for %s", what)
		}
		runtime.Gosched()
	}
}

// answerCase is a request and what it is answered. With a scope, it carries a public token instead of the secret key.
type answerCase struct {
	name, scope string
	request     request
	status      int
	body        string // part of it
}

func checkAnswers(t *testing.T, e *Emulator, cases []answerCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.scope != "" {
				c.request.bearer = must(e.MintToken(TokenSpec{Scopes: []string{c.scope}}))
			}
			c.request.headers = withOrigin(c.request.headers)
			answer := do(e, c.request)
			if answer.Code != c.status || !strings.Contains(answer.Body.String(), c.body) {
				t.Errorf("got %d %s, want %d %s", answer.Code, answer.Body, c.status, c.body)
			}
			checkCORS(t, answer.Header())
		})
	}
}
