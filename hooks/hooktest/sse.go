package hooktest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/runwire/runwire/hooks/api"
)

// serveStream sends a stream from the reader's cursor on, and whatever is written meanwhile.
func (a *answer) serveStream(s *truthStream, header []api.Field) {
	next := 0
	for _, field := range header {
		if field.Name == "last-event-id" {
			next = s.after(field.Value)
		}
	}
	head := api.Header{"content-type": "text/event-stream"}
	if s.v2 {
		head["x-stream-version"] = "v2"
	}
	a.wire.start(200, head)
	a.follow(s, next)
}

// after returns the index of the first record after a cursor.
func (s *truthStream) after(cursor string) int {
	digits, _, _ := strings.Cut(cursor, "-")
	last, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return last + 1
}

// follow sends what there is from next on, then waits for more, or for the end of the server's patience.
func (a *answer) follow(s *truthStream, next int) {
	if body := s.events(next); body != "" {
		a.wire.send(body)
		next = len(s.wrote)
	} else if a.server.world.dice.IntN(3) == 0 {
		a.wire.send(s.ping())
	}
	resumed := false
	resume := func() {
		if !resumed {
			resumed = true
			a.follow(s, next)
		}
	}
	s.moved = append(s.moved, resume)
	a.server.world.clock.after(streamIdle, func() {
		if !resumed {
			resumed = true
			if s.v2 {
				a.wire.send("data: [DONE]\n\n")
			}
			a.wire.end()
		}
	})
}

func (s *truthStream) ping() string {
	if s.v2 {
		return "event: ping\ndata: {\"timestamp\":1}\n\n"
	}
	return ": ping\n\n"
}

// events frames the records from next on.
func (s *truthStream) events(next int) string {
	if next >= len(s.wrote) {
		return ""
	}
	var b strings.Builder
	if !s.v2 {
		for i, w := range s.wrote[next:] {
			fmt.Fprintf(&b, "id: %d-0\ndata: %s\n\n", next+i, w.chunk)
		}
		return b.String()
	}
	b.WriteString(`event: batch` + "\n" + `data: {"records":[`)
	for i, w := range s.wrote[next:] {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"seq_num":%d,"timestamp":1,"body":%q}`, next+i, `{"data":`+w.chunk+`,"id":"`+w.id+`"}`)
	}
	b.WriteString("]}\n\n")
	return b.String()
}
