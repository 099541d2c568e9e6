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
	Attempts       int // how often the task was begun

	ParentID, RootID string // friendly ids, empty for a run that no run triggered
	Depth            int    // 0 for a run that no run triggered
	TriggerFunction  string // trigger, triggerAndWait, batchTrigger or batchTriggerAndWait

	Settings
}

// Settings are what a trigger call says about how its run is to be executed. Those that only matter to a real queue
// are kept for tests to look at.
type Settings struct {
	Version              string // that the run is locked to
	Region               string
	Machine              string
	Queue                string
	ConcurrencyKey       string
	Concurrency          []string // names of concurrency limits
	Priority             float64
	MaxAttempts          int     // 0 leaves it to the task
	MaxDuration          float64 // seconds; 0 has no limit
	ExternalDeploymentID string
	DebounceKey          string
}

// clone copies what a change may touch in place.
func (r *Row) clone() *Row {
	next := *r
	next.Tags = slices.Clone(r.Tags)
	next.Streams = slices.Clone(r.Streams)
	next.Concurrency = slices.Clone(r.Concurrency)
	return &next
}
