package emulator

import (
	"context"
	"fmt"
)

// flakyAttempts bounds how often flaky can fail and still complete. Source: chosen.
const flakyAttempts = 100

var flaky = Task{
	ID:          "flaky",
	Description: "Fails as many attempts as it is told to, then completes.",
	Example:     `{"failures":2}`,
	MaxAttempts: flakyAttempts,
	Run: func(_ context.Context, run *TaskRun) (any, error) {
		var payload struct {
			Failures int `json:"failures"`
		}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if run.Attempt() <= payload.Failures {
			return nil, fmt.Errorf("attempt %d of %d that fail", run.Attempt(), payload.Failures)
		}
		return map[string]int{"attempts": run.Attempt()}, nil
	},
}
