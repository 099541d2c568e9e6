//go:build js && wasm

package jsbridge

import "sync"

// turns runs functions one after another. JavaScript's calls come on goroutines of their own, and Go may
// switch between goroutines wherever one allocates; what is only touched within turns needs no other guard.
type turns struct {
	report func(error)

	mu      sync.Mutex // guards what follows, and is never held during a turn
	queue   []func()
	running bool
}

// add runs turn now, or, when another one is running, after it and all that were added before. So a turn
// may add turns, and none starts within another.
func (t *turns) add(turn func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue = append(t.queue, turn)
	if t.running {
		return
	}
	t.running = true
	for len(t.queue) > 0 {
		next := t.queue[0]
		t.queue = t.queue[1:]
		t.mu.Unlock()
		t.run(next)
		t.mu.Lock()
	}
	t.queue, t.running = nil, false
}

// run keeps a panic of one turn from ending all that follow.
func (t *turns) run(turn func()) {
	defer reportPanic(t.report, "turn")
	turn()
}
