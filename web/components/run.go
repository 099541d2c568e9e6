package components

import (
	"slices"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// RunView is a card with all there is to see of a run.
type RunView struct {
	app.Compo

	Snapshot hooks.Snapshot
	// RunID and TaskID are shown until the run's first snapshot has arrived.
	RunID  string
	TaskID string
	// TextStream is the stream whose parts are shown as running text; "" shows none.
	TextStream string
	// Now is the time by which a run that is not over has lasted. Zero shows no time for such a run.
	Now time.Time
}

// Render is part of app.Composer.
func (v *RunView) Render() app.UI {
	run := v.Snapshot.Run
	if run == nil {
		run = &api.Run{ID: v.RunID, TaskIdentifier: v.TaskID}
	}
	return app.Article().Class("rw-run").Aria("label", "Run "+run.ID+" of "+run.TaskIdentifier).Body(
		app.Header().Class("rw-run-head").Body(
			app.H3().Class("rw-run-task").Text(run.TaskIdentifier),
			app.Code().Class("rw-run-id").Text(run.ID),
			app.Span().Class("rw-run-time").Title("how long the run has lasted").Text(Elapsed(run, v.Now)),
			&StatusPill{Status: run.Status},
		),
		app.If(v.Snapshot.Err != nil, func() app.UI {
			return &Failure{Name: "Realtime", Message: v.Snapshot.Err.Error()}
		}),
		v.progress(run),
		v.text(),
		app.If(run.Error != nil, func() app.UI {
			return &Failure{Name: run.Error.Name, Message: run.Error.Message}
		}),
		app.If(!run.Output.IsNone(), func() app.UI {
			return &Packet{Label: "Output", Packet: run.Output}
		}),
	)
}

func (v *RunView) progress(run *api.Run) app.UI {
	fraction, err := strconv.ParseFloat(string(run.Metadata.JSON().Get("progress")), 64)
	if err != nil {
		return nil // the task does not report any
	}
	return &Progress{Fraction: fraction, Label: "Progress of " + run.ID}
}

func (v *RunView) text() app.UI {
	i := slices.IndexFunc(v.Snapshot.Streams, func(s *hooks.StreamSnapshot) bool { return s.Key == v.TextStream })
	if i < 0 {
		return nil
	}
	return &StreamText{Stream: *v.Snapshot.Streams[i], Live: !v.Snapshot.Completed}
}

// Elapsed says for how long a run has been at work, such as "2.4 s": until it was over, or until now. It is
// "" for a run that has not started, and for one that is not over when now is zero.
func Elapsed(run *api.Run, now time.Time) string {
	start, end := run.StartedAt.Time(), run.FinishedAt.Time()
	if end.IsZero() {
		end = now
	}
	if start.IsZero() || end.IsZero() {
		return ""
	}
	// The server's clock may be ahead of the page's.
	elapsed := max(end.Sub(start), 0)
	if elapsed < time.Minute {
		return strconv.FormatFloat(elapsed.Seconds(), 'f', 1, 64) + " s"
	}
	return elapsed.Round(time.Second).String()
}
