//go:build js && wasm

package main

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/jsbridge"
	"github.com/runwire/runwire/web/components"
)

const (
	// maxRuns bounds the list: the oldest run is let go. Source: chosen.
	maxRuns = 30
	// tick is how often the times of runs that are under way are shown anew. Source: chosen.
	tick = 100 * time.Millisecond
)

// page is all there is: the tasks, and the runs that were started here.
type page struct {
	app.Compo

	server  *server
	runtime *jsbridge.Runtime
	tasks   []task
	runs    []*startedRun // the newest first
	now     time.Time
	ticking bool
	problem string // why there are no tasks
	newer   bool   // the server has another build of this program
}

// startedRun is a run of this page and what is known of it.
type startedRun struct {
	handle
	taskID       string
	snapshot     hooks.Snapshot
	subscription *jsbridge.Subscription
}

// isOver reports whether nothing more will come: the run is finished, or the server refuses to tell.
func (r *startedRun) isOver() bool {
	_, refused := errors.AsType[*hooks.StatusError](r.snapshot.Err)
	return r.snapshot.Completed || refused
}

var (
	_ app.Mounter    = (*page)(nil)
	_ app.Dismounter = (*page)(nil)
	_ app.AppUpdater = (*page)(nil)
)

// OnMount is part of app.Mounter.
func (p *page) OnMount(ctx app.Context) {
	p.server, p.runtime = newServer(), jsbridge.New(jsbridge.Options{})
	ctx.Async(func() {
		tasks, err := p.server.tasks()
		ctx.Dispatch(func(app.Context) {
			p.tasks = tasks
			if err != nil {
				p.problem = err.Error()
			}
		})
	})
}

// OnDismount is part of app.Dismounter.
func (p *page) OnDismount() {
	for _, run := range p.runs {
		run.subscription.Close()
	}
}

// OnAppUpdate is part of app.AppUpdater.
func (p *page) OnAppUpdate(ctx app.Context) { p.newer = ctx.AppUpdateAvailable() }

// trigger starts a run and follows it.
func (p *page) trigger(ctx app.Context, taskID, payload string) error {
	started, err := p.server.trigger(taskID, payload)
	if err != nil {
		return err
	}
	ctx.Dispatch(func(ctx app.Context) { p.follow(ctx, taskID, started) })
	return nil
}

func (p *page) follow(ctx app.Context, taskID string, started handle) {
	run := &startedRun{handle: started, taskID: taskID}
	p.runs = slices.Insert(p.runs, 0, run)
	run.subscription = p.runtime.Subscribe(
		hooks.Spec{Kind: hooks.KindRunWithStreams, RunID: run.runID},
		hooks.Options{
			Access:   api.Access{BaseURL: p.server.base, AccessToken: run.accessToken},
			Throttle: hooks.DefaultThrottle,
		},
		func(snapshot hooks.Snapshot) { ctx.Dispatch(func(app.Context) { run.snapshot = snapshot }) },
	)
	if len(p.runs) > maxRuns {
		p.runs[maxRuns].subscription.Close()
		p.runs = p.runs[:maxRuns]
	}
	p.watch(ctx)
}

// watch moves the clock while a run is under way.
func (p *page) watch(ctx app.Context) {
	p.now = time.Now()
	if p.ticking {
		return
	}
	p.ticking = true
	ctx.After(tick, func(ctx app.Context) {
		p.ticking = false
		if slices.ContainsFunc(p.runs, func(run *startedRun) bool { return !run.isOver() }) || p.runtime.Requests() > 0 {
			p.watch(ctx)
		}
	})
}

// Render is part of app.Composer.
func (p *page) Render() app.UI {
	return app.Main().Class("page").Body(
		app.If(p.newer, p.notice),
		p.header(),
		app.If(p.problem != "", func() app.UI { return &components.Failure{Message: p.problem} }),
		app.H2().Class("section").Text("Tasks"),
		app.Div().Class("tasks").Body(app.Range(p.tasks).Slice(func(i int) app.UI {
			return &taskCard{Task: p.tasks[i], Trigger: p.trigger}
		})),
		app.H2().Class("section").Text("Runs"),
		app.If(len(p.runs) == 0, func() app.UI {
			return app.P().Class("empty").Text("Trigger a task, and its run appears here, live.")
		}),
		app.Div().Class("runs").Body(app.Range(p.runs).Slice(func(i int) app.UI { return p.run(p.runs[i]) })),
	)
}

func (p *page) header() app.UI {
	requests := 0
	if p.runtime != nil {
		requests = p.runtime.Requests()
	}
	return app.Header().Class("top").Body(
		app.Img().Src("/assets/icon.svg").Aria("hidden", true).Width(44).Height(44),
		app.Div().Body(
			app.H1().Text("runwire"),
			app.P().Text("Trigger.dev runs, followed live by Go in this browser"),
		),
		app.Span().Class("chip").Title("requests that this page has open for all its runs").Body(
			app.B().Text(strconv.Itoa(requests)), app.Text(plural(requests, " connection", " connections")),
		),
	)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (p *page) run(run *startedRun) app.UI {
	view := &components.RunView{Snapshot: run.snapshot, RunID: run.runID, TaskID: run.taskID, TextStream: "openai"}
	if !run.isOver() {
		view.Now = p.now
	}
	return view
}

func (p *page) notice() app.UI {
	return app.Div().Class("notice").Role("status").Body(
		app.Span().Text("The demo was built anew."),
		app.Button().Class("button").Type("button").Text("Reload").
			OnClick(func(ctx app.Context, _ app.Event) { ctx.Reload() }),
	)
}
