package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

func TestItSaysWhereItListensAndStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	output, stdout := io.Pipe()
	stopped := make(chan error, 1)
	go func() {
		stopped <- run(ctx, []string{"--addr", "127.0.0.1:0", "--secret-key", "tr_dev_cmd"}, stdout, io.Discard)
	}()
	line := make([]byte, 200)
	n, err := output.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	ready := regexp.MustCompile(`^emulator listening on (http://127\.0\.0\.1:\d+) \(secret key tr_dev_cmd\)\n$`).FindSubmatch(line[:n])
	if ready == nil {
		t.Fatalf("it said %q", line[:n])
	}
	response, err := http.Get(string(ready[1]) + "/emulator/stats")
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("the control API is served without --control: %d", response.StatusCode)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestFlags(t *testing.T) {
	t.Setenv("TRIGGER_SECRET_KEY", "tr_dev_env")
	config, err := parse(nil, io.Discard)
	if err != nil || config.SecretKey != "tr_dev_env" || config.Addr != emulator.DefaultAddr || config.StreamVersion != emulator.StreamV2 {
		t.Errorf("got %+v, %v", config, err)
	}
	for _, args := range [][]string{{"serve"}, {"--stream-version", "v3"}, {"--virtual-clock"}, {"--nonsense"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}

func TestHelpSaysWhatItIsFor(t *testing.T) {
	var help bytes.Buffer
	if err := run(t.Context(), []string{"--help"}, io.Discard, &help); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
	for _, want := range []string{"for development and tests", "hello-world", "-control", "TRIGGER_SECRET_KEY"} {
		if !strings.Contains(help.String(), want) {
			t.Errorf("the help does not say %q", want)
		}
	}
}
