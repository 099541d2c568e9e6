package emulator

import "testing"

func TestScopes(t *testing.T) {
	run := requirement{"read", "runs", "run_1"}
	everyRun := requirement{"read", "runs", ""}
	tag := requirement{"read", "tags", "env:staging"}
	trigger := requirement{"trigger", "tasks", "resize"}
	cases := []struct {
		scope string
		need  requirement
		want  bool
	}{
		{"admin", run, true},
		{"admin", trigger, true},
		{"admin:runs", run, false},
		{"read", run, false},
		{"read:all", run, true},
		{"write:all", run, false},
		{"*:all", run, true},
		{"*:runs", run, true},
		{"*:runs:run_1", run, true},
		{"read:runs", run, true},
		{"read:runs:run_1", run, true},
		{"read:runs:run_2", run, false},
		{"read:tasks:run_1", run, false},
		{"write:runs:run_1", run, false},
		{"read:runs", everyRun, true},
		{"read:runs:run_1", everyRun, false},
		{"read:runs:", everyRun, false},
		{"read:tags:env:staging", tag, true},
		{"read:tags:env", tag, false},
		{"trigger:tasks", trigger, true},
		{"trigger:tasks:resize", trigger, true},
		{"trigger:tasks:other", trigger, false},
		{"write:tasks:resize", trigger, true},
		{"write:tasks", trigger, true},
		{"read:tasks", trigger, false},
		{"", run, false},
	}
	for _, c := range cases {
		if got := c.need.satisfiedBy(c.scope); got != c.want {
			t.Errorf("%q on %v: got %t, want %t", c.scope, c.need, got, c.want)
		}
	}
}

func TestReadingARunNeedsOneOfItsNames(t *testing.T) {
	e := newEmulator(t, Options{})
	tagged := scripted(e, Columns{"taskIdentifier": "resize", "tags": []string{"a", "b"}})
	plain := scripted(e, Columns{"taskIdentifier": "other"})
	cases := []struct {
		scope         string
		tagged, plain int
	}{
		{"read:runs", 200, 200},
		{"read:runs:" + tagged, 200, 403},
		{"read:tasks:resize", 200, 403},
		{"read:tasks", 200, 200},
		{"read:tags:b", 200, 403},
		{"read:tags", 200, 403}, // a type-level scope covers runs that have a tag
		{"read:batch", 403, 403},
		{"write:runs", 403, 403},
	}
	for _, c := range cases {
		token := must(e.MintToken(TokenSpec{Scopes: []string{c.scope}}))
		for id, want := range map[string]int{tagged: c.tagged, plain: c.plain} {
			for _, path := range []string{"/api/v3/runs/" + id, "/realtime/v1/runs/" + id + "?offset=-1"} {
				if got := do(e, request{path: path, bearer: token}).Code; got != want {
					t.Errorf("%s on %s: got %d, want %d", c.scope, path, got, want)
				}
			}
		}
	}
}
