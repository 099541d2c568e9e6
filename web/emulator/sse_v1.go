package emulator

import (
	"sort"
	"strconv"
	"strings"
	"time"
)

// framingV1 sends each part as an event with the id <milliseconds>-<number>. Unlike the service it gives every part
// its own id, so that resuming never skips one.
type framingV1 struct{}

func (framingV1) silence() time.Duration { return 10 * time.Second }
func (framingV1) end() string            { return "" }

func (framingV1) appendPing(dst []byte, _ time.Time) []byte { return append(dst, ": ping\n\n"...) }

// resume finds the first part after the id. An id that is no id starts at the beginning.
func (framingV1) resume(log *streamLog, lastEventID string) uint64 {
	millisText, numberText, _ := strings.Cut(lastEventID, "-")
	millis, err := strconv.ParseInt(millisText, 10, 64)
	if err != nil {
		return 0
	}
	number, err := strconv.ParseUint(numberText, 10, 64)
	if err != nil {
		number = 0
	}
	// Times never decrease along a log, so the parts up to the id are a prefix.
	return uint64(sort.Search(int(log.tail()), func(i int) bool {
		at := log.from(uint64(i)).parts[0].millis
		return at > millis || at == millis && uint64(i) > number
	}))
}

func (framingV1) appendParts(dst []byte, _ *streamLog, position uint64, found pending) ([]byte, int) {
	for i := range found.parts {
		p := &found.parts[i]
		dst = append(dst, "id: "...)
		dst = strconv.AppendInt(dst, p.millis, 10)
		dst = append(dst, '-')
		dst = strconv.AppendUint(dst, position+uint64(i), 10)
		dst = append(dst, "\ndata: "...)
		dst = append(dst, p.data...)
		dst = append(dst, "\n\n"...)
	}
	return dst, len(found.parts)
}
