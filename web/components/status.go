package components

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks/api"
)

// StatusPill shows a run's status as a word with a color. The zero status is a run that is not known yet.
type StatusPill struct {
	app.Compo
	Status api.RunStatus
}

// Render is part of app.Composer.
func (v *StatusPill) Render() app.UI {
	text := strings.ReplaceAll(string(v.Status), "_", " ")
	if text == "" {
		text = "CONNECTING"
	}
	return app.Span().Class("rw-pill", "rw-"+mood(v.Status)).Role("status").Body(
		app.Span().Class("rw-dot").Aria("hidden", true),
		app.Text(text),
	)
}

// mood is the class of statuses that look alike.
func mood(status api.RunStatus) string {
	switch {
	case status.IsSuccess():
		return "good"
	case status.IsFailed():
		return "bad"
	case status.IsCanceled():
		return "over"
	case status.IsExecuting():
		return "busy"
	}
	return "waiting"
}
