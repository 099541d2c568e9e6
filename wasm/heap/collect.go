package heap

import (
	"math/bits"
	"unsafe"
)

// isDue reports whether a collection is likely to find as much garbage as it has to look at.
func (h *heap) isDue() bool { return h.allocated > max(h.live, minGarbage) }

// collect frees what cannot be reached from the roots, so many bytes of words. No pointer may be anywhere else.
func (h *heap) collect(roots unsafe.Pointer, size uintptr) {
	for page := uintptr(0); page < h.pages; page++ {
		if s := h.spans[page]; s != nil {
			clear(s.marked[:])
			clear(s.scanned[:])
			s.taken = false
			page += s.pages - 1
		}
	}
	h.live, h.allocated = 0, 0
	h.scan(roots, size)
	for s := h.grays; s != nil; s = h.grays {
		h.grays, s.gray = s.next, false
		h.scanMarked(s)
	}
	h.dropEmpty()
	clear(h.cursors[0][:])
	clear(h.cursors[1][:])
	h.free = 0
}

// scan marks what words point at.
func (h *heap) scan(start unsafe.Pointer, size uintptr) {
	for offset := uintptr(0); offset+wordSize <= size; offset += wordSize {
		h.mark(*(*uintptr)(unsafe.Add(start, offset)))
	}
}

// mark marks the cell that a word points into, if any.
func (h *heap) mark(word uintptr) {
	offset := word - uintptr(h.base)
	if offset >= h.pages*pageSize {
		return
	}
	s := h.spans[offset/pageSize]
	if s == nil {
		return
	}
	cell := (word - uintptr(s.at(0))) / s.size // far too large for the head of the span
	if cell >= s.cells || s.marked[cell/32]&(1<<(cell%32)) != 0 {
		return
	}
	s.marked[cell/32] |= 1 << (cell % 32)
	h.live += s.size
	if s.pointers && !s.gray {
		s.gray, s.next, h.grays = true, h.grays, s
	}
}

// scanMarked scans the cells of a span that are marked and were not scanned. More may be marked meanwhile.
func (h *heap) scanMarked(s *span) {
	for i := range s.marked {
		for fresh := s.marked[i] &^ s.scanned[i]; fresh != 0; fresh &= fresh - 1 {
			bit := bits.TrailingZeros32(fresh)
			s.scanned[i] |= 1 << bit
			h.scan(s.at(uintptr(i*32+bit)), s.size)
		}
	}
}

// dropEmpty frees the pages of spans in which nothing is marked.
func (h *heap) dropEmpty() {
	for page := uintptr(0); page < h.pages; page++ {
		s := h.spans[page]
		if s == nil {
			continue
		}
		last := page + s.pages - 1
		if s.marked == [maxCells / 32]uint32{} {
			clear(h.spans[page : last+1])
		}
		page = last
	}
}
