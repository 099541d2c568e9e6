package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// sseEvent is one event of a body; id, name and data are those of its fields, comment the text after a colon.
type sseEvent struct{ id, name, data, comment string }

func parseEvents(body string) []sseEvent {
	var events []sseEvent
	for block := range strings.SplitSeq(strings.TrimSuffix(body, "\n\n"), "\n\n") {
		var event sseEvent
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ": ")
			switch field {
			case "id":
				event.id = value
			case "event":
				event.name = value
			case "data":
				event.data = value
			case "":
				event.comment = value
			}
		}
		events = append(events, event)
	}
	return events
}

// batch is the data of a v2 event.
type batchEvent struct {
	Records []struct {
		Number  uint64      `json:"seq_num"`
		Millis  int64       `json:"timestamp"`
		Body    string      `json:"body"`
		Headers [][2]string `json:"headers"`
	} `json:"records"`
	Tail struct {
		Number uint64 `json:"seq_num"`
	} `json:"tail"`
}

// received are the parts of a body of either version, as JSON text, and whether it ended with [DONE].
func received(t testing.TB, body string) (parts []string, ids []string, done bool) {
	t.Helper()
	for _, event := range parseEvents(body) {
		switch {
		case event.data == "[DONE]" && event.name == "":
			done = true
		case event.name == "batch":
			for _, record := range decode[batchEvent](t, []byte(event.data)).Records {
				body := decode[struct {
					Data json.RawMessage `json:"data"`
					ID   string          `json:"id"`
				}](t, []byte(record.Body))
				parts = append(parts, string(body.Data))
				ids = append(ids, strconv.FormatUint(record.Number, 10))
			}
		case event.id != "":
			parts, ids = append(parts, event.data), append(ids, event.id)
		}
	}
	return parts, ids, done
}

func partsOf(texts ...string) []Part {
	parts := make([]Part, len(texts))
	for i, text := range texts {
		parts[i].Data = json.RawMessage(text)
	}
	return parts
}

func streamOf(e *Emulator, key string, texts ...string) (id string) {
	id = scripted(e, Columns{"status": StatusExecuting})
	if err := e.AppendParts(id, key, partsOf(texts...)...); err != nil {
		panic(err)
	}
	return id
}

func closeStream(t testing.TB, e *Emulator, id, key string) {
	t.Helper()
	if err := e.CloseStream(id, key); err != nil {
		t.Fatal(err)
	}
}

var tricky = []string{`"Hel"`, `"a \"quoted\" line\n\\ \u0000 é 💧"`, `{"step":2,"t":"<&>"}`, `null`, `[1,2.5e3]`, `""`}

func TestStreamV2(t *testing.T) {
	e := newEmulator(t, Options{})
	id := streamOf(e, "k", tricky...)
	closeStream(t, e, id, "k")
	answer := do(e, request{path: "/realtime/v1/streams/" + id + "/k"})
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Stream-Version": "v2",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	parts, ids, done := received(t, answer.Body.String())
	for i, want := range tricky {
		var wanted, got any
		if json.Unmarshal([]byte(want), &wanted) != nil || json.Unmarshal([]byte(parts[i]), &got) != nil || fmt.Sprint(got) != fmt.Sprint(wanted) {
			t.Errorf("part %d is %s, want %s", i, parts[i], want)
		}
		if ids[i] != strconv.Itoa(i) {
			t.Errorf("part %d has the number %s", i, ids[i])
		}
	}
	if len(parts) != len(tricky) || !done {
		t.Errorf("got %d parts, done %t", len(parts), done)
	}
	if got := must(e.Run(id)).Streams; len(got) != 1 || got[0] != "k" {
		t.Errorf("the run's streams are %v", got)
	}
}

