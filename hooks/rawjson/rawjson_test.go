package rawjson_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/runwire/runwire/hooks/rawjson"
)

func TestParseAcceptsWhatTheGrammarDoes(t *testing.T) {
	for _, text := range seeds {
		checkAgainstStandardLibrary(t, text)
	}
}

func TestDeepNestingNeedsNoStack(t *testing.T) {
	const levels = 5_000_000
	text := strings.Repeat("[", levels) + strings.Repeat("]", levels)
	v, err := rawjson.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	for inner := range v.Elements() {
		if len(inner) != len(text)-2 {
			t.Errorf("the first element has %d bytes, want %d", len(inner), len(text)-2)
		}
	}
	if _, err := rawjson.Parse(text[:len(text)-1]); err == nil {
		t.Error("an unclosed array was accepted")
	}
}

func TestGetTakesTheLastOfTwoMembers(t *testing.T) {
	v, err := rawjson.Parse(` { "a" : 1 , "b":2, "a" : [3] } `)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("a"); got != "[3]" {
		t.Errorf("Get(a) = %s, want [3]", got)
	}
	if got := v.Get("missing"); got != "" {
		t.Errorf("Get(missing) = %s, want no value", got)
	}
}

func TestErrorsNeverQuoteTheText(t *testing.T) {
	_, err := rawjson.Parse(`{"secret": hunter2}`)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error = %v, want one that does not quote the input", err)
	}
}

var seeds = []string{
	``, ` `, `null`, ` true `, `false`, `nul`, `truex`, `0`, `-0`, `01`, `-`, `1.5e+7`, `1.`, `.5`, `1e`, `12 3`,
	`""`, `"a`, `"\u00e9\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\x"`, `"\u12g4"`, "\"\x01\"", "\"\xff\xfe\"", `"\/\b\f\n\r\t\\\""`,
	`[]`, `[ ]`, `[1,]`, `[,1]`, `[1 2]`, `[1,[2,{"a":[]}],"x"]`, `{}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a":1 "b":2}`,
	`{"a":{"b":{"c":[{"d":null}]}}}`, `[1]]`, `{"a":[}`, `{"":0,"":1}`, "[\"\u2028\"]", "\ufeff1", `{"k\u0065y":"v"}`,
	`[{"key":"\"public\".\"TaskRun\"/\"1\"","value":{"id":"1","output":null},"headers":{"operation":"insert"}},{"headers":{"control":"up-to-date"}}]`,
}

func FuzzParse(f *testing.F) {
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(checkAgainstStandardLibrary)
}

// checkAgainstStandardLibrary holds Parse, the walkers and Text to encoding/json on one text.
func checkAgainstStandardLibrary(t *testing.T, text string) {
	t.Helper()
	v, err := rawjson.Parse(text)
	valid := json.Valid([]byte(text))
	if tooDeep := strings.Count(text, "[")+strings.Count(text, "{") > 10_000; tooDeep && !valid {
		return // encoding/json has a limit of depth and we have none
	}
	if (err == nil) != valid {
		t.Fatalf("Parse(%q): error %v, encoding/json says valid = %v", text, err, valid)
	}
	if err == nil {
		checkValue(t, v)
	}
}

func checkValue(t *testing.T, v rawjson.Value) {
	t.Helper()
	switch {
	case v.IsObject():
		want := map[string]json.RawMessage{}
		mustUnmarshal(t, v, &want)
		got := map[string]rawjson.Value{}
		for name, member := range v.Members() {
			got[name] = member
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d members, want %d", v, len(got), len(want))
		}
		for name, raw := range want {
			if got[name] != rawjson.Value(raw) || v.Get(name) != rawjson.Value(raw) {
				t.Fatalf("%q: member %q is %q, want %q", v, name, got[name], raw)
			}
			checkValue(t, got[name])
		}
	case v.IsArray():
		var want []json.RawMessage
		mustUnmarshal(t, v, &want)
		i := 0
		for element := range v.Elements() {
			if i >= len(want) || element != rawjson.Value(want[i]) {
				t.Fatalf("%q: element %d is %q", v, i, element)
			}
			checkValue(t, element)
			i++
		}
		if i != len(want) {
			t.Fatalf("%q: %d elements, want %d", v, i, len(want))
		}
	case v.IsString():
		var want string
		mustUnmarshal(t, v, &want)
		if got := v.Text(); got != want {
			t.Fatalf("%q decodes to %q, want %q", v, got, want)
		}
		checkQuote(t, want)
	case v.IsNumber():
		if got, ok := v.Int(); ok {
			var want int64
			mustUnmarshal(t, v, &want)
			if got != want {
				t.Fatalf("%q is %d, want %d", v, got, want)
			}
		}
	}
}

func checkQuote(t *testing.T, text string) {
	t.Helper()
	quoted := rawjson.Quote(text)
	if !utf8.ValidString(string(quoted)) {
		t.Fatalf("Quote(%q) is not UTF-8", text)
	}
	var back string
	mustUnmarshal(t, quoted, &back)
	if back != strings.ToValidUTF8(text, "\ufffd") && utf8.ValidString(text) {
		t.Fatalf("Quote(%q) reads back as %q", text, back)
	}
}

func mustUnmarshal(t *testing.T, v rawjson.Value, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(v), into); err != nil {
		t.Fatalf("encoding/json rejects the span %q: %v", v, err)
	}
}

func TestMutatedTextsAgreeWithTheStandardLibrary(t *testing.T) {
	const alphabet = "{}[]\",:\\u0e1- tfn\xff"
	random := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		text := []byte(seeds[random.IntN(len(seeds))])
		for range random.IntN(4) {
			if len(text) > 0 {
				text[random.IntN(len(text))] = alphabet[random.IntN(len(alphabet))]
			}
		}
		checkAgainstStandardLibrary(t, string(text))
	}
}

func BenchmarkParse(b *testing.B) {
	text := "[" + strings.Repeat(seeds[len(seeds)-1]+",", 1000) + "0]"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := rawjson.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
