package rawjson_test

import (
	"encoding/json"
	"testing"

	"github.com/runwire/runwire/hooks/rawjson"
)

func TestTheWriterPutsTheCommas(t *testing.T) {
	w := &rawjson.Writer{}
	w.Open('{')
	w.Name("list")
	w.Open('[')
	w.Int(-1)
	w.Text("a,\"[")
	w.Open('{')
	w.Close('}')
	w.Value("null")
	w.Close(']')
	w.Key("a \"key\"")
	w.Open('[')
	w.Close(']')
	w.Member("text", "a\nb")
	w.Number("number", 7)
	w.Name("last")
	w.Value(`{"x":1}`)
	w.Close('}')
	const want = `{"list":[-1,"a,\"[",{},null],"a \"key\"":[],"text":"a\nb","number":7,"last":{"x":1}}`
	if got := string(w.Bytes()); got != want || !json.Valid(w.Bytes()) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestATruncatedWriterGoesOnWhereItWas(t *testing.T) {
	w := &rawjson.Writer{}
	w.Open('[')
	w.Int(1)
	mark := w.Len()
	w.Text("taken back")
	w.Truncate(mark)
	w.Int(2)
	w.Close(']')
	if got := string(w.Bytes()); got != "[1,2]" {
		t.Errorf("got %s", got)
	}
}
