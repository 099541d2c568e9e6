package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Config is what [Serve] needs beyond the emulator's own options.
type Config struct {
	Options
	// Addr is the TCP address to listen on. Default: 127.0.0.1:8787; port 0 takes any that is free.
	Addr string
	// Ready is called with the address once connections are accepted.
	Ready func(addr net.Addr)
	// Handler wraps the emulator, to serve more beside it. Default: the emulator alone.
	Handler func(e *Emulator) http.Handler
}

// DefaultAddr is where [Serve] listens unless told otherwise.
const DefaultAddr = "127.0.0.1:8787"

// Serve serves an emulator over plain HTTP/1.1 until ctx ends, and returns nil when it was ended that way. It returns
// an error when it cannot listen.
func Serve(ctx context.Context, config Config) error {
	setDefault(&config.Addr, DefaultAddr)
	e := New(config.Options)
	defer e.Close()
	listener, err := e.Listen(config.Addr)
	if err != nil {
		return fmt.Errorf("serve emulator: %w", err)
	}
	var handler http.Handler = e
	if config.Handler != nil {
		handler = config.Handler(e)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	if config.Ready != nil {
		config.Ready(listener.Addr())
	}
	select {
	case err := <-stopped:
		return fmt.Errorf("serve emulator: %w", err)
	case <-ctx.Done():
	}
	e.Close() // ends the polls and streams that would keep the server from stopping
	const grace = 2 * time.Second
	deadline, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(deadline); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stop emulator: %w", err)
	}
	if err := server.Close(); err != nil {
		return fmt.Errorf("stop emulator: %w", err)
	}
	<-stopped
	return nil
}
