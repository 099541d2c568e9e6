package hooktest

import (
	"strconv"
	"time"
)

// truth is what really happens to one run: what every observer must end up showing.
type truth struct {
	id       string
	versions []version // the first is the run as it was triggered
	streams  []*truthStream
	// generation counts the server's shape logs of this run; raising it makes every shape handle stale.
	generation int
	// moved tells the polls that are held that there is something new.
	moved []func()
}

// version is one state of a run's row.
type version struct {
	status   string // as the database spells it
	finished bool
	streams  int // how many streams are announced
	at       time.Time
}

// truthStream is one stream of a run.
type truthStream struct {
	key   string
	v2    bool
	wrote []wrote
	moved []func()
}

// wrote is one record of a stream. A writer that repeats itself after a fault writes the same id twice.
type wrote struct {
	id    string
	chunk string
}

func (t *truth) latest() version { return t.versions[len(t.versions)-1] }

func (t *truth) change(v version) {
	t.versions = append(t.versions, v)
	wake(&t.moved)
}

func (t *truth) stream(key string) *truthStream {
	for _, s := range t.streams {
		if s.key == key {
			return s
		}
	}
	return nil
}

func (s *truthStream) write(w wrote) {
	s.wrote = append(s.wrote, w)
	wake(&s.moved)
}

// wanted returns the chunks that a reader must show: each record once. Version 1 has no ids to tell by, so
// its writers do not repeat themselves.
func (s *truthStream) wanted() []string {
	seen := map[string]bool{}
	var chunks []string
	for _, w := range s.wrote {
		if !seen[w.id] {
			seen[w.id] = true
			chunks = append(chunks, w.chunk)
		}
	}
	return chunks
}

func wake(waiting *[]func()) {
	woken := *waiting
	*waiting = nil
	for _, w := range woken {
		w()
	}
}

// columns is the row of a version, as the server prints it.
func (t *truth) columns(v int) string {
	ver := t.versions[v]
	row := `{"id":"internal","friendlyId":"` + t.id + `","taskIdentifier":"task","status":"` + ver.status +
		`","createdAt":"2026-01-31T10:20:30.000","updatedAt":"` + stamp(ver.at) + `","isTest":"f"` +
		`,"usageDurationMs":"` + strconv.Itoa(v) + `","costInCents":"0","payload":"{\"v\":` + strconv.Itoa(v) +
		`}","payloadType":"application/json","realtimeStreams":"{`
	for i := range ver.streams {
		if i > 0 {
			row += ","
		}
		row += t.streams[i].key
	}
	row += `}"`
	if ver.finished {
		row += `,"completedAt":"` + stamp(ver.at) + `"`
	}
	return row + "}"
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000") }
