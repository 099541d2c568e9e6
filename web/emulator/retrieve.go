package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// currentAPIVersion is the version whose clients know every status by its present name.
const currentAPIVersion = "2025-07-16"

// shownRun is what retrieving shows of a run and of its relatives.
type shownRun struct {
	ID             string `json:"id"`
	TaskIdentifier string `json:"taskIdentifier"`
	Status         string `json:"status"`
	IdempotencyKey string `json:"idempotencyKey,omitempty"`
	Version        string `json:"version,omitempty"`
	TTL            string `json:"ttl,omitempty"`
	Region         string `json:"region,omitempty"`
	BatchID        string `json:"batchId,omitempty"`

	CreatedAt    apiTime `json:"createdAt"`
	UpdatedAt    apiTime `json:"updatedAt"`
	StartedAt    apiTime `json:"startedAt,omitzero"`
	FinishedAt   apiTime `json:"finishedAt,omitzero"`
	DelayedUntil apiTime `json:"delayedUntil,omitzero"`
	ExpiredAt    apiTime `json:"expiredAt,omitzero"`

	IsQueued    bool `json:"isQueued"`
	IsExecuting bool `json:"isExecuting"`
	IsWaiting   bool `json:"isWaiting"`
	IsCompleted bool `json:"isCompleted"`
	IsSuccess   bool `json:"isSuccess"`
	IsFailed    bool `json:"isFailed"`
	IsCancelled bool `json:"isCancelled"`

	IsTest          bool    `json:"isTest"`
	CostInCents     float64 `json:"costInCents"`
	BaseCostInCents float64 `json:"baseCostInCents"`
	DurationMs      int     `json:"durationMs"`
	Depth           int     `json:"depth"`

	Tags            []string        `json:"tags"`
	Metadata        json.RawMessage `json:"metadata,omitempty"`
	TriggerFunction string          `json:"triggerFunction"`
}

// retrievedRun is a run as retrieving shows it.
type retrievedRun struct {
	shownRun
	AttemptCount int `json:"attemptCount"`

	Payload             json.RawMessage `json:"payload,omitempty"`
	PayloadPresignedURL string          `json:"payloadPresignedUrl,omitempty"`
	Output              json.RawMessage `json:"output,omitempty"`
	OutputPresignedURL  string          `json:"outputPresignedUrl,omitempty"`

	Error       json.RawMessage `json:"error,omitempty"`
	RelatedRuns relatedRuns     `json:"relatedRuns"`
	Attempts    []struct{}      `json:"attempts"`
}

type relatedRuns struct {
	Root     *shownRun  `json:"root,omitempty"`
	Parent   *shownRun  `json:"parent,omitempty"`
	Children []shownRun `json:"children"`
}

// apiTime is a time in the API's JSON: UTC, with milliseconds.
type apiTime time.Time

// IsZero reports whether the time is absent.
func (t apiTime) IsZero() bool { return time.Time(t).IsZero() }

// MarshalJSON implements [json.Marshaler].
func (t apiTime) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(t).UTC().Format("2006-01-02T15:04:05.000Z") + `"`), nil
}

func (e *Emulator) retrieve(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	const shouldRetry = true // a run that was just triggered may not have reached the replica yet
	found, err := e.readableRun(r, from, shouldRetry)
	if err != nil {
		return err
	}
	row := found.current()
	facts := statuses[row.Status]
	current := r.Header.Get("X-Trigger-Api-Version") == currentAPIVersion
	shown := retrievedRun{
		shownRun: showRun(row, current), AttemptCount: row.Attempts, Error: publicError(row.Error),
		RelatedRuns: e.relatives(found, row, current), Attempts: []struct{}{},
	}
	shown.Payload, shown.PayloadPresignedURL = e.showPacket(r, row.Payload)
	if facts.success {
		shown.Output, shown.OutputPresignedURL = e.showPacket(r, row.Output)
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, shown)
	return nil
}

// showRun shows a row. current is whether the client knows every status by its present name.
func showRun(row *Row, current bool) shownRun {
	facts := statuses[row.Status]
	return shownRun{
		ID: row.FriendlyID, TaskIdentifier: row.TaskIdentifier, Status: publicStatus(row.Status, current),
		IdempotencyKey: row.IdempotencyKey, Version: row.Version, TTL: row.TTL, Region: row.Region, BatchID: row.BatchID,
		CreatedAt: apiTime(row.CreatedAt), UpdatedAt: apiTime(row.UpdatedAt), StartedAt: apiTime(row.StartedAt),
		FinishedAt: apiTime(row.CompletedAt), DelayedUntil: apiTime(row.DelayUntil), ExpiredAt: apiTime(row.ExpiredAt),
		IsQueued: facts.queued, IsExecuting: facts.executing, IsWaiting: facts.waiting,
		IsCompleted: facts.completed, IsSuccess: facts.success, IsFailed: facts.failed, IsCancelled: facts.cancelled,
		IsTest: row.IsTest, CostInCents: row.CostInCents, BaseCostInCents: row.BaseCostInCents,
		DurationMs: row.UsageDurationMs, Depth: row.Depth,
		Tags: sortedTags(row.Tags), Metadata: row.Metadata.plainJSON(), TriggerFunction: first(row.TriggerFunction, "trigger"),
	}
}

// relatives are the runs that triggered a run, and those that it triggered.
func (e *Emulator) relatives(found *run, row *Row, current bool) relatedRuns {
	show := func(id string) *shownRun {
		relative, ok := e.store.run(id)
		if !ok {
			return nil
		}
		shown := showRun(relative.current(), current)
		return &shown
	}
	related := relatedRuns{Root: show(row.RootID), Parent: show(row.ParentID), Children: []shownRun{}}
	for _, id := range found.childIDs() {
		if child := show(id); child != nil {
			related.Children = append(related.Children, *child)
		}
	}
	return related
}

// showPacket is a packet's value, or where to download it.
func (e *Emulator) showPacket(r *http.Request, packet Packet) (value json.RawMessage, url string) {
	if packet.Type == TypeStore {
		return nil, e.presign(r, packet.Data, http.MethodGet)
	}
	return packet.plainJSON(), ""
}

func sortedTags(tags []string) []string {
	sorted := append([]string{}, tags...)
	slices.SortFunc(sorted, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return sorted
}

// publicError turns a stored error into what the API shows.
func publicError(stored json.RawMessage) json.RawMessage {
	var fields struct {
		Type       string          `json:"type"`
		Name       string          `json:"name"`
		Message    string          `json:"message"`
		StackTrace string          `json:"stackTrace"`
		Causes     json.RawMessage `json:"causes"`
		Raw        string          `json:"raw"`
		Code       string          `json:"code"`
	}
	if null(stored) || json.Unmarshal(stored, &fields) != nil {
		return nil
	}
	shown := struct {
		Name       string          `json:"name,omitempty"`
		Message    string          `json:"message"`
		StackTrace string          `json:"stackTrace,omitempty"`
		Causes     json.RawMessage `json:"causes,omitempty"`
	}{Message: fields.Message}
	switch fields.Type {
	case "STRING_ERROR", "CUSTOM_ERROR":
		shown.Message = fields.Raw
	case "INTERNAL_ERROR":
		shown.Message = "trigger.dev internal error (" + fields.Code + ")"
	default:
		shown.Name, shown.StackTrace, shown.Causes = fields.Name, fields.StackTrace, fields.Causes
	}
	text, err := json.Marshal(shown)
	if err != nil {
		return nil
	}
	return text
}
