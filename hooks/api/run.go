package api

import (
	"strings"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Run is one run as its subscribers see it. It is never changed after it was decoded, so it can be shared
// and read concurrently.
type Run struct {
	ID              string
	TaskIdentifier  string
	Status          RunStatus
	CreatedAt       Timestamp
	UpdatedAt       Timestamp
	StartedAt       Timestamp
	FinishedAt      Timestamp // the only sign that a run is over
	DelayedUntil    Timestamp
	QueuedAt        Timestamp
	ExpiredAt       Timestamp
	Payload         Packet
	Output          Packet
	Metadata        Packet
	Tags            []string
	Error           *RunError // nil unless the run failed
	IsTest          bool
	DurationMs      Number
	CostInCents     Number
	BaseCostInCents Number
	RealtimeStreams []string
}

// IsFinished reports whether the run is over: completed, failed, cancelled or expired.
func (r *Run) IsFinished() bool { return r != nil && r.FinishedAt != "" }

// Number is the JSON text of a number; "" is 0.
type Number string

// RunError says why a run failed. Causes is a JSON array, or no value.
type RunError struct {
	Name       string
	Message    string
	StackTrace string
	Causes     rawjson.Value
}

// MissingColumnError is a row without a column that every run has.
type MissingColumnError struct{ Column string }

func (e *MissingColumnError) Error() string { return "a row without " + e.Column }

// DecodeRun reads a run from the columns of its row. Values are JSON strings of what Postgres printed, or
// null. Columns that it does not know are passed over, and columns that are absent (skipColumns) leave
// their fields zero. The error is a *MissingColumnError.
func DecodeRun(columns func(yield func(name string, value rawjson.Value) bool)) (*Run, error) {
	run := &Run{}
	var stored string
	for name, value := range columns {
		if name == "status" {
			stored = value.Text()
			continue
		}
		run.setColumn(name, value)
	}
	run.Status = publicStatus(stored)
	switch {
	case run.ID == "":
		return nil, &MissingColumnError{"friendlyId"}
	case stored == "":
		return nil, &MissingColumnError{"status"}
	case run.CreatedAt == "":
		return nil, &MissingColumnError{"createdAt"}
	}
	return run, nil
}

func (r *Run) setColumn(name string, value rawjson.Value) {
	switch name {
	case "friendlyId":
		r.ID = value.Text()
	case "taskIdentifier":
		r.TaskIdentifier = value.Text()
	case "createdAt":
		r.CreatedAt = timestamp(value)
	case "updatedAt":
		r.UpdatedAt = timestamp(value)
	case "startedAt":
		r.StartedAt = timestamp(value)
	case "completedAt":
		r.FinishedAt = timestamp(value)
	case "delayUntil":
		r.DelayedUntil = timestamp(value)
	case "queuedAt":
		r.QueuedAt = timestamp(value)
	case "expiredAt":
		r.ExpiredAt = timestamp(value)
	case "isTest":
		text := value.Text()
		r.IsTest = text == "t" || text == "true" || value == "true"
	case "usageDurationMs":
		r.DurationMs = number(value)
	case "costInCents":
		r.CostInCents = number(value)
	case "baseCostInCents":
		r.BaseCostInCents = number(value)
	case "payload":
		r.Payload.Data = packetData(value)
	case "payloadType":
		r.Payload.Type = value.Text()
	case "output":
		r.Output.Data = packetData(value)
	case "outputType":
		r.Output.Type = value.Text()
	case "metadata":
		r.Metadata.Data = packetData(value)
	case "metadataType":
		r.Metadata.Type = value.Text()
	case "runTags":
		r.Tags = textArray(value)
	case "realtimeStreams":
		r.RealtimeStreams = textArray(value)
	case "error":
		r.Error = decodeRunError(value)
	}
}

// number returns the number that a column's text spells, or 0 when it spells none (Postgres knows NaN,
// JSON does not).
func number(value rawjson.Value) Number {
	text := string(value)
	if value.IsString() {
		text = value.Text()
	}
	parsed, err := rawjson.Parse(text)
	if err != nil || !parsed.IsNumber() {
		return ""
	}
	return Number(parsed)
}

// embedded returns the JSON that a column holds, be it as text or as it is.
func embedded(value rawjson.Value) rawjson.Value {
	if !value.IsString() {
		return value
	}
	parsed, err := rawjson.Parse(value.Text())
	if err != nil {
		return value // a text that is no JSON stands for itself
	}
	return parsed
}

// decodeRunError reads the error column. Its type says which fields are meaningful.
func decodeRunError(column rawjson.Value) *RunError {
	value := embedded(column)
	if value.IsNull() {
		return nil
	}
	switch value.Get("type").Text() {
	case "BUILT_IN_ERROR":
		return &RunError{
			Name:       value.Get("name").Text(),
			Message:    value.Get("message").Text(),
			StackTrace: value.Get("stackTrace").Text(),
			Causes:     value.Get("causes"),
		}
	case "STRING_ERROR", "CUSTOM_ERROR":
		return &RunError{Message: value.Get("raw").Text()}
	case "INTERNAL_ERROR":
		return &RunError{Message: "trigger.dev internal error (" + value.Get("code").Text() + ")"}
	}
	return &RunError{Message: value.Get("message").Text()}
}

// textArray reads a Postgres array literal such as {a,"b c",NULL}. Anything else is an empty array.
func textArray(value rawjson.Value) []string {
	text := value.Text()
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return nil
	}
	var items []string
	for rest := text[1 : len(text)-1]; rest != ""; {
		var item string
		item, rest = nextItem(rest)
		items = append(items, item)
	}
	return items
}

// nextItem reads one element of a Postgres array literal and returns what follows its comma.
func nextItem(text string) (item, rest string) {
	if text[0] != '"' {
		item, rest, _ = strings.Cut(text, ",")
		return item, rest
	}
	var b strings.Builder
	i := 1
	for ; i < len(text) && text[i] != '"'; i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), strings.TrimPrefix(text[min(i+1, len(text)):], ",")
}
