package emulator

import (
	"encoding/json"
	"slices"
	"time"
)

// Row is a run as the database of the service holds it. A zero time, empty text or nil slice is null where the column
// allows it. A Row that a run has published is never changed again.
type Row struct {
	ID             string // internal key
	FriendlyID     string // run_…, the id that the API shows
	TaskIdentifier string
	Number         int
	Status         string // stored status, any text
	IsTest         bool

	CreatedAt, UpdatedAt, StartedAt, DelayUntil, QueuedAt, ExpiredAt, CompletedAt time.Time

	UsageDurationMs              int
	CostInCents, BaseCostInCents float64

	TTL      string
	Payload  Packet
	Output   Packet
	Metadata Packet
	Tags     []string
	Streams  []string        // keys of the run's streams, in order of their creation
	Error    json.RawMessage // stored form, with its type

	IdempotencyKey string
	BatchID        string
	Attempts       int
}

// clone copies what a change may touch in place.
func (r *Row) clone() *Row {
	next := *r
	next.Tags = slices.Clone(r.Tags)
	next.Streams = slices.Clone(r.Streams)
	return &next
}
