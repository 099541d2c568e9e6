package shape

import (
	"errors"
	"strconv"
	"strings"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Log is the client's place in one shape log and the rows that the log has added up to. Create it with New.
type Log struct {
	// offset is "-1" until the first answer, and afterwards what the last answer said, verbatim.
	offset string
	// shapeHandle is the server's name for this log; "" until the first answer.
	shapeHandle string
	// cursor defeats caches on the way to a live answer; "" until the first live answer.
	cursor string
	// upToDate means that the last answer ended with all there was: the next request is live.
	upToDate bool
	// expired is the shape handle that the server gave up with a 409; an answer that still carries it comes
	// from a cache (invariant S3).
	expired string
	// busts numbers the cache-busters since the last good answer, and stale counts the answers with the expired handle since
	// it was given up.
	busts, stale int
	// fresh means that no answer of this log has been complete yet.
	fresh bool

	rows table
}

// maxStale is how many answers with the expired handle count as a cache's. No cache can know a request that was made up four
// times over: the server has come back to the handle. Source: @electric-sql/client, which gives up after as many.
const maxStale = 3

// New returns a log at its beginning.
func New() *Log { return &Log{offset: beginning, fresh: true} }

// beginning is the offset that asks for a whole snapshot.
const beginning = "-1"

// Param is one query parameter of a request, not yet escaped.
type Param struct{ Name, Value string }

// Params says what the next request must carry.
func (l *Log) Params() []Param {
	params := []Param{{"log", "full"}, {"offset", l.offset}}
	if l.shapeHandle != "" {
		params = append(params, Param{"handle", l.shapeHandle})
	}
	if l.upToDate {
		params = append(params, Param{"live", "true"}, Param{"cursor", l.cursor})
	}
	if l.expired != "" {
		params = append(params, Param{"expired_handle", l.expired})
	}
	if l.busts > 0 {
		params = append(params, Param{"cache-buster", l.expired + "-" + strconv.Itoa(l.busts)})
	}
	return params
}

// Offset returns the place in the log, verbatim.
func (l *Log) Offset() string { return l.offset }

// IsLive reports whether the next request is one that the server holds until something changes.
func (l *Log) IsLive() bool { return l.upToDate }

// IsWhole reports whether an answer of this log has been complete: a log that began anew is not until then.
func (l *Log) IsWhole() bool { return !l.fresh }

// Refresh makes the next request an immediate one, from the same place in the log. A new connection after
// an interruption starts so, because a held request cannot tell "nothing new" from "not reached".
func (l *Log) Refresh() { l.upToDate = false }

// Answer is what one 200 means.
type Answer struct {
	Rows    []Row // rows that changed and are complete, in the order in which they were first touched
	Moved   bool  // the place in the log changed, or rows came: the connection makes progress
	Settled bool  // the rows are all there are now; while false more must be fetched before they mean anything
	Fresh   bool  // the log began anew: Rows are all rows that there are, and any other that was known is gone
}

// The errors of Respond that a caller may want to tell apart.
var (
	// ErrStaleCache is an answer from a cache that outlived its shape; the next request passes the cache.
	ErrStaleCache = errors.New("a cache on the way answered with an expired shape")
	// ErrNoHandle and ErrNoOffset are answers that a proxy or a CORS rule has stripped.
	ErrNoHandle = errors.New("the answer has no electric-handle header; a proxy or a CORS rule may hide it")
	ErrNoOffset = errors.New("the answer has no electric-offset header; a proxy or a CORS rule may hide it")
)

// Respond takes a complete answer with status 200 or 204. On an error the log stands where it stood, so
// that the same request can be sent again.
func (l *Log) Respond(header map[string]string, body string) (Answer, error) {
	handle, offset := header["electric-handle"], header["electric-offset"]
	switch {
	case handle == "":
		return Answer{}, ErrNoHandle
	case offset == "":
		return Answer{}, ErrNoOffset
	case handle == l.expired && l.stale < maxStale:
		l.busts++
		l.stale++
		return Answer{}, ErrStaleCache
	}
	messages, err := parse(body)
	if err != nil {
		return Answer{}, err
	}
	if handle == l.expired {
		l.expired = ""
	}
	refetch := l.rows.apply(messages)
	answer := Answer{Moved: offset != l.offset || handle != l.shapeHandle || len(messages) > 1}
	l.shapeHandle, l.offset = handle, offset
	if cursor, ok := header["electric-cursor"]; ok {
		l.cursor = cursor
	}
	if refetch {
		l.rotate(handle)
		return answer, nil
	}
	l.upToDate = endsUpToDate(messages)
	if l.upToDate {
		l.busts = 0
		answer.Rows, answer.Settled, answer.Fresh = l.rows.settle(), true, l.fresh
		l.fresh = false
	}
	return answer, nil
}

// Rotate takes a 409: the server has given the log up, and names the next one or nothing. The old rows
// stay what subscribers see until the new log is complete.
func (l *Log) Rotate(header map[string]string) {
	if l.shapeHandle != "" {
		l.expired = l.shapeHandle
	}
	l.busts++ // the next request must not be answered by a cache of the old one
	l.stale = 0
	l.rotate(header["electric-handle"])
}

// Restart makes the next request ask for a whole snapshot, for a caller that could not use what it was given.
func (l *Log) Restart() { l.rotate(l.shapeHandle) }

func (l *Log) rotate(handle string) {
	if handle == l.expired {
		handle = ""
	}
	l.shapeHandle, l.offset, l.cursor, l.upToDate = handle, beginning, "", false
	l.rows, l.fresh = table{}, true
}

// parse reads a body, which is a JSON array of messages. An empty body is an empty array: a 204 has none.
func parse(body string) ([]message, error) {
	if body == "" {
		return nil, nil
	}
	value, err := rawjson.Parse(body)
	if err != nil {
		return nil, err
	}
	if !value.IsArray() {
		return nil, errors.New("the body is not a JSON array of messages")
	}
	var messages []message
	for element := range value.Elements() {
		// A row outlives the body, and must not hold on to it. Besides, TinyGo's collector goes from each pointer
		// back to where its object begins: from every column through the body, that is the square of the rows.
		m, err := readMessage(rawjson.Value(strings.Clone(string(element))))
		if err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}
