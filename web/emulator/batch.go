package emulator

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// batch is a set of runs that were triggered together. It may be used concurrently.
type batch struct {
	id       string
	key      string // idempotency key, empty without one
	runCount int    // how many items were announced
	created  time.Time
	parent   string // id of the run that triggers the batch
	resume   bool   // whether that run waits for it

	mu      sync.Mutex
	items   map[int]batchItem // by index
	updated time.Time
}

// batchItem is an item that was accepted: its run, or why there is none.
type batchItem struct {
	run     *run
	task    string
	failure string
}

// add accepts an item unless its index was accepted before. accept makes the item.
func (b *batch) add(index int, now time.Time, accept func() batchItem) (added bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, known := b.items[index]; known {
		return false
	}
	b.items[index] = accept()
	b.updated = now
	return true
}

// accepted is how many items the batch has.
func (b *batch) accepted() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.items)
}

// list are the items in order, with their indexes.
func (b *batch) list() (indexes []int, items []batchItem, updated time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	indexes = slices.Sorted(maps.Keys(b.items))
	for _, index := range indexes {
		items = append(items, b.items[index])
	}
	return indexes, items, b.updated
}

// newBatch stores a batch for so many items.
func (e *Emulator) newBatch(id, key string, runCount int) *batch {
	now := truncate(e.clock.Now())
	b := &batch{id: first(id, e.ids.friendly("batch")), key: key, runCount: runCount, created: now, updated: now, items: map[int]batchItem{}}
	e.store.mu.Lock()
	defer e.store.mu.Unlock()
	e.store.batches[b.id] = b
	if key != "" {
		e.store.batchKeys[key] = b
	}
	return b
}

// fill triggers the run of an item, unless the batch has it. A run that cannot be triggered fails alone.
func (e *Emulator) fill(b *batch, index int, order launchOrder) (added bool) {
	order.batch = b.id
	order.key, order.keyLife = order.body.Options.IdempotencyKey, order.body.Options.IdempotencyKeyTTL
	return b.add(index, truncate(e.clock.Now()), func() batchItem {
		created, _, failure := e.launch(order)
		if failure != nil {
			return batchItem{task: order.task, failure: failure.message()}
		}
		return batchItem{run: created, task: order.task}
	})
}

// adopt makes a run of the control API an item of the batch that it names, which then exists.
func (e *Emulator) adopt(r *run) {
	id := r.current().BatchID
	if id == "" {
		return
	}
	b, ok := e.store.batch(id)
	if !ok {
		b = e.newBatch(id, "", 0)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.items[len(b.items)] = batchItem{run: r, task: r.current().TaskIdentifier}
	b.runCount = max(b.runCount, len(b.items))
}

func (s *store) batch(id string) (*batch, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.batches[id]
	return b, ok
}
