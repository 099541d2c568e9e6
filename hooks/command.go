package hooks

import (
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// Command is what a driver must do next. The types of this file are all there are. A command is data: it
// can be compared and printed, and what it started is cancelled by its number.
type Command interface{ command() }

// Fetch sends a request. Its answer comes back as ResponseStarted, ChunkArrived and ResponseEnded, or as
// FetchFailed at any point.
type Fetch struct {
	Fetch   FetchID
	Request *api.Request
}

// Cancel aborts a request. Events of it that are already on their way do no harm.
type Cancel struct{ Fetch FetchID }

// SetTimer asks for one TimerFired after a time.
type SetTimer struct {
	Timer TimerID
	After time.Duration
}

// ClearTimer takes a SetTimer back.
type ClearTimer struct{ Timer TimerID }

// Publish shows a snapshot in every one of these scopes.
type Publish struct {
	Scopes   []string
	Snapshot *Snapshot
}

// Deliver hands the parts of a stream, up to the last of Stream.Parts, to subscriptions that asked for each
// of them (Options.WantsParts). A subscriber counts what it has had.
type Deliver struct {
	Subs   []Sub
	Stream *StreamSnapshot
}

// DeliverControl hands a control record of a session to subscriptions that asked for them
// (Options.WantsControls). At is the number of parts before it.
type DeliverControl struct {
	Subs   []Sub
	Stream *StreamSnapshot
	At     int
	Record *api.Part
}

// AskAccessToken asks whoever opened Sub for a new access token, to be answered with AccessTokenArrived. Only
// subscriptions with Options.CanRefresh are asked.
type AskAccessToken struct {
	Ask AskID
	Sub Sub
}

// Forget says that no snapshot will name this feed again.
type Forget struct{ Feed FeedID }

func (Fetch) command()          {}
func (Cancel) command()         {}
func (SetTimer) command()       {}
func (ClearTimer) command()     {}
func (Publish) command()        {}
func (Deliver) command()        {}
func (DeliverControl) command() {}
func (AskAccessToken) command() {}
func (Forget) command()         {}
