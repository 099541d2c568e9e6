package shape_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/runwire/runwire/hooks/shape"
)

// answer is what a server says to one request.
type answer struct {
	conflict bool // 409
	header   map[string]string
	body     string
}

// outcome is what a Log makes of an answer: the rows to show, spelled "key col=value", and where it stands.
type outcome struct {
	rows    string
	err     string // what the error says, in part; "" is none
	settled bool
	params  string // of the next request
}

// at is the header of an answer at a place in a log.
func at(handle, offset string) map[string]string {
	return map[string]string{"electric-handle": handle, "electric-offset": offset}
}

// live is at with the cursor that a held answer carries.
func live(handle, offset, cursor string) map[string]string {
	return map[string]string{"electric-handle": handle, "electric-offset": offset, "electric-cursor": cursor}
}

func body(messages ...string) string { return "[" + strings.Join(messages, ",") + "]" }

// change is a message about the row with this key; columns are JSON members.
func change(operation, key, columns string) string {
	return fmt.Sprintf(`{"key":%q,"value":{%s},"headers":{"operation":%q}}`, key, columns, operation)
}

const (
	upToDate    = `{"headers":{"control":"up-to-date"}}`
	mustRefetch = `{"headers":{"control":"must-refetch"}}`
	snapshotEnd = `{"headers":{"control":"snapshot-end"}}`
	beginning   = "log=full offset=-1"
)

