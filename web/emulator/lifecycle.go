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

func (e *Emulator) runTask(ctx context.Context, r *run, task Task) {
	if until := r.current().DelayUntil; !until.IsZero() {
		if sleep(ctx, e.clock, until.Sub(e.clock.Now())) != nil {
			return
		}
		if !r.advance(StatusPending, func(row *Row) { row.QueuedAt = truncate(e.clock.Now()) }) {
			return
		}
	}
	started := func(row *Row) {
		row.StartedAt = truncate(e.clock.Now())
		row.Attempts = 1
	}
	if !r.advance(StatusDequeued, func(*Row) {}) || !r.advance(StatusExecuting, started) {
		return
	}
	output, err := task.Run(ctx, &TaskRun{emulator: e, run: r})
	if ctx.Err() != nil {
		return // cancelled, which set the status, or the emulator was closed
	}
	var packet Packet
	if err == nil {
		packet, err = encodePacket(output)
	}
	if err != nil {
		r.finish(StatusFailed, func(row *Row) { row.Error = storedError(err) })
		return
	}
	r.finish(StatusCompleted, func(row *Row) { row.Output = e.offload(packet, "output") })
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
