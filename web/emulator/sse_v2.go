package emulator

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The bounds of one batch event. Source: chosen; they keep an event within what a client decodes between two frames.
const (
	maxBatchRecords = 1000
	maxBatchBytes   = 256 * 1024
)

// framingV2 sends as many parts in one event as are there, with ids that count from zero.
type framingV2 struct {
	settled bool // ends when everything is sent, without waiting for more
}

func (framingV2) silence() time.Duration { return 5 * time.Second }
func (framingV2) end() string            { return "data: [DONE]\n\n" }

func (framingV2) appendPing(dst []byte, now time.Time) []byte {
	dst = append(dst, "event: ping\ndata: {\"timestamp\":"...)
	dst = strconv.AppendInt(dst, now.UnixMilli(), 10)
	return append(dst, "}\n\n"...)
}

// resume reads the digits before a dash, if any. What is no number starts at the beginning, and what lies beyond the
// end waits there.
func (framingV2) resume(log *streamLog, lastEventID string) uint64 {
	digits, _, _ := strings.Cut(lastEventID, "-")
	number, err := strconv.ParseUint(digits, 10, 63)
	if err != nil {
		return 0
	}
	return min(number+1, log.tail())
}

func (framingV2) appendParts(dst []byte, log *streamLog, position uint64, found pending) ([]byte, int) {
	start := len(dst)
	dst = append(dst, "event: batch\ndata: {\"records\":["...)
	sent := 0
	for i := range found.parts {
		if sent == maxBatchRecords || len(dst)-start > maxBatchBytes {
			break
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRecord(dst, log, position+uint64(i), &found.parts[i])
		sent++
	}
	dst = append(dst, `],"tail":{"seq_num":`...)
	dst = strconv.AppendUint(dst, found.tail, 10)
	dst = append(dst, `,"timestamp":`...)
	dst = strconv.AppendInt(dst, found.millis, 10)
	return append(dst, "}}\n\n"...), sent
}

// appendRecord appends one record. Its body is JSON text within JSON: {"data":…,"id":"…"}.
func appendRecord(dst []byte, log *streamLog, number uint64, p *part) []byte {
	dst = append(dst, `{"seq_num":`...)
	dst = strconv.AppendUint(dst, number, 10)
	dst = append(dst, `,"timestamp":`...)
	dst = strconv.AppendInt(dst, p.millis, 10)
	dst = append(dst, `,"body":"`...)
	if p.custom != nil && p.custom.body != nil {
		dst = appendEscaped(dst, *p.custom.body)
	} else {
		dst = append(dst, `{\"data\":`...)
		dst = appendEscaped(dst, p.data)
		dst = append(dst, `,\"id\":`...)
		dst = appendEscaped(dst, string(appendJSONString(nil, log.id(p, number))))
		dst = append(dst, '}')
	}
	dst = append(dst, '"')
	if p.custom != nil && len(p.custom.headers) > 0 {
		headers, err := json.Marshal(p.custom.headers)
		if err == nil { // pairs of strings always marshal
			dst = append(append(dst, `,"headers":`...), headers...)
		}
	}
	return append(dst, '}')
}
