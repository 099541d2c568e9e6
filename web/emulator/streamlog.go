package emulator

import (
	"encoding/json"
	"hash/fnv"
	"sync"
)

// part is one record of a stream. It is never changed once appended.
type part struct {
	data   string // JSON text of the part
	millis int64  // when it was appended, in milliseconds since the epoch; never less than its predecessor's
	custom *customPart
}

// customPart is what only a test gives a part.
type customPart struct {
	id      string      // part id; made from the sequence number when empty
	body    *string     // the v2 record's body verbatim, instead of {"data":…,"id":…}
	headers [][2]string // the v2 record's headers
}

// segmentSize is how many parts are allocated together. Source: chosen; 1024 parts are 32 KB.
const segmentSize = 1024

// streamLog holds the parts of one stream. Appending writes into the newest segment, so it never copies what is
// there, and readers keep slices of segments without a lock. It may be used concurrently.
type streamLog struct {
	seed  uint64 // of the part ids
	clock Clock

	mu       sync.Mutex
	segments []*[segmentSize]part
	length   uint64
	closed   bool
	changed  signal // more parts, or closed

	received map[string]bool // part ids that appenders chose: a repeated append is not repeated here
	written  map[string]int  // by client id: how many parts of its own the client has written
	waiting  []*waitpoint    // to be completed by the next record
}

func newStreamLog(seed uint64, clock Clock) *streamLog { return &streamLog{seed: seed, clock: clock} }

// streamSeed makes the part ids of two streams differ, and those of a repeated run equal.
func streamSeed(runID, key string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(runID + "/" + key)) // a hash never fails
	return hash.Sum64()
}

// text is the text in a part that is a JSON string, else its JSON.
func (p *part) text() string {
	var text string
	if json.Unmarshal([]byte(p.data), &text) == nil {
		return text
	}
	return p.data
}

// receive notes the part id of an append. It reports false when that was done before.
func (l *streamLog) receive(partID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.received[partID] {
		return false
	}
	if l.received == nil {
		l.received = map[string]bool{}
	}
	l.received[partID] = true
	return true
}

// takeWaiting are the waitpoints that waited for the record that was just appended.
func (l *streamLog) takeWaiting() []*waitpoint {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := l.waiting
	l.waiting = nil
	return waiting
}

// awaitRecord returns the text of the record at position if it is there, and else leaves w to wait for the next.
func (l *streamLog) awaitRecord(position uint64, w *waitpoint) (text string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if position < l.length {
		return l.segments[position/segmentSize][position%segmentSize].text(), true
	}
	l.waiting = append(l.waiting, w)
	return "", false
}

// append adds parts to the end. Parts appended to a closed stream are kept for those who read it later.
func (l *streamLog) append(parts ...part) {
	now := l.clock.Now().UnixMilli()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range parts {
		p.millis = max(now, l.lastMillis())
		slot := l.length % segmentSize
		if slot == 0 {
			l.segments = append(l.segments, new([segmentSize]part))
		}
		l.segments[len(l.segments)-1][slot] = p
		l.length++
	}
	l.changed.fire()
}

// lastMillis is the newest part's time. The caller holds the lock.
func (l *streamLog) lastMillis() int64 {
	if l.length == 0 {
		return 0
	}
	return l.segments[(l.length-1)/segmentSize][(l.length-1)%segmentSize].millis
}

// close ends the stream: readers that have everything are told so.
func (l *streamLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.changed.fire()
}

// pending is what a reader finds at its position.
type pending struct {
	parts   []part // the next parts, at most to the end of their segment
	tail    uint64 // number of the part that will be appended next
	millis  int64  // time of the newest part
	closed  bool
	changed <-chan struct{} // set when parts is empty
}

func (l *streamLog) from(position uint64) pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := pending{tail: l.length, millis: l.lastMillis(), closed: l.closed}
	if position >= l.length {
		found.changed = l.changed.wait()
		return found
	}
	segment, slot := position/segmentSize, position%segmentSize
	end := min(l.length-segment*segmentSize, segmentSize)
	found.parts = l.segments[segment][slot:end:end]
	return found
}

// tail is the number of the part that will be appended next.
func (l *streamLog) tail() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.length
}

// id is the id of the part with this number.
func (l *streamLog) id(p *part, number uint64) string {
	if p.custom != nil && p.custom.id != "" {
		return p.custom.id
	}
	return partID(l.seed, number)
}
