//go:build !js

package browser

import (
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// What the original calls these errors, the differential test compares (differential_errors_test.go); here is what
// our users rely on.
func TestARefusalIsAnErrorWithItsStatus(t *testing.T) {
	w := newWorld(t, runwire, setting{})
	id := w.create(emulator.Columns{"status": "EXECUTING"})
	tokens := map[string]string{
		"expired": w.expired(),
		"forged":  w.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs"}, SecretKey: "tr_dev_another"}),
		"narrow":  w.mint(t, emulator.TokenSpec{Scopes: []string{"read:runs:run_other"}}),
	}
	for _, test := range []struct {
		name, runID, token string
		status             int
	}{
		{"an access token that is none", id, "none", 401},
		{"an access token that has expired", id, tokens["expired"], 401},
		{"an access token with a false signature", id, tokens["forged"], 401},
		{"an access token for another run", id, tokens["narrow"], 403},
		{"a run that does not exist", "run_unknown", w.token, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			run, stream := test.name, test.name+" (stream)"
			options := map[string]any{"accessToken": test.token}
			w.mount(component{Name: run, Hook: "useRealtimeRun", RunID: test.runID, Options: options},
				component{Name: stream, Hook: "useRealtimeStream", RunID: test.runID, Options: options})
			w.until("last(%q).error instanceof Error && last(%[1]q).error.name === 'FetchError' && last(%[1]q).error.status === %d", run, test.status)
			w.until("last(%q).error instanceof Error && last(%[1]q).error.name === 'TriggerApiError' && last(%[1]q).error.status === %d", stream, test.status)
			if evaluate[bool](w.page, "[last("+literal(run)+"), last("+literal(stream)+")].some(({ error }) => error.message.includes("+literal(test.token)+"))") {
				t.Error("an error quotes the access token")
			}
			w.unmount(run)
			w.unmount(stream)
		})
	}
}
