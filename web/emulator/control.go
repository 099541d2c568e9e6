package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// What the control methods return for what does not exist.
var (
	ErrUnknownRun     = errors.New("unknown run: create it first")
	ErrUnknownSession = errors.New("unknown session: create it first, or use an id that does not begin with " + sessionPrefix)
)

// Columns are columns of a run by their name in the run feed, such as status, output or completedAt; tags is short
// for runTags. Values are anything that encodes to JSON; times are RFC 3339 text or milliseconds since the epoch.
// payload, output and metadata take a string as the stored text, and store any other value as application/json. Beside
// the columns there are the settings that no feed sends, such as batchId, parentId, attempts, version and region.
type Columns map[string]any

// CreateRun stores a run without a task, in whatever state the columns say, and returns its id. id may be empty.
// Without columns it is a PENDING run of the task "scripted".
func (e *Emulator) CreateRun(id string, columns Columns) (string, error) {
	now := truncate(e.clock.Now())
	row := &Row{
		ID: e.ids.internal(), FriendlyID: first(id, e.ids.friendly("run")), TaskIdentifier: "scripted",
		Status: StatusPending, CreatedAt: now, UpdatedAt: now, QueuedAt: now,
	}
	if err := e.setColumns(row, columns); err != nil {
		return "", fmt.Errorf("create run: %w", err)
	}
	created, ok := e.store.add(row, e.clock)
	if !ok {
		return "", fmt.Errorf("create run: the id %s is taken", row.FriendlyID)
	}
	e.adopt(created)
	return row.FriendlyID, nil
}

// UpdateRun sets columns of a run and wakes its polls. Unless the columns say otherwise, updatedAt moves forward, a
// status of EXECUTING sets startedAt, and a final status sets completedAt. No columns at all still count as a change.
func (e *Emulator) UpdateRun(id string, columns Columns) error {
	found, ok := e.store.run(id)
	if !ok {
		return fmt.Errorf("update run %s: %w", id, ErrUnknownRun)
	}
	if err := found.update(func(row *Row) error { return e.setColumns(row, columns) }); err != nil {
		return fmt.Errorf("update run %s: %w", id, err)
	}
	return nil
}

// setColumns goes through the columns in the order of the wire, so that a packet's type is set after its data.
func (e *Emulator) setColumns(row *Row, given Columns) error {
	known := 0
	for _, c := range slices.Concat(columns, settings) {
		value, ok := given[c.name]
		if alias, aliased := given["tags"]; c.name == "runTags" && aliased {
			value, ok = alias, true
		}
		if !ok {
			continue
		}
		known++
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("set %s: %w", c.name, err)
		}
		if err := c.set(row, text); err != nil {
			return fmt.Errorf("set %s: %w", c.name, err)
		}
	}
	if known != len(given) {
		return errors.New("set columns: a name is unknown or given twice: use the names of the run feed, such as status, " +
			"payload, output, error, completedAt, runTags")
	}
	e.setImplied(row, given)
	return nil
}

// setImplied fills in the times that follow from a status.
func (e *Emulator) setImplied(row *Row, given Columns) {
	now := truncate(e.clock.Now())
	if _, explicit := given["startedAt"]; !explicit && row.Status == StatusExecuting && row.StartedAt.IsZero() {
		row.StartedAt = now
	}
	if _, explicit := given["completedAt"]; !explicit && terminal(row.Status) && row.CompletedAt.IsZero() {
		row.CompletedAt = now
	}
}

// DeleteRun removes a run, with its task and streams. Feeds that had it announce its deletion.
func (e *Emulator) DeleteRun(id string) error {
	found, ok := e.store.remove(id)
	if !ok {
		return fmt.Errorf("delete run %s: %w", id, ErrUnknownRun)
	}
	found.remove()
	return nil
}

// Run returns the row of a run.
func (e *Emulator) Run(id string) (*Row, error) {
	found, ok := e.store.run(id)
	if !ok {
		return nil, fmt.Errorf("read run %s: %w", id, ErrUnknownRun)
	}
	return found.current(), nil
}

// Part is a part of a stream as a test gives it.
type Part struct {
	// Data is the part: any JSON.
	Data json.RawMessage `json:"data"`
	// ID is the part id of a v2 record. Default: one that no other part has.
	ID string `json:"id,omitempty"`
	// Body replaces the body of a v2 record, which usually holds Data and ID.
	Body *string `json:"body,omitempty"`
	// Headers are those of a v2 record. A first name that is empty marks a record that readers skip.
	Headers [][2]string `json:"headers,omitempty"`
}

