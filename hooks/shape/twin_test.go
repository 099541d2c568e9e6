package shape_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks/shape"
)

// twin is a Log without wit: it keeps everything that was ever said and reads it all again for each answer.
type twin struct{ said []saying }

// saying is a change of a row, or, with the operation "shown", the moment in which rows were shown.
type saying struct{ operation, key, column, value string }

// show returns the rows that were touched since the last time, spelled and sorted.
func (tw *twin) show() []string {
	rows, deleted, touched := map[string]map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, s := range tw.said {
		switch s.operation {
		case "shown":
			for key := range deleted {
				delete(rows, key)
			}
			clear(deleted)
			clear(touched)
			continue
		case "delete":
			deleted[s.key] = true
		case "insert":
			rows[s.key] = map[string]string{s.column: s.value}
			delete(deleted, s.key)
		case "update":
			if rows[s.key] == nil {
				rows[s.key] = map[string]string{}
			}
			rows[s.key][s.column] = s.value
			delete(deleted, s.key)
		}
		touched[s.key] = true
	}
	tw.said = append(tw.said, saying{operation: "shown"})
	var out []string
	for key := range touched {
		out = append(out, spelled(key, rows[key], deleted[key]))
	}
	slices.Sort(out)
	return out
}

func spelled(key string, columns map[string]string, deleted bool) string {
	words := []string{key}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		words = append(words, name+"="+columns[name])
	}
	if deleted {
		words = append(words, "deleted")
	}
	return strings.Join(words, " ")
}

func TestLogAgreesWithADumbTwin(t *testing.T) {
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 0))
		log, tw := shape.New(), &twin{}
		handle, next := "h0", 0
		for step := range 40 {
			switch n := random.IntN(20); {
			case n == 0:
				next++
				handle = "h" + strconv.Itoa(next)
				log.Rotate(map[string]string{"electric-handle": handle})
				tw.said = nil
				continue
			case n == 1:
				if _, err := log.Respond(at(handle, "x"), `[{"headers":{"operation":"insert"}}]`); err == nil {
					t.Fatal("an insert without a key was accepted")
				}
				continue
			case n == 2:
				log.Refresh()
				continue
			}
			var messages []string
			for range random.IntN(5) {
				s := saying{pick(random, "insert", "update", "update", "delete"), pick(random, "1", "2", "3"), pick(random, "a", "b", "c"), strconv.Itoa(step)}
				messages = append(messages, change(s.operation, s.key, strconv.Quote(s.column)+":"+s.value))
				tw.said = append(tw.said, s)
			}
			settles := random.IntN(3) > 0
			if settles {
				messages = append(messages, upToDate)
			}
			answer, err := log.Respond(at(handle, fmt.Sprintf("%d_0", step)), body(messages...))
			if err != nil || answer.Settled != settles {
				t.Fatalf("seed %d, answer %d: settled %v, %v, want %v", seed, step, answer.Settled, err, settles)
			}
			var want []string
			if settles {
				want = tw.show()
			}
			if got := sortedRows(answer.Rows); !slices.Equal(got, want) {
				t.Fatalf("seed %d, answer %d: the rows are %q, want %q", seed, step, got, want)
			}
		}
	}
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

func sortedRows(rows []shape.Row) []string {
	var out []string
	for _, row := range rows {
		columns := map[string]string{}
		for name, value := range row.All {
			columns[name] = string(value)
		}
		out = append(out, spelled(row.Key, columns, row.Deleted))
	}
	slices.Sort(out)
	return out
}

// FuzzDecode gives a Log any answers, one a line: "409 handle", or a handle, an offset, a cursor and a body
// between spaces. After each of them the Log must know what to ask, and a good answer must give its row.
func FuzzDecode(f *testing.F) {
	for _, script := range []string{
		"",
		"h 1_0 7 " + body(change("insert", "1", `"a":"x"`), upToDate),
		"h 1_0 7 " + body(change("insert", "1", `"a":"x"`)) + "\n409 i\nh 2_0  []\ni 3_0  " + body(change("delete", "1", ``), upToDate),
		"h 1_0 7 " + body(mustRefetch) + "\n409 h\n409 \n  9 []\nh   []\nh 1_0 7 <html>\nh 1_0 7 ",
		"h 1_0 7 " + `[{"key":"1","value":null,"headers":{"operation":"update"}},{"headers":{"control":"up-to-date"}}]`,
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		log := shape.New()
		for line := range strings.SplitSeq(script, "\n") {
			before := params(log)
			words := append(strings.SplitN(line, " ", 4), "", "", "", "")
			if words[0] == "409" {
				log.Rotate(map[string]string{"electric-handle": words[1]})
			} else if _, err := log.Respond(live(words[0], words[1], words[2]), words[3]); err != nil && err != shape.ErrStaleCache {
				if after := params(log); after != before {
					t.Fatalf("after %q (%v) the request has %s, before it %s", line, err, after, before)
				}
			}
			checkParams(t, log, line)
		}
		answer, err := log.Respond(at("a new handle", "a new offset"), body(change("insert", "a new key", `"a":"x"`), upToDate))
		if err != nil || !answer.Settled || !strings.Contains(spell(answer.Rows), `a new key a="x"`) {
			t.Fatalf("after %q a good answer gives %q, %v", script, spell(answer.Rows), err)
		}
	})
}

// checkParams holds a request to what SPEC.md says of it.
func checkParams(t *testing.T, log *shape.Log, after string) {
	t.Helper()
	p := map[string]string{}
	for _, param := range log.Params() {
		if _, twice := p[param.Name]; twice {
			t.Fatalf("after %q the request has %s twice", after, param.Name)
		}
		p[param.Name] = param.Value
	}
	_, hasLive := p["live"]
	switch {
	case p["log"] != "full", p["offset"] == "":
		t.Fatalf("after %q the request has %v", after, p)
	case hasLive && (p["handle"] == "" || p["offset"] == "-1"), hasLive != log.IsLive():
		t.Fatalf("after %q a live request has %v", after, p)
	case p["handle"] != "" && p["handle"] == p["expired_handle"]:
		t.Fatalf("after %q the request names the expired handle: %v", after, p)
	}
}
