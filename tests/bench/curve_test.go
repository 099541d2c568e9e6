package bench

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"
)

func TestACurveGrowsFromItsSecondThirdToItsLast(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"warming up is no growth", []float64{1, 5, 9, 10, 10, 10, 10, 10, 10}, 0},
		{"one step", []float64{8, 8, 8, 8, 8, 8, 10, 10, 10}, 0.25},
		{"a short peak is no growth", []float64{8, 8, 8, 8, 8, 8, 8, 99, 8}, 0},
		{"shrinking", []float64{8, 8, 8, 8, 8, 8, 4, 4, 4}, -0.5},
		{"nothing", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (Curve{Values: tt.values}).Growth(); got != tt.want {
				t.Errorf("it grows by %g, want %g", got, tt.want)
			}
		})
	}
}

func TestCurvesAreDrawnFromZeroToTheHighest(t *testing.T) {
	var plot strings.Builder
	err := Curves(&plot, []Curve{{"page", []float64{2e6, 2e6, 2e6}}, {"worker", []float64{0, 1e6, 2e6}}}, 10*time.Minute, day)
	if err != nil {
		t.Fatal(err)
	}
	var image struct {
		Curves []struct {
			Points string `xml:"points,attr"`
		} `xml:"polyline"`
		Texts []struct {
			Text string  `xml:",chardata"`
			Y    float64 `xml:"y,attr"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal([]byte(plot.String()), &image); err != nil {
		t.Fatalf("the plot is no XML: %v\n%s", err, plot.String())
	}
	if len(image.Curves) != 2 || image.Curves[1].Points != "88.0,284.0 364.0,193.1 640.0,102.2" {
		t.Errorf("the curves are %+v", image.Curves)
	}
	at := map[string]float64{}
	for _, text := range image.Texts {
		at[text.Text] = text.Y
	}
	if at["page, 2 MB"] == 0 || at["worker, 2 MB"]-at["page, 2 MB"] < textDistance {
		t.Errorf("the names stand at %v", at)
	}
	if !strings.Contains(plot.String(), "Memory over 10 minutes") || !strings.Contains(plot.String(), "2026-01-31") {
		t.Errorf("the plot does not say how long it took, and when:\n%s", plot.String())
	}
}
