package emulator

import (
	"context"
	"errors"
)

var alwaysFails = Task{
	ID:          "always-fails",
	Description: "Fails with the message it is given.",
	Example:     `{"message":"out of paper"}`,
	Run: func(_ context.Context, run *TaskRun) (any, error) {
		var payload struct {
			Message string `json:"message"`
		}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		return nil, errors.New(first(payload.Message, "This task always fails"))
	},
}
