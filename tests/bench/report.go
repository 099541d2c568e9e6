package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Publish writes the report into a folder: the table as bench.md, the plot as bench.svg.
func Publish(folder string, measurements []Measurement, date time.Time) error {
	var table, plot bytes.Buffer
	fmt.Fprintf(&table, above, date.Format(time.DateOnly))
	if err := Table(&table, measurements); err != nil {
		return err
	}
	table.WriteString(below)
	if err := Plot(&plot, measurements, date); err != nil {
		return err
	}
	for name, text := range map[string][]byte{"bench.md": table.Bytes(), "bench.svg": plot.Bytes()} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

const above = "# runwire beside the original\n\nWritten by `./build.sh bench` on %s.\n" + `
runwire and @trigger.dev/react-hooks 4.8.3 do the same work in turn, with React 19, in one Chromium, against the emulator on the
same machine. Values are medians. A ratio is runwire's value to the original's, so that less than 1 is better; beside it stand
the least and the most of single rounds. The command fails where a bound is missed.

![The ratios as bars](bench.svg)

`

const below = `
- **download without React**: the scripts and the module that the app of the README's quick start, built by Vite, loads until it
  shows a run, less those of the same app with nothing in the package's place.
- **on the screen**: committed by React, since the navigation began, the component was mounted or the run was changed.
- **1.6 Mbit/s and 150 ms**: the page's files and the API share such a line; a new connection waits for a round trip.
- **the page does not respond for**: the sum of all tasks of the page's thread that took longer than 50 ms.
- **memory**: what the heaps of the page and its worker hold after a garbage collection, with their buffers and WebAssembly's memory.
- **10,000 runs live in one Go process**: each followed by the native client until it ends, over HTTP/1.1; the peak of what is resident.
`
