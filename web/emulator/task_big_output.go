package emulator

import (
	"context"
	"fmt"
	"strings"
)

// maxOutputBytes is the documented limit of an output.
const maxOutputBytes = 10 << 20

var bigOutput = Task{
	ID:          "big-output",
	Description: "Returns more than fits into a run, so that the output is stored apart and downloaded.",
	Example:     `{"bytes":1000000}`,
	Run: func(_ context.Context, run *TaskRun) (any, error) {
		payload := struct {
			Bytes int `json:"bytes"`
		}{Bytes: 1_000_000}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if payload.Bytes < 0 || payload.Bytes > maxOutputBytes {
			return nil, fmt.Errorf("bytes is %d: want 0 to %d", payload.Bytes, maxOutputBytes)
		}
		const line = "0123456789abcdef"
		data := strings.Repeat(line, payload.Bytes/len(line)+1)[:payload.Bytes]
		return struct {
			Bytes int    `json:"bytes"`
			Data  string `json:"data"`
		}{payload.Bytes, data}, nil
	},
}
