//go:build !js

package browser

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/runwire/runwire/web/emulator"
)

// Options that change while a component is mounted, and access tokens that are refused.
var accessDefects = []defect{
	{number: 3, name: "a new access token is used from the next request on", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.follow(id)
		next := w.mint(w.t, emulator.TokenSpec{Scopes: []string{"read:runs:" + id}})
		w.change("a", map[string]any{"options": map[string]any{"accessToken": next}})
		return w.asksAfterAnUpdate(id, func(call emulator.Call) bool { return call.TokenID == tokenID(next) })
	}},
	{number: 3, name: "a new access token takes the place of one that was refused", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Options: map[string]any{"accessToken": w.expired()}})
		w.until("last('a').error?.status === 401")
		w.change("a", map[string]any{"options": map[string]any{"accessToken": w.token}})
		return w.shows("last('a').run && !last('a').error")
	}},
	{number: 3, name: "a run feed that is refused goes on with a token of refreshAccessToken", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id, Options: map[string]any{"accessToken": w.expired()},
			Callbacks: []string{"refreshAccessToken"}, Returns: map[string]any{"refreshAccessToken": w.token}})
		return w.rather("last('a').run", "last('a').error")
	}},
	{number: 3, name: "a changed base URL is asked", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.follow(id)
		other := emulator.New(emulator.Options{})
		_, err := other.CreateRun(id, emulator.Columns{"metadata": map[string]any{"other": true}})
		w.must(err)
		w.change("a", map[string]any{"options": map[string]any{"baseURL": serveAPI(w.t, other)}})
		w.update(id, emulator.Columns{"metadata": map[string]any{"step": 1}})
		return w.rather("last('a').run?.metadata?.other", "last('a').run?.metadata?.step")
	}},
	{number: 3, name: "columns that are skipped from now on are", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING"})
		w.follow(id)
		w.change("a", map[string]any{"options": map[string]any{"skipColumns": []string{"payload"}}})
		return w.asksAfterAnUpdate(id, func(call emulator.Call) bool { return strings.Contains(call.Query, "skipColumns=payload") })
	}},
	{number: 3, name: "a changed createdAt is asked for", holds: func(w *world) bool {
		id := w.create(emulator.Columns{"status": "EXECUTING", "tags": []string{"one"}})
		w.mount(component{Name: "a", Hook: "useRealtimeRunsWithTag", Args: []any{"one"}, Options: map[string]any{"createdAt": "1h"}})
		w.until("last('a').runs?.length === 1")
		w.change("a", map[string]any{"options": map[string]any{"createdAt": "2h"}})
		return w.asksAfterAnUpdate(id, func(call emulator.Call) bool { return strings.Contains(call.Query, "createdAt=2h") })
	}},
}

// asksAfterAnUpdate changes the run, so that whoever follows it asks again, and reports whether a request is as it should be.
func (w *world) asksAfterAnUpdate(runID string, asRight func(emulator.Call) bool) bool {
	w.t.Helper()
	w.update(runID, emulator.Columns{"metadata": map[string]any{"step": 1}})
	return w.soon(func() bool { return slices.ContainsFunc(w.gets("/realtime/v1/runs"), asRight) })
}

// tokenID is what the emulator's log calls an access token.
func tokenID(accessToken string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(accessToken)))[:16]
}
