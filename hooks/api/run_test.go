package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// decode decodes a minimal row with these columns, as JSON members, in place of its own.
func decode(t *testing.T, columns string) *api.Run {
	t.Helper()
	run, err := decodeRow(t, strings.TrimSuffix(minimalRow, "}")+","+columns+"}")
	if err != nil {
		t.Fatalf("%s: %v", columns, err)
	}
	return run
}

func decodeRow(t *testing.T, row string) (*api.Run, error) {
	t.Helper()
	value, err := rawjson.Parse(row)
	if err != nil {
		t.Fatalf("%s: %v", row, err)
	}
	return api.DecodeRun(value.Members())
}

// column spells a column as the server does: a JSON string of what Postgres printed.
func column(name, text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf("%q:%s", name, quoted)
}

func TestDecodeRunReadsEveryColumn(t *testing.T) {
	run := decode(t, strings.Join([]string{
		column("id", "c0ffee"), column("friendlyId", "run_q7"), column("taskIdentifier", "resize"), column("status", "EXECUTING"),
		column("createdAt", "2026-01-31T10:20:30.000"), column("updatedAt", "2026-01-31 10:20:31.5"),
		column("startedAt", "2026-01-31T10:20:32"), column("completedAt", "2026-01-31T10:20:33.123456"),
		column("delayUntil", "2026-01-31T10:20:34"), column("queuedAt", "2026-01-31T10:20:35"), column("expiredAt", "2026-01-31T10:20:36"),
		column("number", "7"), column("isTest", "t"), column("usageDurationMs", "1234"), column("costInCents", "0.05"), column("baseCostInCents", "2.5e-3"),
		column("ttl", "10m"), column("payload", `{"w":64}`), column("payloadType", "application/json"),
		column("output", "done"), column("outputType", "text/plain"), column("metadata", `{"json":{"p":1}}`), column("metadataType", "application/super+json"),
		column("runTags", `{"user:9","eu"}`), column("realtimeStreams", "{ai,log}"), `"error":null`, `"aNewColumn":"x"`,
	}, ","))
	want := api.Run{
		ID: "run_q7", TaskIdentifier: "resize", Status: api.StatusExecuting,
		CreatedAt: "2026-01-31T10:20:30.000Z", UpdatedAt: "2026-01-31T10:20:31.5Z", StartedAt: "2026-01-31T10:20:32Z",
		FinishedAt: "2026-01-31T10:20:33.123456Z", DelayedUntil: "2026-01-31T10:20:34Z", QueuedAt: "2026-01-31T10:20:35Z", ExpiredAt: "2026-01-31T10:20:36Z",
		Payload:  api.Packet{Data: `"{\"w\":64}"`, Type: "application/json"},
		Output:   api.Packet{Data: `"done"`, Type: "text/plain"},
		Metadata: api.Packet{Data: `"{\"json\":{\"p\":1}}"`, Type: "application/super+json"},
		Tags:     []string{"user:9", "eu"}, RealtimeStreams: []string{"ai", "log"},
		IsTest: true, DurationMs: "1234", CostInCents: "0.05", BaseCostInCents: "2.5e-3",
	}
	if got, want := fmt.Sprintf("%+v", *run), fmt.Sprintf("%+v", want); got != want {
		t.Errorf("the run is\n%s, want\n%s", got, want)
	}
}

func TestColumnsThatAreSkippedOrNullLeaveTheirFieldsZero(t *testing.T) {
	want := fmt.Sprintf("%+v", api.Run{
		ID: "run_1", TaskIdentifier: "resize", Status: api.StatusQueued,
		CreatedAt: "2026-01-31T10:20:30.000Z", UpdatedAt: "2026-01-31T10:20:30.123Z",
	})
	skipped, err := decodeRow(t, minimalRow)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%+v", *skipped); got != want {
		t.Errorf("without columns the run is\n%s, want\n%s", got, want)
	}
	var nulls []string
	for _, name := range []string{
		"startedAt", "completedAt", "delayUntil", "queuedAt", "expiredAt", "isTest", "usageDurationMs", "costInCents", "baseCostInCents", "ttl",
		"payload", "payloadType", "output", "outputType", "metadata", "metadataType", "runTags", "realtimeStreams", "error",
	} {
		nulls = append(nulls, fmt.Sprintf("%q:null", name))
	}
	if got := fmt.Sprintf("%+v", *decode(t, strings.Join(nulls, ","))); got != want {
		t.Errorf("with null columns the run is\n%s, want\n%s", got, want)
	}
}

