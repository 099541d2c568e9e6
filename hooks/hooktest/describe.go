package hooktest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// Describe prints an event or a command as transcripts show it: on one line, without tokens, bodies cut.
func Describe(what any) string {
	switch x := what.(type) {
	case string:
		return x
	case hooks.Fetch:
		return fmt.Sprintf("fetch %d %s %s%s", x.Fetch, x.Request.Method, withoutOrigin(x.Request.URL), placeOf(x)) + body(x)
	case hooks.Cancel:
		return fmt.Sprintf("cancel %d", x.Fetch)
	case hooks.SetTimer:
		return fmt.Sprintf("timer %d in %s", x.Timer, x.After)
	case hooks.ClearTimer:
		return fmt.Sprintf("clear timer %d", x.Timer)
	case hooks.Publish:
		return fmt.Sprintf("publish %s %s", strings.Join(x.Scopes, " "), describeSnapshot(x.Snapshot))
	case hooks.Deliver:
		return fmt.Sprintf("deliver subs=%v %s", x.Subs, describeStream(x.Stream, false))
	case hooks.DeliverControl:
		return fmt.Sprintf("control subs=%v %s %s at %d", x.Subs, x.Record.ID, x.Record.Control, x.At)
	case hooks.AskAccessToken:
		return fmt.Sprintf("ask %d sub=%d", x.Ask, x.Sub)
	case hooks.Forget:
		return fmt.Sprintf("forget feed %d", x.Feed)
	case *hooks.Open:
		return fmt.Sprintf("open sub=%d scope=%s run=%s stream=%s", x.Sub, x.Scope, x.Spec.RunID, x.Spec.StreamKey)
	case hooks.ChunkArrived:
		return fmt.Sprintf("chunk %d %q", x.Fetch, cut(string(x.Data)))
	case hooks.ResponseStarted:
		return fmt.Sprintf("response %d %d %v", x.Fetch, x.HTTPStatus, x.Header)
	case hooks.ResponseEnded:
		return fmt.Sprintf("end %d", x.Fetch)
	case hooks.FetchFailed:
		return fmt.Sprintf("failed %d %s", x.Fetch, x.Reason)
	case hooks.TimerFired:
		return fmt.Sprintf("fired %d", x.Timer)
	case *hooks.Update:
		return fmt.Sprintf("update sub=%d", x.Sub)
	case hooks.Stop:
		return fmt.Sprintf("stop sub=%d", x.Sub)
	case hooks.Close:
		return fmt.Sprintf("close sub=%d", x.Sub)
	case hooks.Drop:
		return fmt.Sprintf("drop scope=%s", x.Scope)
	}
	return fmt.Sprintf("%T %+v", what, what)
}

// body shows what a request sends, behind the name by which the server knows a repetition.
func body(f hooks.Fetch) string {
	if f.Request.Body == "" {
		return ""
	}
	for _, field := range f.Request.Header {
		if field.Name == "x-trigger-request-idempotency-key" {
			return " as " + field.Value + ": " + f.Request.Body
		}
	}
	return " " + f.Request.Body
}

func describeSnapshot(s *hooks.Snapshot) string {
	var b strings.Builder
	switch {
	case s.RunsFeed != 0:
		b.WriteString("runs=[")
		for i, run := range s.Runs {
			if i > 0 {
				b.WriteByte(' ')
			}
			fmt.Fprintf(&b, "%s:%s", run.ID, run.Status)
		}
		b.WriteByte(']')
	case s.Run == nil:
		b.WriteString("run=none")
	default:
		fmt.Fprintf(&b, "run=%s status=%s%s%s", s.Run.ID, s.Run.Status, describePacket(" payload", s.Run.Payload), describePacket(" output", s.Run.Output))
	}
	if s.Retrieved != "" {
		b.WriteString(" retrieved=" + cut(string(s.Retrieved)))
	}
	for _, stream := range s.Streams {
		b.WriteString(" " + describeStream(stream, s.RunsFeed != 0))
	}
	if s.Result != "" {
		b.WriteString(" result=" + cut(string(s.Result)))
	}
	if len(s.Requests) > 0 {
		b.WriteString(" requests=" + strings.Join(s.Requests, ","))
	}
	if s.Loading {
		b.WriteString(" loading")
	}
	if s.Completed {
		b.WriteString(" completed")
	}
	if s.Ended {
		b.WriteString(" ended")
	}
	usual := hooks.Connecting
	if s.Run != nil || s.RunsFeed != 0 || len(s.Streams) > 0 {
		usual = hooks.Live
	}
	if state := s.Connection.State; state != usual {
		b.WriteString(" " + state.String())
	}
	if s.Err != nil {
		fmt.Fprintf(&b, " error=%q", s.Err)
	}
	return b.String()
}

// describeStatus puts what has no order into one.
func describeStatus(status rawjson.Value) string {
	var lines []string
	for name, value := range status.Members() {
		if !strings.HasPrefix(string(value), "[") {
			lines = append(lines, name+": "+string(value))
		}
		for element := range value.Elements() {
			lines = append(lines, name+": "+string(element))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func describePacket(field string, p api.Packet) string {
	if p.IsNone() {
		return ""
	}
	return fmt.Sprintf("%s=%s:%s", field, p.Type, cut(p.Data.Text()))
}

func describeStream(s *hooks.StreamSnapshot, ofMany bool) string {
	chunks := make([]string, 0, len(s.Parts))
	for _, part := range s.Parts {
		chunks = append(chunks, string(part.Chunk))
	}
	name := s.Key
	if ofMany {
		name = s.RunID + "/" + s.Key
	}
	text := fmt.Sprintf("%s=[%s]", name, cut(strings.Join(chunks, " ")))
	if s.Resumed.Parts > 0 {
		text += fmt.Sprintf(" after %d parts", s.Resumed.Parts)
	}
	if s.Gone > 0 {
		text += fmt.Sprintf(" without the first %d", s.Gone)
	}
	if s.First > 0 {
		text += fmt.Sprintf(" shown from %d", s.First)
	}
	return text
}

func withoutOrigin(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return rest
}

// placeOf prints the header fields that say where a stream begins, how long it is held, and what an app adds.
func placeOf(f hooks.Fetch) string {
	var b strings.Builder
	for _, field := range f.Request.Header {
		switch field.Name {
		case "last-event-id", "x-trigger-stream-start", "timeout-seconds", "x-app":
			b.WriteString(" " + field.Name + "=" + field.Value)
		}
	}
	return b.String()
}

func cut(text string) string {
	if len(text) > 200 {
		return text[:200] + "…"
	}
	return text
}
