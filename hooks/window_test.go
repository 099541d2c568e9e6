package hooks

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestAWindowKnowsTheNewestIDs(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var w window
	var newest []string
	for n := range 5 * windowSize {
		id := strconv.Itoa(n - dice.IntN(2)*dice.IntN(2*windowSize))
		isNew := !slices.Contains(newest, id)
		if got := w.add(id); got != isNew {
			t.Fatalf("add(%s) is %v, want %v", id, got, isNew)
		}
		if isNew {
			newest = append(newest, id)
			newest = newest[max(len(newest)-windowSize, 0):]
		}
		if n%1000 == 0 && !slices.Equal(w.inOrder(), newest) {
			t.Fatalf("after %d ids the order is another one", n)
		}
	}
}
