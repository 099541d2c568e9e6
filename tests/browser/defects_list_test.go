//go:build !js

package browser

import (
	"fmt"

	"github.com/runwire/runwire/web/emulator"
)

// Lists of runs.
var listDefects = []defect{
	{number: 9, name: "a list of twenty rows is one render", holds: func(w *world) bool {
		const rows = 20
		for range rows {
			w.create(tagged("one"))
		}
		w.mountTag("one")
		w.until("last('a').runs?.length === %d", rows)
		return evaluate[bool](w.page, "states('a').filter(({ runs }) => runs.length > 0).length === 1")
	}},
	{number: 10, name: "a run that is deleted leaves the list", holds: func(w *world) bool {
		id, other := w.create(tagged("one")), w.create(tagged("one"))
		w.mountTag("one")
		w.until("last('a').runs?.length === 2")
		w.must(w.emulator.DeleteRun(id))
		return w.leaves(id, other)
	}},
	{number: 10, name: "a run that has lost the tag leaves the list", setting: setting{emulator: emulator.Options{AnnounceDeletes: true}}, holds: func(w *world) bool {
		id, other := w.create(tagged("one")), w.create(tagged("one"))
		w.mountTag("one")
		w.until("last('a').runs?.length === 2")
		w.update(id, tagged("two"))
		return w.leaves(id, other)
	}},
	{number: 10, name: "a run that is gone when the list is read anew leaves it", holds: func(w *world) bool {
		id, other := w.create(tagged("one")), w.create(tagged("one"))
		w.mountTag("one")
		w.until("last('a').runs?.length === 2")
		w.update(id, tagged("two")) // of which the service says nothing
		w.emulator.RotateLists()
		return w.leaves(id, other)
	}},
	{number: 18, name: "the stored packets of a list are downloaded side by side", holds: func(w *world) bool {
		for i := range 2 {
			columns := tagged("one")
			columns["payload"], columns["payloadType"] = fmt.Sprintf("%d.json", i), emulator.TypeStore
			w.create(columns)
		}
		w.fault(emulator.Fault{Match: "GET /objects/", Action: emulator.Action{DelayMs: 300, Status: 200, Body: `{"stored":true}`}})
		w.mountTag("one")
		w.until("last('a').runs?.filter(({ payload }) => payload?.stored).length === 2")
		downloads := w.gets("/objects/")
		return downloads[1].StartMs < downloads[0].EndMs
	}},
	{number: 25, name: "two tags are not one that joins them", holds: func(w *world) bool {
		id := w.create(tagged("a-b"))
		other := w.create(tagged("a", "b"))
		w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{[]string{"a", "b"}}})
		w.until("last('a').runs?.[0]?.id === %q", other)
		w.change("a", map[string]any{"args": []any{"a-b"}})
		return w.shows("last('a').runs[0]?.id === %q", id)
	}},
	{number: 25, name: "a tag with a comma, which would be two, is an error", holds: func(w *world) bool {
		w.create(tagged("one", "two"))
		w.mountTag("one,two")
		return w.rather("last('a').error", "last('a').runs?.length > 0")
	}},
	{number: 25, name: "an empty tag asks for nothing", holds: func(w *world) bool {
		id := w.create(nil)
		w.mountTag("")
		w.mount(component{Name: "b", Hook: "useRealtimeRun", RunID: id})
		w.until("last('b').run")
		w.settle()
		return len(w.gets("/realtime/v1/runs")) == len(w.gets(runPath))
	}},
}

func tagged(tags ...string) emulator.Columns { return emulator.Columns{"tags": tags} }

// mountTag mounts the list of a tag's runs as component a.
func (w *world) mountTag(tag string) {
	w.t.Helper()
	w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{tag}})
}

// leaves changes another run of the list, and reports whether a run is in the list no more when that is shown.
func (w *world) leaves(id, other string) bool {
	w.t.Helper()
	w.update(other, emulator.Columns{"metadata": map[string]any{"step": 1}})
	w.until("last('a').runs.some((run) => run.metadata?.step === 1)")
	return w.shows("!last('a').runs.some((run) => run.id === %q)", id)
}
