// Package slowlink puts a slow network between a browser and servers of this machine. It does so outside both, so that
// everything that a page loads is slowed alike, by whichever thread it is asked for.
package slowlink

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Link is the line of one client: all connections share what it carries in a second. It knows nothing of lost packets,
// and does not start slowly, as TCP does.
type Link struct {
	roundTrip time.Duration
	down, up  *line
}

// New returns a link. A round trip is what a connection waits for before it can be used, and half of it passes between
// sending and arriving. Unit of the rates, which are towards the client and away from it: bytes a second.
func New(roundTrip time.Duration, down, up int) *Link {
	return &Link{roundTrip: roundTrip, down: &line{rate: down}, up: &line{rate: up}}
}

// Proxy listens on a port of its own, and connects whoever comes there to target, over the link. It ends with ctx.
func (l *Link) Proxy(ctx context.Context, target string) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("put %s behind a slow link: %w", target, err)
	}
	context.AfterFunc(ctx, func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // ctx is done
			}
			go l.connect(ctx, client, target)
		}
	}()
	return listener.Addr().String(), nil
}

func (l *Link) connect(ctx context.Context, client net.Conn, target string) {
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, "tcp", target)
	if err != nil {
		client.Close()
		return
	}
	l.join(ctx, client, server)
}

// join carries both ways until one end is closed or ctx is done, and closes both.
func (l *Link) join(ctx context.Context, client, server net.Conn) {
	ctx, end := context.WithCancel(ctx)
	defer client.Close()
	defer server.Close()
	go func() {
		defer end()
		l.down.carry(ctx, server, client, l.roundTrip/2)
	}()
	go func() {
		defer end()
		if wait(ctx, time.Now().Add(l.roundTrip)) { // until both know of the connection
			l.up.carry(ctx, client, server, l.roundTrip/2)
		}
	}()
	<-ctx.Done()
}

// line is one direction of a link.
type line struct {
	rate int // bytes a second

	mu   sync.Mutex
	free time.Time // when it has sent all that it was given
}

// packetSize is the most that is sent at once: meanwhile the packets of other connections wait. Unit: bytes.
// Source: chosen; it takes 20 ms at 1.6 Mbit/s.
const packetSize = 4 << 10

// packet is what is on its way.
type packet struct {
	data    []byte
	arrives time.Time
}

// carry copies until from ends or to is closed. Each packet arrives later by delay; meanwhile others are sent.
func (l *line) carry(ctx context.Context, from io.Reader, to io.Writer, delay time.Duration) {
	flying := make(chan packet, 1024) // more than a line sends in a round trip
	go l.load(ctx, from, flying, delay)
	for p := range flying {
		if !wait(ctx, p.arrives) {
			return
		}
		if _, err := to.Write(p.data); err != nil {
			return
		}
	}
}

// load sends what can be read, a packet whenever the line is free.
func (l *line) load(ctx context.Context, from io.Reader, flying chan<- packet, delay time.Duration) {
	defer close(flying)
	for {
		data := make([]byte, packetSize)
		n, err := from.Read(data)
		sent := l.reserve(n)
		select {
		case flying <- packet{data[:n], sent.Add(delay)}:
		case <-ctx.Done():
			return
		}
		if err != nil || !wait(ctx, sent) {
			return
		}
	}
}

// reserve says when the line will have sent n bytes more.
func (l *line) reserve(n int) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(time.Duration(n) * time.Second / time.Duration(l.rate))
	return l.free
}

// wait reports whether the moment came before the end of ctx.
func wait(ctx context.Context, moment time.Time) bool {
	timer := time.NewTimer(time.Until(moment))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
