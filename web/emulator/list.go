package emulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// list is the shape of many runs: those with all of some tags that are not too old, or those of a batch.
type list struct {
	batch  string
	tags   []string
	floor  time.Time // runs that were created at this time or before do not belong; zero for a batch
	oldest uint64    // nor do runs born before this change, because the first snapshot had no room for them
}

// belongs reports whether a run belongs when it carries these tags.
func (l *list) belongs(v *version, tags []string) bool {
	if v.born < l.oldest {
		return false
	}
	if l.batch != "" {
		return v.row.BatchID == l.batch
	}
	for _, tag := range l.tags {
		if !slices.Contains(tags, tag) {
			return false
		}
	}
	return v.row.CreatedAt.After(l.floor)
}

// name is the part of the handle that keeps what the list was first asked for.
func (l *list) name() string {
	if l.batch != "" {
		return l.batch
	}
	return "runs_" + strconv.FormatInt(l.floor.UnixMilli(), 10)
}

// handle is the list's shape handle. It says everything that the first request decided, so that nothing is remembered
// between requests, and ends in a checksum of what the others must repeat.
func (l *list) handle(chosen selection, generation int) string {
	pinned := l.name() + "_" + strconv.FormatUint(l.oldest, 10)
	repeated := pinned + "\n" + strings.Join(l.tags, ",") + "\n" + chosen.schema() + "\n" + strconv.Itoa(generation)
	sum := sha256.Sum256([]byte(repeated))
	return pinned + "_" + hex.EncodeToString(sum[:4])
}

// pin takes from a handle what its first request decided. A handle that is not the list's leaves something that has
// another handle.
func (l *list) pin(handle string) {
	parts := strings.Split(handle, "_")
	if len(parts) < 3 {
		return
	}
	if oldest, err := strconv.ParseUint(parts[len(parts)-2], 10, 64); err == nil {
		l.oldest = oldest
	}
	if floor, err := strconv.ParseInt(parts[1], 10, 64); err == nil && l.batch == "" {
		l.floor = time.UnixMilli(floor)
	}
}

// rowChange is one change message of a list.
type rowChange struct {
	operation string
	version   *version
}

// changes says what a client that has seen the change with this number must be told. Runs that lost a tag are
// announced only if lost is set, runs that were deleted always.
func (l *list) changes(versions []*version, seen uint64, lost bool) []rowChange {
	var found []rowChange
	for _, v := range versions {
		before := v.born <= seen && l.belongs(v, v.tagsAt(seen))
		now := !v.deleted && l.belongs(v, v.row.Tags)
		switch {
		case now && before:
			found = append(found, rowChange{"update", v})
		case now:
			found = append(found, rowChange{"insert", v})
		case before && (v.deleted || lost):
			found = append(found, rowChange{"delete", v})
		}
	}
	return found
}

// serveList serves a list: a snapshot first, then live polls that are answered when a run of it changes.
func (e *Emulator) serveList(w http.ResponseWriter, r *http.Request, request shapeRequest, l *list) *apiError {
	chosen := request.columns()
	fresh := *l
	if !request.initial {
		l.pin(request.handle)
		if generation := e.journal.generationNow(); l.handle(chosen, generation) != request.handle {
			writeMustRefetch(w, fresh.handle(chosen, generation))
			return nil
		}
	}
	answer := listAnswer{emulator: e, list: l, chosen: chosen, hideDequeued: r.Header.Get("X-Trigger-Api-Version") != currentAPIVersion}
	if request.initial || !request.live {
		found, at := e.journal.all(func(v *version) bool { return l.belongs(v, v.row.Tags) })
		if request.initial && len(found) > e.options.ListRows {
			found = found[len(found)-e.options.ListRows:]
			l.oldest = found[0].born
		}
		answer.snapshot(w, found, at)
		return nil
	}
	found, at := e.awaitList(r.Context(), l, request.sequence)
	switch {
	case r.Context().Err() != nil: // nobody is there to answer
	case l.handle(chosen, at.generation) != request.handle:
		writeMustRefetch(w, fresh.handle(chosen, at.generation))
	default:
		answer.live(w, found, request, at)
	}
	return nil
}

// awaitList holds a live poll until something in the list changes, its handle is rotated, or its time is up.
func (e *Emulator) awaitList(ctx context.Context, l *list, seen uint64) ([]rowChange, moment) {
	expired, cancel := after(e.clock, e.options.PollHold)
	defer cancel()
	generation := e.journal.generationNow()
	for {
		versions, at := e.journal.after(seen)
		found := l.changes(versions, seen, e.options.AnnounceDeletes)
		if len(found) > 0 || at.generation != generation {
			return found, at
		}
		seen = at.sequence // none of it concerns this list
		select {
		case <-at.changed:
		case <-expired:
			return nil, at
		case <-ctx.Done():
			return nil, at
		}
	}
}

// listAnswer writes answers of one request to a list.
type listAnswer struct {
	emulator     *Emulator
	list         *list
	chosen       selection
	hideDequeued bool
}

func (a *listAnswer) snapshot(w http.ResponseWriter, found []*version, at moment) {
	body := []byte{'['}
	var newest int64
	for _, v := range found {
		body = a.chosen.appendChange(body, "insert", v.row, a.hideDequeued)
		body = append(body, ',')
		newest = max(newest, v.row.UpdatedAt.UnixMilli())
	}
	a.write(w, body, a.chosen.schema(), newest, at)
}

func (a *listAnswer) live(w http.ResponseWriter, found []rowChange, request shapeRequest, at moment) {
	body := []byte{'['}
	newest := request.millis
	for _, change := range found {
		chosen := a.chosen
		switch {
		case change.operation == "delete":
			chosen = selection{keyColumn}
		case change.operation == "update" && a.emulator.options.PartialUpdates:
			chosen = chosen.changedSince(request.sequence, change.version)
		}
		body = chosen.appendChange(body, change.operation, change.version.row, a.hideDequeued)
		body = append(body, ',')
		newest = max(newest, change.version.row.UpdatedAt.UnixMilli())
	}
	a.write(w, body, "", newest, at)
}

// write completes a body in which every change is followed by a comma.
func (a *listAnswer) write(w http.ResponseWriter, body []byte, schema string, newest int64, at moment) {
	body = append(append(body, upToDate...), ']')
	shapeReply{
		handle: a.list.handle(a.chosen, at.generation),
		offset: strconv.FormatInt(newest, 10) + "_" + strconv.FormatUint(at.sequence, 10),
		cursor: a.emulator.cursor.Add(1),
		schema: schema,
		body:   body,
	}.write(w)
}
