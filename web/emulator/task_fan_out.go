package emulator

import (
	"context"
	"encoding/json"
	"fmt"
)

var fanOut = Task{
	ID:          "fan-out",
	Description: "Triggers a batch of count-up runs with the tag fan-out:<run id>.",
	Example:     `{"children":5}`,
	Run: func(_ context.Context, run *TaskRun) (any, error) {
		payload := struct {
			Children int `json:"children"`
		}{Children: 5}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if payload.Children < 1 || payload.Children > maxBatchItems {
			return nil, fmt.Errorf("children is %d: want 1 to %d", payload.Children, maxBatchItems)
		}
		batchID, runs, err := run.BatchTrigger("count-up", payload.Children, func(i int) (any, []string) {
			return map[string]int{"to": 5 + i%5, "everyMs": 200 + 50*(i%4)}, []string{"fan-out:" + run.ID()}
		})
		if err != nil {
			return nil, err
		}
		triggered := struct {
			BatchID string   `json:"batchId"`
			Runs    []string `json:"runs"`
		}{batchID, runs}
		return triggered, run.SetMetadata(map[string]string{"batchId": batchID})
	},
}

// BatchTrigger triggers a batch of count children of a task. item makes the payload and the tags of each.
func (t *TaskRun) BatchTrigger(task string, count int, item func(i int) (payload any, tags []string)) (batchID string, runs []string, err error) {
	b := t.emulator.newBatch("", "", count)
	b.parent = t.run.id
	for i := range count {
		payload, tags := item(i)
		text, err := json.Marshal(payload)
		if err != nil {
			return b.id, runs, fmt.Errorf("batch trigger %s: %w", task, err)
		}
		line := batchLine{Task: task, triggerBody: triggerBody{Payload: text, Options: triggerOptions{PayloadType: TypeJSON, Tags: tags}}}
		t.emulator.fill(b, i, line.order(b))
	}
	_, items, _ := b.list()
	for i, item := range items {
		if item.run == nil {
			return b.id, runs, fmt.Errorf("batch trigger %s: item %d: %s", task, i, item.failure)
		}
		runs = append(runs, item.run.id)
	}
	return b.id, runs, nil
}
