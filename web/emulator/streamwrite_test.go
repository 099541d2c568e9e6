package emulator

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func write(id, target string) string { return "/realtime/v1/streams/" + id + "/" + target + "/k" }

func TestAWriterWritesALineAPart(t *testing.T) {
	for _, version := range []string{StreamV1, StreamV2} {
		e := newEmulator(t, Options{StreamVersion: version})
		id := scripted(e, Columns{"status": StatusExecuting})
		if got := do(e, request{method: "PUT", path: write(id, "self")}); got.Code != 202 || got.Body.String() != `{"version":"`+version+`"}` {
			t.Errorf("got %d %s", got.Code, got.Body)
		}
		if got := must(e.Run(id)).Streams; !slices.Equal(got, []string{"k"}) {
			t.Errorf("the run has streams %q", got)
		}
		writer := func(from string) map[string]string {
			return map[string]string{"X-Client-Id": "0badcafe", "X-Resume-From-Chunk": from, "X-Stream-Version": version}
		}
		last := func(client string) string {
			return do(e, request{method: "HEAD", path: write(id, "self"), headers: map[string]string{"X-Client-Id": client}}).Header().Get("X-Last-Chunk-Index")
		}
		if got := last("0badcafe"); got != "-1" {
			t.Errorf("before anything is written the last index is %s", got)
		}
		do(e, request{path: write(id, "self"), body: "\"a\"\n{\"b\":1}\n", headers: writer("0")})
		do(e, request{path: write(id, "self"), body: "{\"b\":1}\n\nnot json\n3", headers: writer("1")})
		if mine, other := last("0badcafe"), last("feedface"); mine != "3" || other != "-1" {
			t.Errorf("the last index is %s, and of another writer %s", mine, other)
		}
		if err := e.CloseStream(id, "k"); err != nil {
			t.Fatal(err)
		}
		got := do(e, stream(id, "", "")).Body.String()
		want := []string{"data: \"a\"\n", "data: {\"b\":1}\n", "data: \"not json\"\n", "data: 3\n"}
		if version == StreamV2 {
			want = []string{`{\"data\":\"a\"`, `{\"data\":{\"b\":1}`, `{\"data\":\"not json\"`, `{\"data\":3`}
		}
		for _, part := range want {
			if strings.Count(got, part) != 1 {
				t.Errorf("%s: %q is there %d times in %s", version, part, strings.Count(got, part), got)
			}
		}
	}
}

func TestAppendedPartsAreText(t *testing.T) {
	e := newEmulator(t, Options{StreamVersion: StreamV1})
	id := scripted(e, Columns{"status": StatusExecuting})
	for range 2 { // the second is a retry
		q := request{path: write(id, "self") + "/append", body: `{"a":1}`, headers: map[string]string{"X-Part-Id": "p1"}}
		if got := do(e, q); got.Body.String() != `{"ok":true}` {
			t.Fatalf("got %d %s", got.Code, got.Body)
		}
	}
	if err := e.CloseStream(id, "k"); err != nil {
		t.Fatal(err)
	}
	if got := do(e, stream(id, "", "")).Body.String(); strings.Count(got, `data: "{\"a\":1}"`) != 1 || strings.Count(got, "data:") != 1 {
		t.Errorf("got %s", got)
	}
	if got := must(e.Run(id)).Streams; !slices.Equal(got, []string{"k"}) {
		t.Errorf("the run has streams %q", got)
	}
}

func TestAWriterReachesParentAndRoot(t *testing.T) {
	e := newEmulator(t, Options{})
	root := scripted(e, nil)
	parent := scripted(e, Columns{"parentId": root, "rootId": root})
	child := scripted(e, Columns{"parentId": parent, "rootId": root})
	for target, want := range map[string]string{"self": child, "parent": parent, "root": root} {
		do(e, request{method: "PUT", path: "/realtime/v1/streams/" + child + "/" + target + "/" + target})
		if got := must(e.Run(want)).Streams; !slices.Contains(got, target) {
			t.Errorf("%s: the run has streams %q", target, got)
		}
	}
}

func TestWritersAreRefused(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, Columns{"status": StatusExecuting})
	ended := scripted(e, Columns{"status": StatusCompleted})
	put := func(id, target string) request { return request{method: "PUT", path: write(id, target)} }
	post := func(body, from string) request {
		return request{method: "POST", path: write(id, "self"), body: body, headers: map[string]string{"X-Resume-From-Chunk": from}}
	}
	checkAnswers(t, e, []answerCase{
		{"a public token", "admin", put(id, "self"), 401, `{"error":"Invalid API key"}`},
		{"an unknown run", "", put("run_x", "self"), 404, `Run not found`},
		{"a run without a parent", "", put(id, "parent"), 404, `Target not found`},
		{"an unknown target", "", put(id, "child"), 400, `Params Error`},
		{"a run that has ended", "", put(ended, "self"), 400, `Cannot initialize a realtime stream on a completed run`},
		{"appending to a run that has ended", "", request{path: write(ended, "self") + "/append", body: "x"}, 400, `Cannot append to a realtime stream on a completed run`},
		{"appending too much", "", request{path: write(id, "self") + "/append", body: strings.Repeat("x", appendBodyLimit+1)}, 413, `Request body too large`},
		{"no body", "", post("", ""), 400, `No body provided`},
		{"a bad place to resume", "", post("1", "soon"), 400, `X-Resume-From-Chunk`},
		{"reading where writers write", "", request{path: write(id, "self")}, 405, `Method not allowed`},
	})
}

func TestPartsOfAWriterArriveBeforeItIsDone(t *testing.T) {
	e := newEmulator(t, Options{})
	base := serve(t, e)
	id := scripted(e, Columns{"status": StatusExecuting})
	body, writer := io.Pipe()
	q := request{method: "POST", path: write(id, "self")}.build(t.Context(), base)
	q.Body, q.ContentLength = body, -1
	answered := make(chan error, 1)
	client := newClient(t)
	go func() {
		response, err := client.Do(q)
		if err == nil {
			err = response.Body.Close()
		}
		answered <- err
	}()
	fmt.Fprintln(writer, `{"first":true}`)
	log := must(e.storedRun(id)).stream("k")
	awaitTrue(t, "the first part", func() bool { return log.tail() == 1 })
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// storedRun is a run as the emulator holds it.
func (e *Emulator) storedRun(id string) (*run, error) {
	found, ok := e.store.run(id)
	if !ok {
		return nil, ErrUnknownRun
	}
	return found, nil
}
