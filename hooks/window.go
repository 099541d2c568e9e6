package hooks

import "strings"

// windowSize is how many parts back a repeated part is recognised. Source: @trigger.dev/core 4.8.3.
const windowSize = 5000

// window remembers the ids of the newest parts. Unlike the original's it outlives a connection, which is
// when writers' repetitions arrive. The zero value is empty.
//
// It is no map, because it is large and stays: TinyGo's maps are full of hashes, which wasm/heap takes for pointers.
type window struct {
	ring []string
	next int // which id gives way, once the ring is full
	// first is, by hash, the place of an id in the ring, and others is, by place, that of another id with its hash. Places
	// count from 1: 0 is for none.
	first  []uint16
	others []uint16
}

// inOrder lists the ids, the oldest first.
func (w *window) inOrder() []string {
	return append(append([]string(nil), w.ring[w.next:]...), w.ring[:w.next]...)
}

// add notes an id and reports whether it was new.
func (w *window) add(id string) bool {
	w.makeRoom()
	for place := *w.slot(id); place != 0; place = w.others[place-1] {
		if w.ring[place-1] == id {
			return false
		}
	}
	id = strings.Clone(id) // it was a part of all that came with it
	if len(w.ring) < windowSize {
		w.ring, w.others = append(w.ring, id), append(w.others, 0)
		w.link(uint16(len(w.ring)))
		return true
	}
	place := uint16(w.next + 1)
	w.unlink(place)
	w.ring[w.next] = id
	w.link(place)
	w.next = (w.next + 1) % windowSize
	return true
}

// makeRoom has as many slots as ids, or more.
func (w *window) makeRoom() {
	if len(w.ring) < len(w.first) || len(w.ring) == windowSize {
		return
	}
	w.first = make([]uint16, max(2*len(w.first), 16))
	for i := range w.ring {
		w.link(uint16(i + 1))
	}
}

func (w *window) link(place uint16) {
	slot := w.slot(w.ring[place-1])
	w.others[place-1], *slot = *slot, place
}

func (w *window) unlink(place uint16) {
	at := w.slot(w.ring[place-1])
	for *at != place {
		at = &w.others[*at-1]
	}
	*at = w.others[place-1]
}

// slot is where the ids with the hash of this one begin. The hash is FNV-1a.
func (w *window) slot(id string) *uint16 {
	hash := uint32(2166136261)
	for i := range len(id) {
		hash = (hash ^ uint32(id[i])) * 16777619
	}
	return &w.first[hash&uint32(len(w.first)-1)]
}
