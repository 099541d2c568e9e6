package emulator

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMetadataOperations(t *testing.T) {
	const before = `{"n":1,"list":[1,{"a":2}],"deep":{"x":[10,20]},"text":"t"}`
	cases := []struct{ name, operation, want string }{
		{"set", `{"type":"set","key":"n","value":{"b":1}}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":{"b":1},"text":"t"}`},
		{"set at a path", `{"type":"set","key":"$.deep.x[1]","value":7}`, `{"deep":{"x":[10,7]},"list":[1,{"a":2}],"n":1,"text":"t"}`},
		{"set at a path that is not there", `{"type":"set","key":"$.new.y","value":7}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":1,"new":{"y":7},"text":"t"}`},
		{"set a key with a dot", `{"type":"set","key":"a.b","value":7}`, `{"a.b":7,"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":1,"text":"t"}`},
		{"delete", `{"type":"delete","key":"deep"}`, `{"list":[1,{"a":2}],"n":1,"text":"t"}`},
		{"append", `{"type":"append","key":"list","value":3}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2},3],"n":1,"text":"t"}`},
		{"append at a path", `{"type":"append","key":"$.deep.x","value":30}`, `{"deep":{"x":[10,20,30]},"list":[1,{"a":2}],"n":1,"text":"t"}`},
		{"append to what is no list", `{"type":"append","key":"text","value":"u"}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":1,"text":["t","u"]}`},
		{"append to nothing", `{"type":"append","key":"new","value":"u"}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":1,"new":["u"],"text":"t"}`},
		{"remove", `{"type":"remove","key":"list","value":{"a":2}}`, `{"deep":{"x":[10,20]},"list":[1],"n":1,"text":"t"}`},
		{"remove from what is no list", `{"type":"remove","key":"text","value":"t"}`, before},
		{"increment", `{"type":"increment","key":"n","value":2.5}`, `{"deep":{"x":[10,20]},"list":[1,{"a":2}],"n":3.5,"text":"t"}`},
		{"increment nothing", `{"type":"increment","key":"$.deep.y","value":-1}`, `{"deep":{"x":[10,20],"y":-1},"list":[1,{"a":2}],"n":1,"text":"t"}`},
		{"update", `{"type":"update","value":{"only":1}}`, `{"only":1}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := newEmulator(t, Options{})
			parent := scripted(e, nil)
			id := scripted(e, Columns{"metadata": before, "parentId": parent, "rootId": parent})
			path := "/api/v1/runs/" + id + "/metadata"
			updated := must(e.Run(id)).UpdatedAt
			answer := do(e, request{method: "PUT", path: path, body: `{"operations":[` + c.operation + `],"parentOperations":[{"type":"increment","key":"up","value":1}],"rootOperations":[{"type":"append","key":"ids","value":"x"}]}`})
			if answer.Code != 200 {
				t.Fatalf("got %d %s", answer.Code, answer.Body)
			}
			want := decode[any](t, []byte(c.want))
			for _, body := range []string{answer.Body.String(), do(e, request{path: path}).Body.String()} {
				got := decode[struct {
					Metadata any `json:"metadata"`
				}](t, []byte(body)).Metadata
				if text := string(must(json.Marshal(got))); text != string(must(json.Marshal(want))) {
					t.Errorf("got %s, want %s", text, c.want)
				}
			}
			if !must(e.Run(id)).UpdatedAt.After(updated) {
				t.Error("updatedAt did not move")
			}
			if got := must(e.Run(parent)).Metadata.Data; got != `{"ids":["x"],"up":1}` {
				t.Errorf("the parent has %s", got)
			}
		})
	}
}

func TestMetadataRefuses(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	put := func(id, body string) request {
		return request{method: "PUT", path: "/api/v1/runs/" + id + "/metadata", body: body}
	}
	operation := func(text string) request { return put(id, `{"operations":[`+text+`]}`) }
	big := strings.Repeat("x", maxMetadataBytes)
	checkAnswers(t, e, []answerCase{
		{"a public token", "admin", put(id, `{}`), 401, `{"error":"Invalid API key"}`},
		{"an unknown run", "", put("run_x", `{}`), 404, `{"error":"Task Run not found"}`},
		{"an unknown run to read", "", request{path: "/api/v1/runs/run_x/metadata"}, 404, `{"error":"Run not found"}`},
		{"an unknown operation", "", operation(`{"type":"swap","key":"a"}`), 400, `Validation error`},
		{"a textual increment", "", operation(`{"type":"increment","key":"a","value":"1"}`), 400, `Validation error`},
		{"an update that is no object", "", operation(`{"type":"update","value":1}`), 400, `Validation error`},
		{"a path to the root", "", operation(`{"type":"set","key":"$.","value":1}`), 400, `must name a segment below $`},
		{"a dangerous path", "", operation(`{"type":"set","key":"$.a.__proto__.b","value":1}`), 400, `may not reference __proto__`},
		{"a dangerous key", "", operation(`{"type":"set","key":"__proto__","value":1}`), 400, `may not reference __proto__`},
		{"a harmless key", "", operation(`{"type":"set","key":"constructor","value":1}`), 200, `"constructor":1`},
		{"too much", "", put(id, `{"metadata":{"x":"`+big+`"}}`), 413, `{"error":"Metadata exceeds maximum size of 262144 bytes"}`},
		{"metadata as a whole", "", put(id, `{"metadata":{"x":1}}`), 200, `{"metadata":{"x":1}}`},
	})
}
