//go:build !js

package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/runwire/runwire/web/emulator"
)

// A strict policy has no 'unsafe-inline': a style sheet or a style in the markup would be a violation, which newWorld reports.
func TestTheDevtoolsShowWhatTheRuntimeIsDoingUnderAStrictPolicy(t *testing.T) {
	var api string
	w := newWorld(t, runwire, setting{
		path: "/devtools.html", serve: underAStrictPolicy(&api), listening: func(address string) { api = address },
	})
	id := w.create(emulator.Columns{"status": "EXECUTING", "payload": map[string]any{"secret": "of the payload"}})
	w.append(id, "openai", "secret", "parts", "of a stream")
	w.mount(
		component{Name: "a", Hook: "useRealtimeRunWithStreams", RunID: id},
		component{Name: "b", Hook: "useRealtimeRun", RunID: id},
	)
	w.until("last('a').streams?.openai?.length === 3 && last('b').run")
	tab := w.openTab()
	tab.mount(component{Name: "a", Hook: "useRealtimeRun", RunID: id})
	tab.until("last('a').run")

	const opener = `[aria-label="runwire devtools"]`
	if _, err := chromedp.Run(w.ctx, chromedp.Click(opener)); err != nil {
		t.Fatal(err)
	}
	w.untilDevtoolsShow("shared worker", "2 requests under way", "run "+id, "3 hooks", "stream openai of "+id, "3 kept", "live",
		"token 0", "expires in 59 min", "tab 1 (this one)", "tab 2")
	w.emulator.RefuseConnections(time.Minute)
	w.emulator.CutConnections()
	w.untilDevtoolsShow("retrying, again in", "0 requests under way", "retries")
	w.emulator.ClearFaults()
	w.untilDevtoolsShow("live", "2 requests under way")

	page := evaluate[string](w.page, "document.documentElement.outerHTML")
	for _, secret := range []string{w.token, strings.Split(w.token, ".")[2], "secret", "of a stream"} {
		if strings.Contains(page, secret) {
			t.Errorf("the page has %q on it", secret)
		}
	}

	for _, width := range []int64{1200, 320} {
		phone := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 640, DeviceScaleFactor: 1}
		if _, err := chromedp.Call(w.ctx, emulation.SetDeviceMetricsOverride, phone); err != nil {
			t.Fatal(err)
		}
		type edges struct{ Left, Right, Top float64 }
		panel := evaluate[edges](w.page, "(({ left, right, top }) => ({ left, right, top }))(document.querySelector('#devtools section').getBoundingClientRect())")
		if panel.Left < 0 || panel.Right > float64(width) || panel.Top < 0 {
			t.Errorf("in a window of %d pixels the panel is at %+v", width, panel)
		}
		if evaluate[bool](w.page, "document.querySelector('#devtools section').scrollWidth > document.querySelector('#devtools section').clientWidth") {
			t.Errorf("in a window of %d pixels the panel is wider than it shows", width)
		}
	}

	if _, err := chromedp.Run(w.ctx, chromedp.KeyEvent(kb.Escape)); err != nil {
		t.Fatal(err)
	}
	w.poll("!document.querySelector('#devtools section') && document.activeElement.matches(" + literal(opener) + ")")
}

// untilDevtoolsShow waits until all of these are on the page at one time.
func (w *world) untilDevtoolsShow(texts ...string) {
	w.t.Helper()
	w.poll(literal(texts) + ".every((text) => document.body.innerText.includes(text))")
}
