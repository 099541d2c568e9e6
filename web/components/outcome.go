package components

import (
	"strconv"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/runwire/runwire/hooks/api"
)

// maxShown bounds how much of a value is put on the page: 2,000 bytes. Source: chosen; a screenful. The
// emulator's task big-output has a million.
const maxShown = 2000

// Packet shows a payload or an output as its text, and of a long one the beginning.
type Packet struct {
	app.Compo
	Label  string
	Packet api.Packet
}

// Render is part of app.Composer.
func (v *Packet) Render() app.UI {
	text, rest := cut(v.Packet.Data.Text(), maxShown)
	return app.Figure().Class("rw-packet").Body(
		app.FigCaption().Text(v.Label),
		app.Pre().Body(app.Code().Text(text)),
		app.If(rest > 0, func() app.UI {
			return app.Small().Class("rw-more").Text("and " + strconv.Itoa(rest) + " bytes more")
		}),
	)
}

// cut returns the first bytes of text, in whole characters, and how many were left out.
func cut(text string, limit int) (beginning string, rest int) {
	if len(text) <= limit {
		return text, 0
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit], len(text) - limit
}

// Failure shows why something went wrong.
type Failure struct {
	app.Compo
	Name    string // of the error; may be empty
	Message string
}

// Render is part of app.Composer.
func (v *Failure) Render() app.UI {
	return app.P().Class("rw-failure").Role("alert").Body(
		app.If(v.Name != "", func() app.UI { return app.Strong().Text(v.Name + " ") }),
		app.Text(v.Message),
	)
}
