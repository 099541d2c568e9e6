package emulator

import (
	"net/http"
	"time"
)

// defaultIdempotencyLife is how long an idempotency key finds its run when the caller does not say.
const defaultIdempotencyLife = 30 * 24 * time.Hour

// launchOrder asks for a run of a task, unless one of its keys finds one.
type launchOrder struct {
	task       string
	body       triggerBody
	requestKey string // the same for every attempt of one call
	key        string // idempotency key
	keyLife    string
	token      string // digest of a one-time token, else empty
	batch      string // id of the batch that the run belongs to
	parent     string // id of the run that triggers it
}

type launchOutcome int

const (
	runCreated  launchOutcome = iota
	runRepeated               // a retry of the call that created it, or a call that was debounced
	runCached                 // found by its idempotency key
)

// launch creates a run and starts its task, or finds the run that the order means.
func (e *Emulator) launch(order launchOrder) (*run, launchOutcome, *apiError) {
	task, ok := e.tasks[order.task]
	if !ok {
		return nil, 0, fail(http.StatusNotFound, "Task not found")
	}
	row, failure := e.rowOf(order)
	if failure != nil {
		return nil, 0, failure
	}
	created, outcome, failure := e.place(order, row)
	if failure != nil || outcome != runCreated {
		return created, outcome, failure
	}
	if parent, ok := e.store.run(row.ParentID); ok {
		parent.addChild(created.id)
	}
	e.startTask(created, task)
	return created, outcome, nil
}

// rowOf is the row of a new run.
func (e *Emulator) rowOf(order launchOrder) (*Row, *apiError) {
	options := order.body.Options
	now := truncate(e.clock.Now())
	payload, failure := order.body.payloadPacket()
	if failure != nil {
		return nil, failure
	}
	row := &Row{
		ID: e.ids.internal(), FriendlyID: e.ids.friendly("run"), TaskIdentifier: order.task,
		Status: StatusPending, IsTest: options.Test,
		CreatedAt: now, UpdatedAt: now, QueuedAt: now,
		TTL: options.ttl(), Payload: e.offload(payload, "payload"), Metadata: options.metadataPacket(),
		Tags: options.Tags, IdempotencyKey: options.originalKey(),
		BatchID: order.batch, TriggerFunction: options.triggerFunction(order.batch != ""), Settings: options.settings(),
	}
	e.setParent(row, order.parent)
	return row, e.setDelay(row, options, now)
}

func (o *triggerOptions) triggerFunction(batch bool) string {
	switch {
	case batch && o.ResumeParentOnCompletion:
		return "batchTriggerAndWait"
	case batch:
		return "batchTrigger"
	case o.ResumeParentOnCompletion:
		return "triggerAndWait"
	default:
		return "trigger"
	}
}

// setParent makes the row that of a child. A parent that does not exist is ignored.
func (e *Emulator) setParent(row *Row, parentID string) {
	parent, ok := e.store.run(parentID)
	if !ok {
		return
	}
	above := parent.current()
	row.ParentID, row.RootID, row.Depth = above.FriendlyID, first(above.RootID, above.FriendlyID), above.Depth+1
}

// setDelay makes the row that of a delayed run if the options ask for it.
func (e *Emulator) setDelay(row *Row, options triggerOptions, now time.Time) *apiError {
	until := now
	if !null(options.Delay) {
		var failure *apiError
		if until, failure = options.delayUntil(now); failure != nil {
			return failure
		}
	}
	if options.Debounce != nil {
		delay, _, err := options.Debounce.delays()
		if err != nil {
			return fail(http.StatusUnprocessableEntity, err.Error())
		}
		until, row.DebounceKey = now.Add(delay), options.Debounce.Key
	}
	if until.After(now) {
		row.Status, row.DelayUntil, row.QueuedAt = StatusDelayed, until, time.Time{}
	}
	return nil
}

// place stores the row as a new run, unless an earlier run is meant.
func (e *Emulator) place(order launchOrder, row *Row) (*run, launchOutcome, *apiError) {
	life := defaultIdempotencyLife
	if order.keyLife != "" {
		parsed, err := parseDuration(order.keyLife)
		if err != nil {
			return nil, 0, fail(http.StatusUnprocessableEntity, err.Error())
		}
		life = parsed
	}
	s, now := e.store, e.clock.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if earlier, ok := s.repeated[idempotencyKey{order.task, order.requestKey}]; ok {
		return earlier, runRepeated, nil
	}
	if entry, ok := s.idempotent[idempotencyKey{order.task, order.key}]; ok && now.Before(entry.expires) {
		return entry.run, runCached, nil
	}
	if earlier, ok := s.debounced[idempotencyKey{order.task, row.DebounceKey}]; ok && earlier.pushAway(row, order.body.Options.Debounce) {
		return earlier, runRepeated, nil
	}
	if order.token != "" && s.spent[order.token] {
		return nil, 0, fail(http.StatusUnprocessableEntity,
			"Cannot trigger "+order.task+" with a one-time use token as it has already been used.")
	}
	created, ok := s.addLocked(row, e.clock)
	if !ok {
		return nil, 0, fail(http.StatusInternalServerError, "Something went wrong")
	}
	if order.requestKey != "" {
		s.repeated[idempotencyKey{order.task, order.requestKey}] = created
	}
	if order.key != "" {
		s.idempotent[idempotencyKey{order.task, order.key}] = idempotencyEntry{created, now.Add(life)}
	}
	if row.DebounceKey != "" {
		s.debounced[idempotencyKey{order.task, row.DebounceKey}] = created
	}
	if order.token != "" {
		s.spent[order.token] = true
	}
	return created, runCreated, nil
}

// pushAway delays a run that waits for its debounce, to when the row of another call would begin. It reports false
// when the run has begun, or when it was pushed away as far as it goes.
func (r *run) pushAway(row *Row, d *debounce) bool {
	_, longest, err := d.delays()
	return err == nil && r.update(func(waiting *Row) error {
		if waiting.Status != StatusDelayed || row.DelayUntil.After(waiting.CreatedAt.Add(longest)) {
			return errUnchanged
		}
		waiting.DelayUntil = row.DelayUntil
		if d.Mode == "trailing" {
			waiting.Payload, waiting.Metadata, waiting.Tags = row.Payload, row.Metadata, row.Tags
		}
		return nil
	}) == nil
}
