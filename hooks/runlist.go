package hooks

import (
	"slices"

	"github.com/runwire/runwire/hooks/api"
)

// runList is runs in the order of their creation; those of one moment stand in the order of their arrival.
// A list is never changed: its methods return another. nil is a list that has not arrived.
type runList []*api.Run

// with returns the list with these runs in it, each in the place of the one with its id if there is one.
func (l runList) with(runs []*api.Run) runList {
	place := l.places()
	list := append(make(runList, 0, len(l)+len(runs)), l...)
	var created []*api.Run
	for _, run := range runs {
		if i, known := place[run.ID]; known {
			list[i] = run
		} else {
			created = append(created, run)
		}
	}
	for _, run := range created {
		list = slices.Insert(list, list.after(run.CreatedAt), run)
	}
	return list
}

// places says where each run stands.
func (l runList) places() map[string]int {
	place := make(map[string]int, len(l))
	for i, run := range l {
		place[run.ID] = i
	}
	return place
}

// after returns where a run that was created at t belongs.
func (l runList) after(t api.Timestamp) int {
	low, high := 0, len(l)
	if high > 0 && !t.Before(l[high-1].CreatedAt) {
		return high
	}
	for low < high {
		if middle := (low + high) / 2; t.Before(l[middle].CreatedAt) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// without returns the list without the runs that have these ids.
func (l runList) without(ids []string) runList {
	if len(ids) == 0 {
		return l
	}
	return slices.DeleteFunc(slices.Clone(l), func(run *api.Run) bool { return slices.Contains(ids, run.ID) })
}

// only returns the list without the runs that are not among these.
func (l runList) only(runs []*api.Run) runList {
	among := make(map[string]bool, len(runs))
	for _, run := range runs {
		among[run.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(l), func(run *api.Run) bool { return !among[run.ID] })
}

// lagsBehind reports whether the list shows an older state of a run than another list does.
func (l runList) lagsBehind(other runList) bool {
	place := other.places()
	return slices.ContainsFunc(l, func(run *api.Run) bool {
		i, known := place[run.ID]
		return known && run.UpdatedAt.Before(other[i].UpdatedAt)
	})
}
