package bench

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)

// some are measurements of every kind.
var some = append(Of("a list & its updates",
	Measurement{Name: "on the screen after", Unit: Milliseconds, Title: "A list & more", Ours: []float64{400, 300, 200}, Original: []float64{600, 600, 600}},
	Measurement{Name: "renders", Unit: Count, Bound: AtMost(10), Ours: []float64{2}, Original: []float64{5001}},
	Measurement{Name: "memory", Unit: Bytes, Title: "Memory", Bound: TimesOriginal(1), Ours: []float64{3e6}, Original: []float64{1e6}},
), Of("fifty",
	Measurement{Name: "shown", Unit: Milliseconds, Title: "Fifty", GivenUp: 60_000, Ours: []float64{20}, Original: []float64{60_000}},
	Measurement{Name: "alone", Unit: Bytes, Title: "Alone", Ours: []float64{5e6}},
)...)

func TestTheTableSaysEverything(t *testing.T) {
	const want = `
| load                 | measured            | runwire |    original |  ratio |    least – most |          bound |            |
| ---                  | ---                 |     --: |         --: |    --: |             --: |            --: |        --- |
| a list & its updates | on the screen after |  300 ms |      600 ms |    0.5 |     0.33 – 0.67 |                |            |
|                      | renders             |       2 |       5,001 | <0.001 | <0.001 – <0.001 |           ≤ 10 |       kept |
|                      | memory              |    3 MB |        1 MB |      3 |           3 – 3 | ≤ 1 × original | **missed** |
| fifty                | shown               |   20 ms | not in 60 s | <0.001 | <0.001 – <0.001 |                |            |
|                      | alone               |    5 MB |           – |        |                 |                |            |
`
	var table strings.Builder
	if err := Table(&table, some); err != nil {
		t.Fatal(err)
	}
	if got := "\n" + table.String(); got != want {
		t.Errorf("the table is%s\nwant%s", got, want)
	}
}

func TestAMeasurementSaysHowItMissesItsBound(t *testing.T) {
	const want = "a list & its updates: memory: 3 MB (original 1 MB), want ≤ 1 × original"
	if got := some[2].String(); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}

func TestThePlotHasABarForEachTitleAsLongAsItsRatio(t *testing.T) {
	var plot strings.Builder
	if err := Plot(&plot, some, day); err != nil {
		t.Fatal(err)
	}
	var texts, widths []string
	ours := false
	decoder := xml.NewDecoder(strings.NewReader(plot.String()))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the plot is no XML: %v\n%s", err, plot.String())
		}
		switch token := token.(type) {
		case xml.StartElement:
			ours = false
			for _, attribute := range token.Attr {
				ours = ours || attribute.Name.Local == "class" && attribute.Value == "ours"
				if ours && attribute.Name.Local == "width" {
					widths = append(widths, attribute.Value)
				}
			}
		case xml.CharData:
			texts = append(texts, strings.TrimSpace(string(token)))
		}
	}
	// The first is the legend's; half of the original, longer than there is room for, and too short to be seen.
	if got, want := strings.Join(widths, " "), "11 135.0 324.0 2.0"; got != want {
		t.Errorf("the bars of ours are %s wide, want %s", got, want)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{"A list & more", "300 ms", "600 ms", "Memory", "not in 60 s", "2026-01-31"} {
		if !strings.Contains(all, want) {
			t.Errorf("the plot does not say %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "Alone") {
		t.Error("the plot has a bar of what the original has not")
	}
}

func TestPublishWritesTheTableAndThePlotThatItShows(t *testing.T) {
	folder := t.TempDir()
	if err := Publish(folder, some, day); err != nil {
		t.Fatal(err)
	}
	report, err := os.ReadFile(filepath.Join(folder, "bench.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"on 2026-01-31", "(bench.svg)", "**missed**"} {
		if !strings.Contains(string(report), want) {
			t.Errorf("the report has no %q:\n%s", want, report)
		}
	}
	if plot, err := os.ReadFile(filepath.Join(folder, "bench.svg")); err != nil || !strings.HasPrefix(string(plot), "<svg ") {
		t.Errorf("the plot is %.40q, error %v", plot, err)
	}
}
