//go:build !js

package browser

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// seedExample is an example of the original's documentation, which stands in the seeds: texts that are no part of this
// repository. npm/test/seeds.test.ts compiles them.
type seedExample struct {
	name string
	// shows is a part of what it shows in the end: its last data, or what it throws.
	shows string
	// posts is what each of its buttons asks for: the beginning of a path.
	posts string
	// ahead marks what the original does not have in a browser.
	ahead bool
}

// throws is what many of them do before there is a run, with the original as with ours.
const throws = "TypeError: Cannot read properties of undefined"

var seedExamples = []seedExample{
	{name: "000-01-useRealtimeRun"}, // renders nothing
	{name: "000-02-SetupTrigger", shows: "(token)"},
	{name: "000-03-SetupTrigger", shows: "(token)"},
	{name: "000-04-Page", shows: "accessToken"},
	{name: "000-05-TriggerProvider", shows: "children"},
	{name: "000-07-RunPage", shows: "(token)"},
	{name: "000-09-RunPage", shows: "(token)"},
	{name: "000-10-RunPage", shows: "(token) for run_one"},
	{name: "000-12-useRun", shows: "run_one"},
	{name: "000-13-useRun", shows: "run_one"},
	{name: "001-01-useRealtimeRun", shows: throws},
	{name: "001-02-useRealtimeRun", shows: throws},
	{name: "001-03-useRealtimeRunsWithTag", shows: "run_one"},
	{name: "001-04-useRealtimeRunsWithTag", shows: "run_one"},
	{name: "001-05-useRealtimeRunsWithTag", shows: "run_one"},
	{name: "001-06-useRealtimeBatch", shows: "run_one"},
	{name: "001-07-useRealtimeRunWithStreams", shows: throws},
	{name: "001-08-useRealtimeRunWithStreams", shows: throws},
	{name: "001-09-useRealtimeRunWithStreams", shows: throws},
	{name: "001-10-useRealtimeRun", shows: throws},
	{name: "001-11-useRealtimeRun", shows: throws},
	{name: "001-12-useRealtimeRun", shows: throws},
	{name: "001-13-useRealtimeRunsWithStreams", shows: "run_one", ahead: true},
	{name: "002-03-tasks.trigger", shows: "run_one: COMPLETED", ahead: true},
	{name: "002-04-runs.subscribeToRun", shows: "Hello", ahead: true},
	{name: "002-05-useTaskTrigger", shows: "COMPLETED", posts: "/api/v1/tasks/my-task/trigger"},
	{name: "002-06-useRealtimeRun", shows: "run_one: COMPLETED"},
	{name: "002-07-useRealtimeRunWithStreams", shows: throws},
	{name: "002-08-useWaitToken", posts: "/api/v1/waitpoints/tokens/waitpoint_"},
	{name: "002-09-useRun", shows: "COMPLETED"},
}

func TestTheExamplesOfTheSeedsShowWhatTheOriginalShows(t *testing.T) {
	sites := map[string]string{}
	for _, v := range []variant{original, runwire} {
		sites[v.name] = serveSite(t, seedsPage(t, v), nil)
	}
	play := func(t *testing.T, v variant, example *seedExample) string {
		return example.play(newWorld(t, v, setting{site: sites[v.name], emulator: emulator.Options{Tasks: []emulator.Task{myTask}}}))
	}
	for _, example := range seedExamples {
		t.Run(example.name, func(t *testing.T) {
			t.Parallel()
			got := play(t, runwire, &example)
			if example.ahead {
				return
			}
			if want := play(t, original, &example); got != want {
				t.Errorf("shows %q, and %q with the original", got, want)
			}
		})
	}
	for _, name := range evaluate[[]string](newWorld(t, runwire, setting{site: sites[runwire.name]}).page, "examples") {
		if !slices.ContainsFunc(seedExamples, func(example seedExample) bool { return example.name == name }) {
			t.Errorf("what does %s show?", name)
		}
	}
}

var myTask = emulator.Task{ID: "my-task", Run: func(context.Context, *emulator.TaskRun) (any, error) {
	return map[string]any{"text": "done"}, nil
}}

// seedsPage builds the page of the examples against a variant, and returns its folder.
func seedsPage(t *testing.T, v variant) string {
	t.Helper()
	seeds := os.Getenv("RUNWIRE_SEEDS")
	if seeds == "" {
		seeds = repository + "/../shared/seeds"
	}
	seeds, err := filepath.Abs(seeds)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(seeds); err != nil {
		t.Skipf("the examples are not run: %v, and RUNWIRE_SEEDS names no other folder", err)
	}
	installed := v.folder(t)
	folder := installed + "/seeds"
	err = once(folder, []string{"seeds", seeds, installed + "/.made-from"}, func() error {
		return run(".", "node", "seeds/build.mjs", seeds, folder)
	})
	if err != nil {
		t.Fatalf("build the examples for %s: %v", v.name, err)
	}
	return folder + "/built"
}

// play renders the example, presses its buttons, and returns what it shows in the end.
func (s *seedExample) play(w *world) string {
	_, err := w.emulator.CreateRun("run_one", emulator.Columns{
		"status": "COMPLETED_SUCCESSFULLY", "metadata": map[string]any{"progress": 50}, "output": map[string]any{"text": "done"},
		"tags": []string{"one", "user-123"}, "batchId": "batch_one",
	})
	w.must(err)
	w.append("run_one", "openai", "Hello")
	var waitToken struct{ ID string }
	w.must(json.Unmarshal(w.post("/api/v1/waitpoints/tokens", map[string]any{}), &waitToken))
	token := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs", "trigger:tasks:my-task", "write:waitpoints:" + waitToken.ID}})
	w.play(step{
		"example": s.name,
		"access":  map[string]any{"accessToken": token, "baseURL": w.api},
		"props": map[string]any{
			"runId": "run_one", "tag": "one", "batchId": "batch_one", "tokenId": waitToken.ID, "id": "mine", "enabled": true,
			"accessToken": token, "publicAccessToken": token, "children": "children",
			"params": map[string]any{"id": "run_one"}, "searchParams": map[string]any{"publicAccessToken": token},
		},
	})
	if s.posts != "" {
		w.until("document.querySelector('button')")
		buttons := evaluate[int](w.page, "[...document.querySelectorAll('button')].map((button) => button.click()).length")
		w.eventually(patience, "every button has done its work", func() bool { return w.posted(s.posts) == buttons })
	}
	w.until("shown().includes(%s)", literal(strings.ReplaceAll(s.shows, "(token)", token)))
	w.settle()
	return strings.ReplaceAll(evaluate[string](w.page, "shown()"), token, "(token)")
}

// posted counts the requests of buttons that were granted.
func (w *world) posted(path string) int {
	granted := 0
	for _, call := range w.emulator.Requests(path) {
		if call.Method == http.MethodPost && call.Status == http.StatusOK {
			granted++
		}
	}
	return granted
}