// AppendParts appends to a stream of a run, and adds its key to the run's streams unless it is there.
func (e *Emulator) AppendParts(runID, key string, parts ...Part) error {
	found, ok := e.store.run(runID)
	if !ok {
		return fmt.Errorf("append to stream %s of run %s: %w", key, runID, ErrUnknownRun)
	}
	stored, err := storedParts(parts)
	if err != nil {
		return fmt.Errorf("append to stream %s of run %s: %w", key, runID, err)
	}
	found.announceStream(key)
	found.stream(key).append(stored...)
	return nil
}

func storedParts(parts []Part) ([]part, error) {
	stored := make([]part, len(parts))
	for i, p := range parts {
		data, err := json.Marshal(p.Data) // compact, so that it fits on a line
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", i, err)
		}
		stored[i].data = string(data)
		if p.ID != "" || p.Body != nil || len(p.Headers) > 0 {
			stored[i].custom = &customPart{p.ID, p.Body, p.Headers}
		}
	}
	return stored, nil
}

// CloseStream ends a stream: its readers get what is there and then a clean end.
func (e *Emulator) CloseStream(runID, key string) error {
	found, ok := e.store.run(runID)
	if !ok {
		return fmt.Errorf("close stream %s of run %s: %w", key, runID, ErrUnknownRun)
	}
	found.stream(key).close()
	return nil
}

// RotateShape makes the shape handle of a run invalid: polls and later requests that carry it are answered 409 with a
// new handle.
func (e *Emulator) RotateShape(runID string) error {
	found, ok := e.store.run(runID)
	if !ok {
		return fmt.Errorf("rotate the shape of run %s: %w", runID, ErrUnknownRun)
	}
	found.rotate()
	return nil
}

// RotateLists makes the shape handles of all feeds of many runs invalid, as [Emulator.RotateShape] does for one run.
func (e *Emulator) RotateLists() { e.journal.rotate() }

// AddFault adds a fault and returns its number.
func (e *Emulator) AddFault(fault Fault) (int, error) {
	if err := fault.validate(); err != nil {
		return 0, err
	}
	return e.faults.add(fault), nil
}

// ClearFaults removes all faults, lets connections in again, resets requests that a fault holds, and lets those that it delays
// go on.
func (e *Emulator) ClearFaults() {
	e.faults.clear()
	e.conns.refuseUntil(time.Time{})
}

// CutConnections resets every open connection, so that peers see a network error in the middle of a body. It returns
// how many requests were open.
func (e *Emulator) CutConnections() int {
	open := e.calls.cut()
	e.conns.resetAll("")
	return open
}

// RefuseConnections resets new connections for d. It needs a listener of [Emulator.Listen].
func (e *Emulator) RefuseConnections(d time.Duration) {
	e.conns.refuseUntil(e.clock.Now().Add(d))
}

// AdvanceClock moves the emulator's clock by d. It returns an error unless the clock is a [VirtualClock].
func (e *Emulator) AdvanceClock(d time.Duration) error {
	clock, ok := e.clock.(*VirtualClock)
	if !ok {
		return errors.New("advance clock: time is real: start the emulator with a virtual clock")
	}
	clock.Advance(d)
	return nil
}

// Stats are counters since the emulator began, or since [Emulator.ResetStats].
type Stats struct {
	// OpenRealtime is how many feed and stream requests are open now, MaxOpenRealtime the most at one time.
	OpenRealtime    int            `json:"openRealtime"`
	MaxOpenRealtime int            `json:"maxOpenRealtime"`
	Requests        map[string]int `json:"requests"` // by route, open ones included; "preflight" counts OPTIONS
	// Connections counts TCP connections through [Emulator.Listen].
	Connections ConnectionStats `json:"connections"`
}

// ConnectionStats counts TCP connections.
type ConnectionStats struct {
	Open     int `json:"open"`
	MaxOpen  int `json:"maxOpen"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
}

// Stats reads the counters. Requests of the control API are not counted, their connections are.
func (e *Emulator) Stats() Stats {
	open, maxOpen, requests := e.calls.stats()
	return Stats{OpenRealtime: open, MaxOpenRealtime: maxOpen, Requests: requests, Connections: e.conns.stats()}
}

// Requests lists the logged requests whose path starts with prefix, oldest first.
func (e *Emulator) Requests(prefix string) []Call { return e.calls.list(prefix) }

// ResetStats empties the request log and starts the counters again.
func (e *Emulator) ResetStats() {
	e.calls.clear()
	e.conns.clear()
}
