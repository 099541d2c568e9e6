package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// column is one column of the run feed: how a row shows it, and how the control API sets it.
type column struct {
	name   string
	schema string // the column's entry in electric-schema
	// text appends the value as Postgres text, or reports null.
	text func(dst []byte, row *Row) (value []byte, null bool)
	// set stores a JSON value that a test gave.
	set func(row *Row, value json.RawMessage) error
	// required columns cannot be skipped.
	required bool
}

// keyColumn is the place of the primary key in columns: all that is sent of a row that is gone.
const keyColumn = 0

// columns is the one list of columns, in the order of the wire.
var columns = []column{
	required(textColumn("id", func(r *Row) *string { return &r.ID })),
	required(textColumn("taskIdentifier", func(r *Row) *string { return &r.TaskIdentifier })),
	required(timeColumn("createdAt", func(r *Row) *time.Time { return &r.CreatedAt })),
	timeColumn("updatedAt", func(r *Row) *time.Time { return &r.UpdatedAt }),
	timeColumn("startedAt", func(r *Row) *time.Time { return &r.StartedAt }),
	timeColumn("delayUntil", func(r *Row) *time.Time { return &r.DelayUntil }),
	timeColumn("queuedAt", func(r *Row) *time.Time { return &r.QueuedAt }),
	timeColumn("expiredAt", func(r *Row) *time.Time { return &r.ExpiredAt }),
	timeColumn("completedAt", func(r *Row) *time.Time { return &r.CompletedAt }),
	required(textColumn("friendlyId", func(r *Row) *string { return &r.FriendlyID })),
	integerColumn("number", func(r *Row) *int { return &r.Number }),
	boolColumn("isTest", func(r *Row) *bool { return &r.IsTest }),
	required(textColumn("status", func(r *Row) *string { return &r.Status })),
	integerColumn("usageDurationMs", func(r *Row) *int { return &r.UsageDurationMs }),
	floatColumn("costInCents", func(r *Row) *float64 { return &r.CostInCents }),
	floatColumn("baseCostInCents", func(r *Row) *float64 { return &r.BaseCostInCents }),
	textColumn("ttl", func(r *Row) *string { return &r.TTL }),
	packetColumn("payload", func(r *Row) *Packet { return &r.Payload }),
	textColumn("payloadType", func(r *Row) *string { return &r.Payload.Type }),
	packetColumn("metadata", func(r *Row) *Packet { return &r.Metadata }),
	textColumn("metadataType", func(r *Row) *string { return &r.Metadata.Type }),
	packetColumn("output", func(r *Row) *Packet { return &r.Output }),
	textColumn("outputType", func(r *Row) *string { return &r.Output.Type }),
	listColumn("runTags", func(r *Row) *[]string { return &r.Tags }, true),
	errorColumn(),
	listColumn("realtimeStreams", func(r *Row) *[]string { return &r.Streams }, false),
}

// settings are what the control API shows and sets beside the columns.
var settings = []column{
	textColumn("batchId", func(r *Row) *string { return &r.BatchID }),
	textColumn("idempotencyKey", func(r *Row) *string { return &r.IdempotencyKey }),
	integerColumn("attempts", func(r *Row) *int { return &r.Attempts }),
	textColumn("parentId", func(r *Row) *string { return &r.ParentID }),
	textColumn("rootId", func(r *Row) *string { return &r.RootID }),
	integerColumn("depth", func(r *Row) *int { return &r.Depth }),
	textColumn("triggerFunction", func(r *Row) *string { return &r.TriggerFunction }),
	textColumn("version", func(r *Row) *string { return &r.Version }),
	textColumn("region", func(r *Row) *string { return &r.Region }),
	textColumn("machine", func(r *Row) *string { return &r.Machine }),
	textColumn("queue", func(r *Row) *string { return &r.Queue }),
	textColumn("concurrencyKey", func(r *Row) *string { return &r.ConcurrencyKey }),
	listColumn("concurrency", func(r *Row) *[]string { return &r.Concurrency }, true),
	floatColumn("priority", func(r *Row) *float64 { return &r.Priority }),
	integerColumn("maxAttempts", func(r *Row) *int { return &r.MaxAttempts }),
	floatColumn("maxDuration", func(r *Row) *float64 { return &r.MaxDuration }),
	textColumn("externalDeploymentId", func(r *Row) *string { return &r.ExternalDeploymentID }),
	textColumn("debounceKey", func(r *Row) *string { return &r.DebounceKey }),
}

func required(c column) column {
	c.required = true
	return c
}

