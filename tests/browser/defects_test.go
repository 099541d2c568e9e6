//go:build !js

package browser

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// A defect is something that the package which ours replaces gets wrong. Its name says what is so in ours and not in the
// original.
type defect struct {
	number  int // in PROTOCOL.md, section 8
	name    string
	setting setting
	// holds plays the name and reports whether it is so. What both packages do right on the way there it demands.
	holds func(w *world) bool
}

var defects = slices.Concat(lifecycleDefects, identityDefects, accessDefects, feedDefects, listDefects, streamDefects, callDefects)

// notShown are the defects that no test here shows, and why. Of the others some parts are left out: what only memory or a
// server under load would show (7, 12, 17, 18, 22, 23), and what ours does likewise (a failed write of a callback, 23; large
// payloads of a trigger that stay in its body, 20; useRun that looks at focus only when it is told to, 21).
var notShown = map[int]string{
	8:  "the cost of long streams is measured by ./build.sh bench",
	26: "a defect of the server's", 27: "a defect of the server's", 28: "a defect of the server's",
	29: "a defect of the server's", 30: "a defect of the server's", 31: "a defect of the server's",
}

func TestDefectsOfTheOriginalAreOursNoMore(t *testing.T) {
	for _, d := range defects {
		t.Run(fmt.Sprintf("%d, %s", d.number, d.name), func(t *testing.T) {
			t.Parallel()
			d.compare(t, original, runwire)
		})
	}
}

func TestDefectsOfTheOriginalAreOursNoMoreUnderReact18(t *testing.T) {
	for _, d := range lifecycleDefects {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			d.compare(t, originalReact18, runwireReact18)
		})
	}
}

// compare fails, too, when the original has become right: the claim is then to be taken back.
func (d *defect) compare(t *testing.T, theirs, ours variant) {
	for _, test := range []struct {
		variant
		holds bool
	}{{ours, true}, {theirs, false}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.variant, d.setting)
			if holds := d.holds(w); holds != test.holds {
				t.Errorf("this is %v, want %v\n%s%s", holds, test.holds, w.describe(), w.log("/"))
			}
		})
	}
}

func TestEveryDefectIsShownOrSaidNotToBe(t *testing.T) {
	const last = 31
	for number := 1; number <= last; number++ {
		shown := slices.ContainsFunc(defects, func(d defect) bool { return d.number == number })
		if _, left := notShown[number]; shown == left {
			t.Errorf("defect %d: shown is %v, left out is %v", number, shown, left)
		}
	}
}

// briefly is how long the original is given to do what it never does. Source: chosen; whatever it does at all it does
// within a tenth of that.
const briefly = time.Second

func (w *world) limit() time.Duration {
	if w.variant.tarball == nil {
		return briefly
	}
	return patience
}

// soon reports whether a condition comes to hold.
func (w *world) soon(holds func() bool) bool { return within(w.limit(), holds) }

// shows reports whether the page comes to show what meets a condition.
func (w *world) shows(format string, arguments ...any) bool {
	w.t.Helper()
	return w.holdsWithin(w.limit(), format, arguments...)
}

// rather waits until the page meets one of two conditions, and reports whether it is the first.
func (w *world) rather(right, wrong string) bool {
	w.t.Helper()
	w.until("(%s) || (%s)", right, wrong)
	return evaluate[bool](w.page, "Boolean("+right+")")
}

// closes reports whether every connection is closed soon.
func (w *world) closes() bool {
	w.t.Helper()
	return w.soon(func() bool { return w.emulator.Stats().OpenRealtime == 0 })
}

// after makes a change, and returns the state that component a shows first after it, as a JavaScript expression.
func (w *world) after(change func()) string {
	w.t.Helper()
	before := evaluate[int](w.page, "states('a').length")
	change()
	w.until("states('a').length > %d", before)
	return fmt.Sprintf("states('a')[%d]", before)
}
