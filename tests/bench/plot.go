package bench

import (
	_ "embed"
	"io"
	"text/template"
	"time"
)

//go:embed plot.svg.tmpl
var plotText string

var plotTemplate = template.Must(template.New("plot").Parse(plotText))

// The plot's measures that depend on what is plotted. Unit: pixels.
const (
	firstRow  = 88
	rowHeight = 30
	barWidth  = 270            // of the original
	longest   = 1.2 * barWidth // what is longer than that is cut
	shortest  = 2
)

type plotRow struct {
	Y, Width       float64
	Cut            bool
	Title          string
	Ours, Original string
}

// Plot writes an image in SVG: for each measurement that has a title, a bar of the original, which is always as long, and
// one of ours, which is so long as the ratio says.
func Plot(w io.Writer, measurements []Measurement, date time.Time) error {
	var rows []plotRow
	y := float64(firstRow)
	for _, m := range measurements {
		ratio, ok := m.Ratio()
		if m.Title == "" || !ok {
			continue
		}
		width := ratio.Median * barWidth
		rows = append(rows, plotRow{y, max(shortest, min(width, longest)), width > longest, m.Title, m.text(m.Ours), m.text(m.Original)})
		y += rowHeight
	}
	return plotTemplate.Execute(w, map[string]any{
		"Rows": rows, "BarWidth": barWidth, "End": y + 24, "Height": y + 48, "Border": y + 47, "Date": date.Format(time.DateOnly),
	})
}
