//go:build !js

package browser

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/web/emulator"
)

const nativeRuns = 10_000

// nativeSubscriptions has no browser, and the original has nothing of the kind.
var nativeSubscriptions = load{
	measured: bench.Of("10,000 runs live in one Go process",
		bench.Measurement{Name: "peak memory", Unit: bench.Bytes, Bound: bench.AtMost(256e6)},
	),
	do: func(b *testing.B, v variant) []float64 {
		// A connection is an open file at both of its ends, each of which is a process that Go lets have as many as it may.
		var files syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur < nativeRuns+100 {
			b.Fatalf("%d runs need a higher limit of open files than %d (ulimit -Hn), error %v", nativeRuns, files.Cur, err)
		}
		w := newServers(b, v, setting{})
		ids := make([]string, nativeRuns)
		for i := range ids {
			ids[i] = w.create(emulator.Columns{"status": "EXECUTING", "payload": map[string]int{"index": i}})
		}
		subscriber := b.TempDir() + "/subscriber"
		w.must(run(repository, "go", "build", "-o", subscriber, "./tests/subscriber"))

		cmd := exec.CommandContext(b.Context(), subscriber)
		cmd.Env = append(os.Environ(), "TRIGGER_API_URL="+w.api, "TRIGGER_ACCESS_TOKEN="+w.token)
		cmd.Stdin = strings.NewReader(strings.Join(ids, "\n"))
		var output, failure bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &failure
		w.must(cmd.Start())
		// First every run changes while it is followed, then each one ends, and its subscription with it.
		for _, columns := range []emulator.Columns{{"metadata": map[string]int{"progress": 1}}, {"status": emulator.StatusCompleted}} {
			w.eventually(time.Minute, "all runs are live", func() bool { return w.emulator.Stats().OpenRealtime == nativeRuns })
			for _, id := range ids {
				w.update(id, columns)
			}
		}
		if err := cmd.Wait(); err != nil {
			b.Fatalf("%v: %s", err, failure.String())
		}
		peak, err := strconv.ParseInt(strings.TrimSpace(output.String()), 10, 64)
		w.must(err)
		return []float64{float64(peak)}
	},
	ours: 1,
}