func TestARowWithoutAColumnThatEveryRunHasIsNoRun(t *testing.T) {
	for _, name := range []string{"friendlyId", "status", "createdAt"} {
		for what, row := range map[string]string{
			"is absent": strings.Replace(minimalRow, `"`+name+`"`, `"other"`, 1),
			"is null":   strings.TrimSuffix(minimalRow, "}") + `,"` + name + `":null}`,
			"is empty":  strings.TrimSuffix(minimalRow, "}") + `,"` + name + `":""}`,
		} {
			_, err := decodeRow(t, row)
			var missing *api.MissingColumnError
			if !errors.As(err, &missing) || missing.Column != name || err.Error() != "a row without "+name {
				t.Errorf("when %s %s, the error is %v", name, what, err)
			}
		}
	}
}

// What is stored, what it is called since API version 2025-07-16, and which helpers of @trigger.dev/core 4.8.3 are true.
func TestStatuses(t *testing.T) {
	for _, tt := range []struct {
		stored string
		public api.RunStatus
		is     string
	}{
		{"DELAYED", api.StatusDelayed, "queued"},
		{"PENDING", api.StatusQueued, "queued"},
		{"PENDING_VERSION", api.StatusPendingVersion, "queued"},
		{"WAITING_FOR_DEPLOY", api.StatusPendingVersion, "queued"},
		{"DEQUEUED", api.StatusDequeued, "executing"},
		{"EXECUTING", api.StatusExecuting, "executing"},
		{"RETRYING_AFTER_FAILURE", api.StatusExecuting, "executing"},
		{"WAITING_TO_RESUME", api.StatusWaiting, "waiting"},
		{"PAUSED", api.StatusWaiting, "waiting"},
		{"CANCELED", api.StatusCanceled, "cancelled"},
		{"COMPLETED_SUCCESSFULLY", api.StatusCompleted, "completed success"},
		{"COMPLETED_WITH_ERRORS", api.StatusFailed, "completed failed"},
		{"INTERRUPTED", api.StatusFailed, "completed failed"},
		{"CRASHED", api.StatusCrashed, "completed failed"},
		{"SYSTEM_FAILURE", api.StatusSystemFailure, "completed failed"},
		{"EXPIRED", api.StatusExpired, "completed failed"},
		{"TIMED_OUT", api.StatusTimedOut, "completed failed"},
		{"A_STATUS_OF_TOMORROW", api.StatusQueued, "queued"},
		{"executing", api.StatusQueued, "queued"},
	} {
		status := decode(t, column("status", tt.stored)).Status
		if got := helpers(status); status != tt.public || got != tt.is {
			t.Errorf("%s is %s and %s, want %s and %s", tt.stored, status, got, tt.public, tt.is)
		}
	}
}

func helpers(s api.RunStatus) string {
	var words []string
	for _, h := range []struct {
		word string
		is   bool
	}{
		{"queued", s.IsQueued()}, {"executing", s.IsExecuting()}, {"waiting", s.IsWaiting()}, {"cancelled", s.IsCanceled()},
		{"completed", s.IsCompleted()}, {"success", s.IsSuccess()}, {"failed", s.IsFailed()},
	} {
		if h.is {
			words = append(words, h.word)
		}
	}
	return strings.Join(words, " ")
}

func TestOnlyCompletedAtSaysThatARunIsOver(t *testing.T) {
	if decode(t, column("status", "COMPLETED_SUCCESSFULLY")).IsFinished() {
		t.Error("a status alone finishes a run")
	}
	if !decode(t, column("completedAt", "2026-01-31T10:20:30")).IsFinished() {
		t.Error("completedAt does not finish a run")
	}
	if (*api.Run)(nil).IsFinished() {
		t.Error("no run is finished")
	}
}

