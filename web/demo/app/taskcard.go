//go:build js && wasm

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/web/components"
)

// taskCard is a task with an editor for its payload.
type taskCard struct {
	app.Compo
	Task task
	// Trigger starts a run. It blocks, and may be called concurrently.
	Trigger func(ctx app.Context, taskID, payload string) error

	payload string
	busy    bool
	problem string // why the last trigger failed
}

var _ app.Mounter = (*taskCard)(nil)

// OnMount is part of app.Mounter.
func (c *taskCard) OnMount(app.Context) {
	var readable bytes.Buffer
	if err := json.Indent(&readable, []byte(c.Task.Example), "", "  "); err != nil {
		c.payload = c.Task.Example // whoever triggers it is told what is wrong with it
		return
	}
	c.payload = readable.String()
}

// Render is part of app.Composer.
func (c *taskCard) Render() app.UI {
	heading := "task-" + c.Task.ID
	return app.Section().Class("task").Aria("labelledby", heading).Body(
		app.Header().Body(
			app.H3().ID(heading).Text(c.Task.ID),
			app.Button().Class("button").Type("button").Aria("label", "Trigger "+c.Task.ID).
				Disabled(c.busy).Text("Trigger").OnClick(c.onTrigger),
		),
		app.P().Text(c.Task.Description),
		app.Textarea().Aria("label", "Payload of "+c.Task.ID+", as JSON").Spellcheck(false).
			Rows(strings.Count(c.Task.Example, ",")+3).Text(c.payload).OnInput(c.ValueTo(&c.payload)),
		app.If(c.problem != "", func() app.UI { return &components.Failure{Message: c.problem} }),
	)
}

func (c *taskCard) onTrigger(ctx app.Context, _ app.Event) {
	payload := c.payload
	if err := json.Unmarshal([]byte(payload), new(json.RawMessage)); err != nil {
		c.problem = fmt.Sprintf("The payload is not JSON: %v.", err)
		return
	}
	c.busy, c.problem = true, ""
	ctx.Async(func() {
		err := c.Trigger(ctx, c.Task.ID, payload)
		ctx.Dispatch(func(app.Context) {
			c.busy = false
			if err != nil {
				c.problem = err.Error()
			}
		})
	})
}
