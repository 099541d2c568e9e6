package hooks

import (
	"errors"
	"slices"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/sse"
)

// streamSource follows one stream of a run, part by part.
type streamSource struct {
	key         *feedKey
	parts       []api.Part // grows at its end only, so that snapshots may share it
	gone        int        // how many parts before them were let go
	lastEventID string
	seen        window
	control     *api.Part // the newest control record of a session
	controls    []control // those that nobody has been given

	decoder sse.Decoder
	v2      bool
}

// newStreamSource begins where the key says; before is the feed that it goes on after, if any.
func newStreamSource(key *feedKey, before *streamSource) *streamSource {
	s := &streamSource{key: key, lastEventID: key.start.LastEventID}
	if before != nil {
		s.seen, s.control = before.seenUpTo(key.resume.Parts), before.control
	}
	if key.resume != (Resume{}) {
		s.lastEventID = key.resume.LastEventID
	}
	return s
}

// seenUpTo returns the ids of the stream's first parts, as many as another feed goes on after. This one may
// have read on meanwhile.
func (s *streamSource) seenUpTo(parts int) window {
	first := parts - s.key.resume.Parts - s.gone // of the later ones, among those that are kept
	later := max(-first, 0)                      // parts that were let go since, as if all had ids
	for _, part := range s.parts[min(max(first, 0), len(s.parts)):] {
		if part.RecordID != "" {
			later++
		}
	}
	ids := s.seen.inOrder()
	var seen window
	for _, id := range ids[:max(len(ids)-later, 0)] {
		seen.add(id)
	}
	return seen
}

// count counts the parts that this feed has brought.
func (s *streamSource) count() int { return s.gone + len(s.parts) }

// letGo drops parts up to this one, once they are most of what is kept: what is copied is paid for by what goes.
func (s *streamSource) letGo(upTo int) {
	if n := upTo - s.gone; n > len(s.parts)/2 {
		s.parts, s.gone = slices.Clone(s.parts[n:]), upTo
	}
}

func (s *streamSource) request(access api.Access) *api.Request {
	start := s.key.start
	start.LastEventID = s.lastEventID
	request := api.SubscribeStream(access, s.key.runID, s.key.streamKey, start)
	if s.key.kind == KindSession {
		request = api.SubscribeSession(access, s.key.sessionID, s.key.channel, s.key.direction, start)
	}
	return request.With(s.key.headers)
}

// control is a control record, and the number of parts before it.
type control struct {
	at   int
	part *api.Part
}

func (s *streamSource) begin(header api.Header) error {
	if got := header["content-type"]; got != "" && !header.HasContentType("text/event-stream") {
		return errors.New("expected text/event-stream, got " + got)
	}
	s.decoder = sse.Decoder{}
	s.v2 = header[api.StreamVersionHeader] == "v2"
	return nil
}

func (s *streamSource) read(chunk []byte) (news bool, err error) {
	events, err := s.decoder.Push(chunk)
	for _, event := range events {
		fresh, problem := s.take(event)
		news = news || fresh
		if problem != nil {
			return news, problem
		}
	}
	return news, err
}

// take adds the parts of one event.
func (s *streamSource) take(event sse.Event) (news bool, err error) {
	var records api.Records
	if s.v2 {
		if records, err = api.DecodeEventV2(event.Name, event.Data); err != nil {
			return false, err
		}
	} else {
		records = api.DecodeEventV1(event.ID, event.Data)
	}
	for _, part := range records.Parts {
		if part.Control != "" && s.key.kind == KindSession {
			s.control = &part
			s.controls = append(s.controls, control{s.key.resume.Parts + s.count(), &part})
			news = true
			continue
		}
		if part.RecordID == "" || s.seen.add(part.RecordID) {
			s.parts = append(s.parts, part)
			news = true
		}
	}
	if records.LastEventID != "" {
		s.lastEventID = records.LastEventID
	}
	return news, nil
}

func (s *streamSource) end() (outcome, error) { return outcome{over: true, held: true}, nil }

func (s *streamSource) refused(int, api.Header) (again bool) { return false }

func (s *streamSource) pause() {}
