package main

import (
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// writeList writes what leads from one list of runs to the next: who has left, then who changed or came.
// Both lists are in one order, so that one walk over the two is enough.
func writeList(w *rawjson.Writer, old, runs []*api.Run) {
	gone := missing(old, runs)
	w.Open('{')
	if len(gone) > 0 {
		w.Name("removed")
		w.Open('[')
		for _, run := range gone {
			w.Text(run.ID)
		}
		w.Close(']')
	}
	w.Name("changed")
	w.Open('[')
	i := 0
	for at, run := range runs {
		for i < len(old) && isIn(gone, old[i]) {
			i++
		}
		var before *api.Run
		if i < len(old) && old[i].ID == run.ID {
			before = old[i]
			i++
		}
		if before != run {
			place := -1 // at the end
			if len(old) > 0 && before == nil {
				place = at
			}
			writeListed(w, place, before, run)
		}
	}
	w.Close(']')
	w.Close('}')
}

// writeListed writes one run of a list, unless it came again and nothing in it is new.
func writeListed(w *rawjson.Writer, place int, before, run *api.Run) {
	mark := w.Len()
	w.Open('{')
	w.Member("id", run.ID)
	if place >= 0 {
		w.Number("at", int64(place))
	}
	w.Name("run")
	if !writeRun(w, before, run) {
		w.Truncate(mark)
		return
	}
	w.Close('}')
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
