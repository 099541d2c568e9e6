package bench

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"of an odd number is the one in the middle", []float64{9, 1, 5}, 5},
		{"of an even number is between the two in the middle", []float64{9, 1, 5, 3}, 4},
		{"of one is that one", []float64{7}, 7},
		{"of none is 0", nil, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Median(tt.values); got != tt.want {
				t.Errorf("the median of %v is %g, want %g", tt.values, got, tt.want)
			}
		})
	}
}

func TestARatioIsOfTheMediansAndVariesWithTheRounds(t *testing.T) {
	for _, tt := range []struct {
		name           string
		ours, original []float64
		want           Ratio
		ok             bool
	}{
		{"round by round", []float64{1, 2, 9}, []float64{4, 4, 6}, Ratio{0.5, 0.25, 1.5}, true},
		{"an original that was measured once is beside every round", []float64{1, 3, 2}, []float64{4}, Ratio{0.5, 0.25, 0.75}, true},
		{"nothing of ours", []float64{0, 0}, []float64{4, 4}, Ratio{0, 0, 0}, true},
		{"a round in which the original had nothing does not count", []float64{1, 1, 1}, []float64{2, 0, 4}, Ratio{0.5, 0.25, 0.5}, true},
		{"an original that has nothing", []float64{1}, []float64{0}, Ratio{}, false},
		{"no original", []float64{1}, nil, Ratio{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Measurement{Ours: tt.ours, Original: tt.original}
			if got, ok := m.Ratio(); got != tt.want || ok != tt.ok {
				t.Errorf("%v to %v is %v, %v, want %v, %v", tt.ours, tt.original, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestKept(t *testing.T) {
	for _, tt := range []struct {
		name  string
		bound Bound
		ours  float64
		want  bool
	}{
		{"without a bound everything is", Bound{}, math.Inf(1), true},
		{"as much as is allowed", AtMost(10), 10, true},
		{"more than is allowed", AtMost(10), 10.01, false},
		{"half of the original's 8", TimesOriginal(0.5), 4, true},
		{"more than half of it", TimesOriginal(0.5), 4.01, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := Measurement{Bound: tt.bound, Ours: []float64{tt.ours}, Original: []float64{8}}
			if got := m.Kept(); got != tt.want {
				t.Errorf("%g is kept: %v", tt.ours, got)
			}
		})
	}
}

func TestUnitsWriteTheDigitsThatAReaderCanUse(t *testing.T) {
	for _, tt := range []struct {
		unit  Unit
		value float64
		want  string
	}{
		{Milliseconds, 0, "0 ms"},
		{Milliseconds, 4.256, "4.26 ms"},
		{Milliseconds, 274.6, "275 ms"},
		{Milliseconds, 999.7, "1 s"},
		{Milliseconds, 8_214, "8.21 s"},
		{Milliseconds, 123_456, "123 s"},
		{Bytes, 74_671, "74.7 kB"},
		{Bytes, 71_640_000, "71.6 MB"},
		{Bytes, 1_011_000_000, "1011 MB"},
		{Factor, 4.84, "4.8 ×"},
		{Count, 1, "1"},
		{Count, 5_001, "5,001"},
		{Count, 1_234_567, "1,234,567"},
	} {
		if got := tt.unit.Text(tt.value); got != tt.want {
			t.Errorf("%g is %q, want %q", tt.value, got, tt.want)
		}
	}
}
