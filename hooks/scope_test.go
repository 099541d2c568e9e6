package hooks

import (
	"fmt"
	"testing"
	"time"
)

func TestTheLongestIdleScopesGoFirst(t *testing.T) {
	now := time.Unix(0, 0)
	r := New(1)
	const opened = maxIdleScopes + 3
	for i := range opened {
		spec := Spec{Kind: KindRun, RunID: fmt.Sprint("run_", i)}
		r.Step(now, &Open{Sub: Sub(i + 1), Scope: fmt.Sprint("scope ", i), Spec: spec})
	}
	for i := range opened {
		r.Step(now, Close{Sub: Sub(i + 1)})
	}
	if len(r.scopes) != maxIdleScopes {
		t.Errorf("%d scopes are kept, want %d", len(r.scopes), maxIdleScopes)
	}
	for i := range opened {
		if _, kept := r.scopes[fmt.Sprint("scope ", i)]; kept != (i >= opened-maxIdleScopes) {
			t.Errorf("scope %d is kept: %v", i, kept)
		}
	}
}
