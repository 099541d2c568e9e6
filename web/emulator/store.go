package emulator

import (
	"sync"
	"time"
)

// store holds the runs and what triggering must remember. It may be used concurrently.
type store struct {
	mu         sync.Mutex
	runs       map[string]*run // by friendly id
	nextNumber int
	journal    *journal

	idempotent map[idempotencyKey]idempotencyEntry
	repeated   map[idempotencyKey]*run // by request idempotency key: a retry of one call finds its run
	debounced  map[idempotencyKey]*run // by debounce key
	spent      map[string]bool         // one-time tokens that created a run or a batch, by digest

	batches   map[string]*batch // by friendly id
	batchKeys map[string]*batch // by idempotency key

	waitpoints map[string]*waitpoint // by friendly id
	waitKeys   map[string]*waitpoint // by idempotency key

	sessions    map[string]*session // by friendly id
	sessionKeys map[string]*session // by external id
	channels    map[channelKey]*streamLog
}

type idempotencyKey struct{ task, key string }

type idempotencyEntry struct {
	run     *run
	expires time.Time
}

func newStore(journal *journal) *store {
	return &store{
		runs:       map[string]*run{},
		journal:    journal,
		idempotent: map[idempotencyKey]idempotencyEntry{},
		repeated:   map[idempotencyKey]*run{},
		debounced:  map[idempotencyKey]*run{},
		spent:      map[string]bool{},
		batches:    map[string]*batch{},
		batchKeys:  map[string]*batch{},
		waitpoints: map[string]*waitpoint{},
		waitKeys:   map[string]*waitpoint{},

		sessions:    map[string]*session{},
		sessionKeys: map[string]*session{},
		channels:    map[channelKey]*streamLog{},
	}
}

func (s *store) run(id string) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.runs[id]
	return r, ok
}

// remove takes a run out. Its id stays taken in the journal alone.
func (s *store) remove(id string) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.runs[id]
	delete(s.runs, id)
	return r, ok
}

// add stores a run under its friendly id, and numbers it unless its row has a number. It reports false when the id is
// taken.
func (s *store) add(row *Row, clock Clock) (*run, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addLocked(row, clock)
}

func (s *store) addLocked(row *Row, clock Clock) (*run, bool) {
	if _, taken := s.runs[row.FriendlyID]; taken {
		return nil, false
	}
	s.nextNumber++
	if row.Number == 0 {
		row.Number = s.nextNumber
	}
	r := newRun(row, clock, s.journal)
	s.runs[r.id] = r
	return r, true
}
