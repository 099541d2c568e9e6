//go:build !js

package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience is how long a test waits for what should happen at once. Source: chosen; it is never waited for in full
// by a test that passes.
const patience = 10 * time.Second

// page is a tab of the app.
type page struct {
	t     testing.TB
	ctx   context.Context
	close func()

	mu      sync.Mutex
	mounted []string
	console []chromedp.ConsoleMessage
}

// openProfile makes a browser context, whose tabs share an origin's workers, and nothing with other tabs.
func openProfile(t testing.TB) cdp.BrowserContextID {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := chromedp.CallBrowser(browser, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		t.Fatalf("make a browser context: %v", err)
	}
	id := profile.BrowserContextID
	t.Cleanup(func() {
		if _, err := chromedp.CallBrowser(browser, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: id}); err != nil {
			t.Errorf("dispose of a browser context: %v", err)
		}
	})
	return id
}

// openPage opens an address in a tab, of the browser's own profile where none is given, and writes the page's console to the test's log until the tab is closed.
func openPage(t testing.TB, profile cdp.BrowserContextID, address string) *page {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	var options []chromedp.ContextOption
	if profile != "" {
		options = append(options, chromedp.WithExistingBrowserContext(profile))
	}
	ctx, cancel := chromedp.NewContext(browser, options...)
	p := &page{t: t, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a page: %v", err)
	}
	var logging sync.WaitGroup
	messages := chromedp.Console(ctx)
	logging.Go(func() { p.logConsole(messages) })
	p.close = sync.OnceFunc(func() {
		cancel()
		logging.Wait()
	})
	t.Cleanup(p.close)
	p.load(address)
	return p
}

// load opens an address in the place of what the page shows.
func (p *page) load(address string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("open %s: %v", address, err)
	}
}

func (p *page) logConsole(messages func(func(chromedp.ConsoleMessage, error) bool)) {
	for message, err := range messages {
		if err != nil {
			return // the page is closed
		}
		p.t.Logf("page: %v", message)
		p.mu.Lock()
		p.console = append(p.console, message)
		p.mu.Unlock()
	}
}

// messages are the texts of the console's messages that match.
func (p *page) messages(match func(chromedp.ConsoleMessage) bool) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, message := range p.console {
		if match(message) {
			texts = append(texts, message.Text)
		}
	}
	return texts
}

// errors are the errors that nothing on the page has caught, the promises that were rejected with nobody to hear, and what
// the page's policy has forbidden.
func (p *page) errors() []string {
	return p.messages(func(message chromedp.ConsoleMessage) bool {
		return message.IsException() || message.Source == "security"
	})
}

// poll waits until a JavaScript expression is true, on a page that cannot tell (see until).
func (p *page) poll(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression)); err != nil {
		p.t.Fatalf("%s: %v; the page shows %q", expression, err, evaluate[string](p, "document.body.innerText"))
	}
}

// evaluate returns the value of a JavaScript expression; a promise is waited for.
func evaluate[T any](p *page, expression string) T {
	p.t.Helper()
	return evaluateWithin[T](p, patience, expression)
}

func evaluateWithin[T any](p *page, patience time.Duration, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v\n%s", expression, err, p.describe())
	}
	return value
}

// component is what to mount: a hook, its arguments, and what to record.
type component struct {
	Name string `json:"name"`
	Hook string `json:"hook"`
	// Args are what the hook takes before its options. Default: RunID, and StreamKey unless it is empty.
	Args      []any          `json:"args"`
	RunID     string         `json:"-"`
	StreamKey string         `json:"-"`
	Options   map[string]any `json:"options"`
	Callbacks []string       `json:"callbacks,omitempty"`
	// Returns are what callbacks promise to return.
	Returns map[string]any `json:"returns,omitempty"`
	// Context are values of a TriggerAuthContext around the component.
	Context map[string]any `json:"context,omitempty"`
	// Memoised, "payload" or "runs", gives the run's payload, or each run of a list, to a memoised child: it shows every
	// render of its own under the name payload, or the run's id.
	Memoised string `json:"memoised,omitempty"`
	// Fetcher puts an SWRConfig around the component, with a fetcher that records its calls.
	Fetcher bool `json:"fetcher,omitempty"`
	// Reads is what to record of the result that is not listed among its properties.
	Reads    []string `json:"reads,omitempty"`
	Strict   bool     `json:"strict,omitempty"`
	LastOnly bool     `json:"lastOnly,omitempty"`
}