func TestLog(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []answer
		want    []outcome
	}{
		{
			"a snapshot of one answer is shown, and the next request is live",
			[]answer{{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x","b":null`), upToDate)}},
			[]outcome{{rows: `1 a="x" b=null`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"rows are not shown before the log is up to date, however many answers that takes",
			[]answer{
				{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x"`))},
				{header: at("h", "2_0"), body: body(change("insert", "2", `"a":"y"`), snapshotEnd)},
				{header: at("h", "3_0"), body: body(upToDate)},
			},
			[]outcome{
				{params: "log=full offset=1_0 handle=h"},
				{params: "log=full offset=2_0 handle=h"},
				{rows: `1 a="x"; 2 a="y"`, settled: true, params: "log=full offset=3_0 handle=h live=true cursor="},
			},
		},
		{
			"a live answer shows only what changed, and hands its cursor on",
			[]answer{
				{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x"`), change("insert", "2", `"a":"y"`), upToDate)},
				{header: live("h", "2_0", "7"), body: body(change("update", "2", `"a":"z"`), upToDate)},
				{header: live("h", "2_0", "8"), body: body(upToDate)},
			},
			[]outcome{
				{rows: `1 a="x"; 2 a="y"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="},
				{rows: `2 a="z"`, settled: true, params: "log=full offset=2_0 handle=h live=true cursor=7"},
				{settled: true, params: "log=full offset=2_0 handle=h live=true cursor=8"},
			},
		},
		{
			"an update of some columns leaves the others, and adds new ones behind them",
			[]answer{
				{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x","b":"y"`), upToDate)},
				{header: at("h", "2_0"), body: body(change("update", "1", `"c":"z","a":null`), upToDate)},
			},
			[]outcome{
				{rows: `1 a="x" b="y"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="},
				{rows: `1 a=null b="y" c="z"`, settled: true, params: "log=full offset=2_0 handle=h live=true cursor="},
			},
		},
		{
			"several changes of a row are one row, in the order of the first change of each",
			[]answer{{header: at("h", "1_0"), body: body(
				change("insert", "1", `"a":"1"`), change("insert", "2", `"a":"1"`), change("update", "1", `"a":"2"`), upToDate)}},
			[]outcome{{rows: `1 a="2"; 2 a="1"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"an insert replaces the whole row",
			[]answer{{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x","b":"y"`), change("insert", "1", `"a":"z"`), upToDate)}},
			[]outcome{{rows: `1 a="z"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"an update of an unknown row is a row of what it says",
			[]answer{{header: at("h", "1_0"), body: body(change("update", "1", `"a":"x"`), upToDate)}},
			[]outcome{{rows: `1 a="x"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"a deleted row comes once more, with what was known of it",
			[]answer{
				{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x"`), upToDate)},
				{header: at("h", "2_0"), body: body(change("delete", "1", ``), upToDate)},
				{header: at("h", "3_0"), body: body(change("update", "1", `"b":"y"`), upToDate)},
			},
			[]outcome{
				{rows: `1 a="x"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="},
				{rows: `1 a="x" deleted`, settled: true, params: "log=full offset=2_0 handle=h live=true cursor="},
				{rows: `1 b="y"`, settled: true, params: "log=full offset=3_0 handle=h live=true cursor="},
			},
		},
		{
			"a row that is inserted again after its deletion is not deleted",
			[]answer{{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x"`), change("delete", "1", ``), change("insert", "1", `"a":"y"`), upToDate)}},
			[]outcome{{rows: `1 a="y"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"up-to-date counts only as the last message",
			[]answer{{header: at("h", "1_0"), body: body(upToDate, change("insert", "1", `"a":"x"`))}},
			[]outcome{{params: "log=full offset=1_0 handle=h"}},
		},
		{
			"must-refetch starts over with the same shape handle, and the rows of before are gone",
			[]answer{
				{header: at("h", "1_0"), body: body(change("insert", "1", `"a":"x"`))},
				{header: at("h", "2_0"), body: body(change("insert", "2", `"a":"y"`), mustRefetch, upToDate)},
				{header: at("h", "3_0"), body: body(change("insert", "3", `"a":"z"`), upToDate)},
			},
			[]outcome{
				{params: "log=full offset=1_0 handle=h"},
				{params: "log=full offset=-1 handle=h"},
				{rows: `3 a="z"`, settled: true, params: "log=full offset=3_0 handle=h live=true cursor="},
			},
		},
		{
			"a 409 starts over with the handle that it names, past every cache, and forgets the cursor",
			[]answer{
				{header: live("h1", "1_0", "5"), body: body(change("insert", "1", `"a":"x"`), upToDate)},
				{conflict: true, header: map[string]string{"electric-handle": "h2"}},
				{header: at("h2", "9_0"), body: body(change("insert", "1", `"a":"y"`), upToDate)},
			},
			[]outcome{
				{rows: `1 a="x"`, settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor=5"},
				{params: "log=full offset=-1 handle=h2 expired_handle=h1 cache-buster=h1-1"},
				{rows: `1 a="y"`, settled: true, params: "log=full offset=9_0 handle=h2 live=true cursor= expired_handle=h1"},
			},
		},
		{
			"a 409 that names no handle starts over without one",
			[]answer{
				{header: at("h1", "1_0"), body: body(upToDate)},
				{conflict: true},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor="},
				{params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-1"},
			},
		},
		{
			"a 409 that names the expired handle again names none",
			[]answer{
				{header: at("h1", "1_0"), body: body(upToDate)},
				{conflict: true, header: map[string]string{"electric-handle": "h1"}},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor="},
				{params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-1"},
			},
		},
		{
			"each 409 in a row has a cache-buster of its own",
			[]answer{
				{header: at("h1", "1_0"), body: body(upToDate)},
				{conflict: true, header: map[string]string{"electric-handle": "h2"}},
				{conflict: true, header: map[string]string{"electric-handle": "h3"}},
				{conflict: true},
				{conflict: true},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor="},
				{params: "log=full offset=-1 handle=h2 expired_handle=h1 cache-buster=h1-1"},
				{params: "log=full offset=-1 handle=h3 expired_handle=h2 cache-buster=h2-2"},
				{params: "log=full offset=-1 expired_handle=h3 cache-buster=h3-3"},
				{params: "log=full offset=-1 expired_handle=h3 cache-buster=h3-4"},
			},
		},
		{
			"an answer with the expired handle is a stale cache's; the next request passes it, and a good answer ends the matter",
			[]answer{
				{header: at("h1", "1_0"), body: body(upToDate)},
				{conflict: true, header: map[string]string{"electric-handle": "h2"}},
				{header: at("h1", "1_0"), body: body(change("insert", "1", `"a":"old"`), upToDate)},
				{header: at("h1", "1_0"), body: body(upToDate)},
				{header: at("h2", "2_0"), body: body(change("insert", "1", `"a":"new"`), upToDate)},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor="},
				{params: "log=full offset=-1 handle=h2 expired_handle=h1 cache-buster=h1-1"},
				{err: shape.ErrStaleCache.Error(), params: "log=full offset=-1 handle=h2 expired_handle=h1 cache-buster=h1-2"},
				{err: shape.ErrStaleCache.Error(), params: "log=full offset=-1 handle=h2 expired_handle=h1 cache-buster=h1-3"},
				{rows: `1 a="new"`, settled: true, params: "log=full offset=2_0 handle=h2 live=true cursor= expired_handle=h1"},
			},
		},
		{
			"no cache can know four requests in a row: the server has come back to the handle that it gave up",
			[]answer{
				{header: at("h1", "1_0"), body: body(upToDate)},
				{conflict: true},
				{header: at("h1", "1_0"), body: body(upToDate)},
				{header: at("h1", "1_0"), body: body(upToDate)},
				{header: at("h1", "1_0"), body: body(upToDate)},
				{header: at("h1", "2_0"), body: body(change("insert", "1", `"a":"new"`), upToDate)},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h1 live=true cursor="},
				{params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-1"},
				{err: shape.ErrStaleCache.Error(), params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-2"},
				{err: shape.ErrStaleCache.Error(), params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-3"},
				{err: shape.ErrStaleCache.Error(), params: "log=full offset=-1 expired_handle=h1 cache-buster=h1-4"},
				{rows: `1 a="new"`, settled: true, params: "log=full offset=2_0 handle=h1 live=true cursor="},
			},
		},
		{
			"a 204 without a body moves on and is not up to date",
			[]answer{
				{header: at("h", "1_0"), body: body(upToDate)},
				{header: at("h", "2_0")},
			},
			[]outcome{
				{settled: true, params: "log=full offset=1_0 handle=h live=true cursor="},
				{params: "log=full offset=2_0 handle=h"},
			},
		},
		{
			"an empty array is not up to date either",
			[]answer{{header: at("h", "1_0"), body: "[]"}},
			[]outcome{{params: "log=full offset=1_0 handle=h"}},
		},
		{
			"messages and members that nobody knows are passed over",
			[]answer{{header: at("h", "1_0"), body: body(
				`{"headers":{"control":"new-word"},"x":1}`,
				`{"key":"1","value":{"a":"x"},"old_value":{"a":"w"},"headers":{"operation":"insert","lsn":"1","last":true,"txids":[7]},"y":2}`,
				`{"headers":{"control":"up-to-date","global_last_seen_lsn":"3"}}`)}},
			[]outcome{{rows: `1 a="x"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
		{
			"a key is a text of its own, quotes and all",
			[]answer{{header: at("h", "1_0"), body: body(change("insert", `"public"."TaskRun"/"c0"`, `"a":"x"`), upToDate)}},
			[]outcome{{rows: `"public"."TaskRun"/"c0" a="x"`, settled: true, params: "log=full offset=1_0 handle=h live=true cursor="}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := shape.New()
			if got := params(log); got != beginning {
				t.Fatalf("the first request has %s, want %s", got, beginning)
			}
			for i, a := range tt.answers {
				if got := respond(log, a); got != tt.want[i] {
					t.Fatalf("answer %d gives\n%+v, want\n%+v", i+1, got, tt.want[i])
				}
			}
		})
	}
}

func TestAnAnswerThatCannotBeReadLeavesTheLogWhereItStood(t *testing.T) {
	good := body(change("insert", "2", `"a":"y"`), upToDate)
	for _, tt := range []struct {
		name   string
		header map[string]string
		body   string
		err    string
	}{
		{"no headers", nil, good, shape.ErrNoHandle.Error()},
		{"a handle that is hidden", map[string]string{"electric-offset": "2_0"}, good, shape.ErrNoHandle.Error()},
		{"a handle that is empty", at("", "2_0"), good, shape.ErrNoHandle.Error()},
		{"an offset that is hidden", map[string]string{"electric-handle": "h"}, good, shape.ErrNoOffset.Error()},
		{"HTML", at("h", "2_0"), "<!doctype html>", "invalid JSON at byte 0"},
		{"space alone", at("h", "2_0"), "  ", "JSON ends"},
		{"an array that breaks off", at("h", "2_0"), good[:len(good)-1], "JSON ends"},
		{"something behind the array", at("h", "2_0"), good + "]", "invalid JSON"},
		{"an object", at("h", "2_0"), `{"message":"no"}`, "not a JSON array"},
		{"null", at("h", "2_0"), `null`, "not a JSON array"},
		{"a string", at("h", "2_0"), `"[]"`, "not a JSON array"},
		{"an element that is no object", at("h", "2_0"), body(change("insert", "2", ``), `7`), "neither a change nor a control"},
		{"an element without headers", at("h", "2_0"), body(change("insert", "2", ``), `{"key":"3","value":{}}`), "neither a change nor a control"},
		{"headers that are no object", at("h", "2_0"), body(`{"key":"3","headers":"insert"}`), "neither a change nor a control"},
		{"a change without a key", at("h", "2_0"), body(change("insert", "2", ``), `{"value":{},"headers":{"operation":"insert"}}`), "a change without a key"},
		{"a key that is no text", at("h", "2_0"), body(`{"key":3,"headers":{"operation":"insert"}}`), "a change without a key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			log := shape.New()
			respond(log, answer{header: live("h", "1_0", "4"), body: body(change("insert", "1", `"a":"x"`), upToDate)})
			before := params(log)

			got := respond(log, answer{header: tt.header, body: tt.body})
			if want := (outcome{err: tt.err, params: before}); !strings.Contains(got.err, tt.err) || got.rows != "" || got.params != want.params {
				t.Fatalf("the answer gives\n%+v, want\n%+v", got, want)
			}
			got = respond(log, answer{header: live("h", "2_0", "5"), body: body(change("update", "1", `"b":"y"`), upToDate)})
			if want := (outcome{rows: `1 a="x" b="y"`, settled: true, params: "log=full offset=2_0 handle=h live=true cursor=5"}); got != want {
				t.Errorf("the good answer after it gives\n%+v, want\n%+v", got, want)
			}
		})
	}
}

func TestRefreshAsksAtOnceFromTheSamePlace(t *testing.T) {
	log := shape.New()
	respond(log, answer{header: live("h", "1_0", "4"), body: body(upToDate)})
	if !log.IsLive() {
		t.Fatal("the log is not live after an answer that is up to date")
	}
	log.Refresh()
	if got, want := params(log), "log=full offset=1_0 handle=h"; got != want || log.IsLive() {
		t.Errorf("after Refresh the request has %s (live %v), want %s", got, log.IsLive(), want)
	}
	// An answer that was not held need not bring a cursor: the one of before still counts.
	respond(log, answer{header: at("h", "2_0"), body: body(upToDate)})
	if got, want := params(log), "log=full offset=2_0 handle=h live=true cursor=4"; got != want {
		t.Errorf("the next live request has %s, want %s", got, want)
	}
}

func TestMovedSaysWhetherTheConnectionMakesProgress(t *testing.T) {
	log := shape.New()
	for _, step := range []struct {
		name   string
		header map[string]string
		body   string
		want   bool
	}{
		{"the first answer", at("h", "1_0"), body(upToDate), true},
		{"a live answer with nothing", at("h", "1_0"), body(upToDate), false},
		{"the same place, with a row", at("h", "1_0"), body(change("insert", "1", ``), upToDate), true},
		{"another place", at("h", "2_0"), body(upToDate), true},
		{"another handle", at("i", "2_0"), body(upToDate), true},
		{"an empty answer", at("i", "2_0"), "", false},
	} {
		answer, err := log.Respond(step.header, step.body)
		if err != nil || answer.Moved != step.want {
			t.Errorf("%s: Moved = %v, %v, want %v", step.name, answer.Moved, err, step.want)
		}
	}
}

func TestRowsThatWereGivenOutDoNotChange(t *testing.T) {
	log := shape.New()
	first, err := log.Respond(at("h", "1_0"), body(change("insert", "1", `"a":"x"`), upToDate))
	if err != nil {
		t.Fatal(err)
	}
	respond(log, answer{header: at("h", "2_0"), body: body(change("update", "1", `"a":"y","b":"z"`), upToDate)})
	respond(log, answer{header: at("h", "3_0"), body: body(change("delete", "1", ``), upToDate)})
	if got := spell(first.Rows); got != `1 a="x"` {
		t.Errorf("the row of the first answer is now %s", got)
	}
}

// One run of a list that changes rarely would otherwise keep the text of all those that were once sent with it.
func TestARowDoesNotHoldOnToTheBodyThatBroughtIt(t *testing.T) {
	text := body(change("insert", "1", `"a":"x"`), upToDate)
	answer, err := shape.New().Respond(at("h", "1_0"), text)
	if err != nil || len(answer.Rows) != 1 {
		t.Fatalf("got %+v, error %v", answer, err)
	}
	begin := uintptr(unsafe.Pointer(unsafe.StringData(text)))
	row := answer.Rows[0]
	for _, kept := range []string{row.Key, row.Columns[0].Name, string(row.Columns[0].Value)} {
		if at := uintptr(unsafe.Pointer(unsafe.StringData(kept))); begin <= at && at < begin+uintptr(len(text)) {
			t.Errorf("%s is a part of the body", kept)
		}
	}
}

func TestAllStopsWhenItsCallerDoes(t *testing.T) {
	row := shape.Row{Columns: []shape.Column{{"a", "1"}, {"b", "2"}, {"c", "3"}}}
	var names []string
	for name := range row.All {
		if names = append(names, name); name == "b" {
			break
		}
	}
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("All went through %v", names)
	}
}

// respond gives a Log an answer and says what became of it.
func respond(log *shape.Log, a answer) outcome {
	if a.conflict {
		log.Rotate(a.header)
		return outcome{params: params(log)}
	}
	got, err := log.Respond(a.header, a.body)
	o := outcome{rows: spell(got.Rows), settled: got.Settled, params: params(log)}
	if err != nil {
		o.err = err.Error()
	}
	return o
}

func params(log *shape.Log) string {
	var words []string
	for _, p := range log.Params() {
		words = append(words, p.Name+"="+p.Value)
	}
	return strings.Join(words, " ")
}

func spell(rows []shape.Row) string {
	var all []string
	for _, row := range rows {
		words := []string{row.Key}
		for name, value := range row.All {
			words = append(words, name+"="+string(value))
		}
		if row.Deleted {
			words = append(words, "deleted")
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, "; ")
}
