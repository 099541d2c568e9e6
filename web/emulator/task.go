package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Task is what the emulator runs when it is triggered under this id.
type Task struct {
	ID          string
	Description string // one sentence, for people
	Example     string // a payload, as JSON
	// MaxAttempts is how often a run is tried when its trigger call does not say. 0 is 1.
	MaxAttempts int
	// Run does the work and returns the output, which is stored as JSON ([SuperJSON] as super+json). An error fails
	// the attempt, and the run after the last one. When ctx ends, the run was cancelled or the emulator is closing, and the result is dropped.
	Run func(ctx context.Context, run *TaskRun) (output any, err error)
}

// builtinTasks is the one list of them.
var builtinTasks = []Task{
	helloWorld, countUp, streamText, approval, chat, flaky, alwaysFails, fanOut, importCSV, bigOutput,
}

// Tasks are the built-in tasks, in the order in which to present them.
func Tasks() []Task { return slices.Clone(builtinTasks) }

func taskTable(added []Task) map[string]Task {
	table := make(map[string]Task, len(builtinTasks)+len(added))
	for _, task := range slices.Concat(builtinTasks, added) {
		table[task.ID] = task
	}
	return table
}

// TaskRun is a task's hold on its run. It may be used concurrently.
type TaskRun struct {
	emulator *Emulator
	run      *run
	attempt  int
}

// Attempt is the number of this attempt, from 1.
func (t *TaskRun) Attempt() int { return t.attempt }

// ID is the run's id.
func (t *TaskRun) ID() string { return t.run.id }

// Now is the time on the emulator's clock.
func (t *TaskRun) Now() time.Time { return t.emulator.clock.Now() }

// Payload decodes the payload, without the annotations of super+json. An absent payload leaves into as it is.
func (t *TaskRun) Payload(into any) error {
	packet := t.run.current().Payload
	if packet.Type == TypeStore {
		stored, ok := t.emulator.objects.get(packet.Data)
		if !ok {
			return fmt.Errorf("read payload: no object is stored under %q", packet.Data)
		}
		packet = Packet{string(stored.data), stored.contentType}
	}
	text := packet.plainJSON()
	if null(text) {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("read payload: %w", err)
	}
	return nil
}

// SetMetadata replaces the run's metadata, which is published at once. It returns an error when metadata is no JSON.
func (t *TaskRun) SetMetadata(metadata any) error {
	packet, err := encodePacket(metadata)
	if err != nil {
		return fmt.Errorf("set metadata: %w", err)
	}
	return t.run.update(func(row *Row) error {
		row.Metadata = packet
		return nil
	})
}

// Sleep waits for d on the emulator's clock, or until ctx ends.
func (t *TaskRun) Sleep(ctx context.Context, d time.Duration) error {
	return sleep(ctx, t.emulator.clock, d)
}

// Stream is the run's stream with this key. It is in the run's list of streams when Stream returns.
func (t *TaskRun) Stream(key string) *TaskStream {
	t.run.announceStream(key)
	return &TaskStream{t.run.stream(key)}
}

// TaskStream appends to one stream of a run.
type TaskStream struct{ log *streamLog }

// Append adds a part, given as JSON text. It keeps the text.
func (s *TaskStream) Append(json string) { s.log.append(part{data: json}) }

// AppendValue adds a part that is encoded as JSON.
func (s *TaskStream) AppendValue(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("append to stream: %w", err)
	}
	s.Append(string(text))
	return nil
}
