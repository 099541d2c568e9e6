//go:build !js

package browser

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/inspector"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/runwire/runwire/web/emulator"
)

// Several tabs of one browser: one worker, one connection for a run, and nobody notices when another tab goes.

func TestFourTabsShareOneConnection(t *testing.T) {
	const tabs, components = 4, 25
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	shown := map[*world][]string{w: mountMany(w, id, 0, components)}
	for len(shown) < tabs {
		tab := w.openTab()
		shown[tab] = mountMany(tab, id, 0, components)
	}
	all := func(condition string) {
		t.Helper()
		for tab, names := range shown {
			tab.until("%s.every((name) => %s)", literal(names), condition)
		}
	}
	all("last(name).run")
	w.update(id, emulator.Columns{"metadata": map[string]any{"progress": 0.5}})
	all("last(name).run.metadata?.progress === 0.5")
	w.update(id, emulator.Columns{"status": emulator.StatusCompleted})
	all("last(name).run.isCompleted")

	if most := w.emulator.Stats().MaxOpenRealtime; most != 1 {
		t.Errorf("%d realtime requests were open at one time, want 1", most)
	}
	// One for what there was, and one for each of the two changes.
	if requests := len(w.gets(runPath)); requests != 3 {
		t.Errorf("%d requests, want the 3 that one component needs:\n%s", requests, w.log(runPath))
	}
	if workers := w.sharedWorkers(); len(workers) != 1 {
		t.Errorf("%d shared workers, want 1", len(workers))
	}
}

func TestATabThatGoesTakesItsSubscriptionsAlongAndNothingElse(t *testing.T) {
	for _, test := range []struct {
		name    string
		goes    func(*page)
		first   bool
		another bool // worker is what the other tab has then
	}{
		{"the one that came first is closed", func(p *page) { p.close() }, true, false},
		{"the one that came later crashes", (*page).crash, false, false},
		// The worker lives in the process of the tab that started it.
		{"the one that came first crashes", (*page).crash, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			goes := newWorld(t, runwire, setting{})
			stays := goes.openTab()
			if !test.first {
				goes, stays = stays, goes
			}
			alone := stays.create(emulator.Columns{"status": "EXECUTING"})
			both := stays.create(emulator.Columns{"status": "EXECUTING"})
			stays.watchNumbers(both)
			goes.watchNumbers(both)
			goes.mount(component{Name: "alone", Hook: "useRealtimeRun", RunID: alone})
			stays.appendNumbers(both, 0, 100)
			for _, tab := range []*world{goes, stays} {
				tab.until("last('stream').parts?.length === 100 && last('run').run")
			}
			goes.until("last('alone').run")

			before := stays.sharedWorkers()
			test.goes(goes.page)
			stays.eventually(patience, "nobody follows the run of the tab that has gone", func() bool { return !stays.follows(alone) })
			stays.appendNumbers(both, 100, 200)
			stays.update(both, emulator.Columns{"metadata": map[string]any{"step": 1}})
			stays.wantNumbers(200)
			stays.until("last('run').run.metadata?.step === 1")
			stays.wantNoErrors()
			stays.wantSharedWorker(before, test.another)
		})
	}
}

func TestATabNeverSeesWhatAnotherTokenMayRead(t *testing.T) {
	first := newWorld(t, runwire, setting{})
	id := first.create(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"secret": 64}})
	// Both tabs give their hooks the same id: it joins hooks of one tab only.
	shared := component{Name: "a", Hook: "useRealtimeRun", RunID: id, Options: map[string]any{"id": "one"}}
	first.mount(shared)
	first.until("last('a').run")

	stranger := first.openTab()
	stranger.token = first.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs:run_other"}})
	stranger.mount(shared)
	stranger.until("last('a').error?.status === 403")
	if seen := evaluate[bool](stranger.page, "states('a').some(({ run }) => run)"); seen {
		t.Error("a tab was shown a run that its token may not read")
	}
	if seen := evaluate[bool](first.page, "states('a').some(({ error }) => error)"); seen {
		t.Error("a tab was shown the error of another")
	}

	// A token that may read it is another's all the same: it asks for itself.
	colleague := first.openTab()
	colleague.token = first.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs:" + id}})
	colleague.mount(shared)
	colleague.until("last('a').run?.payload.secret === 64")
	first.eventually(patience, "each token has its own connection", func() bool { return first.emulator.Stats().OpenRealtime == 2 })
}

func TestAnotherBuildOnTheSameOriginHasAWorkerOfItsOwn(t *testing.T) {
	var deployed atomic.Bool
	name := regexp.MustCompile(`runwire-[\d.]+-\d+-[0-9a-f]{12}`)
	first := newWorld(t, runwire, setting{serve: func(app http.Handler) http.Handler {
		next := replacing(regexp.MustCompile(`\.js$`), func(script []byte) []byte { return name.ReplaceAll(script, []byte("$0-next")) })(app)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			if deployed.Load() {
				next.ServeHTTP(w, r)
				return
			}
			app.ServeHTTP(w, r)
		})
	}})
	id := first.create(emulator.Columns{"status": "EXECUTING"})
	first.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	first.until("last('a').run")
	deployed.Store(true)
	second := first.openTab()
	second.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	second.until("last('a').run")

	if workers := first.sharedWorkers(); len(workers) != 2 || workers[0].Title == workers[1].Title {
		t.Errorf("the shared workers are %+v, want one for each build", workers)
	}
	for _, tab := range []*world{first, second} {
		if tab.fetchesOnPage() {
			t.Error("the page itself spoke to the API")
		}
	}
}

