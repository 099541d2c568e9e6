package hooktest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// Transcript performs the words of the files under hooks/testdata and prints what follows from each. It
// knows no file format: what reads the files calls Perform.
type Transcript struct {
	*Ledger
	watchdogs bool // print the timers that watch over connections, too
	watching  map[hooks.TimerID]bool
}

// NewTranscript returns a Transcript in which nothing has happened yet.
func NewTranscript() *Transcript {
	return &Transcript{Ledger: NewLedger(), watching: map[hooks.TimerID]bool{}}
}

// watchdog is the time after which a connection is looked at. A timer of it follows every request, so transcripts
// leave it out unless they are about it.
const watchdog = 15 * time.Second

// Words are the arguments behind a word: name=value, name alone, or name=(several, values).
type Words map[string][]string

func (w Words) has(name string) bool { _, ok := w[name]; return ok }

func (w Words) text(name, otherwise string) string {
	if values := w[name]; len(values) > 0 {
		return values[0]
	}
	return otherwise
}

func (w Words) number(name string) int {
	n, _ := strconv.Atoi(w.text(name, "0"))
	return n
}

// Perform performs one word. args are its arguments in order, input the lines below it.
func (tr *Transcript) Perform(word string, args []string, words Words, input string) (string, error) {
	fetch := tr.request(args)
	switch word {
	case "open": // sub= scope= run= [streams | stream=key | retrieve | tags=(tag…), with %2C for a comma [streams] | batch= | session= | trigger=task] [options] [resume=(key, token, parts, last-event-id)]
		return tr.step(&hooks.Open{
			Sub: words.sub(), Scope: words.text("scope", "a"), Spec: words.spec(), Options: words.options(), Resume: words.resume(),
		}), nil
	case "crowd": // from= to= [options]: opens these subscriptions, each in a scope of its own
		return tr.crowd(words, func(sub hooks.Sub) hooks.Event {
			return &hooks.Open{Sub: sub, Scope: fmt.Sprint(sub), Spec: words.spec(), Options: words.options()}
		}), nil
	case "disperse": // from= to=: closes these subscriptions
		return tr.crowd(words, func(sub hooks.Sub) hooks.Event { return hooks.Close{Sub: sub} }), nil
	case "update": // sub= [options]: all of them, not only what changes
		return tr.step(&hooks.Update{Sub: words.sub(), Options: words.options()}), nil
	case "stop": // sub=
		return tr.step(hooks.Stop{Sub: words.sub()}), nil
	case "close": // sub=
		return tr.step(hooks.Close{Sub: words.sub()}), nil
	case "drop": // scope=
		return tr.step(hooks.Drop{Scope: words.text("scope", "a")}), nil
	case "start": // R [header=value…]: the head of the answer to request R, see request
		return tr.step(hooks.ResponseStarted{Fetch: fetch, HTTPStatus: words.httpStatus(), Header: tr.header(words)}), nil
	case "chunk": // R [cut]: these bytes, and the empty line that ends an event unless it is cut
		if !words.has("cut") {
			input += "\n\n"
		}
		return tr.step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(input)}), nil
	case "batch": // R: records of a version 2 stream, one a line: number, part id, JSON, or "control" and then the id is the subtype
		return tr.step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(batch(input))}), nil
	case "end": // R
		return tr.step(hooks.ResponseEnded{Fetch: fetch}), nil
	case "fail": // R reason
		return tr.step(hooks.FetchFailed{Fetch: fetch, Reason: strings.Join(args[1:], " ")}), nil
	case "respond": // R [header=value…] [ahead=1m] [up-to-date]: a whole answer; of a 200 each line is a row, see rows
		return tr.respond(fetch, words, input), nil
	case "submit": // sub= [request=], and the JSON of what a page submits
		return tr.step(hooks.Submit{Sub: words.sub(), Body: rawjson.Value(input), Request: words.text("request", "call-1")}), nil
	case "answer": // ask= token= | reason=: to a question for a new access token
		return tr.step(hooks.AccessTokenArrived{
			Ask: hooks.AskID(words.number("ask")), AccessToken: words.token(), Reason: words.text("reason", ""),
		}), nil
	case "page": // [number=] [hidden] [offline] [focused] | [number=] left
		page := hooks.PageID(words.number("number"))
		if words.has("left") {
			return tr.step(hooks.PageLeft{Page: page}), nil
		}
		return tr.step(hooks.PageChanged{
			Page: page, Visible: !words.has("hidden"), Online: !words.has("offline"), Focused: words.has("focused"),
		}), nil
	case "advance": // 5s: let time pass, timer by timer
		pause, err := time.ParseDuration(strings.Join(args, ""))
		return tr.advance(pause), err
	case "sleep": // 1h: the time goes on and nothing else does
		pause, err := time.ParseDuration(strings.Join(args, ""))
		tr.Now = tr.Now.Add(pause)
		return "", err
	case "status": // what the runtime is doing, one thing a line
		return describeStatus(tr.runtime.Status()), nil
	case "show": // watchdogs
		tr.watchdogs = words.has("watchdogs")
		return "", nil
	}
	return "", fmt.Errorf("an unknown word: %s", word)
}

