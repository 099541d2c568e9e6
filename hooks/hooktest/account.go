package hooktest

import (
	"slices"
	"strconv"
	"time"
)

// account is what really happens on the server: what every observer must end up showing.
type account struct {
	runs    []*run
	shapes  []*shape
	streams []*stream // of runs and of sessions
	effects effects
}

// owner is whom an access token belongs to. Everybody is told the same in words of their own, so that data which
// is shown to the wrong one is seen at once (invariant T2).
type owner int

var owners = [...]string{"ann", "bob"}

func (o owner) String() string { return owners[o] }

// Where the lists and the session are: there is one of each in a world.
const (
	tagPath     = "/realtime/v1/runs"
	batchPath   = "/realtime/v1/batches/batch_1"
	sessionPath = "/realtime/v1/sessions/session_1/out"
)

// newAccount has the two lists, which are empty.
func newAccount() account {
	return account{
		effects: effects{answers: map[string]string{}, done: map[int]int{}},
		shapes: []*shape{
			newShape(tagPath, func(r *run) bool { return r.latest().tagged }),
			newShape(batchPath, func(r *run) bool { return r.batched }),
		},
	}
}

// shapeOf is the shape of one run.
func shapeOf(r *run) *shape {
	return newShape(runPath(r.id), func(other *run) bool { return r == other })
}

// runPath is where a run is followed.
func runPath(id string) string { return "/realtime/v1/runs/" + id }

func (a *account) run(id string) *run { return find(a.runs, func(r *run) bool { return r.id == id }) }

func (a *account) shape(path string) *shape {
	return find(a.shapes, func(s *shape) bool { return s.path == path })
}

func (a *account) stream(path string) *stream {
	return find(a.streams, func(s *stream) bool { return s.path == path })
}

// forget lets go of a run that nobody asks for any more.
func (a *account) forget(r *run) {
	a.runs = slices.DeleteFunc(a.runs, func(other *run) bool { return other == r })
	a.shapes = slices.DeleteFunc(a.shapes, func(s *shape) bool { return s.path == runPath(r.id) })
	a.streams = slices.DeleteFunc(a.streams, func(s *stream) bool { return slices.Contains(r.streams, s) })
}

// find returns the first element that fits, or nil.
func find[T any](list []*T, fits func(*T) bool) *T {
	for _, element := range list {
		if fits(element) {
			return element
		}
	}
	return nil
}

// add triggers a run.
func (w *World) add(r *run, first version) {
	w.account.runs = append(w.account.runs, r)
	w.account.shapes = append(w.account.shapes, shapeOf(r))
	w.change(r, first)
}

// change gives a run a new version, at a moment that no version of it has had.
func (w *World) change(r *run, v version) {
	if v.at = w.clock.now.Truncate(time.Millisecond); len(r.versions) > 0 && !v.at.After(r.latest().at) {
		v.at = r.latest().at.Add(time.Millisecond)
	}
	r.add(v)
	w.tell(r)
}

// tell lets everything know that concerns a run.
func (w *World) tell(r *run) {
	for _, s := range w.account.shapes {
		if s.concerns(r) {
			w.checks.excuse(s.path)
		}
		s.note(r)
	}
	w.checks.excuse(retrievePath(r.id))
}

// write appends to a stream; a writer of version 2 that is not sure of itself repeats the last record.
func (w *World) write(s *stream) {
	w.checks.excuse(s.path)
	n := len(s.records)
	switch {
	case s.session && w.dice.oneIn(4):
		s.append(record{control: "turn-complete"})
	case s.v2 && n > 0 && s.records[n-1].control == "" && w.dice.oneIn(6):
		s.append(s.records[n-1])
	default:
		s.append(newRecord(s.key+"-"+strconv.Itoa(n), n))
	}
}
