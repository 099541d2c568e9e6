package emulator

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultSecretKey is the secret key of an emulator that was given none.
const DefaultSecretKey = "tr_dev_emulator"

// The stream versions of [Options].
const (
	StreamV1 = "v1" // one event per part, ids made of milliseconds
	StreamV2 = "v2" // events of many records, ids that count from zero
)

// Options configure an [Emulator]. The zero value is a working configuration.
type Options struct {
	// SecretKey is what servers present, and what public tokens are signed with. Default: [DefaultSecretKey].
	SecretKey string
	// EnvironmentID is the subject of public tokens. Default: one that is derived from Seed, or a constant without it.
	EnvironmentID string
	// PollHold is how long a live poll waits for a change. Range: above 0, below 45 s, after which newer clients give
	// up. Default: 20 s, as the service holds it.
	PollHold time.Duration
	// StreamIdle is how long a stream stays open without new data when its reader does not say. Default: 60 s.
	StreamIdle time.Duration
	// StreamVersion is [StreamV2] by default, or [StreamV1].
	StreamVersion string
	// HoldStreams keeps streams open until they are idle even when their run has ended, as the hosted service does.
	// By default a task's streams end with it.
	HoldStreams bool
	// PartialUpdates makes updates in the run feed carry only the columns that changed, as Electric does. By default
	// they carry whole rows.
	PartialUpdates bool
	// ListRows is the most rows that the first answer of a feed of many runs has; the newest are kept. Default: 1000,
	// as the service has it.
	ListRows int
	// AnnounceDeletes tells the feeds of tags when a run has lost a tag, as Electric does. By default such a run is
	// never mentioned again, as the service has it. What [Emulator.DeleteRun] removes is announced in any case.
	AnnounceDeletes bool
	// RateLimit is how many calls a minute each credential may make under /api/, of those that the service limits. The
	// headers of the answers count them down. Default: 1,000,000, which no test reaches.
	RateLimit int
	// Control serves the scripting of tests under /emulator/, for holders of the secret key.
	Control bool
	// Clock is the source of time. Default: [RealClock].
	Clock Clock
	// Logger receives what went wrong inside the emulator itself. Default: discarded.
	Logger *slog.Logger
	// Seed makes ids repeat from run to run of a program. 0 means that they are random.
	Seed uint64
	// Tasks are added to the built-in ones, and replace those with the same id.
	Tasks []Task
}

func (o Options) withDefaults() Options {
	setDefault(&o.SecretKey, DefaultSecretKey)
	setDefault(&o.EnvironmentID, "env_emulator")
	setDefault(&o.PollHold, 20*time.Second)
	setDefault(&o.StreamIdle, 60*time.Second)
	setDefault(&o.StreamVersion, StreamV2)
	setDefault(&o.ListRows, 1000)
	setDefault(&o.RateLimit, 1_000_000)
	if o.Clock == nil {
		o.Clock = RealClock{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Why a request ended before its handler was done.
var (
	errClosed = errors.New("the emulator was closed")
	errCut    = errors.New("a test cut all connections")
)

// Emulator is the API as an [http.Handler]. All its methods may be called concurrently.
type Emulator struct {
	options Options
	clock   Clock
	ids     *idSource
	journal *journal
	store   *store
	objects *objectStore
	tasks   map[string]Task
	mux     *http.ServeMux
	calls   *callLog
	faults  *faultList
	conns   *connections
	queue   queue
	rates   rateLimiter
	cursor  atomic.Uint64 // of the run feeds: a number that no two answers share

	// life ends with Close; everything that runs derives from it.
	life context.Context
	end  context.CancelCauseFunc

	mu      sync.Mutex
	closed  bool
	working sync.WaitGroup // tasks and requests; nothing is added once closed is set
}

// New returns an emulator. Close it when done.
func New(options Options) *Emulator {
	options = options.withDefaults()
	e := &Emulator{
		options: options,
		clock:   options.Clock,
		ids:     newIDSource(options.Seed),
		journal: &journal{},
		rates:   rateLimiter{limit: options.RateLimit},
		objects: newObjectStore(),
		tasks:   taskTable(options.Tasks),
		calls:   newCallLog(),
		faults:  &faultList{},
		conns:   newConnections(),
	}
	e.store = newStore(e.journal)
	e.life, e.end = context.WithCancelCause(context.Background())
	e.mux = e.routes()
	return e
}

// Close ends all tasks, polls and streams, and returns when none is left. Requests that arrive later are answered
// 503. Closing twice is harmless.
func (e *Emulator) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end(errClosed)
	e.working.Wait()
}

// begin counts a task or a request in. It reports false once the emulator is closed.
func (e *Emulator) begin() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.working.Add(1)
	return true
}

// ServeHTTP implements [http.Handler].
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowOrigin(w.Header(), r)
	if !e.begin() {
		fail(http.StatusServiceUnavailable, "The emulator was closed").write(w)
		return
	}
	defer e.working.Done()
	if isControl(r) {
		if r.Method == http.MethodOptions {
			preflight(w, r)
			return
		}
		e.mux.ServeHTTP(w, r)
		return
	}
	e.serveObserved(w, r)
}

// serveObserved serves a request of the API itself: it is logged, counted, subject to faults, and can be cut.
func (e *Emulator) serveObserved(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	stop := context.AfterFunc(e.life, func() { cancel(errClosed) })
	defer stop()

	// A peer that does not read must not keep the emulator from closing or cutting.
	const lastWrite = time.Second
	release := context.AfterFunc(ctx, func() {
		if context.Cause(ctx) != context.Canceled {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(lastWrite)) // unsupported by test recorders
		}
	})
	defer release()

	reply := &reply{ResponseWriter: w}
	call := e.calls.start(r, e.clock.Now(), cancel)
	defer func() { e.calls.finish(call, reply, e.clock.Now()) }()
	r = r.WithContext(context.WithValue(ctx, callKey{}, call))

	if r.Method == http.MethodOptions {
		e.calls.routed(call, "preflight")
		if !e.inject(reply, r) {
			preflight(reply, r)
		}
	} else if !e.inject(reply, r) {
		e.mux.ServeHTTP(reply, r)
	}
	reply.complete = reply.status != 0 && ctx.Err() == nil
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errCut), errors.Is(cause, errClosed) && reply.status != 0 && !reply.complete:
		resetConnection(w)
	case errors.Is(cause, errClosed) && reply.status == 0 && !reply.raw:
		fail(http.StatusServiceUnavailable, "The emulator was closed").write(reply)
	}
}
