// Command emulator serves the Trigger.dev API that a frontend speaks, with simulated tasks, for development and tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/runwire/runwire/web/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "emulator:", err)
			os.Exit(1)
		}
	}
}

const help = `emulator serves the Trigger.dev API that a frontend speaks: triggering tasks and batches, retrieving
runs, following them in realtime one by one, by tag and by batch, their streams in both directions,
wait tokens, sessions, and public tokens. It keeps everything in memory and runs simulated tasks.
It is for development and tests, not for production.

Usage: emulator [flags]

Point an application at it with the base URL that it prints, and the secret key:

  TRIGGER_API_URL=http://127.0.0.1:8787 TRIGGER_SECRET_KEY=tr_dev_emulator

Tasks:
`

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	config, err := parse(args, stderr)
	if err != nil {
		return err
	}
	config.Logger = slog.New(slog.NewTextHandler(stderr, nil))
	config.Ready = func(addr net.Addr) {
		fmt.Fprintf(stdout, "emulator listening on http://%s (secret key %s)\n", addr, config.SecretKey)
	}
	return emulator.Serve(ctx, config)
}

func parse(args []string, stderr io.Writer) (emulator.Config, error) {
	var config emulator.Config
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&config.Addr, "addr", emulator.DefaultAddr, "address to listen on; port 0 takes any that is free")
	flags.StringVar(&config.SecretKey, "secret-key", "",
		"secret key of the environment (default $TRIGGER_SECRET_KEY, else "+emulator.DefaultSecretKey+")")
	flags.BoolVar(&config.Control, "control", false, "serve the scripting of tests under /emulator/")
	flags.StringVar(&config.StreamVersion, "stream-version", emulator.StreamV2, "framing of streams, v1 or v2")
	flags.DurationVar(&config.PollHold, "poll-hold", 0, "how long a live poll waits for a change (default 20s)")
	flags.DurationVar(&config.StreamIdle, "stream-idle", 0, "how long a stream stays open without data (default 1m0s)")
	flags.BoolVar(&config.HoldStreams, "hold-streams", false, "keep streams open after their run has ended, as the hosted service does")
	flags.BoolVar(&config.PartialUpdates, "partial-updates", false, "send only the columns that changed in updates of a run")
	flags.IntVar(&config.ListRows, "list-rows", 0, "most rows in the first answer of a feed of many runs (default 1000)")
	flags.BoolVar(&config.AnnounceDeletes, "announce-deletes", false, "tell feeds of tags when a run has lost a tag, as Electric does")
	flags.IntVar(&config.RateLimit, "rate-limit", 0, "API calls a minute for each credential (default 1000000)")
	virtual := flags.Bool("virtual-clock", false, "let time stand still until POST /emulator/clock moves it; needs --control")
	flags.Uint64Var(&config.Seed, "seed", 0, "make ids repeat; 0 means random ids")
	flags.Usage = func() {
		fmt.Fprint(stderr, help)
		for _, task := range emulator.Tasks() {
			fmt.Fprintf(stderr, "  %-14s %s\n  %-14s example payload: %s\n", task.ID, task.Description, "", task.Example)
		}
		fmt.Fprint(stderr, "\nFlags:\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return config, err
	}
	for _, otherwise := range []string{os.Getenv("TRIGGER_SECRET_KEY"), emulator.DefaultSecretKey} {
		if config.SecretKey == "" {
			config.SecretKey = otherwise // not the flag's default, so that the help does not show the key
		}
	}
	if flags.NArg() > 0 {
		return config, fmt.Errorf("unexpected argument %q: see --help", flags.Arg(0))
	}
	if config.StreamVersion != emulator.StreamV1 && config.StreamVersion != emulator.StreamV2 {
		return config, fmt.Errorf("unknown stream version %q: want v1 or v2", config.StreamVersion)
	}
	if *virtual && !config.Control {
		return config, errors.New("--virtual-clock needs --control, through which time is moved")
	}
	if *virtual {
		config.Clock = emulator.NewVirtualClock(time.Now())
	}
	return config, nil
}
