package components

import (
	"math"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Progress is a bar.
type Progress struct {
	app.Compo
	Fraction float64 // 0 to 1; what is outside is cut off
	Label    string  // what progresses, for those who do not see the bar
}

// Render is part of app.Composer.
func (v *Progress) Render() app.UI {
	percent := strconv.Itoa(int(math.Round(100 * min(max(v.Fraction, 0), 1))))
	return app.Div().Class("rw-progress").Body(
		app.Div().Class("rw-track").Role("progressbar").Aria("label", v.Label).
			Aria("valuemin", 0).Aria("valuemax", 100).Aria("valuenow", percent).
			Body(app.Div().Class("rw-bar").Style("width", percent+"%")),
		app.Span().Class("rw-percent").Aria("hidden", true).Text(percent+" %"),
	)
}
