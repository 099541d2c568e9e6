// Package heap is the memory of the runtime under TinyGo: it allocates at any time, and collects when no Go code runs.
//
// TinyGo's own collectors run in the middle of a call. WebAssembly hides the stack from them, so every function writes down
// which pointers it holds: a fifth of the module was that. But the runtime lives in short calls from its host, and between
// them every pointer is in a global or in the heap. To collect only then needs no help from the compiler. The price is that
// the garbage of a call stays until its end.
//
// A span is a run of pages with cells of one size. Collecting marks the cells that can be reached, and the next allocations
// take what is not marked: nothing is swept. A word that looks like a pointer, also into the middle of a cell, is one.
package heap

import (
	"math/bits"
	"unsafe"
)

const (
	pageSize = 16 << 10
	maxPages = 1 << 30 / pageSize
	// granule divides the size and the address of every cell. It is the largest alignment that WebAssembly has.
	granule = 16
	// largest is the size of the largest cells that share a span, in bytes.
	largest   = 4 << 10
	maxCells  = pageSize / granule
	firstCell = (unsafe.Sizeof(span{}) + granule - 1) &^ (granule - 1)
	wordSize  = unsafe.Sizeof(uintptr(0))

	// minGarbage is how many bytes are allocated before it is worth to collect. Source: chosen.
	minGarbage = 1 << 20
	// minGrowth is how many pages are added at least. Source: chosen; a quarter of a megabyte.
	minGrowth = 16
)

// span is the head of a run of pages.
type span struct {
	size     uintptr // of a cell
	cells    uintptr // how many there are
	pages    uintptr
	pointers bool // cells may hold some
	taken    bool // there are no free cells, or a cursor has them

	// Of each cell. What is scanned has been marked, and so have those that it points at.
	marked, scanned [maxCells / 32]uint32
	// next is a list of the spans with cells to scan; gray says whether this one is in it.
	next *span
	gray bool
}

// cursor is where cells of one size come from.
type cursor struct {
	span *span   // nil at first
	cell uintptr // those before are not free
	page uintptr // the spans before it are taken
}

// heap is one stretch of memory, in pages.
type heap struct {
	base  unsafe.Pointer
	pages uintptr
	// grow adds pages after the last. It may add more, and panics when there are none.
	grow func(h *heap, pages uintptr)

	spans     [maxPages]*span // that each page belongs to; nil for a free one
	free      uintptr         // the pages before it are not free
	cursors   [2][largest/granule + 1]cursor
	grays     *span
	live      uintptr // bytes that the last collection has marked
	allocated uintptr // bytes since then
}

// alloc returns so many bytes, all zero. Where they hold no pointers they are never looked at.
func (h *heap) alloc(size uintptr, pointers bool) unsafe.Pointer {
	size = round(max(size, 1))
	h.allocated += size
	var s *span
	var cell uintptr
	if size <= largest {
		s, cell = h.freeCell(size, pointers)
	} else {
		s = h.newSpan(size, 1, (firstCell+size+pageSize-1)/pageSize, pointers)
	}
	at := s.at(cell)
	clear(unsafe.Slice((*byte)(at), size))
	return at
}

// round returns the size of a cell for so many bytes, which is at most a quarter more, or 15 bytes.
func round(size uintptr) uintptr {
	step := uintptr(granule)
	if n := bits.Len(uint(size - 1)); n > 7 && size <= largest {
		step = 1 << (n - 3)
	}
	return (size + step - 1) &^ (step - 1)
}

func (s *span) at(cell uintptr) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(s), firstCell+cell*s.size)
}

func (h *heap) freeCell(size uintptr, pointers bool) (*span, uintptr) {
	cursors := &h.cursors[0]
	if pointers {
		cursors = &h.cursors[1]
	}
	c := &cursors[size/granule]
	for {
		for s := c.span; s != nil && c.cell < s.cells; {
			cell := c.cell
			c.cell++
			if s.marked[cell/32]&(1<<(cell%32)) == 0 {
				return s, cell
			}
		}
		c.span, c.cell = h.nextSpan(c, size, pointers), 0
		c.span.taken = true
	}
}

// nextSpan finds a span that is not taken, or makes one.
func (h *heap) nextSpan(c *cursor, size uintptr, pointers bool) *span {
	for ; c.page < h.pages; c.page++ {
		if s := h.spans[c.page]; s != nil && s.size == size && s.pointers == pointers && !s.taken {
			return s
		}
	}
	return h.newSpan(size, (pageSize-firstCell)/size, 1, pointers)
}

func (h *heap) newSpan(size, cells, pages uintptr, pointers bool) *span {
	first := h.freePages(pages)
	s := (*span)(unsafe.Add(h.base, first*pageSize))
	*s = span{size: size, cells: cells, pages: pages, pointers: pointers}
	for i := range pages {
		h.spans[first+i] = s
	}
	return s
}

// freePages finds so many pages in a row that are free, and has some added if need be.
func (h *heap) freePages(n uintptr) (first uintptr) {
	for h.free < h.pages && h.spans[h.free] != nil {
		h.free++
	}
	page, run := h.free, uintptr(0)
	for ; page < h.pages && run < n; page++ {
		if h.spans[page] == nil {
			run++
		} else {
			run = 0
		}
	}
	if missing := n - run; missing > 0 {
		h.grow(h, max(missing, minGrowth))
		page += missing
	}
	return page - n
}
