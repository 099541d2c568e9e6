package emulator

import (
	"cmp"
	"slices"
	"sync"
)

// journal orders all runs by their newest change, so that what changed after any moment is found without looking at
// what did not. It numbers the changes. It may be used concurrently.
type journal struct {
	mu         sync.Mutex
	sequence   uint64 // number of the newest change
	newest     *run   // runs are linked through their place
	generation int    // how often the shape handles of lists were rotated
	changed    signal // another change or generation
}

// place is a run's place in the journal, whose lock guards it.
type place struct {
	version      *version
	older, newer *run
}

// publish numbers a change of r and makes r the newest. build returns the version that the change leaves.
func (j *journal) publish(r *run, build func(sequence uint64) *version) *version {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sequence++
	j.unlink(r)
	r.place = place{version: build(j.sequence), older: j.newest}
	if j.newest != nil {
		j.newest.place.newer = r
	}
	j.newest = r
	j.changed.fire()
	return r.place.version
}

// unlink takes r out, if it is in. The caller holds the lock.
func (j *journal) unlink(r *run) {
	if r.place.older != nil {
		r.place.older.place.newer = r.place.newer
	}
	if r.place.newer != nil {
		r.place.newer.place.older = r.place.older
	}
	if j.newest == r {
		j.newest = r.place.older
	}
}

// rotate makes the shape handles of all lists invalid.
func (j *journal) rotate() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.generation++
	j.changed.fire()
}

// moment is a state of the journal.
type moment struct {
	sequence   uint64
	generation int
	changed    <-chan struct{} // closed when this is no longer the newest state
}

// now is the state of the journal. The caller holds the lock.
func (j *journal) now() moment { return moment{j.sequence, j.generation, j.changed.wait()} }

// generationNow is how often the lists' handles were rotated.
func (j *journal) generationNow() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.generation
}

// all are the newest versions that belong says belong, in the order in which the runs were created.
func (j *journal) all(belongs func(v *version) bool) ([]*version, moment) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []*version
	for r := j.newest; r != nil; r = r.place.older {
		if v := r.place.version; !v.deleted && belongs(v) {
			found = append(found, v)
		}
	}
	slices.SortFunc(found, func(a, b *version) int { return cmp.Compare(a.born, b.born) })
	return found, j.now()
}

// after are the newest versions of the runs that changed after the change with this number, in order of their changes.
func (j *journal) after(sequence uint64) ([]*version, moment) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []*version
	for r := j.newest; r != nil && r.place.version.sequence > sequence; r = r.place.older {
		found = append(found, r.place.version)
	}
	slices.Reverse(found)
	return found, j.now()
}
