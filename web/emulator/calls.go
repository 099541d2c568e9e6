package emulator

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The bounds of the request log; the oldest are forgotten. Source: chosen.
const (
	maxLoggedCalls  = 10_000
	maxLoggedHeader = 1 << 10  // bytes of one header
	maxLoggedBody   = 64 << 10 // bytes of one body
	maxLoggedBodies = 16 << 20 // bytes of all bodies
)

// loggedHeaders are the request headers that the log shows, beside those whose names begin with X-, which only programs
// send. The credential is not among them.
var loggedHeaders = []string{
	"Accept", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Content-Type", "Last-Event-Id",
	"Origin", "Timeout-Seconds", "Trigger-Version",
}

func isLogged(header string) bool {
	return strings.HasPrefix(header, "X-") || slices.Contains(loggedHeaders, header)
}

// Call is one request as the log shows it.
type Call struct {
	ID      int               `json:"id"`
	Route   string            `json:"route"` // name of the endpoint, empty when none was reached
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Query   string            `json:"query"`
	Headers map[string]string `json:"headers"` // names in lower case, of each at most its first 1 KiB
	// Authorization says what kind of credential was sent: "none" or a scheme such as "Bearer".
	Authorization string `json:"authorization"`
	// TokenID tells credentials apart: the start of the credential's SHA-256 in hex.
	TokenID string `json:"tokenId,omitempty"`
	Remote  string `json:"remote"`            // the peer's address, one per connection
	StartMs int64  `json:"startMs"`           // milliseconds since the epoch
	EndMs   int64  `json:"endMs"`             // 0 while the request is open
	Status  int    `json:"status"`            // 0 while the request is open, or when it ended without an answer
	Bytes   int64  `json:"bytes"`             // of the body sent
	Fault   string `json:"fault,omitempty"`   // name of the action that was injected
	Aborted bool   `json:"aborted,omitempty"` // the peer went away first, or the connection was cut
	// Body is the request's body, at most its first 64 KiB. Uploaded objects and stream parts are not kept.
	Body string `json:"body,omitempty"`
}

// call is a request that is being served.
type call struct {
	entry    *Call // guarded by the log's lock
	route    string
	fault    string
	realtime bool
	cancel   context.CancelCauseFunc
}

type callKey struct{}

// callOf is the call that ServeHTTP put into the request's context.
func callOf(r *http.Request) *call { return r.Context().Value(callKey{}).(*call) }

// callLog keeps what tests observe. It may be used concurrently.
type callLog struct {
	mu       sync.Mutex
	next     int
	entries  []*Call
	bodies   []*Call // entries that have a body, oldest first
	kept     int     // bytes of all bodies
	open     map[*call]struct{}
	totals   map[string]int // finished calls by route
	realtime int            // realtime requests that are open
	maxOpen  int
}

func newCallLog() *callLog {
	return &callLog{open: map[*call]struct{}{}, totals: map[string]int{}}
}

func (l *callLog) start(r *http.Request, now time.Time, cancel context.CancelCauseFunc) *call {
	entry := &Call{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Headers: map[string]string{},
		Authorization: "none", Remote: r.RemoteAddr, StartMs: now.UnixMilli(),
	}
	for name := range r.Header {
		if value := r.Header.Get(name); value != "" && isLogged(name) {
			entry.Headers[strings.ToLower(name)] = value[:min(len(value), maxLoggedHeader)]
		}
	}
	if scheme, credential, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok {
		entry.Authorization, entry.TokenID = scheme, digest(credential)[:16]
	}
	c := &call{entry: entry, cancel: cancel}
	c.realtime = r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/realtime/")
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	entry.ID = l.next
	if len(l.entries) == maxLoggedCalls {
		l.entries = slices.Delete(l.entries, 0, maxLoggedCalls/2)
	}
	l.entries = append(l.entries, entry)
	l.open[c] = struct{}{}
	if c.realtime {
		l.realtime++
		l.maxOpen = max(l.maxOpen, l.realtime)
	}
	return c
}

// routed names the endpoint that a call reached.
func (l *callLog) routed(c *call, route string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.route = route
	c.entry.Route = route
}

// keepBody adds text to what the log shows of a request's body.
func (l *callLog) keepBody(c *call, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text = text[:min(len(text), maxLoggedBody-len(c.entry.Body))]
	if len(text) == 0 {
		return
	}
	if c.entry.Body == "" {
		l.bodies = append(l.bodies, c.entry)
	}
	c.entry.Body += string(text)
	l.kept += len(text)
	for l.kept > maxLoggedBodies {
		l.kept -= len(l.bodies[0].Body)
		l.bodies[0].Body = ""
		l.bodies = l.bodies[1:]
	}
}

func (l *callLog) finish(c *call, w *reply, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	if c.realtime {
		l.realtime--
	}
	l.totals[routeOrUnknown(c.route)]++
	c.entry.Route, c.entry.Fault = c.route, c.fault
	c.entry.Status, c.entry.Bytes = w.status, w.bytes
	c.entry.EndMs = now.UnixMilli()
	c.entry.Aborted = !w.complete
}

func routeOrUnknown(route string) string {
	if route == "" {
		return "unknown"
	}
	return route
}

// cut ends every open call with errCut.
func (l *callLog) cut() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.cancel(errCut)
	}
	return len(l.open)
}

// list copies the entries whose path starts with prefix.
func (l *callLog) list(prefix string) []Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := []Call{}
	for _, entry := range l.entries {
		if strings.HasPrefix(entry.Path, prefix) {
			found = append(found, *entry)
		}
	}
	return found
}

// clear forgets the log and the totals. Calls that are open still count as open.
func (l *callLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.bodies, l.kept = nil, nil, 0
	clear(l.totals)
	l.maxOpen = l.realtime
}

// stats counts the realtime calls that are open, the most at one time, and all calls by route.
func (l *callLog) stats() (open, maxOpen int, requests map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	requests = maps.Clone(l.totals)
	for c := range l.open {
		requests[routeOrUnknown(c.route)]++
	}
	return l.realtime, l.maxOpen, requests
}
