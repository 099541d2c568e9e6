// Command subscriber is a Go service that follows many runs through the native client, as the benchmarks measure it. It
// follows each run whose id is on a line of its input until the run has finished, and prints the most memory that it had
// at one time, in bytes.
//
// Usage: TRIGGER_API_URL=... TRIGGER_ACCESS_TOKEN=... subscriber <ids
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/drive/nethttp"
)

func main() {
	access := api.Access{BaseURL: os.Getenv("TRIGGER_API_URL"), AccessToken: os.Getenv("TRIGGER_ACCESS_TOKEN")}
	err := follow(access, os.Stdin)
	if err == nil {
		err = printPeak(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "subscriber:", err)
		os.Exit(1)
	}
}

// follow returns when all runs have finished, or why one cannot be followed.
func follow(access api.Access, ids io.Reader) error {
	client := nethttp.NewClient(nethttp.Options{Access: access})
	defer client.Close()
	ctx, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	var following sync.WaitGroup
	lines := bufio.NewScanner(ids)
	for lines.Scan() {
		id := lines.Text()
		following.Go(func() {
			for _, err := range client.SubscribeRun(ctx, id) {
				if err != nil {
					fail(fmt.Errorf("follow %s: %w", id, err))
				}
			}
		})
	}
	following.Wait()
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read ids: %w", err)
	}
	return context.Cause(ctx)
}

// printPeak asks Linux, which counts everything that a process has: stacks and code, too.
func printPeak(w io.Writer) error {
	const peak = "VmHWM:"
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(status)) {
		var kB int64
		if n, _ := fmt.Sscanf(line, peak+"%d kB", &kB); n == 1 {
			_, err := fmt.Fprintln(w, kB<<10)
			return err
		}
	}
	return fmt.Errorf("/proc/self/status does not say %s", peak)
}
