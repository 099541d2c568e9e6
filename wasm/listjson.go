package main

import (
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// appendList writes what leads from one list of runs to the next: who has left, then who changed or came.
// Both lists are in one order, so that one walk over the two is enough.
func appendList(dst []byte, old, runs []*api.Run) []byte {
	gone := missing(old, runs)
	dst = append(dst, '{')
	if len(gone) > 0 {
		dst = append(dst, `"removed":[`...)
		for i, run := range gone {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = rawjson.AppendString(dst, run.ID)
		}
		dst = append(dst, "],"...)
	}
	dst = append(dst, `"changed":[`...)
	first := true
	for i, at := 0, 0; at < len(runs); at++ {
		for i < len(old) && isIn(gone, old[i]) {
			i++
		}
		known := i < len(old) && old[i].ID == runs[at].ID
		if known && old[i] == runs[at] {
			i++
			continue
		}
		mark := len(dst)
		if !first {
			dst = append(dst, ',')
		}
		dst = rawjson.AppendString(append(dst, `{"id":`...), runs[at].ID)
		var before *api.Run
		if known {
			before = old[i]
			i++
		} else if len(old) > 0 {
			dst = appendNumber(append(dst, `,"at":`...), at)
		}
		start := len(dst)
		dst = append(appendRun(append(dst, `,"run":`...), before, runs[at]), '}')
		if string(dst[start:]) == `,"run":{}}` {
			dst = dst[:mark] // it came again and nothing in it is new
			continue
		}
		first = false
	}
	return append(dst, "]}"...)
}

// missing returns the runs of old that are not in runs any more. Both are in one order.
func missing(old, runs []*api.Run) []*api.Run {
	if len(old) == 0 {
		return nil
	}
	var gone []*api.Run
	at := 0
	for i, run := range old {
		if at < len(runs) && (runs[at] == run || runs[at].ID == run.ID) {
			at++
			continue
		}
		// Either this one has left, or others came before it: look ahead.
		ahead := at
		for ahead < len(runs) && runs[ahead].ID != run.ID {
			ahead++
		}
		if ahead == len(runs) {
			gone = append(gone, old[i])
		} else {
			at = ahead + 1
		}
	}
	return gone
}

func isIn(runs []*api.Run, run *api.Run) bool {
	for _, r := range runs {
		if r == run {
			return true
		}
	}
	return false
}
