//go:build !js

package browser

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

// BenchmarkBrowser prints what ./build.sh bench is asked for: how long it takes until everything is on the screen, ours
// and the original's in turn, in one browser. Run it with -benchtime=1x; it repeats its loads itself, and each of them ends.
func BenchmarkBrowser(b *testing.B) {
	contenders := []struct {
		variant
		runs int
	}{{runwire, 5}, {original, 3}}
	sizes := []int{20_000, 100_000}
	streamed := map[string]map[int]load{}
	showing := map[string]string{}
	for _, c := range contenders {
		streamed[c.name] = map[int]load{}
	}
	for _, parts := range sizes {
		measured := map[string][]load{}
		for run := range 5 {
			for _, c := range contenders {
				if run >= c.runs {
					continue
				}
				b.Run(fmt.Sprintf("%d parts, %s, %d", parts, c.name, run), func(b *testing.B) {
					measured[c.name] = append(measured[c.name], streamParts(b, c.variant, parts))
				})
			}
		}
		for name, loads := range measured {
			slices.SortFunc(loads, func(a, b load) int { return int(a.time - b.time) })
			streamed[name][parts] = loads[len(loads)/2]
		}
	}
	for _, c := range contenders {
		b.Run("50 components, "+c.name, func(b *testing.B) { showing[c.name] = showFifty(b, c.variant) })
	}

	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(what string, cell func(name string) string) {
		cells := []string{what}
		for _, c := range contenders {
			cells = append(cells, cell(c.name))
		}
		fmt.Fprintln(table, strings.Join(cells, "\t")+"\t")
	}
	fmt.Fprintln(table, "\tours\toriginal\t")
	for _, parts := range sizes {
		row(fmt.Sprintf("a stream of %d parts, from trigger to screen", parts), func(name string) string {
			return milliseconds(streamed[name][parts].time)
		})
		row("of it, the page does not respond for", func(name string) string { return milliseconds(streamed[name][parts].longTasks) })
	}
	row("5 times the parts take so much longer", func(name string) string {
		return fmt.Sprintf("%.1f x", float64(streamed[name][sizes[1]].time)/float64(streamed[name][sizes[0]].time))
	})
	row("50 components on one run, first data on all", func(name string) string { return showing[name] })
	table.Flush()
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

// load is what one load of a page took.
type load struct {
	time time.Duration
	// longTasks is the sum of the tasks that kept the page's main thread for over 50 ms.
	longTasks time.Duration
}

// streamParts triggers a task that streams so many parts as fast as it can, and mounts a component that shows them.
func streamParts(b *testing.B, v variant, parts int) load {
	w := newWorld(b, v, setting{})
	evaluate[any](w.page, `void (() => {
		window.longTasks = 0
		new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longTasks += duration }).observe({ type: 'longtask' })
	})()`)
	started := time.Now()
	id := w.trigger("stream-text", map[string]any{"prompt": "rivers", "tokens": parts, "everyMs": 0})
	w.mount(component{Name: "a", Hook: "useRealtimeStream", RunID: id, StreamKey: "openai", LastOnly: true})
	w.untilWithin(2*time.Minute, "last('a').parts?.length === %d", parts)
	shown := evaluate[float64](w.page, fmt.Sprintf("firstTime('a', ({ parts }) => parts.length === %d)", parts))
	w.settle() // the observer is told of a task when it has ended
	return load{
		time:      time.UnixMicro(int64(shown * 1000)).Sub(started),
		longTasks: time.Duration(evaluate[float64](w.page, "longTasks") * float64(time.Millisecond)),
	}
}

func showFifty(b *testing.B, v variant) string {
	w := newWorld(b, v, setting{})
	names := mountMany(w, w.create(emulator.Columns{"status": "EXECUTING"}), 0, fifty)
	const limit = 60 * time.Second
	if !w.holdsWithin(limit, "%s.every((name) => last(name).run)", literal(names)) {
		return fmt.Sprintf("%d of %d after %v", w.showing(names), fifty, limit)
	}
	answered := time.UnixMilli(w.gets(runPath)[0].EndMs)
	last := time.UnixMicro(int64(slices.Max(w.firstTimes(names, "run")) * 1000))
	return milliseconds(last.Sub(answered))
}
