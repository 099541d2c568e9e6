package emulator

import (
	"context"
	"time"
)

var countUp = Task{
	ID:          "count-up",
	Description: "Counts, and reports its progress in metadata.",
	Example:     `{"to":10,"everyMs":500}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		payload := struct {
			To      int     `json:"to"`
			EveryMs float64 `json:"everyMs"`
		}{To: 10, EveryMs: 500}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		type progress struct {
			Progress float64 `json:"progress"`
			Current  int     `json:"current"`
		}
		for current := 1; current <= payload.To; current++ {
			if err := run.Sleep(ctx, milliseconds(payload.EveryMs)); err != nil {
				return nil, err
			}
			if err := run.SetMetadata(progress{float64(current) / float64(payload.To), current}); err != nil {
				return nil, err
			}
		}
		return map[string]int{"total": payload.To}, nil
	},
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
