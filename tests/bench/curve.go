package bench

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed curve.svg.tmpl
var curveText string

var curveTemplate = template.Must(template.New("curve").Parse(curveText))

// Curve is a quantity over time, in bytes, one value after the other at equal distances.
type Curve struct {
	Name   string
	Values []float64
}

// Growth is by how much of itself a curve has grown from its second third to its last: the first is its warm-up.
func (c Curve) Growth() float64 {
	third := len(c.Values) / 3
	before := Median(c.Values[third : 2*third])
	if before == 0 {
		return 0
	}
	return Median(c.Values[2*third:])/before - 1
}

// The measures of the plot. Unit: pixels.
const (
	curvesLeft, curvesRight = 88, 640
	curvesTop, curvesBottom = 84, 284
	textDistance            = 18
)

type plottedCurve struct {
	Index        int
	Points       string
	TextY        float64
	Name, Growth string
}

type plottedMark struct {
	At   float64
	Text string
}

// Curves writes an image in SVG of curves over so much time.
func Curves(w io.Writer, curves []Curve, length time.Duration, date time.Time) error {
	top := 1.0
	for _, c := range curves {
		top = max(top, slices.Max(c.Values)*1.1)
	}
	y := func(value float64) float64 { return curvesBottom - value/top*(curvesBottom-curvesTop) }
	plotted := make([]plottedCurve, len(curves))
	for i, c := range curves {
		var points strings.Builder
		for j, value := range c.Values {
			x := curvesLeft + float64(j)/float64(max(len(c.Values)-1, 1))*(curvesRight-curvesLeft)
			fmt.Fprintf(&points, "%.1f,%.1f ", x, y(value))
		}
		last := c.Values[len(c.Values)-1]
		plotted[i] = plottedCurve{i, strings.TrimSpace(points.String()), y(last) + 5, c.Name + ", " + Bytes.Text(last), fmt.Sprintf("%+.1f %%", 100*c.Growth())}
	}
	keepApart(plotted)
	marks := make([]plottedMark, 5)
	for i := range marks {
		value := top * float64(i) / float64(len(marks)-1)
		marks[i] = plottedMark{y(value), Bytes.Text(value)}
	}
	return curveTemplate.Execute(w, map[string]any{
		"Curves": plotted, "Marks": marks, "Left": curvesLeft, "Right": curvesRight, "Length": fmt.Sprintf("%.3g minutes", length.Minutes()),
		"Warm": curvesLeft + (curvesRight-curvesLeft)/3, "Date": date.Format(time.DateOnly),
	})
}

// keepApart moves texts down that would stand on others.
func keepApart(curves []plottedCurve) {
	fromTop := slices.Clone(curves)
	slices.SortFunc(fromTop, func(a, b plottedCurve) int { return int(a.TextY - b.TextY) })
	for i, c := range fromTop {
		if i > 0 {
			c.TextY = max(c.TextY, fromTop[i-1].TextY+2*textDistance)
			fromTop[i] = c
		}
		curves[c.Index].TextY = c.TextY
	}
}
