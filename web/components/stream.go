package components

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks"
)

// StreamText shows a stream's parts as one text: strings as they are, other values as JSON.
type StreamText struct {
	app.Compo
	Stream hooks.StreamSnapshot
	Live   bool // more may come: a caret blinks after the last part

	text strings.Builder
	feed hooks.FeedID // that text was gathered from
	seen int          // how many of its parts are in text
}

// Render is part of app.Composer.
func (v *StreamText) Render() app.UI {
	return app.P().Class("rw-stream").Aria("label", "Stream "+v.Stream.Key).Aria("busy", v.Live).Body(
		app.Text(v.gather()),
		app.If(v.Live, func() app.UI { return app.Span().Class("rw-caret").Aria("hidden", true) }),
	)
}

// gather adds the parts that are new, so that a long stream is not joined again for each of them.
func (v *StreamText) gather() string {
	if v.feed != v.Stream.Feed || v.seen > v.Stream.End() {
		v.text.Reset()
		v.feed, v.seen = v.Stream.Feed, 0
	}
	for _, part := range v.Stream.Parts[max(v.seen-v.Stream.Gone, 0):] {
		if part.Chunk.IsString() {
			v.text.WriteString(part.Chunk.Text())
		} else {
			v.text.WriteString(string(part.Chunk))
		}
	}
	v.seen = v.Stream.End()
	return v.text.String()
}
