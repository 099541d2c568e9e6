package hooktest

import (
	"slices"
	"strconv"
)

// shape is the log of some rows, as the server tells it: of one run, of those with the tag, of a batch.
type shape struct {
	path       string
	holds      func(*run) bool // of runs that were not deleted
	members    []*run
	changes    []change
	generation int // raising it makes every shape handle stale
	began      int // the offset at which this generation began
	held       held
}

// change is one line of the log.
type change struct {
	run       *run
	version   int
	operation string
}

// newShape is a shape of no rows.
func newShape(path string, holds func(*run) bool) *shape {
	return &shape{path: path, holds: holds, began: -1}
}

func (s *shape) concerns(r *run) bool { return slices.Contains(s.members, r) || s.holds(r) }

// note writes a run's latest version into the log, if it concerns the shape.
func (s *shape) note(r *run) {
	was, is := slices.Contains(s.members, r), s.holds(r) && !r.gone
	c := change{r, len(r.versions) - 1, "update"}
	switch {
	case !was && !is:
		return
	case !was:
		c.operation = "insert"
		s.members = append(s.members, r)
	case !is:
		c.operation = "delete"
		s.members = slices.DeleteFunc(s.members, func(member *run) bool { return member == r })
	}
	s.changes = append(s.changes, c)
	s.held.wake()
}

// last is the offset of the newest line; an empty log has none.
func (s *shape) last() int { return len(s.changes) - 1 }

func (s *shape) handle() string { return handleOf(s.generation) }

func handleOf(generation int) string { return "h" + strconv.Itoa(generation) }

// rotate loses the log: every client must start over.
func (s *shape) rotate() {
	s.generation++
	s.began = s.last()
}

// compact begins a log that is no longer than it must be.
func (s *shape) compact() {
	s.changes = s.rows(s.last())
	s.rotate()
}

// rows are what the log adds up to at an offset, each as one line that inserts it.
func (s *shape) rows(offset int) []change {
	var rows []change
	for _, c := range s.changes[:offset+1] {
		i := slices.IndexFunc(rows, func(row change) bool { return row.run == c.run })
		switch {
		case c.operation == "delete":
			rows = slices.Delete(rows, i, i+1)
		case i < 0:
			rows = append(rows, change{c.run, c.version, "insert"})
		default:
			rows[i].version = c.version
		}
	}
	return rows
}

// message prints a line for a client.
func (s *shape) message(c change, o owner, skip string) string {
	row := "{}"
	switch c.operation {
	case "insert":
		row = c.run.insert(c.version, o, skip)
	case "update":
		row = c.run.update(c.version, skip)
	}
	return `{"key":"` + c.run.id + `","value":` + row + `,"headers":{"operation":"` + c.operation + `"}}`
}
