// Command demo serves a page that triggers tasks and follows their runs live, and the emulator that it
// talks to. The page is a go-app program (folder app); './build.sh demo' compiles it and starts this server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/runwire/runwire/web/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

const help = `demo serves a page that triggers tasks and follows their runs live, and the emulator of the
Trigger.dev API that runs them. Everything is kept in memory and nothing leaves this machine.

Usage: ./build.sh demo [flags]

Flags:

`

// settings are what the flags say.
type settings struct {
	addr   string
	folder string // of app.wasm and wasm_exec.js
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	program, err := loadProgram(s.folder)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewTextHandler(stderr, nil))
	return emulator.Serve(ctx, emulator.Config{
		Options: emulator.Options{Logger: logger},
		Addr:    s.addr,
		Ready:   func(addr net.Addr) { fmt.Fprintf(stdout, "demo: open http://%s\n", addr) },
		Handler: func(e *emulator.Emulator) http.Handler { return newSite(e, program) },
	})
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.addr, "addr", emulator.DefaultAddr, "address to listen on; port 0 takes any that is free")
	flags.StringVar(&s.folder, "program", ".build/demo", "folder with the page's app.wasm and wasm_exec.js")
	flags.Usage = func() {
		fmt.Fprint(stderr, help)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("unexpected argument %q: see --help", flags.Arg(0))
	}
	return s, nil
}
