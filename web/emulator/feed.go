package emulator

import (
	"net/http"
	"strconv"
)

// runFeed serves the shape of one run: a snapshot first, then live polls that are answered at the next change.
func (e *Emulator) runFeed(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	request, err := parseShapeRequest(r.URL.Query(), from)
	if err != nil {
		return err
	}
	found, err := e.readableRun(r, from, false)
	if err != nil {
		return err
	}
	hideDequeued := r.Header.Get("X-Trigger-Api-Version") != currentAPIVersion
	seen := found.view()
	if !request.initial && request.handle != seen.handle {
		writeMustRefetch(w, seen.handle)
		return nil
	}
	if request.initial || !request.live {
		chosen := request.columns()
		e.answerShape(w, seen, chosen.schema(), chosen.appendChange([]byte{'['}, "insert", seen.row, hideDequeued))
		return nil
	}
	if seen.sequence == request.sequence {
		seen = e.awaitChange(r, found, seen)
	}
	switch {
	case r.Context().Err() != nil: // nobody is there to answer
	case seen.handle != request.handle:
		writeMustRefetch(w, seen.handle)
	case seen.sequence == request.sequence:
		e.answerShape(w, seen, "", []byte{'['})
	case seen.deleted:
		e.answerShape(w, seen, "", selection{keyColumn}.appendChange([]byte{'['}, "delete", seen.row, hideDequeued))
	default:
		chosen := request.columns()
		if e.options.PartialUpdates {
			chosen = chosen.changedSince(request.sequence, seen.version)
		}
		e.answerShape(w, seen, "", chosen.appendChange([]byte{'['}, "update", seen.row, hideDequeued))
	}
	return nil
}

// awaitChange holds a live poll until the run changes, its time is up, or the peer goes away.
func (e *Emulator) awaitChange(r *http.Request, found *run, seen view) view {
	expired, cancel := after(e.clock, e.options.PollHold)
	defer cancel()
	select {
	case <-seen.changed:
		return found.view()
	case <-expired:
	case <-r.Context().Done():
	}
	return seen
}

// answerShape completes a body that holds the changes, if any, and writes it.
func (e *Emulator) answerShape(w http.ResponseWriter, seen view, schema string, changes []byte) {
	if len(changes) > 1 {
		changes = append(changes, ',')
	}
	changes = append(changes, upToDate...)
	shapeReply{
		handle: seen.handle,
		offset: strconv.FormatInt(seen.row.UpdatedAt.UnixMilli(), 10) + "_" + strconv.FormatUint(seen.sequence, 10),
		cursor: e.cursor.Add(1),
		schema: schema,
		body:   append(changes, ']'),
	}.write(w)
}

// changedSince leaves the columns that were set after the change with this number.
func (s selection) changedSince(sequence uint64, seen *version) selection {
	var changed selection
	for _, i := range s {
		if seen.since[i] > sequence {
			changed = append(changed, i)
		}
	}
	return changed
}