// step is one thing for the page to do; see app/steps.ts.
type step map[string]any

func (p *page) play(steps ...step) {
	p.t.Helper()
	text, err := json.Marshal(steps)
	if err != nil {
		p.t.Fatalf("play %v: %v", steps, err)
	}
	evaluate[chromedp.Void](p, fmt.Sprintf("play(%s)", text))
}

func mount(c component) step {
	if c.Args == nil {
		c.Args = arguments(c.RunID, c.StreamKey)
	}
	mounted := step{"do": "mount"}
	text, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(text, &mounted)
	}
	if err != nil {
		panic(fmt.Sprintf("mount %+v: %v", c, err))
	}
	return mounted
}

// arguments leaves out an empty stream key; an empty run id is undefined.
func arguments(runID, streamKey string) []any {
	args := []any{nil}
	if runID != "" {
		args[0] = runID
	}
	if streamKey != "" {
		args = append(args, streamKey)
	}
	return args
}

func (p *page) change(name string, to map[string]any) {
	p.t.Helper()
	p.play(step{"do": "change", "name": name, "to": to})
}

func (p *page) unmount(name string) {
	p.t.Helper()
	p.play(step{"do": "unmount", "name": name})
}

func (p *page) stop(name string) {
	p.t.Helper()
	p.call(name, "stop")
}

// call calls a function that a component's hook has returned.
func (p *page) call(name, action string, args ...any) {
	p.t.Helper()
	p.play(call(name, action, args...))
}

func call(name, action string, args ...any) step {
	return step{"do": "call", "name": name, "action": action, "args": append([]any{}, args...)}
}

// until waits until a JavaScript condition over what was shown holds: last('a').run?.status === 'COMPLETED'.
func (p *page) until(format string, arguments ...any) {
	p.t.Helper()
	p.untilWithin(patience, format, arguments...)
}

func (p *page) untilWithin(patience time.Duration, format string, arguments ...any) {
	p.t.Helper()
	evaluateWithin[chromedp.Void](p, patience, fmt.Sprintf("until(() => %s)", fmt.Sprintf(format, arguments...)))
}

// settle waits until React and the browser have nothing left to do that is due now.
func (p *page) settle() {
	p.t.Helper()
	evaluate[chromedp.Void](p, "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 20))))")
}

// holdsWithin is until for what may never happen.
func (p *page) holdsWithin(limit time.Duration, format string, arguments ...any) bool {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	condition := fmt.Sprintf(format, arguments...)
	_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("until(() => %s)", condition), chromedp.EvalAwaitPromise))
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		p.t.Fatalf("%s: %v\n%s", condition, err, p.describe())
	}
	return err == nil
}

// records is what a component showed and which callbacks were called, without states that equal the one before.
type records struct {
	States []map[string]any `json:"states"`
	Calls  [][]any          `json:"calls"`
}

func (p *page) read(name string) records {
	p.t.Helper()
	return evaluate[records](p, fmt.Sprintf("read(%q)", name))
}

// describe says what every component showed last, for the message of a test that fails.
func (p *page) describe() string {
	if p == nil {
		return "no page is open"
	}
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	var text strings.Builder
	for _, name := range p.mounted {
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("JSON.stringify(read(%q))", name)))
		if err != nil {
			shown = err.Error()
		}
		const most = 4000
		if len(shown) > most {
			shown = shown[:most/2] + " … " + shown[len(shown)-most/2:]
		}
		fmt.Fprintf(&text, "%s: %s\n", name, shown)
	}
	return text.String()
}

// site serves a folder as a web server does, with what a test puts before it.
func serveSite(t testing.TB, folder string, wrap func(http.Handler) http.Handler) string {
	handler := http.Handler(http.FileServer(http.Dir(folder)))
	if wrap != nil {
		handler = wrap(handler)
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// literal writes a value as JavaScript.
func literal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
