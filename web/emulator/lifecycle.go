package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// errUnchanged stops an update that would change nothing.
var errUnchanged = errors.New("unchanged")

// startTask drives a run of the task to its end, on a goroutine of its own.
func (e *Emulator) startTask(r *run, task Task) {
	if !e.begin() {
		return
	}
	ctx, cancel := context.WithCancelCause(e.life)
	r.mu.Lock()
	r.cancel = cancel
	r.mu.Unlock()
	go func() {
		defer e.working.Done()
		defer cancel(nil)
		e.runTask(ctx, r, task)
		if !e.options.HoldStreams && e.life.Err() == nil { // closing cuts streams: their readers must not take it for the end
			r.closeStreams()
		}
	}()
}

// errMaxDuration ends a task that took longer than its run allows.
var errMaxDuration = errors.New("the run took longer than its maxDuration")

// runTask takes a run through the queue and its attempts.
func (e *Emulator) runTask(ctx context.Context, r *run, task Task) {
	if !e.awaitTurn(ctx, r) || !r.advance(StatusDequeued, func(*Row) {}) {
		return
	}
	row := r.current()
	attempts := max(row.MaxAttempts, 1)
	if row.MaxAttempts == 0 {
		attempts = max(task.MaxAttempts, 1)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if row.MaxDuration > 0 {
		stop := e.clock.AfterFunc(milliseconds(row.MaxDuration*1000), func() { cancel(errMaxDuration) })
		defer stop()
	}
	for attempt := 1; ; attempt++ {
		output, err := e.attempt(ctx, r, task, attempt)
		switch {
		case context.Cause(ctx) == errMaxDuration:
			r.finish("TIMED_OUT", func(row *Row) { row.Error = internalError("MAX_DURATION_EXCEEDED") })
			return
		case ctx.Err() != nil: // cancelled, which set the status, or the emulator was closed
			return
		case err == nil:
			r.finish(StatusCompleted, func(row *Row) { row.Output = e.offload(output, "output") })
			return
		case attempt >= attempts:
			r.finish(StatusFailed, func(row *Row) { row.Error = storedError(err) })
			return
		}
		if !r.advance(StatusRetrying, func(*Row) {}) {
			return
		}
		_ = sleep(ctx, e.clock, retryDelay(attempt)) // the next attempt finds out why it ended early
	}
}

// attempt runs the task once.
func (e *Emulator) attempt(ctx context.Context, r *run, task Task, number int) (Packet, error) {
	begun := r.advance(StatusExecuting, func(row *Row) {
		if row.StartedAt.IsZero() {
			row.StartedAt = truncate(e.clock.Now())
		}
		row.Attempts = number
	})
	if !begun || ctx.Err() != nil {
		return Packet{}, context.Canceled
	}
	output, err := task.Run(ctx, &TaskRun{emulator: e, run: r, attempt: number})
	if err != nil {
		return Packet{}, err
	}
	return encodePacket(output)
}

// stopTask ends the run's task, if it has one.
func (r *run) stopTask(cause error) {
	r.mu.Lock()
	cancel := r.cancel
	r.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}

// advance moves a run that has not ended to another status. It reports false when the run has ended.
func (r *run) advance(status string, change func(row *Row)) bool {
	err := r.update(func(row *Row) error {
		if terminal(row.Status) {
			return errUnchanged
		}
		row.Status = status
		change(row)
		return nil
	})
	return err == nil
}

// finish ends a run, with what its end leaves in the row. It reports false when the run had ended before.
func (r *run) finish(status string, change func(row *Row)) bool {
	return r.advance(status, func(row *Row) {
		row.CompletedAt = truncate(r.clock.Now())
		if !row.StartedAt.IsZero() {
			row.UsageDurationMs = int(row.CompletedAt.Sub(row.StartedAt) / time.Millisecond)
		}
		change(row)
	})
}

// storedError is the error column for what a task returned.
func storedError(err error) json.RawMessage {
	text, marshalErr := json.Marshal(struct {
		Type       string `json:"type"`
		Name       string `json:"name"`
		Message    string `json:"message"`
		StackTrace string `json:"stackTrace"`
	}{"BUILT_IN_ERROR", "Error", err.Error(), "Error: " + err.Error() + "\n    at run (emulator)"})
	if marshalErr != nil {
		return nil
	}
	return text
}

// stringError is the error column for an error that is only a text.
func stringError(text string) json.RawMessage {
	return append(appendJSONString([]byte(`{"type":"STRING_ERROR","raw":`), text), '}')
}

// internalError is the error column for an error of the service itself.
func internalError(code string) json.RawMessage {
	return append(appendJSONString([]byte(`{"type":"INTERNAL_ERROR","code":`), code), '}')
}
