package hooktest

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// pollHold is how long the server holds a live request. Source: the service's own.
const pollHold = 20 * time.Second

// serveShape answers from a log: a snapshot, what came after an offset, or 409.
func (a *answer) serveShape(s *shape, query url.Values) {
	dice := a.server.world.dice
	if dice.happens(dice.faults.Nonsense) {
		a.respond(200, api.Header{"content-type": "text/html"}, "<!doctype html><p>a captive portal")
		return
	}
	if dice.happens(dice.faults.Rotate) {
		s.rotate()
	}
	offset, skip := query.Get("offset"), query.Get("skipColumns")
	if offset != "-1" && query.Get("handle") != s.handle() {
		a.server.world.struck++
		a.giveUp(s)
		return
	}
	if expired := query.Get("expired_handle"); expired != "" && offset == "-1" {
		buster := query.Get("cache-buster")
		if buster == "" {
			a.server.world.violate("a request after a 409 without a cache-buster")
		}
		if isCached(buster) && dice.happens(dice.faults.StaleCache) {
			a.server.world.struck++
			a.lines(s, expired, snapshot{s.began, 0}, skip)
			return
		}
	}
	if offset == "-1" {
		a.lines(s, s.handle(), snapshot{s.last(), 0}, skip)
		return
	}
	var known, sent int
	if _, err := fmt.Sscanf(offset, "%d_%d", &known, &sent); err != nil || known > s.last() {
		a.server.world.violate("a request from offset %q", offset)
	}
	switch {
	case sent > 0:
		a.lines(s, s.handle(), snapshot{known, sent}, skip)
	case known < s.last() || query.Get("live") != "true":
		a.news(s, known, skip)
	default:
		handle := s.handle()
		reply := func() {
			if handle == s.handle() {
				a.news(s, known, skip)
			} else {
				a.giveUp(s)
			}
		}
		s.held.hold(a, pollHold, reply, reply)
	}
}

// isCached reports whether a cache can know a request: others have asked the same before, but not more than twice over.
func isCached(buster string) bool {
	return strings.HasSuffix(buster, "-1") || strings.HasSuffix(buster, "-2")
}

// giveUp answers that the log is lost that the client knows.
func (a *answer) giveUp(s *shape) {
	header := api.Header{"content-type": "application/json"}
	if a.server.world.dice.oneIn(2) {
		header["electric-handle"] = s.handle()
	}
	a.respond(409, header, mustRefetch)
}

const mustRefetch = `[{"headers":{"control":"must-refetch"}}]`

// snapshot is a place in the rows of a log at an offset.
type snapshot struct{ offset, sent int }

// lines sends a snapshot, or, of some, a part of it.
func (a *answer) lines(s *shape, handle string, at snapshot, skip string) {
	var messages []string
	rows := s.rows(at.offset)
	for _, row := range rows[at.sent:] {
		if at.sent > 0 && a.server.world.dice.oneIn(8) {
			break
		}
		messages = append(messages, s.message(row, a.owner, skip))
		at.sent++
	}
	if at.sent == len(rows) {
		at.sent = 0
	}
	a.rows(handle, at, messages, at.sent == 0)
}

// news sends what came after an offset, sometimes in two answers.
func (a *answer) news(s *shape, known int, skip string) {
	var messages []string
	split := a.server.world.dice.oneIn(8)
	for _, c := range s.changes[known+1:] {
		messages = append(messages, s.message(c, a.owner, skip))
		known++
		if split {
			break
		}
	}
	a.rows(s.handle(), snapshot{known, 0}, messages, !split)
}

func (a *answer) rows(handle string, at snapshot, messages []string, upToDate bool) {
	if upToDate {
		messages = append(messages, `{"headers":{"control":"up-to-date"}}`)
	}
	a.respond(200, api.Header{
		"content-type": "application/json", "electric-handle": handle,
		"electric-offset": strconv.Itoa(at.offset) + "_" + strconv.Itoa(at.sent),
		"electric-cursor": strconv.Itoa(a.server.world.steps),
	}, "["+strings.Join(messages, ",")+"]")
}
