package hooktest

import (
	"strconv"
	"strings"
)

// stream is a log of records: one of a run's streams, or one direction of a session.
type stream struct {
	path    string
	runID   string // "" for a session
	key     string // the same
	v2      bool
	session bool
	records []record
	held    held
}

// record is one record of a stream. A writer that repeats itself after a fault writes the same id twice.
type record struct {
	id      string
	control string              // of a control record: what it says
	chunks  [len(owners)]string // what it brings each owner
}

func newRecord(id string, n int) record {
	r := record{id: id}
	for o := range r.chunks {
		r.chunks[o] = `{"n":` + strconv.Itoa(n) + `,"text":"é🙂 ` + owners[o] + `"}`
	}
	return r
}

// streamPath is where a run's stream is read.
func streamPath(runID, key string) string { return "/realtime/v1/streams/" + runID + "/" + key }

// newStream is a stream of a run, without records.
func newStream(runID, key string, v2 bool) *stream {
	return &stream{path: streamPath(runID, key), runID: runID, key: key, v2: v2}
}

// newSession is what a session says, without records.
func newSession() *stream {
	return &stream{path: sessionPath, v2: true, session: true}
}

func (s *stream) append(r record) {
	s.records = append(s.records, r)
	s.held.wake()
}

// after returns the index of the first record after a cursor.
func after(cursor string) int {
	digits, _, _ := strings.Cut(cursor, "-")
	last, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return last + 1
}

// events frames the records from next on.
func (s *stream) events(next int, o owner) string {
	if next >= len(s.records) {
		return ""
	}
	var b strings.Builder
	if !s.v2 {
		for i, r := range s.records[next:] {
			b.WriteString("id: " + strconv.Itoa(next+i) + "-0\ndata: " + r.chunks[o] + "\n\n")
		}
		return b.String()
	}
	b.WriteString(`event: batch` + "\n" + `data: {"records":[`)
	for i, r := range s.records[next:] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"seq_num":` + strconv.Itoa(next+i) + `,"timestamp":1`)
		if r.control != "" {
			b.WriteString(`,"headers":[["trigger-control","` + r.control + `"]],"body":""}`)
		} else {
			b.WriteString(`,"body":` + strconv.Quote(`{"data":`+r.chunks[o]+`,"id":"`+r.id+`"}`) + `}`)
		}
	}
	b.WriteString("]}\n\n")
	return b.String()
}

func (s *stream) ping() string {
	if s.v2 {
		return "event: ping\ndata: {\"timestamp\":1}\n\n"
	}
	return ": ping\n\n"
}

// nextControl returns the index of the first control record from an index on, or -1.
func (s *stream) nextControl(from int) int {
	for i := from; i < len(s.records); i++ {
		if s.records[i].control != "" {
			return i
		}
	}
	return -1
}

// lastControl returns the index of the newest control record, or -1.
func (s *stream) lastControl() int {
	last := -1
	for i := s.nextControl(0); i >= 0; i = s.nextControl(i + 1) {
		last = i
	}
	return last
}
