package emulator

import (
	"context"
	"fmt"
	"time"
)

const (
	maxImportRows = 100_000
	importPace    = 20 * time.Millisecond // for each step
	importSteps   = 20                    // how often the progress is published, at most
	badRow        = 7                     // every seventh row cannot be read
)

var importCSV = Task{
	ID:          "import-csv",
	Description: "Imports rows, some of which fail, and returns when it began and ended as dates.",
	Example:     `{"rows":200}`,
	Run: func(ctx context.Context, run *TaskRun) (any, error) {
		payload := struct {
			Rows int `json:"rows"`
		}{Rows: 200}
		if err := run.Payload(&payload); err != nil {
			return nil, err
		}
		if payload.Rows < 0 || payload.Rows > maxImportRows {
			return nil, fmt.Errorf("rows is %d: want 0 to %d", payload.Rows, maxImportRows)
		}
		began := run.Now()
		step := max(1, (payload.Rows+importSteps-1)/importSteps)
		progress := importProgress{Rows: payload.Rows}
		for progress.Processed < payload.Rows {
			if err := run.Sleep(ctx, importPace); err != nil {
				return nil, err
			}
			progress.Processed = min(progress.Processed+step, payload.Rows)
			progress.Failed = progress.Processed / badRow
			if err := run.SetMetadata(progress); err != nil {
				return nil, err
			}
		}
		type imported struct {
			importProgress
			StartedAt  string `json:"startedAt"`
			FinishedAt string `json:"finishedAt"`
		}
		return SuperJSON{
			JSON: imported{progress, isoDate(began), isoDate(run.Now())},
			Meta: map[string]any{"values": map[string][]string{"startedAt": {"Date"}, "finishedAt": {"Date"}}},
		}, nil
	},
}

// importProgress is the metadata of import-csv, and part of its output.
type importProgress struct {
	Processed int `json:"processed"`
	Failed    int `json:"failed"`
	Rows      int `json:"rows"`
}

func isoDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