// null reports whether a JSON value is absent or null.
func null(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// setJSON decodes value into field; null makes it zero.
func setJSON[T any](field *T, value json.RawMessage) error {
	if null(value) {
		var zero T
		*field = zero
		return nil
	}
	return json.Unmarshal(value, field)
}

func textColumn(name string, field func(*Row) *string) column {
	return column{
		name: name, schema: `{"type":"text"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) { return append(dst, *field(r)...), *field(r) == "" },
		set:  func(r *Row, v json.RawMessage) error { return setJSON(field(r), v) },
	}
}

// packetColumn takes packet text as a JSON string. Any other JSON value is stored as its own text, and is then
// application/json unless the type is set as well.
func packetColumn(name string, field func(*Row) *Packet) column {
	return column{
		name: name, schema: `{"type":"text"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) { return append(dst, field(r).Data...), field(r).Data == "" },
		set: func(r *Row, v json.RawMessage) error {
			packet := field(r)
			switch {
			case null(v):
				*packet = Packet{}
				return nil
			case v[0] == '"':
				err := json.Unmarshal(v, &packet.Data)
				if packet.Type == "" {
					packet.Type = TypeJSON
				}
				return err
			default:
				*packet = Packet{string(v), TypeJSON}
				return nil
			}
		},
	}
}

func integerColumn(name string, field func(*Row) *int) column {
	return column{
		name: name, schema: `{"type":"int4"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) { return strconv.AppendInt(dst, int64(*field(r)), 10), false },
		set:  func(r *Row, v json.RawMessage) error { return setJSON(field(r), v) },
	}
}

func floatColumn(name string, field func(*Row) *float64) column {
	return column{
		name: name, schema: `{"type":"float8"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) {
			return strconv.AppendFloat(dst, *field(r), 'f', -1, 64), false
		},
		set: func(r *Row, v json.RawMessage) error { return setJSON(field(r), v) },
	}
}

func boolColumn(name string, field func(*Row) *bool) column {
	return column{
		name: name, schema: `{"type":"bool"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) {
			if *field(r) {
				return append(dst, 't'), false
			}
			return append(dst, 'f'), false
		},
		set: func(r *Row, v json.RawMessage) error { return setJSON(field(r), v) },
	}
}

// feedTime is how timestamps travel in the run feed: without a zone, in UTC.
const feedTime = "2006-01-02T15:04:05.000"

func timeColumn(name string, field func(*Row) *time.Time) column {
	return column{
		name: name, schema: `{"type":"timestamp"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) {
			return field(r).UTC().AppendFormat(dst, feedTime), field(r).IsZero()
		},
		set: func(r *Row, v json.RawMessage) error { return setTime(field(r), v) },
	}
}

// setTime takes RFC 3339 text, with or without a zone, or milliseconds since the epoch.
func setTime(field *time.Time, value json.RawMessage) error {
	if null(value) {
		*field = time.Time{}
		return nil
	}
	var milliseconds int64
	if json.Unmarshal(value, &milliseconds) == nil {
		*field = time.UnixMilli(milliseconds)
		return nil
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return errors.New("want a time: RFC 3339 text, or milliseconds since the epoch")
	}
	if !strings.HasSuffix(text, "Z") && !strings.Contains(text, "+") {
		text += "Z"
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("want a time: RFC 3339 text, or milliseconds since the epoch: %w", err)
	}
	*field = at
	return nil
}

// listColumn is an array of text. The service shows an empty runTags as null and an empty realtimeStreams as {}.
func listColumn(name string, field func(*Row) *[]string, emptyIsNull bool) column {
	return column{
		name: name, schema: `{"type":"text","dims":1}`,
		text: func(dst []byte, r *Row) ([]byte, bool) {
			list := *field(r)
			return appendArray(dst, list), emptyIsNull && len(list) == 0
		},
		set: func(r *Row, v json.RawMessage) error { return setJSON(field(r), v) },
	}
}

// appendArray appends a Postgres array literal with every element quoted.
func appendArray(dst []byte, list []string) []byte {
	dst = append(dst, '{')
	for i, element := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		for j := range len(element) {
			if element[j] == '"' || element[j] == '\\' {
				dst = append(dst, '\\')
			}
			dst = append(dst, element[j])
		}
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

func errorColumn() column {
	return column{
		name: "error", schema: `{"type":"jsonb"}`,
		text: func(dst []byte, r *Row) ([]byte, bool) { return append(dst, r.Error...), len(r.Error) == 0 },
		set: func(r *Row, v json.RawMessage) error {
			if null(v) {
				r.Error = nil
				return nil
			}
			r.Error = append(json.RawMessage(nil), v...)
			return nil
		},
	}
}
