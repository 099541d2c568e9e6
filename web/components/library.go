package components

import (
	_ "embed"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

//go:embed components.css
var styles string

// Library is the components' style sheet, for app.Handler.Libraries. Its class names begin with rw-, and its
// colors are custom properties of :root that a page may set.
type Library struct{}

var _ app.Library = Library{}

// Styles is part of app.Library.
func (Library) Styles() (path, css string) { return "/runwire-components.css", styles }