// request finds a request by its number, or by the last word of its path: the newest one that is out.
func (tr *Transcript) request(args []string) hooks.FetchID {
	if len(args) == 0 {
		return 0
	}
	if number, err := strconv.Atoi(args[0]); err == nil {
		return hooks.FetchID(number)
	}
	for _, fetch := range slices.Backward(tr.Out()) {
		path, _, _ := strings.Cut(tr.fetches[fetch].Request.URL, "?")
		if strings.HasSuffix(path, "/"+args[0]) {
			return fetch
		}
	}
	return 0
}

func (tr *Transcript) crowd(words Words, event func(hooks.Sub) hooks.Event) string {
	var b strings.Builder
	for sub := words.number("from"); sub <= words.number("to"); sub++ {
		b.WriteString(tr.step(event(hooks.Sub(sub))))
	}
	return b.String()
}

// step applies an event and prints the commands.
func (tr *Transcript) step(event hooks.Event) string {
	var b strings.Builder
	for _, command := range tr.Step(event) {
		if tr.prints(command) {
			b.WriteString(Describe(command) + tokenOf(command) + "\n")
		}
	}
	if tr.Violation != "" {
		return b.String() + "VIOLATION: " + tr.Violation + "\n"
	}
	return b.String()
}

func (tr *Transcript) prints(command hooks.Command) bool {
	switch c := command.(type) {
	case hooks.SetTimer:
		tr.watching[c.Timer] = c.After == watchdog
		return tr.watchdogs || c.After != watchdog
	case hooks.ClearTimer:
		return tr.watchdogs || !tr.watching[c.Timer]
	}
	return true
}

// tokenOf shows which access token a request carries, in the scripts that give one. Theirs are no secrets.
func tokenOf(command hooks.Command) string {
	if f, ok := command.(hooks.Fetch); ok {
		if accessToken := bearer(f.Request); accessToken != "" {
			return " token=" + NameOfToken(accessToken)
		}
	}
	return ""
}

// respond brings a whole answer. A 200 with rows is what a run feed gets; any other body is brought as it is.
func (tr *Transcript) respond(fetch hooks.FetchID, words Words, input string) string {
	httpStatus, header, body := words.httpStatus(), tr.header(words), input
	if httpStatus == 200 && header["electric-handle"] != "" {
		body = tr.rows(input, words.has("up-to-date"))
	}
	out := tr.step(hooks.ResponseStarted{Fetch: fetch, HTTPStatus: httpStatus, Header: header})
	if body != "" {
		out += tr.step(hooks.ChunkArrived{Fetch: fetch, Data: []byte(body)})
	}
	return out + tr.step(hooks.ResponseEnded{Fetch: fetch})
}

