package emulator

import (
	"net"
	"sync"
	"time"
)

// connections counts the TCP connections of the emulator's listeners, and can refuse or reset them.
type connections struct {
	mu           sync.Mutex
	open         map[*trackedConn]struct{}
	accepted     int
	maxOpen      int
	refused      int
	refusedUntil time.Time
}

func newConnections() *connections { return &connections{open: map[*trackedConn]struct{}{}} }

// Listen listens on a TCP address such as 127.0.0.1:0. Serving the emulator through it is what lets the statistics
// count connections, and tests refuse and reset them.
func (e *Emulator) Listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &trackedListener{Listener: listener, conns: e.conns, clock: e.clock}, nil
}

type trackedListener struct {
	net.Listener
	conns *connections
	clock Clock
}

// Accept implements [net.Listener]. Connections that are refused are reset before a byte is read.
func (l *trackedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if tracked, ok := l.conns.admit(conn, l.clock.Now()); ok {
			return tracked, nil
		}
		reset(conn)
	}
}

func (c *connections) admit(conn net.Conn, now time.Time) (*trackedConn, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Before(c.refusedUntil) {
		c.refused++
		return nil, false
	}
	tracked := &trackedConn{Conn: conn, conns: c}
	c.open[tracked] = struct{}{}
	c.accepted++
	c.maxOpen = max(c.maxOpen, len(c.open))
	return tracked, true
}

// refuseUntil resets every connection attempt until then.
func (c *connections) refuseUntil(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusedUntil = until
}

// resetAll ends every open connection except the one to this remote address.
func (c *connections) resetAll(except string) {
	c.mu.Lock()
	var doomed []*trackedConn
	for conn := range c.open {
		if conn.RemoteAddr().String() != except {
			doomed = append(doomed, conn)
		}
	}
	c.mu.Unlock()
	for _, conn := range doomed {
		reset(conn)
	}
}

// clear starts the counters again from the connections that are open.
func (c *connections) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.accepted, c.refused, c.maxOpen = 0, 0, len(c.open)
}

// trackedConn leaves the set of open connections when it is closed.
type trackedConn struct {
	net.Conn
	conns *connections
}

// Close implements [net.Conn].
func (c *trackedConn) Close() error {
	c.conns.mu.Lock()
	delete(c.conns.open, c)
	c.conns.mu.Unlock()
	return c.Conn.Close()
}

// reset closes conn with a TCP reset where it can, else plainly.
func reset(conn net.Conn) {
	raw := conn
	if tracked, ok := conn.(*trackedConn); ok {
		raw = tracked.Conn
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a closed connection needs no reset
	}
	_ = conn.Close() // closing twice is harmless
}

func (c *connections) stats() ConnectionStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ConnectionStats{Open: len(c.open), MaxOpen: c.maxOpen, Accepted: c.accepted, Refused: c.refused}
}
