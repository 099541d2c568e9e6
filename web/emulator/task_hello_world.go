package emulator

import (
	"context"
	"time"
)

var helloWorld = Task{
	ID:          "hello-world",
	Description: "Greets after 200 ms.",
	Example:     `{"name":"Ada"}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		var payload struct {
			Name string `json:"name"`
		}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if err := run.Sleep(ctx, 200*time.Millisecond); err != nil {
			return nil, err
		}
		return map[string]string{"message": "Hello, " + first(payload.Name, "world")}, nil
	},
}