// rows makes a body of lines: {…} is a row to insert, "update {…}" some columns of it, "delete" takes it out,
// and what every row has is added. "@key …" is about another row than the first. "must-refetch" is that
// control message, and "raw …" stands for itself.
func (tr *Transcript) rows(input string, upToDate bool) string {
	var messages []string
	for line := range strings.SplitSeq(input, "\n") {
		key := "1"
		if strings.HasPrefix(line, "@") {
			key, line, _ = strings.Cut(line[1:], " ")
		}
		operation, columns, _ := strings.Cut(line, " ")
		switch {
		case line == "":
		case operation == "raw":
			return columns
		case operation == "must-refetch":
			messages = append(messages, `{"headers":{"control":"must-refetch"}}`)
		case operation == "update":
			messages = append(messages, message(key, "update", withColumn(columns, "updatedAt", stamp(tr.Now))))
		case operation == "delete":
			messages = append(messages, message(key, "delete", "{}"))
		default:
			row := withColumn(line, "taskIdentifier", "task")
			row = withColumn(row, "createdAt", stamp(epoch))
			messages = append(messages, message(key, "insert", withColumn(row, "updatedAt", stamp(tr.Now))))
		}
	}
	if upToDate {
		messages = append(messages, `{"headers":{"control":"up-to-date"}}`)
	}
	return "[" + strings.Join(messages, ",") + "]"
}

func message(key, operation, row string) string {
	return `{"key":"` + key + `","value":` + row + `,"headers":{"operation":"` + operation + `"}}`
}

// withColumn adds a column to a row that does not have it.
func withColumn(row, name, value string) string {
	column := `"` + name + `":"`
	if strings.Contains(row, column) {
		return row
	}
	rest := strings.TrimPrefix(row, "{")
	if rest != "}" {
		rest = "," + rest
	}
	return "{" + column + value + `"` + rest
}

func batch(input string) string {
	var records []string
	for line := range strings.SplitSeq(input, "\n") {
		words := append(strings.SplitN(line, " ", 3), "", "")
		if words[2] == "control" {
			records = append(records, `{"seq_num":`+words[0]+`,"timestamp":1,"headers":[["trigger-control","`+words[1]+`"]],"body":""}`)
			continue
		}
		body := rawjson.Quote(`{"data":` + words[2] + `,"id":"` + words[1] + `"}`)
		records = append(records, `{"seq_num":`+words[0]+`,"timestamp":1,"body":`+string(body)+`}`)
	}
	return `event: batch` + "\n" + `data: {"records":[` + strings.Join(records, ",") + "]}\n\n"
}

// fire lets a timer fire, at its time.
func (tr *Transcript) fire(timer hooks.TimerID) string {
	if at, set := tr.timers[timer]; set && at.After(tr.Now) {
		tr.Now = at
	}
	return tr.step(hooks.TimerFired{Timer: timer})
}

// advance lets time pass. Each timer that fires is printed with what follows, unless nothing does.
func (tr *Transcript) advance(pause time.Duration) string {
	var b strings.Builder
	for until := tr.Now.Add(pause); ; {
		next := hooks.TimerID(0)
		for _, timer := range tr.Set() {
			if at := tr.timers[timer]; !at.After(until) && (next == 0 || at.Before(tr.timers[next])) {
				next = timer
			}
		}
		if next == 0 {
			tr.Now = until
			return b.String()
		}
		if out := tr.fire(next); out != "" {
			fmt.Fprintf(&b, "at %s timer %d:\n%s", tr.Now.Sub(epoch), next, out)
		}
	}
}

func (w Words) sub() hooks.Sub { return hooks.Sub(w.number("sub")) }