func TestStreamV2Resumes(t *testing.T) {
	e := newEmulator(t, Options{})
	id := streamOf(e, "k", "0", "1", "2", "3")
	closeStream(t, e, id, "k")
	cases := []struct {
		header, value string
		want          string
	}{
		{"Last-Event-ID", "", "0 1 2 3"},
		{"Last-Event-ID", "0", "1 2 3"},
		{"Last-Event-ID", "2", "3"},
		{"Last-Event-ID", "2-7", "3"},
		{"Last-Event-ID", "3", ""},
		{"Last-Event-ID", "99", ""},
		{"Last-Event-ID", "soon", "0 1 2 3"},
		{"Last-Event-ID", "-1", "0 1 2 3"},
		{"X-Trigger-Stream-Start", "latest", "3"},
		{"X-Trigger-Stream-Start", "beginning", "0 1 2 3"},
	}
	for _, c := range cases {
		parts, _, _ := received(t, do(e, stream(id, c.header, c.value)).Body.String())
		if got := strings.Join(parts, " "); got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.header, c.value, got, c.want)
		}
	}
}

func TestStreamV2CustomRecords(t *testing.T) {
	e := newEmulator(t, Options{})
	id := scripted(e, nil)
	empty := ""
	parts := []Part{{Data: json.RawMessage("1"), ID: `own"id`}, {Body: &empty, Headers: [][2]string{{"", "trim"}}}}
	if err := e.AppendParts(id, "k", parts...); err != nil {
		t.Fatal(err)
	}
	closeStream(t, e, id, "k")
	records := decode[batchEvent](t, []byte(parseEvents(do(e, stream(id, "", "")).Body.String())[0].data)).Records
	if records[0].Body != `{"data":1,"id":"own\"id"}` {
		t.Errorf("body is %s", records[0].Body)
	}
	if records[1].Body != "" || len(records[1].Headers) != 1 || records[1].Headers[0] != [2]string{"", "trim"} {
		t.Errorf("record is %+v", records[1])
	}
}

func TestPartIDsNeverRepeat(t *testing.T) {
	seen := map[string]bool{}
	for number := range uint64(100_000) {
		id := partID(12345, number)
		if len(id) != 7 || seen[id] {
			t.Fatalf("part %d has the id %q again", number, id)
		}
		seen[id] = true
	}
}

func TestStreamV1(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{StreamVersion: StreamV1})
		id := streamOf(e, "k", "0", "1")
		time.Sleep(5 * time.Millisecond)
		if err := e.AppendParts(id, "k", partsOf(`"two\n"`)...); err != nil {
			t.Fatal(err)
		}
		closeStream(t, e, id, "k")
		answer := do(e, stream(id, "", ""))
		if _, named := answer.Header()["X-Stream-Version"]; named {
			t.Error("a v1 answer names its version")
		}
		parts, ids, done := received(t, answer.Body.String())
		if got := strings.Join(parts, " "); got != `0 1 "two\n"` || done {
			t.Errorf("got %s, done %t", got, done)
		}
		for i, want := range []string{`1 "two\n"`, `"two\n"`, ``} {
			parts, _, _ := received(t, do(e, stream(id, "Last-Event-ID", ids[i])).Body.String())
			if got := strings.Join(parts, " "); got != want {
				t.Errorf("after %s: got %s, want %s", ids[i], got, want)
			}
		}
		for _, old := range []string{"5", "nonsense", "12-0"} {
			if parts, _, _ := received(t, do(e, stream(id, "Last-Event-ID", old)).Body.String()); len(parts) != 3 {
				t.Errorf("after %s: got %v", old, parts)
			}
		}
	})
}

