package hooks

import (
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// Event is what happened, for Runtime.Step. The types of this file are all there are.
type Event interface{ event() }

// Sub numbers a subscription: one hook's interest in a resource. Callers choose numbers and never reuse one.
type Sub uint32

// FetchID numbers a request. The runtime chooses numbers and never reuses one.
type FetchID uint32

// TimerID numbers a timer. The runtime chooses numbers and never reuses one.
type TimerID uint32

// Open starts a subscription. The scope is the state that it publishes to: subscriptions with the same
// scope show the same state. A Sub that is already open is left alone.
type Open struct {
	Sub     Sub
	Scope   string
	Spec    Spec
	Options Options
	Resume  []Resume // what the subscriber kept of an earlier runtime's streams; nil for none
}

// Update gives an open subscription new options. What it already shows stays; a new access token, base
// URL or column list is used from the next request on.
type Update struct {
	Sub     Sub
	Options Options
}

// Stop ends a subscription's requests at once and keeps what it shows.
type Stop struct{ Sub Sub }

// Close ends a subscription. Its connection lingers, so that a remount finds it; its scope stays.
type Close struct{ Sub Sub }

// Drop gives back a scope that no hook will name again.
type Drop struct{ Scope string }

// Submit does what a subscription of a mutation's kind is about. Body is JSON: see api.TriggerTask,
// api.CompleteWaitToken and api.SendInputStream.
type Submit struct {
	Sub  Sub
	Body rawjson.Value
	// Request names the call to the server, which does a repeated one once. "" makes up a name.
	Request string
}

// AccessTokenArrived answers an AskAccessToken: with a token, or with the reason why there is none.
type AccessTokenArrived struct {
	Ask         AskID
	AccessToken string
	Reason      string
}

// PageChanged says whether anybody can see a page and whether it has a network. Focused is set when the user has just
// come to it. Without this event somebody looks and there is a network.
type PageChanged struct {
	Page    PageID
	Visible bool
	Online  bool
	Focused bool
}

// PageLeft says that a page is gone.
type PageLeft struct{ Page PageID }

// ResponseStarted brings the head of the answer to a Fetch.
type ResponseStarted struct {
	Fetch      FetchID
	HTTPStatus int
	Header     api.Header
}

// ChunkArrived brings the next bytes of an answer's body, cut anywhere. Data is only read during Step.
type ChunkArrived struct {
	Fetch FetchID
	Data  []byte
}

// ResponseEnded says that the answer is complete.
type ResponseEnded struct{ Fetch FetchID }

// FetchFailed says that no answer came, or that its body broke off. Reason is for people.
type FetchFailed struct {
	Fetch  FetchID
	Reason string
}

// TimerFired says that a timer's time has come. One that was cleared meanwhile is passed over.
type TimerFired struct{ Timer TimerID }

func (*Open) event()              {}
func (*Update) event()            {}
func (Stop) event()               {}
func (Close) event()              {}
func (Drop) event()               {}
func (Submit) event()             {}
func (AccessTokenArrived) event() {}
func (PageChanged) event()        {}
func (PageLeft) event()           {}
func (ResponseStarted) event()    {}
func (ChunkArrived) event()       {}
func (ResponseEnded) event()      {}
func (FetchFailed) event()        {}
func (TimerFired) event()         {}