func (w Words) spec() hooks.Spec {
	spec := hooks.Spec{Kind: hooks.KindRun, RunID: w.text("run", "run_1"), StreamKey: w.text("stream", "")}
	switch {
	case w.has("tags") && w.has("streams"):
		spec = hooks.Spec{Kind: hooks.KindRunsWithStreams, Tags: hooks.Tags(w["tags"]...)}
	case w.has("streams"):
		spec.Kind = hooks.KindRunWithStreams
	case w.has("tags"):
		spec = hooks.Spec{Kind: hooks.KindRunsWithTag, Tags: strings.ReplaceAll(hooks.Tags(w["tags"]...), "%2C", ",")}
	case w.has("batch"):
		spec = hooks.Spec{Kind: hooks.KindBatch, BatchID: w.text("batch", "")}
	case w.has("session"):
		spec = hooks.Spec{Kind: hooks.KindSession, SessionID: w.text("session", ""), Direction: "out"}
	case w.has("trigger"):
		spec = hooks.Spec{Kind: hooks.KindTrigger, TaskID: w.text("trigger", "")}
	case w.has("retrieve"):
		spec.Kind = hooks.KindRetrieve
	case w.has("stream"):
		spec.Kind = hooks.KindStream
	}
	return spec
}

// token is an access token: any text, or name@5m for one that says that it expires so long after the begin.
func (w Words) token() string {
	name, life, expires := strings.Cut(w.text("token", ""), "@")
	if !expires {
		return name
	}
	after, _ := time.ParseDuration(life)
	return TokenUntil(name, epoch.Add(after))
}

// options are: token= can-refresh branch= x-app= throttle=16ms continue wants-parts wants-controls max-parts= max-streams= skip=(column…) last-event-id= latest
// timeout=seconds
func (w Words) options() hooks.Options {
	o := hooks.Options{
		Access:                  api.Access{BaseURL: "https://api.example", AccessToken: w.token(), PreviewBranch: w.text("branch", "")},
		ContinueAfterCompletion: w.has("continue"),
		SkipColumns:             w["skip"],
		WantsParts:              w.has("wants-parts"),
		WantsControls:           w.has("wants-controls"),
		LimitParts:              w.has("max-parts"),
		MaxParts:                w.number("max-parts"),
		MaxStreams:              w.number("max-streams"),
		CanRefresh:              w.has("can-refresh"),
		Start:                   api.StreamStart{LastEventID: w.text("last-event-id", ""), Latest: w.has("latest"), Timeout: w.number("timeout")},
	}
	o.Throttle, _ = time.ParseDuration(w.text("throttle", "0"))
	if w.has("x-app") {
		o.Headers = []api.Field{{Name: "x-app", Value: w.text("x-app", "")}}
	}
	return o
}

func (w Words) resume() []hooks.Resume {
	kept := w["resume"]
	if len(kept) < 4 {
		return nil
	}
	token, _ := strconv.Atoi(kept[1])
	parts, _ := strconv.Atoi(kept[2])
	return []hooks.Resume{{Key: strings.Trim(kept[0], `"`), Token: uint32(token), Parts: parts, LastEventID: kept[3]}}
}

func (w Words) httpStatus() int {
	if w.has("http") {
		return w.number("http")
	}
	return 200
}

// httpDate is the form of dates in header fields.
const httpDate = "Mon, 02 Jan 2006 15:04:05 GMT"

// header spells the fields of Electric by their short names, and others in full.
func (tr *Transcript) header(w Words) api.Header {
	header := api.Header{}
	for name, values := range w {
		switch name {
		case "handle", "offset", "cursor":
			header["electric-"+name] = values[0]
		case "retry-after", "content-type", "x-stream-version", "age":
			header[name] = values[0]
		case "ahead": // of our clock is the server's
			ahead, _ := time.ParseDuration(values[0])
			header["date"] = tr.Now.Add(ahead).Format(httpDate)
		case "retry-in": // as a date
			pause, _ := time.ParseDuration(values[0])
			header["retry-after"] = tr.Now.Add(pause).Format(httpDate)
		}
	}
	return header
}
