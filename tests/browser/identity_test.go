//go:build !js

package browser

import (
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// What did not change is the same object after an update, so that a memoised component does not render.
func TestWhatDidNotChangeKeepsItsIdentity(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{
		"status": "EXECUTING", "tags": []string{"one"}, "payload": map[string]any{"to": 3}, "metadata": map[string]any{"step": 1},
	})
	w.append(id, "one", "1")
	w.append(id, "two", "2")
	w.mount(component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id}, component{Name: "b", Hook: "useRealtimeRun", RunID: id})
	w.until("last('a').streams?.one && last('a').streams.two && last('b').run")

	kept := func(what, expression string) {
		t.Helper()
		if !evaluate[bool](w.page, "((before, now) => "+expression+")(window.before, last('a'))") {
			t.Errorf("after %s, not: %s", what, expression)
		}
	}
	remember := func() { evaluate[any](w.page, "void (window.before = last('a'))") }

	remember()
	w.update(id, emulator.Columns{"usageDurationMs": 10})
	w.until("last('a').run.durationMs === 10 && last('b').run.durationMs === 10")
	for _, field := range []string{"payload", "metadata", "tags", "createdAt", "realtimeStreams"} {
		kept("a change of another column", "before.run."+field+" === now.run."+field)
	}
	kept("a change of the run", "before.streams === now.streams")
	kept("a change of the run", "last('b').run === now.run")

	remember()
	w.append(id, "one", "1 too")
	w.until("last('a').streams.one.length === 2")
	kept("a part of one stream", "before.run === now.run")
	kept("a part of one stream", "before.streams.two === now.streams.two")
	kept("a part of one stream", "before.streams.one.length === 1")
	if states := evaluate[int](w.page, "states('b').filter(({ run }) => run).length"); states != 2 {
		t.Errorf("a component that shows the run alone was rendered %d times with it, want 2", states)
	}
}
