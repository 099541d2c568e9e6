package hooks

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// DefaultThrottle is the shortest time between two publications of stream parts to one subscription.
// Range: 0 (publish every part at once) and up. Source: throttleInMs in @trigger.dev/react-hooks 4.8.3.
const DefaultThrottle = 16 * time.Millisecond

// Kind is what a subscription follows.
type Kind uint8

// The kinds of subscriptions.
const (
	KindRun             Kind = iota + 1 // one run
	KindRunWithStreams                  // one run and every stream that it announces
	KindStream                          // one stream of a run
	KindRunsWithTag                     // the runs that have every one of some tags
	KindRunsWithStreams                 // the runs that have every one of some tags, and their streams
	KindBatch                           // the runs of a batch
	KindSession                         // one direction of a session, or of a channel of it
	KindRetrieve                        // one run, fetched and fetched again
	KindTrigger                         // triggers a task on each Submit
	KindWaitToken                       // completes a waitpoint on Submit
	KindInputStream                     // sends to a run's input stream on each Submit
)

// isList reports whether subscriptions of this kind follow many runs.
func (k Kind) isList() bool {
	return k == KindRunsWithTag || k == KindRunsWithStreams || k == KindBatch
}

// isStream reports whether subscriptions of this kind follow one stream of records.
func (k Kind) isStream() bool { return k == KindStream || k == KindSession }

// isMutation reports whether subscriptions of this kind do something on Submit and follow nothing.
func (k Kind) isMutation() bool {
	return k == KindTrigger || k == KindWaitToken || k == KindInputStream
}

// Spec names what a subscription follows.
type Spec struct {
	Kind      Kind
	RunID     string
	StreamKey string // of KindStream and KindInputStream

	Tags        string // of KindRunsWithTag and KindRunsWithStreams: see Tags
	CreatedAt   string // of the same: how far back, such as "1h"; "" is the server's default
	BatchID     string // of KindBatch
	TaskID      string // of KindTrigger
	WaitpointID string // of KindWaitToken
	SessionID   string // of KindSession: the session's id, or the id that its creator gave it
	Channel     string // of KindSession; "" is the session itself
	Direction   string // of KindSession: "in" or "out"
}

// Tags joins tags, at least one, for Spec.Tags.
func Tags(tags ...string) string { return strings.Join(tags, "\n") }

// problem returns what the API has no words for, or nil.
func (s *Spec) problem() error {
	for tag := range strings.SplitSeq(s.Tags, "\n") {
		if strings.Contains(tag, ",") {
			return &InputError{`Cannot subscribe to the tag "` + tag + `": the API takes its comma for the end of a tag`}
		}
	}
	return nil
}

// same reports whether both name the same.
func (s *Spec) same(other *Spec) bool { return s == other || *s == *other }

// Options are what a hook may ask for. The zero value asks the cloud, without a token, for everything, and
// publishes every part at once.
type Options struct {
	Access api.Access

	// Throttle spaces publications of stream parts; runs are never throttled. See DefaultThrottle.
	Throttle time.Duration
	// ContinueAfterCompletion keeps following a run that is finished.
	ContinueAfterCompletion bool
	// SkipColumns names columns that the server need not send.
	SkipColumns []string
	// Start is where a KindStream subscription begins.
	Start api.StreamStart
	// RefreshInterval, RevalidateOnFocus and RevalidateOnReconnect say when a KindRetrieve subscription fetches
	// its run again; zero is never.
	RefreshInterval       time.Duration
	RevalidateOnFocus     bool
	RevalidateOnReconnect bool
	// Retry says how JSON calls are tried again.
	Retry Retry
	// Headers are added to JSON calls, and to the requests of a stream that is followed for its own sake, where
	// these have no field of that name.
	Headers []api.Field
	// CanRefresh means that whoever opened the subscription answers an AskAccessToken.
	CanRefresh bool
	asker      Sub // who is asked
	// MaxStreams is how many streams a KindRunsWithStreams subscription reads at once; 0 is DefaultMaxStreams.
	MaxStreams int
	// MaxParts is how many of the newest parts are shown, when LimitParts is set; 0 shows none. Older ones are let go.
	// Subscriptions with different limits do not share a stream: the one that wants more could not be given it.
	MaxParts   int
	LimitParts bool
	// WantsPlaces asks for the place of every part in the stream: its id, timestamp and headers.
	WantsPlaces bool
	// WantsControls asks for a DeliverControl for every control record of a session.
	WantsControls bool
	// WantsParts asks for a Deliver for every part, beside the throttled publications.
	WantsParts bool
}