func TestAStreamPingsAndEndsWhenIdle(t *testing.T) {
	for version, want := range map[string]struct {
		pings  int
		isPing func(sseEvent) bool
	}{
		StreamV2: {5, func(e sseEvent) bool { return e.name == "ping" && strings.HasPrefix(e.data, `{"timestamp":`) }},
		StreamV1: {2, func(e sseEvent) bool { return e.comment == "ping" }},
	} {
		t.Run(version, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEmulator(t, Options{StreamVersion: version})
				id := streamOf(e, "k")
				reading, ended, _ := begin(t, e, stream(id, "Timeout-Seconds", "30"))
				time.Sleep(20 * time.Second)
				if err := e.AppendParts(id, "k", partsOf("1")...); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if parts, _, _ := received(t, reading.text()); len(parts) != 1 {
					t.Errorf("the part did not arrive at once: %s", reading.text())
				}
				before := len(reading.text())
				time.Sleep(29 * time.Second)
				if ended() {
					t.Error("ended before it was idle for its timeout")
				}
				time.Sleep(2 * time.Second)
				if !ended() {
					t.Fatal("still open after its timeout")
				}
				pings := 0
				for _, event := range parseEvents(reading.text()[before:]) {
					if want.isPing(event) {
						pings++
					}
				}
				if pings != want.pings {
					t.Errorf("got %d pings in 30 s, want %d: %s", pings, want.pings, reading.text())
				}
			})
		})
	}
}

func TestAStreamEndsWithItsTask(t *testing.T) {
	for _, hold := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			e := newEmulator(t, Options{HoldStreams: hold, StreamIdle: time.Minute})
			id := triggerTask(t, e, "stream-text", `{"payload":{"tokens":3,"everyMs":10}}`)
			started := time.Now()
			known := do(e, request{path: "/realtime/v1/streams/" + id + "/openai"})
			parts, _, done := received(t, known.Body.String())
			if len(parts) != 3 || !done {
				t.Errorf("got %v, done %t", parts, done)
			}
			want := 30 * time.Millisecond
			if hold {
				want += time.Minute
			}
			if took := time.Since(started); took != want {
				t.Errorf("hold %t: ended after %s, want %s", hold, took, want)
			}
		})
	}
}

func TestAReaderWaitsForAStreamThatDoesNotExistYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEmulator(t, Options{})
		id := scripted(e, nil)
		reading, ended, leave := begin(t, e, stream(id, "", ""))
		synctest.Wait()
		if ended() || len(must(e.Run(id)).Streams) != 0 {
			t.Error("reading ended, or created the stream")
		}
		if err := e.AppendParts(id, "k", partsOf("1")...); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if parts, _, _ := received(t, reading.text()); len(parts) != 1 {
			t.Errorf("got %s", reading.text())
		}
		leave()
		synctest.Wait()
		if !ended() || e.Stats().OpenRealtime != 0 {
			t.Error("the reader that left is still served")
		}
	})
}

// fastTokens is a stream that must take far less than a second to produce and to deliver.
const fastTokens = 100_000

func readFast(t testing.TB, e *Emulator, client *http.Client, base string) (events int) {
	t.Helper()
	id := triggerTask(t, e, "stream-text", `{"payload":{"tokens":`+strconv.Itoa(fastTokens)+`,"everyMs":0}}`)
	response, err := client.Do(request{path: "/realtime/v1/streams/" + id + "/openai"}.build(t.Context(), base))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(body), `],"tail":{"seq_num":`+strconv.Itoa(fastTokens)+lastTail(string(body))) {
		t.Fatalf("the stream ends with %s", body[max(0, len(body)-200):])
	}
	return strings.Count(string(body), "event: batch")
}

// lastTail is the end of a body behind the newest sequence number, which varies with the time.
func lastTail(body string) string {
	i := strings.LastIndex(body, `,"timestamp":`)
	if i < 0 {
		return "missing"
	}
	return body[i:]
}

func TestAFastStreamTravelsInFewEvents(t *testing.T) {
	e := newEmulator(t, Options{})
	if events := readFast(t, e, newClient(t), serve(t, e)); events > fastTokens/10 {
		t.Errorf("%d parts took %d events", fastTokens, events)
	}
}

func BenchmarkFastStream(b *testing.B) {
	e := newEmulator(b, Options{})
	client, base := newClient(b), serve(b, e)
	for b.Loop() {
		readFast(b, e, client, base)
	}
}
