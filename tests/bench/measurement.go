// Package bench is what a benchmark says when it compares runwire with the original: measurements, their bounds, and both
// as a table and as a plot. What is measured, and how, is in tests/browser.
package bench

import (
	"math"
	"slices"
)

// Measurement is one quantity under one load. Less of it is better.
type Measurement struct {
	Load string // what was done, such as "a stream of 2,000 parts"; see Of
	Name string // what was measured of it, such as "on the screen after"
	Unit Unit
	Bound
	// Title names it in the plot; "" leaves it out there.
	Title string
	// GivenUp is how long a value was waited for: one that reaches it never came. 0 is without limit.
	GivenUp float64
	// Ours and Original have a value for each time it was measured, which was done in turn: the values of one index go
	// together. Original is empty where it has nothing of the kind.
	Ours, Original []float64
}

// Of names the load of measurements.
func Of(load string, measurements ...Measurement) []Measurement {
	for i := range measurements {
		measurements[i].Load = load
	}
	return measurements
}

// Bound is the most that ours may be: so much, or so many times the original's. The zero value is no bound.
// Source of those in use: DESIGN.md, section 6.
type Bound struct {
	most       float64
	ofOriginal bool
}

// AtMost bounds the median, in its unit.
func AtMost(most float64) Bound { return Bound{most, false} }

// TimesOriginal bounds the ratio of the medians.
func TimesOriginal(factor float64) Bound { return Bound{factor, true} }

// Kept reports whether ours keeps the bound. Without one it does.
func (m *Measurement) Kept() bool {
	most := m.most
	if m.ofOriginal {
		most *= Median(m.Original)
	}
	return m.Bound == Bound{} || Median(m.Ours) <= most
}

// Ratio is how many times the original's ours is: of the medians, and at its least and most.
type Ratio struct{ Median, Least, Most float64 }

// Ratio returns false where the original has nothing to be a part of.
func (m *Measurement) Ratio() (Ratio, bool) {
	original := Median(m.Original)
	if original == 0 {
		return Ratio{}, false
	}
	ratio := Ratio{Median: Median(m.Ours) / original, Least: math.Inf(1)}
	for i, value := range m.Ours {
		if of := m.Original[min(i, len(m.Original)-1)]; of > 0 {
			ratio.Least, ratio.Most = min(ratio.Least, value/of), max(ratio.Most, value/of)
		}
	}
	return ratio, true
}

// Median is the value in the middle, the mean of two where two are there, and 0 of none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
