package hooks

import (
	"errors"
	"slices"
	"strings"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/shape"
)

// maxBody bounds one answer: 128 MiB. Source: chosen, so that a thousand rows of the largest inline payloads
// (128 KiB) fit.
const maxBody = 128 << 20

var errBodyTooLarge = errors.New("a body of more than 128 MiB")

// shapeSource follows the rows of a shape: one run, or a list of them.
type shapeSource struct {
	feed    *feed
	log     *shape.Log
	header  api.Header
	body    strings.Builder
	packets packets

	// gone holds the ids of runs that have left, and fresh says that the runs which wait in packets are all
	// there are, until these are complete.
	gone  []string
	fresh bool

	runs runList // what subscribers see
}

func newShapeSource(f *feed) *shapeSource {
	return &shapeSource{feed: f, log: shape.New(), packets: packets{feed: f}}
}

func (s *shapeSource) request(access api.Access) *api.Request {
	if s.feed.interrupted {
		s.log.Refresh()
	}
	place := s.log.Params()
	params := make([]api.Param, 0, len(place)+3)
	for _, p := range place {
		params = append(params, api.Param(p))
	}
	key := s.feed.key
	if key.columns != "" {
		params = append(params, api.Param{Name: "skipColumns", Value: key.columns})
	}
	switch key.kind {
	case KindRunsWithTag:
		return api.SubscribeRunsWithTag(access, strings.ReplaceAll(key.tags, "\n", ","), key.createdAt, params)
	case KindBatch:
		return api.SubscribeBatch(access, key.batchID, params)
	}
	return api.SubscribeRun(access, key.runID, params)
}

func (s *shapeSource) begin(header api.Header) error {
	s.header = header
	s.body.Reset()
	return nil
}

func (s *shapeSource) read(chunk []byte) (news bool, err error) {
	if s.body.Len()+len(chunk) > maxBody {
		return false, errBodyTooLarge
	}
	s.body.Write(chunk)
	return false, nil
}

func (s *shapeSource) end() (outcome, error) {
	held := s.log.IsLive()
	header, body := s.header, s.body.String()
	s.header = nil
	s.body.Reset()
	answer, err := s.log.Respond(header, body)
	if err != nil {
		return outcome{}, err
	}
	if answer.Fresh {
		s.fresh = true
		s.packets.waiting, s.gone = nil, nil // what an earlier log has told
	}
	var runs []*api.Run
	var unreadable error
	for _, row := range answer.Rows {
		run, err := api.DecodeRun(row.All)
		switch {
		case err != nil && !s.feed.key.kind.isList():
			s.log.Restart() // the log has moved past a row that was never shown
			return outcome{}, err
		case err != nil:
			unreadable = err // and the others are shown without it
		case !row.Deleted:
			runs = append(runs, run)
			s.gone = slices.DeleteFunc(s.gone, func(id string) bool { return id == run.ID })
		case s.feed.key.kind.isList():
			s.packets.forget(run.ID)
			s.gone = append(s.gone, run.ID)
		}
		// A single run that leaves its own shape has been purged; what was known stays on screen.
	}
	s.packets.add(runs)
	news := answer.Settled && s.advance()
	return outcome{news: news, held: held, healthy: held && len(answer.Rows) > 0, unreadable: unreadable}, nil
}

// advance shows what has arrived, once all of it is here, and reports whether that is now.
func (s *shapeSource) advance() (shown bool) {
	runs, complete := s.packets.take()
	whole := s.fresh && s.feed.key.kind.isList()
	if !complete || len(runs) == 0 && len(s.gone) == 0 && !whole {
		return false
	}
	if whole {
		s.runs = s.runs.only(runs)
	}
	s.runs = s.runs.with(runs).without(s.gone)
	s.gone, s.fresh = nil, false
	return true
}

func (s *shapeSource) refused(httpStatus int, header api.Header) (again bool) {
	if httpStatus != 409 {
		return false
	}
	s.log.Rotate(header)
	return true
}

func (s *shapeSource) pause() { s.packets.pause() }
