package hooks

import (
	"errors"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/shape"
)

// maxShapeBody bounds one answer of a run feed: 128 MiB. Source: chosen, so that a thousand rows of the
// largest inline payloads (128 KiB) fit.
const maxShapeBody = 128 << 20

var errBodyTooLarge = errors.New("a body of more than 128 MiB")

// runSource follows one run: the shape of its row.
type runSource struct {
	feed   *feed
	log    *shape.Log
	header api.Header
	body   []byte

	run     *api.Run // what subscribers see; nil until the first complete snapshot
	packets packets
}

func newRunSource(f *feed) *runSource {
	return &runSource{feed: f, log: shape.New(), packets: packets{feed: f}}
}

func (s *runSource) request(access api.Access) api.Request {
	if s.feed.interrupted {
		s.log.Refresh()
	}
	place := s.log.Params()
	params := make([]api.Param, 0, len(place)+1)
	for _, p := range place {
		params = append(params, api.Param(p))
	}
	if columns := s.feed.key.columns; columns != "" {
		params = append(params, api.Param{Name: "skipColumns", Value: columns})
	}
	return api.SubscribeRun(access, s.feed.key.runID, params)
}

func (s *runSource) begin(header api.Header) error {
	s.header, s.body = header, nil
	return nil
}

func (s *runSource) read(chunk []byte) (news bool, err error) {
	if len(s.body)+len(chunk) > maxShapeBody {
		return false, errBodyTooLarge
	}
	s.body = append(s.body, chunk...)
	return false, nil
}

func (s *runSource) end() (outcome, error) {
	held := s.log.IsLive()
	body := string(s.body)
	s.body = nil
	answer, err := s.log.Respond(s.header, body)
	if err != nil {
		return outcome{}, err
	}
	for _, row := range answer.Rows {
		if row.Deleted {
			continue // a run that leaves its own shape has been purged; what was known stays on screen
		}
		run, err := api.DecodeRun(row.All)
		if err != nil {
			return outcome{}, err
		}
		s.packets.next = run
	}
	news := s.packets.advance()
	return outcome{news: news, held: held, healthy: held && len(answer.Rows) > 0}, nil
}

func (s *runSource) refused(httpStatus int, header api.Header) (again bool) {
	if httpStatus != 409 {
		return false
	}
	s.log.Rotate(header)
	return true
}

func (s *runSource) pause() { s.packets.pause() }
