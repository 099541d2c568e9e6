package main

import (
	"slices"
	"strconv"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// appendRun writes what changed from old to run, or all of run when old is nil. The order of the fields is
// the original's, so that Object.keys of a run is the same.
func appendRun(dst []byte, old, run *api.Run) []byte {
	d := difference{dst: append(dst, '{'), whole: old == nil}
	if old == nil {
		old = &api.Run{}
	}
	d.text("id", old.ID, run.ID)
	d.time("createdAt", old.CreatedAt, run.CreatedAt)
	d.time("updatedAt", old.UpdatedAt, run.UpdatedAt)
	d.text("taskIdentifier", old.TaskIdentifier, run.TaskIdentifier)
	d.text("status", string(old.Status), string(run.Status))
	d.packet("payload", old.Payload, run.Payload)
	d.packet("output", old.Output, run.Output)
	d.number("durationMs", old.DurationMs, run.DurationMs)
	d.number("costInCents", old.CostInCents, run.CostInCents)
	d.number("baseCostInCents", old.BaseCostInCents, run.BaseCostInCents)
	d.texts("tags", old.Tags, run.Tags)
	if d.whole {
		d.raw("idempotencyKey", rawjson.Null) // the service never sends it; the original has the key
	}
	d.time("expiredAt", old.ExpiredAt, run.ExpiredAt)
	d.time("finishedAt", old.FinishedAt, run.FinishedAt)
	d.time("startedAt", old.StartedAt, run.StartedAt)
	d.time("delayedUntil", old.DelayedUntil, run.DelayedUntil)
	d.time("queuedAt", old.QueuedAt, run.QueuedAt)
	d.runError(old.Error, run.Error)
	d.flag("isTest", old.IsTest, run.IsTest)
	d.packet("metadata", old.Metadata, run.Metadata)
	d.texts("realtimeStreams", old.RealtimeStreams, run.RealtimeStreams)
	d.flag("isQueued", old.Status.IsQueued(), run.Status.IsQueued())
	d.flag("isWaiting", old.Status.IsWaiting(), run.Status.IsWaiting())
	d.flag("isExecuting", old.Status.IsExecuting(), run.Status.IsExecuting())
	d.flag("isCompleted", old.Status.IsCompleted(), run.Status.IsCompleted())
	d.flag("isFailed", old.Status.IsFailed(), run.Status.IsFailed())
	d.flag("isSuccess", old.Status.IsSuccess(), run.Status.IsSuccess())
	d.flag("isCancelled", old.Status.IsCanceled(), run.Status.IsCanceled())
	return append(d.dst, '}')
}

// difference writes the members of a JSON object that changed.
type difference struct {
	dst   []byte
	whole bool // write what did not change, too
	comma bool
}

func (d *difference) raw(name string, value rawjson.Value) {
	d.name(name)
	d.dst = append(d.dst, value...)
}

func (d *difference) name(name string) {
	if d.comma {
		d.dst = append(d.dst, ',')
	}
	d.comma = true
	d.dst = append(append(append(d.dst, '"'), name...), '"', ':')
}

func (d *difference) text(name, old, value string) {
	if d.whole || old != value {
		d.name(name)
		d.dst = rawjson.AppendString(d.dst, value)
	}
}

func (d *difference) time(name string, old, value api.Timestamp) {
	switch {
	case !d.whole && old == value:
	case value == "":
		d.raw(name, rawjson.Null)
	default:
		d.text(name, "", string(value))
	}
}

func (d *difference) number(name string, old, value api.Number) {
	switch {
	case !d.whole && old == value:
	case value == "":
		d.raw(name, "0")
	default:
		d.raw(name, rawjson.Value(value))
	}
}

func (d *difference) flag(name string, old, value bool) {
	if d.whole || old != value {
		d.raw(name, rawjson.Value(strconv.FormatBool(value)))
	}
}

func (d *difference) texts(name string, old, values []string) {
	if !d.whole && slices.Equal(old, values) {
		return
	}
	d.name(name)
	d.dst = append(d.dst, '[')
	for i, value := range values {
		if i > 0 {
			d.dst = append(d.dst, ',')
		}
		d.dst = rawjson.AppendString(d.dst, value)
	}
	d.dst = append(d.dst, ']')
}

func (d *difference) packet(name string, old, value api.Packet) {
	switch {
	case !d.whole && old == value:
	case value.IsNone():
		d.raw(name, rawjson.Null)
	default:
		d.name(name)
		d.dst = rawjson.AppendString(append(d.dst, `{"type":`...), value.Type)
		d.dst = append(append(append(d.dst, `,"data":`...), value.Data...), '}')
	}
}

func (d *difference) runError(old, value *api.RunError) {
	switch {
	case !d.whole && (old == value || old != nil && value != nil && *old == *value):
	case value == nil:
		d.raw("error", rawjson.Null)
	default:
		d.name("error")
		d.dst = appendRunError(d.dst, value)
	}
}

// appendRunError writes the members that an error of its kind has, in the original's order.
func appendRunError(dst []byte, e *api.RunError) []byte {
	if e.Name == "" && e.StackTrace == "" {
		return append(rawjson.AppendString(append(dst, `{"message":`...), e.Message), '}')
	}
	dst = rawjson.AppendString(append(dst, `{"name":`...), e.Name)
	dst = rawjson.AppendString(append(dst, `,"message":`...), e.Message)
	dst = rawjson.AppendString(append(dst, `,"stackTrace":`...), e.StackTrace)
	if e.Causes != "" {
		dst = append(append(dst, `,"causes":`...), e.Causes...)
	}
	return append(dst, '}')
}