func TestATrapAndTheEndOfTheWorkerAreNoticedByNoTab(t *testing.T) {
	for _, test := range []struct {
		name string
		ends func(*world)
		// What is left: another worker, or the same one with another instance.
		another   bool
		instances int
	}{
		{"a trap", func(w *world) { w.trapNext(1) }, false, 2},
		{"the end of the worker", (*world).endSharedWorker, true, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			first := newWorld(t, runwire, setting{serve: beforeWorker(trappingPreamble)})
			id := first.create(emulator.Columns{"status": "EXECUTING"})
			tabs := []*world{first, first.openTab()}
			for _, tab := range tabs {
				tab.watchNumbers(id)
			}
			first.appendNumbers(id, 0, 100)
			for _, tab := range tabs {
				tab.until("last('stream').parts?.length === 100 && last('run').streams.numbers?.length === 100")
			}

			before := first.sharedWorkers()
			test.ends(first)
			first.appendNumbers(id, 100, 200)
			late := first.openTab()
			late.watchNumbers(id)
			for _, tab := range append(tabs, late) {
				tab.wantNumbers(200)
			}
			first.update(id, emulator.Columns{"status": emulator.StatusCompleted})
			for _, tab := range append(tabs, late) {
				tab.until("last('run').run.isCompleted && read('run').calls.length === 1")
				tab.wantNoErrors()
			}
			first.wantSharedWorker(before, test.another)
			if instances := first.trapNext(0); instances != test.instances {
				t.Errorf("it had %d instances, want %d", instances, test.instances)
			}
		})
	}
}

func TestWithoutSharedWorkersEachTabHasAWorkerOfItsOwn(t *testing.T) {
	w := newWorld(t, runwire, setting{serve: replacing(regexp.MustCompile(`/$`), func(html []byte) []byte {
		return append([]byte("<!doctype html><script>delete window.SharedWorker</script>"), html...)
	})})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	for _, tab := range []*world{w, w.openTab()} {
		tab.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
		tab.until("last('a').run")
		if tab.fetchesOnPage() {
			t.Error("the page itself spoke to the API: the dedicated worker does not run")
		}
	}
	w.eventually(patience, "each tab has its own connection", func() bool { return w.emulator.Stats().OpenRealtime == 2 })
}

func TestAPageThatComesBackFromTheBackForwardCacheGoesOn(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	w.watchNumbers(id)
	w.appendNumbers(id, 0, 100)
	w.until("last('stream').parts?.length === 100 && last('run').run")

	w.must(chromedp.Do(w.ctx, chromedp.Navigate(w.site+"/?another")))
	w.eventually(patience, "nobody follows the run of a page that is not shown", func() bool { return !w.follows(id) })
	w.appendNumbers(id, 100, 200)
	w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.goBack()
	w.wantNumbers(200)
	w.until("last('run').run.metadata?.step === 1")
	w.wantNoErrors()
}

// sharedWorkers are the shared workers of the site.
func (w *world) sharedWorkers() []*target.Info {
	w.t.Helper()
	all, err := chromedp.Targets(w.ctx)
	w.must(err)
	var workers []*target.Info
	for _, info := range all {
		if info.Type == "shared_worker" && strings.HasPrefix(info.URL, w.site) {
			workers = append(workers, info)
		}
	}
	return workers
}

// wantSharedWorker checks that the site has the one shared worker that it had before, or another one.
func (w *world) wantSharedWorker(before []*target.Info, another bool) {
	w.t.Helper()
	after := w.sharedWorkers()
	if len(before) != 1 || len(after) != 1 || (before[0].TargetID != after[0].TargetID) != another {
		w.t.Errorf("the shared workers were %+v and are %+v, want one, and another one: %v", before, after, another)
	}
}

// endSharedWorker ends the worker as a browser does that is short of memory: nobody is told.
func (w *world) endSharedWorker() {
	w.t.Helper()
	for _, worker := range w.sharedWorkers() {
		_, err := chromedp.CallBrowser(w.ctx, target.CloseTarget, target.CloseTargetParams{TargetID: worker.TargetID})
		w.must(err)
	}
}

// follows reports whether a request for a run is held open.
func (w *world) follows(runID string) bool {
	for _, call := range w.gets(runPath + runID) {
		if call.EndMs == 0 {
			return true
		}
	}
	return false
}

// wantNoErrors checks that neither hook of watchNumbers has ever shown an error.
func (w *world) wantNoErrors() {
	w.t.Helper()
	if shown := evaluate[bool](w.page, "[...states('run'), ...states('stream')].some((state) => state.error)"); shown {
		w.t.Error("an error was shown for what was repaired")
	}
}

// crash ends the page's process, and closes the tab.
func (p *page) crash() {
	p.t.Helper()
	crashed := chromedp.Events(p.ctx, inspector.TargetCrashed)
	go func() { _, _ = chromedp.Call(p.ctx, cdppage.Crash, cdp.Empty{}) }() // nobody is left to answer
	for _, err := range crashed {
		if err != nil {
			p.t.Fatalf("crash the page: %v", err)
		}
		break
	}
	p.close()
}

// goBack goes back to a page that is in the back/forward cache.
func (p *page) goBack() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	back := chromedp.Evaluate[chromedp.Void]("history.back()")
	if _, err := chromedp.Run(ctx, chromedp.WaitEvent(cdppage.FrameNavigated, restored, back)); err != nil {
		p.t.Fatalf("go back: %v", err)
	}
}

func restored(e cdppage.EventFrameNavigated) bool {
	return e.Type == cdppage.NavigationTypeBackForwardCacheRestore
}
