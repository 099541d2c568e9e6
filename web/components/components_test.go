package components

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

func started(more func(*api.Run)) *api.Run {
	run := &api.Run{
		ID: "run_1", TaskIdentifier: "count-up", Status: api.StatusExecuting,
		CreatedAt: "2026-01-31T10:20:30Z", StartedAt: "2026-01-31T10:20:31Z",
	}
	if more != nil {
		more(run)
	}
	return run
}

func packet(text string) api.Packet {
	return api.Packet{Data: rawjson.Quote(text), Type: "application/json"}
}

func stream(key string, feed hooks.FeedID, chunks ...rawjson.Value) *hooks.StreamSnapshot {
	s := &hooks.StreamSnapshot{Key: key, Feed: feed}
	for _, chunk := range chunks {
		s.Parts = append(s.Parts, api.Part{Chunk: chunk})
	}
	return s
}

func TestRunView(t *testing.T) {
	for name, test := range map[string]struct {
		view     RunView
		want     []string
		dontWant []string
	}{
		"a run that is not known yet": {
			view:     RunView{RunID: "run_9", TaskID: "hello-world"},
			want:     []string{"run_9", "hello-world", "CONNECTING", `aria-label="Run run_9 of hello-world"`},
			dontWant: []string{"progressbar", "rw-stream", "Output", `role="alert"`},
		},
		"a run that reports progress": {
			view: RunView{
				Snapshot: hooks.Snapshot{Run: started(func(r *api.Run) { r.Metadata = packet(`{"progress":0.304}`) })},
				Now:      time.Date(2026, 1, 31, 10, 20, 33, 500e6, time.UTC),
			},
			want:     []string{"EXECUTING", "rw-busy", "2.5 s", `aria-valuenow="30"`, "30 %"},
			dontWant: []string{"Output"},
		},
		"a run whose stream is under way": {
			view: RunView{
				Snapshot:   hooks.Snapshot{Run: started(nil), Streams: []*hooks.StreamSnapshot{stream("openai", 1, `"one"`, `" two"`), stream("events", 2, `{}`)}},
				TextStream: "openai",
			},
			want: []string{"one two", "rw-caret", "aria-busy"},
		},
		"a run that is over": {
			view: RunView{
				Snapshot: hooks.Snapshot{Completed: true, Streams: []*hooks.StreamSnapshot{stream("openai", 1, `"one"`)}, Run: started(func(r *api.Run) {
					r.Status, r.FinishedAt, r.Output = api.StatusCompleted, "2026-01-31T10:21:41Z", packet(`{"total":3}`)
				})},
				TextStream: "openai",
			},
			want:     []string{"COMPLETED", "rw-good", "1m10s", "Output", "{&#34;total&#34;:3}"},
			dontWant: []string{"rw-caret"},
		},
		"a run that failed": {
			view: RunView{Snapshot: hooks.Snapshot{Run: started(func(r *api.Run) {
				r.Status, r.Error = api.StatusTimedOut, &api.RunError{Name: "Error", Message: "out of <paper>"}
			})}},
			want: []string{"TIMED OUT", "rw-bad", `role="alert"`, "out of &lt;paper&gt;"},
		},
		"a subscription that was refused": {
			view: RunView{RunID: "run_1", Snapshot: hooks.Snapshot{Err: &hooks.StatusError{Op: "subscribe run run_1", HTTPStatus: 404, Message: "Not found"}}},
			want: []string{"subscribe run run_1: 404: Not found"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, &test.view)
			for _, want := range test.want {
				if !strings.Contains(html, want) {
					t.Errorf("%q is missing in\n%s", want, html)
				}
			}
			for _, dontWant := range test.dontWant {
				if strings.Contains(html, dontWant) {
					t.Errorf("%q is not wanted in\n%s", dontWant, html)
				}
			}
		})
	}
}

func TestStreamTextGathersWhatIsNew(t *testing.T) {
	view := &StreamText{Stream: *stream("openai", 1, `"a"`)}
	for _, step := range []struct {
		next hooks.StreamSnapshot
		want string
	}{
		{*stream("openai", 1, `"a"`), "a"},
		{*stream("openai", 1, `"a"`, `"b"`, `{"c":1}`), `ab{"c":1}`},
		{*stream("openai", 2, `"x"`, `"y"`), "xy"}, // another stream has taken its place in the list
		{*stream("openai", 2), ""},
	} {
		view.Stream = step.next
		if got := view.gather(); got != step.want {
			t.Errorf("the text is %q, want %q", got, step.want)
		}
	}
}

func TestPacketShowsTheBeginningOfALongValue(t *testing.T) {
	html := render(t, &Packet{Label: "Output", Packet: packet(strings.Repeat("é", 3000))})
	if shown := strings.Count(html, "é"); shown != maxShown/2 {
		t.Errorf("%d characters are shown, want %d", shown, maxShown/2)
	}
	if !strings.Contains(html, "and 4000 bytes more") {
		t.Error("nothing says how much is left out")
	}
	if text, rest := cut("aé", 2); text != "a" || rest != 2 {
		t.Errorf("cut returned %q and %d, want whole characters", text, rest)
	}
}

func TestElapsed(t *testing.T) {
	now := time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC)
	for name, test := range map[string]struct {
		run  *api.Run
		want string
	}{
		"a run that has not started":          {&api.Run{}, ""},
		"a run of a server whose clock leads": {started(nil), "0.0 s"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Elapsed(test.run, now); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// render returns the page that has this view as its body, as go-app's server writes it.
func render(t *testing.T, view app.Composer) string {
	t.Helper()
	path := "/" + strings.ReplaceAll(t.Name(), "/", "-")
	app.Route(path, func() app.Composer { return view })
	handler := &app.Handler{Name: "test", Libraries: []app.Library{Library{}}}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", path, nil))
	if recorder.Code != 200 {
		t.Fatalf("HTTP %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}
