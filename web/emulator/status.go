package emulator

// The stored run statuses that the emulator itself sets. Tests may store any other text.
const (
	StatusDelayed   = "DELAYED"
	StatusPending   = "PENDING"
	StatusDequeued  = "DEQUEUED"
	StatusExecuting = "EXECUTING"
	StatusCompleted = "COMPLETED_SUCCESSFULLY"
	StatusFailed    = "COMPLETED_WITH_ERRORS"
	StatusCanceled  = "CANCELED"
	StatusRetrying  = "RETRYING_AFTER_FAILURE"
	StatusWaiting   = "WAITING_TO_RESUME"
)

// statusFacts is what follows from a stored status.
type statusFacts struct {
	public   string // name in API version 2025-07-16
	legacy   string // name for clients that send no version
	terminal bool
	queued, executing, waiting, completed, success,
	failed, cancelled bool // the retrieve object's helpers, which differ from the realtime object's
}

// statuses lists every stored status. A status that is not here is shown as it is, and is not terminal.
var statuses = map[string]statusFacts{
	StatusDelayed:        {public: "DELAYED", queued: true},
	StatusPending:        {public: "QUEUED", queued: true},
	"PENDING_VERSION":    {public: "PENDING_VERSION", queued: true},
	"WAITING_FOR_DEPLOY": {public: "PENDING_VERSION", legacy: "WAITING_FOR_DEPLOY", queued: true},
	StatusDequeued:       {public: "DEQUEUED", legacy: "EXECUTING", executing: true},
	StatusExecuting:      {public: "EXECUTING", executing: true},
	StatusRetrying:       {public: "EXECUTING", legacy: "REATTEMPTING", executing: true},
	StatusWaiting:        {public: "WAITING", legacy: "FROZEN", waiting: true},
	"PAUSED":             {public: "WAITING", legacy: "FROZEN", waiting: true},
	StatusCanceled:       {public: "CANCELED", terminal: true, completed: true, failed: true, cancelled: true},
	StatusCompleted:      {public: "COMPLETED", terminal: true, completed: true, success: true},
	StatusFailed:         {public: "FAILED", terminal: true, completed: true, failed: true},
	"INTERRUPTED":        {public: "FAILED", legacy: "INTERRUPTED", terminal: true, completed: true, failed: true},
	"CRASHED":            {public: "CRASHED", terminal: true, completed: true, failed: true},
	"SYSTEM_FAILURE":     {public: "SYSTEM_FAILURE", terminal: true, completed: true, failed: true},
	"EXPIRED":            {public: "EXPIRED", terminal: true},
	"TIMED_OUT":          {public: "TIMED_OUT", terminal: true},
}

// publicStatus is the name that the API shows for a stored status.
func publicStatus(stored string, current bool) string {
	facts, known := statuses[stored]
	switch {
	case !known:
		return stored
	case !current && facts.legacy != "":
		return facts.legacy
	default:
		return facts.public
	}
}

func terminal(stored string) bool { return statuses[stored].terminal }