// The mapping is that of @trigger.dev/core 4.8.3.
func TestErrorColumn(t *testing.T) {
	for _, tt := range []struct {
		name, column string
		want         *api.RunError
	}{
		{
			"an error of the task's language",
			column("error", `{"type":"BUILT_IN_ERROR","name":"TypeError","message":"no","stackTrace":"at x","causes":[{"message":"why","stackTrace":"at y"}]}`),
			&api.RunError{Name: "TypeError", Message: "no", StackTrace: "at x", Causes: `[{"message":"why","stackTrace":"at y"}]`},
		},
		{"a thrown string", column("error", `{"type":"STRING_ERROR","raw":"no"}`), &api.RunError{Message: "no"}},
		{"a thrown something", column("error", `{"type":"CUSTOM_ERROR","raw":"{\"a\":1}"}`), &api.RunError{Message: `{"a":1}`}},
		{
			"a fault of the platform", column("error", `{"type":"INTERNAL_ERROR","code":"TASK_RUN_CRASHED","message":"internal words","stackTrace":"s"}`),
			&api.RunError{Message: "trigger.dev internal error (TASK_RUN_CRASHED)"},
		},
		{"a type of tomorrow keeps its message", column("error", `{"type":"NEW","message":"no"}`), &api.RunError{Message: "no"}},
		{"an object instead of its text", `"error":{"type":"STRING_ERROR","raw":"no"}`, &api.RunError{Message: "no"}},
		{"what is no JSON is an error all the same", column("error", "{"), &api.RunError{}},
		{"the text null", column("error", "null"), nil},
		{"null", `"error":null`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := decode(t, tt.column).Error
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("the error is %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPostgresArrays(t *testing.T) {
	for literal, want := range map[string][]string{
		`{}`:                     nil,
		`{a}`:                    {"a"},
		`{a,b,c}`:                {"a", "b", "c"},
		`{"a b","c,d","{e}"}`:    {"a b", "c,d", "{e}"},
		`{"a\"b","c\\d","\e"}`:   {`a"b`, `c\d`, "e"},
		`{"",x}`:                 {"", "x"},
		`{"NULL",null-ish}`:      {"NULL", "null-ish"},
		`{é,"🙂 x"}`:              {"é", "🙂 x"},
		`{"user:9",eu}`:          {"user:9", "eu"},
		`{"unclosed}`:            {"unclosed"},
		`{"ends with escape\}`:   {`ends with escape\`},
		``:                       nil,
		`{`:                      nil,
		`a,b`:                    nil,
		`["json","is","not it"]`: nil,
	} {
		if got := decode(t, column("runTags", literal)).Tags; !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", literal, got, want)
		}
	}
	if got := decode(t, `"runTags":["a"]`).Tags; got != nil {
		t.Errorf("a JSON array is %q, want nothing", got)
	}
}

func TestBooleans(t *testing.T) {
	for value, want := range map[string]bool{
		`"t"`: true, `"true"`: true, `true`: true, `"f"`: false, `"false"`: false, `false`: false, `null`: false, `"1"`: false, `""`: false,
	} {
		if got := decode(t, `"isTest":`+value).IsTest; got != want {
			t.Errorf("isTest of %s is %v, want %v", value, got, want)
		}
	}
}

func TestNumbersAreJSONOrNothing(t *testing.T) {
	for value, want := range map[string]api.Number{
		`"12"`: "12", `12`: "12", `"0.05"`: "0.05", `"-1e-7"`: "-1e-7", `" 3 "`: "3",
		`"NaN"`: "", `"Infinity"`: "", `"1,000"`: "", `"0x10"`: "", `""`: "", `null`: "", `"null"`: "", `"\"1\""`: "", `{}`: "",
	} {
		if got := decode(t, `"costInCents":`+value).CostInCents; got != want {
			t.Errorf("costInCents of %s is %q, want %q", value, got, want)
		}
	}
}

func TestTimestamps(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-01-31T10:20:30.123":    time.Date(2026, 1, 31, 10, 20, 30, 123e6, time.UTC),
		"2026-01-31 10:20:30":        time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC),
		"2026-01-31 10:20:30.123456": time.Date(2026, 1, 31, 10, 20, 30, 123456e3, time.UTC),
		"infinity":                   {},
		"":                           {},
	} {
		if got := decode(t, column("startedAt", text)).StartedAt.Time(); !got.Equal(want) {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestTimestampsAreOrdered(t *testing.T) {
	inOrder := []api.Timestamp{
		"", "2025-12-31T23:59:59.999999Z", "2026-01-31T10:20:30Z", "2026-01-31T10:20:30.1Z", "2026-01-31T10:20:30.12Z", "2026-01-31T10:20:30.123456Z", "2026-01-31T10:20:31Z",
	}
	for i, a := range inOrder {
		for j, b := range inOrder {
			if a.Before(b) != (i < j) {
				t.Errorf("%q before %q is %v", a, b, a.Before(b))
			}
		}
	}
}
