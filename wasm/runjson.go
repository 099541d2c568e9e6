package main

import (
	"slices"
	"strconv"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// writeRun writes what changed from old to run, or all of run when old is nil, and reports whether that is
// anything. The order of the fields is the original's, so that Object.keys of a run is the same.
func writeRun(w *rawjson.Writer, old, run *api.Run) (changed bool) {
	d := difference{w: w, whole: old == nil}
	if old == nil {
		old = &api.Run{}
	}
	w.Open('{')
	empty := w.Len()
	d.text("id", old.ID, run.ID)
	d.time("createdAt", old.CreatedAt, run.CreatedAt)
	d.time("updatedAt", old.UpdatedAt, run.UpdatedAt)
	d.text("taskIdentifier", old.TaskIdentifier, run.TaskIdentifier)
	d.text("status", string(old.Status), string(run.Status))
	d.packet("payload", &old.Payload, &run.Payload)
	d.packet("output", &old.Output, &run.Output)
	d.number("durationMs", old.DurationMs, run.DurationMs)
	d.number("costInCents", old.CostInCents, run.CostInCents)
	d.number("baseCostInCents", old.BaseCostInCents, run.BaseCostInCents)
	d.texts("tags", old.Tags, run.Tags)
	if d.whole {
		d.value("idempotencyKey", rawjson.Null) // the service never sends it; the original has the key
	}
	d.time("expiredAt", old.ExpiredAt, run.ExpiredAt)
	d.time("finishedAt", old.FinishedAt, run.FinishedAt)
	d.time("startedAt", old.StartedAt, run.StartedAt)
	d.time("delayedUntil", old.DelayedUntil, run.DelayedUntil)
	d.time("queuedAt", old.QueuedAt, run.QueuedAt)
	d.runError(old.Error, run.Error)
	d.flag("isTest", old.IsTest, run.IsTest)
	d.packet("metadata", &old.Metadata, &run.Metadata)
	d.texts("realtimeStreams", old.RealtimeStreams, run.RealtimeStreams)
	d.flag("isQueued", old.Status.IsQueued(), run.Status.IsQueued())
	d.flag("isWaiting", old.Status.IsWaiting(), run.Status.IsWaiting())
	d.flag("isExecuting", old.Status.IsExecuting(), run.Status.IsExecuting())
	d.flag("isCompleted", old.Status.IsCompleted(), run.Status.IsCompleted())
	d.flag("isFailed", old.Status.IsFailed(), run.Status.IsFailed())
	d.flag("isSuccess", old.Status.IsSuccess(), run.Status.IsSuccess())
	d.flag("isCancelled", old.Status.IsCanceled(), run.Status.IsCanceled())
	changed = w.Len() > empty
	w.Close('}')
	return changed
}

// difference writes the members of a JSON object that changed.
type difference struct {
	w     *rawjson.Writer
	whole bool // write what did not change, too
}

func (d *difference) value(name string, value rawjson.Value) {
	d.w.Name(name)
	d.w.Value(value)
}

func (d *difference) text(name, old, value string) {
	if d.whole || old != value {
		d.w.Member(name, value)
	}
}

func (d *difference) time(name string, old, value api.Timestamp) {
	switch {
	case !d.whole && old == value:
	case value == "":
		d.value(name, rawjson.Null)
	default:
		d.w.Member(name, string(value))
	}
}

func (d *difference) number(name string, old, value api.Number) {
	switch {
	case !d.whole && old == value:
	case value == "":
		d.value(name, "0")
	default:
		d.value(name, rawjson.Value(value))
	}
}

func (d *difference) flag(name string, old, value bool) {
	if d.whole || old != value {
		d.value(name, rawjson.Value(strconv.FormatBool(value)))
	}
}

func (d *difference) texts(name string, old, values []string) {
	if !d.whole && slices.Equal(old, values) {
		return
	}
	d.w.Name(name)
	d.w.Open('[')
	for _, value := range values {
		d.w.Text(value)
	}
	d.w.Close(']')
}

func (d *difference) packet(name string, old, value *api.Packet) {
	switch {
	case !d.whole && *old == *value:
	case value.IsNone():
		d.value(name, rawjson.Null)
	default:
		d.w.Name(name)
		d.w.Open('{')
		d.w.Member("type", value.Type)
		d.value("data", value.Data)
		d.w.Close('}')
	}
}

func (d *difference) runError(old, value *api.RunError) {
	switch {
	case !d.whole && (old == value || old != nil && value != nil && *old == *value):
	case value == nil:
		d.value("error", rawjson.Null)
	default:
		d.w.Name("error")
		writeRunError(d.w, value)
	}
}

// writeRunError writes the members that an error of its kind has, in the original's order.
func writeRunError(w *rawjson.Writer, e *api.RunError) {
	w.Open('{')
	bare := e.Name == "" && e.StackTrace == ""
	if !bare {
		w.Member("name", e.Name)
	}
	w.Member("message", e.Message)
	if !bare {
		w.Member("stackTrace", e.StackTrace)
	}
	if e.Causes != "" {
		w.Name("causes")
		w.Value(e.Causes)
	}
	w.Close('}')
}
