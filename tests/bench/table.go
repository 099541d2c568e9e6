package bench

import (
	"fmt"
	"io"
	"unicode/utf8"
)

var header = []string{"load", "measured", "runwire", "original", "ratio", "least – most", "bound", ""}

// firstNumber is the first column whose cells stand at the right.
const firstNumber = 2

// Table writes measurements as a table of Markdown, with columns that are aligned for a terminal.
func Table(w io.Writer, measurements []Measurement) error {
	rows := [][]string{header, {"---", "---", "--:", "--:", "--:", "--:", "--:", "---"}}
	load := ""
	for _, m := range measurements {
		cells := m.cells()
		if m.Load == load {
			cells[0] = ""
		}
		load = m.Load
		rows = append(rows, cells)
	}
	widths := make([]int, len(header))
	for _, row := range rows {
		for column, cell := range row {
			widths[column] = max(widths[column], utf8.RuneCountInString(cell))
		}
	}
	for column := range firstNumber {
		widths[column] *= -1 // at the left
	}
	for _, row := range rows {
		for column, cell := range row {
			if _, err := fmt.Fprintf(w, "| %*s ", widths[column], cell); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintln(w, "|"); err != nil {
			return err
		}
	}
	return nil
}

func (m *Measurement) cells() []string {
	cells := []string{m.Load, m.Name, m.text(m.Ours), m.text(m.Original), "", "", m.boundText(), ""}
	if ratio, ok := m.Ratio(); ok {
		cells[4] = digits(ratio.Median, 2)
		cells[5] = digits(ratio.Least, 2) + " – " + digits(ratio.Most, 2)
	}
	switch {
	case !m.Kept():
		cells[7] = "**missed**"
	case m.Bound != Bound{}:
		cells[7] = "kept"
	}
	return cells
}

// text is the median of values.
func (m *Measurement) text(values []float64) string {
	median := Median(values)
	switch {
	case len(values) == 0:
		return "–"
	case m.GivenUp > 0 && median >= m.GivenUp:
		return "not in " + m.Unit.Text(m.GivenUp)
	}
	return m.Unit.Text(median)
}

func (m *Measurement) boundText() string {
	switch {
	case m.Bound == Bound{}:
		return ""
	case m.ofOriginal:
		return "≤ " + digits(m.most, 2) + " × original"
	}
	return "≤ " + m.Unit.Text(m.most)
}

// String is one line for whoever reads that a bound is missed.
func (m Measurement) String() string {
	text := m.Load + ": " + m.Name + ": " + m.text(m.Ours)
	if len(m.Original) > 0 {
		text += " (original " + m.text(m.Original) + ")"
	}
	if bound := m.boundText(); bound != "" {
		text += ", want " + bound
	}
	return text
}