// sameFeeds reports whether both options name the same feeds.
func (o *Options) sameFeeds(other *Options) bool {
	return o.Access == other.Access && o.Start == other.Start && o.partLimit() == other.partLimit() &&
		slices.Equal(o.SkipColumns, other.SkipColumns) && slices.Equal(o.Headers, other.Headers)
}

// noLimit is the partLimit of subscriptions that show every part.
const noLimit = -1

// partLimit is how many parts of a stream are kept at least.
func (o *Options) partLimit() int {
	if !o.LimitParts {
		return noLimit
	}
	return o.MaxParts
}

// Resume is what a subscriber still has of a stream, so that a new feed can go on after it.
type Resume struct {
	Key         string // the stream key
	Token       uint32 // the subscriber's own name for the parts that it kept of an earlier, dead runtime
	Feed        FeedID // or the feed of this runtime that brought them; 0 when Token tells
	Parts       int    // how many parts the subscriber has
	LastEventID string // the place after the last of them
}

// feedKey says when two subscriptions can share one feed. It holds a number in place of the access token,
// so that no key ever contains a secret (invariant T1).
type feedKey struct {
	baseURL    string
	branch     string
	credential int
	kind       Kind
	runID      string
	streamKey  string
	tags       string
	createdAt  string
	batchID    string
	sessionID  string
	channel    string
	direction  string
	columns    string // skipped columns, joined
	start      api.StreamStart
	headers    []api.Field // of the app; a key never leaves the runtime
	resume     Resume
	partLimit  int // of streams
}

// text spells the key as one string. Maps with strings for keys cost the browser 9 kB less than maps with
// structs.
func (k *feedKey) text() string {
	fields := []string{
		k.baseURL, k.branch, strconv.Itoa(k.credential), strconv.Itoa(int(k.kind)), k.runID, k.streamKey,
		k.tags, k.createdAt, k.batchID, k.sessionID, k.channel, k.direction, k.columns,
		k.start.LastEventID, strconv.FormatBool(k.start.Latest), strconv.Itoa(k.start.Timeout),
		strconv.Itoa(int(k.resume.Token)), strconv.Itoa(int(k.resume.Feed)), strconv.Itoa(k.resume.Parts),
		k.resume.LastEventID, strconv.Itoa(k.partLimit),
	}
	for _, field := range k.headers {
		fields = append(fields, field.Name, field.Value)
	}
	return strings.Join(fields, "\x00")
}

// shapeKey is the key of the rows that a subscription follows: those of one run or of many.
func (r *Runtime) shapeKey(spec *Spec, o *Options) *feedKey {
	key := r.accessKey(&o.Access)
	switch key.kind = spec.Kind; spec.Kind {
	case KindRunWithStreams:
		key.kind = KindRun
	case KindRunsWithStreams:
		key.kind = KindRunsWithTag
	}
	key.runID, key.tags, key.createdAt, key.batchID = spec.RunID, spec.Tags, spec.CreatedAt, spec.BatchID
	key.columns = strings.Join(o.SkipColumns, ",")
	if spec.Kind == KindRetrieve {
		key.headers = o.Headers
	}
	return key
}

func (r *Runtime) streamKey(runID, streamKey string, o *Options, resume Resume) *feedKey {
	key := r.accessKey(&o.Access)
	key.kind, key.runID, key.streamKey = KindStream, runID, streamKey
	key.start, key.resume, key.partLimit = o.Start, resume, o.partLimit()
	return key
}

func (r *Runtime) sessionKey(spec *Spec, o *Options, resume Resume) *feedKey {
	key := r.streamKey("", "", o, resume)
	key.kind, key.sessionID, key.channel, key.direction = KindSession, spec.SessionID, spec.Channel, spec.Direction
	return key
}

func (r *Runtime) accessKey(access *api.Access) *feedKey {
	return &feedKey{
		baseURL:    strings.TrimSuffix(access.BaseURL, "/"),
		branch:     access.PreviewBranch,
		credential: r.credential(access.AccessToken),
	}
}
