package hooktest

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/runwire/runwire/hooks"
)

// World is a runtime, the pages that use it, the server, and the network between.
type World struct {
	seed     uint64
	clock    clock
	dice     *dice
	account  account
	server   server
	network  network
	instance *instance
	pages    []*page // in the order in which they came
	screens  map[string]*screen
	checks   checks

	steps       int
	lives       int // how many instances have died
	struck      int // how many requests met a fault
	submissions int
	followed    []*run // those that observers may follow alone
	lastPage    hooks.PageID
	lastScope   int
	logins      [len(owners)]login // that most observers of an owner have
	looked      bool               // somebody has looked since the faults ended

	// Violation is the first broken invariant; "" while all hold.
	Violation string
	// Trace, when set, is told every event and command. It makes a failure readable.
	Trace func(line string)
}

// NewWorld returns a world with these faults in which nothing has happened yet.
func NewWorld(seed uint64, faults Faults) *World {
	w := &World{
		seed:    seed,
		dice:    &dice{rand.New(rand.NewPCG(seed, 1)), faults},
		account: newAccount(),
		screens: map[string]*screen{},
	}
	w.clock.now = epoch
	w.server = server{world: w, dated: true}
	w.instance = w.newInstance(seed)
	w.checks = newChecks(w)
	return w
}

// violate notes a broken invariant. Only the first counts: what follows is damage.
func (w *World) violate(format string, args ...any) {
	if w.Violation == "" {
		w.Violation = fmt.Sprintf("%s: ", w.clock.now.Sub(epoch)) + fmt.Sprintf(format, args...)
	}
}

func (w *World) trace(indent string, what any) {
	if w.Trace != nil {
		w.Trace(fmt.Sprintf("%8s %s%s", w.clock.now.Sub(epoch).Truncate(time.Millisecond), indent, Describe(what)))
	}
}

// Advance lets time pass.
func (w *World) Advance(d time.Duration) { w.clock.advance(w.clock.now.Add(d)) }
