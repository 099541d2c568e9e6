package heap

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// newHeap returns a heap in a stretch of Go's memory, which Go itself takes for bytes.
func newHeap(tb testing.TB, pages uintptr) *heap {
	arena := bytes.Repeat([]byte{0xff}, int(pages+1)*pageSize) // nothing is zero by chance
	start := unsafe.Pointer(unsafe.SliceData(arena))
	return &heap{
		base: unsafe.Add(start, pageSize-uintptr(start)%pageSize),
		grow: func(h *heap, more uintptr) {
			if h.pages += more; h.pages > pages {
				tb.Fatalf("%d pages are wanted, and %d bytes were in use", h.pages, h.live)
			}
		},
	}
}

// object is something in the heap, and what its bytes must be as long as it can be reached.
type object struct {
	bytes []byte
	want  []byte
	links []*object
	depth int // the longest way from it along links
}

// deepest is how deep objects are that live makes, so that old ones are let go of.
const deepest = 8

// owner allocates objects that point at others, holds some, and lets others go.
type owner struct {
	tb    testing.TB
	heap  *heap
	dice  *rand.Rand
	roots [16]*object
	words [16]uintptr // what the heap sees of them
}

func newOwner(tb testing.TB, seed uint64) *owner {
	return &owner{tb: tb, heap: newHeap(tb, 1024), dice: rand.New(rand.NewPCG(seed, 0))}
}

func (o *owner) allocate(size, links int) *object {
	return o.allocateBelow(deepest, size, links)
}

func (o *owner) allocateBelow(limit, size, links int) *object {
	o.tb.Helper()
	size = max(size, links*int(wordSize))
	at := o.heap.alloc(uintptr(size), links > 0)
	x := &object{bytes: unsafe.Slice((*byte)(at), size)}
	if uintptr(at)%granule != 0 {
		o.tb.Fatalf("%d bytes are at an odd place", size)
	}
	if used := bytes.TrimLeft(x.bytes, "\x00"); len(used) > 0 {
		o.tb.Fatalf("of %d fresh bytes %d are not zero", size, len(used))
	}
	copy(x.bytes, bytes.Repeat([]byte{byte(o.dice.Uint32())}, size))
	words := unsafe.Slice((*uintptr)(at), links)
	for i := range words {
		words[i] = 0
		if to := o.roots[o.dice.IntN(len(o.roots))]; to != nil && to.depth < limit {
			x.links, x.depth = append(x.links, to), max(x.depth, to.depth+1)
			words[i] = o.somewhereIn(to)
		}
	}
	x.want = bytes.Clone(x.bytes)
	return x
}

// somewhereIn is a pointer to an object, or into the middle of it.
func (o *owner) somewhereIn(x *object) uintptr {
	return uintptr(unsafe.Pointer(&x.bytes[o.dice.IntN(len(x.bytes))]))
}

func (o *owner) hold(root int, x *object) {
	o.roots[root], o.words[root] = x, 0
	if x != nil {
		o.words[root] = o.somewhereIn(x)
	}
}

func (o *owner) collect() {
	o.heap.collect(unsafe.Pointer(&o.words), unsafe.Sizeof(o.words))
}

// check looks at every object that can be reached.
func (o *owner) check() {
	o.tb.Helper()
	seen := map[*object]bool{}
	var visit func(x *object)
	visit = func(x *object) {
		if x == nil || seen[x] {
			return
		}
		seen[x] = true
		if !bytes.Equal(x.bytes, x.want) {
			o.tb.Fatalf("an object of %d bytes that can be reached was written over", len(x.want))
		}
		for _, to := range x.links {
			visit(to)
		}
	}
	for _, x := range o.roots {
		visit(x)
	}
}

// live lives for so many steps.
func (o *owner) live(steps int) {
	o.tb.Helper()
	for range steps {
		root := o.dice.IntN(len(o.roots))
		switch o.dice.IntN(12) {
		case 0:
			o.hold(root, nil)
		case 1:
			o.collect()
			o.check()
		case 2:
			o.hold(root, o.allocate(1+o.dice.IntN(5*pageSize), o.dice.IntN(3)))
		default:
			o.hold(root, o.allocate(1+o.dice.IntN(1<<o.dice.IntN(13)), o.dice.IntN(4)))
		}
	}
}

func TestWhatCanBeReachedIsKept(t *testing.T) {
	for seed := range uint64(50) {
		newOwner(t, seed).live(400)
	}
}

func TestWhatCannotBeReachedIsFree(t *testing.T) {
	o := newOwner(t, 1)
	o.live(2000)
	for root := range o.roots {
		o.hold(root, nil)
	}
	o.collect()
	if o.heap.live != 0 {
		t.Errorf("%d bytes are in use, and nobody has a pointer", o.heap.live)
	}
	for page := range o.heap.pages {
		if o.heap.spans[page] != nil {
			t.Fatalf("page %d is not free", page)
		}
	}
}

func TestALongLifeNeedsNoMoreMemoryThanAShortOne(t *testing.T) {
	o := newOwner(t, 2)
	o.live(5_000)
	early := o.heap.pages
	o.live(20_000)
	if o.heap.pages > early*5/4 {
		t.Errorf("the heap has grown from %d to %d pages", early, o.heap.pages)
	}
}

func TestAListIsKeptHoweverLongItIs(t *testing.T) {
	o := newOwner(t, 3)
	for range 100_000 {
		last := o.roots[0]
		for root := range o.roots {
			o.roots[root] = last // so that every link leads there
		}
		o.hold(0, o.allocateBelow(math.MaxInt, int(wordSize), 1))
	}
	o.collect()
	if want := uintptr(100_000 * granule); o.heap.live != want {
		t.Errorf("%d bytes are in use, want %d", o.heap.live, want)
	}
}

func TestBytesAreNotTakenForPointers(t *testing.T) {
	o := newOwner(t, 4)
	secret := o.allocate(64, 0)
	letter := o.heap.alloc(wordSize, false)
	*(*uintptr)(letter) = o.somewhereIn(secret)
	o.words[0] = uintptr(letter)
	o.collect()
	if o.heap.live != granule {
		t.Errorf("%d bytes are in use, want the %d of the letter", o.heap.live, granule)
	}
}

func TestACollectionIsDueWhenMostMayBeGarbage(t *testing.T) {
	h := newHeap(t, 1024)
	for range 20 {
		h.alloc(minGarbage/16, false)
		if due := h.allocated > minGarbage; h.isDue() != due {
			t.Fatalf("after %d bytes this is %v", h.allocated, h.isDue())
		}
	}
	h.live = 2 * minGarbage
	if h.isDue() {
		t.Error("a collection is due that would look at more than it can free")
	}
}

func BenchmarkAlloc(b *testing.B) {
	o := newOwner(b, 5)
	o.heap.grow = newHeap(b, 1<<16).grow
	for b.Loop() {
		o.heap.alloc(48, true)
		if o.heap.isDue() {
			o.collect()
		}
	}
}
