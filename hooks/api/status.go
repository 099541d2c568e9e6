package api

// RunStatus is the public status of a run.
type RunStatus string

// The statuses of a run. Source: the API version 2025-07-16.
const (
	StatusPendingVersion RunStatus = "PENDING_VERSION"
	StatusQueued         RunStatus = "QUEUED"
	StatusDelayed        RunStatus = "DELAYED"
	StatusDequeued       RunStatus = "DEQUEUED"
	StatusExecuting      RunStatus = "EXECUTING"
	StatusWaiting        RunStatus = "WAITING"
	StatusCompleted      RunStatus = "COMPLETED"
	StatusCanceled       RunStatus = "CANCELED"
	StatusFailed         RunStatus = "FAILED"
	StatusCrashed        RunStatus = "CRASHED"
	StatusSystemFailure  RunStatus = "SYSTEM_FAILURE"
	StatusExpired        RunStatus = "EXPIRED"
	StatusTimedOut       RunStatus = "TIMED_OUT"
)

// publicStatus tells what the database's status is called in public. A status that it does not know is
// QUEUED, as in the original.
func publicStatus(stored string) RunStatus {
	switch stored {
	case "DELAYED", "PENDING_VERSION", "DEQUEUED", "EXECUTING", "CANCELED",
		"CRASHED", "SYSTEM_FAILURE", "EXPIRED", "TIMED_OUT":
		return RunStatus(stored)
	case "WAITING_FOR_DEPLOY":
		return StatusPendingVersion
	case "RETRYING_AFTER_FAILURE":
		return StatusExecuting
	case "WAITING_TO_RESUME", "PAUSED":
		return StatusWaiting
	case "COMPLETED_SUCCESSFULLY":
		return StatusCompleted
	case "COMPLETED_WITH_ERRORS", "INTERRUPTED":
		return StatusFailed
	}
	return StatusQueued
}

// IsQueued reports whether the run waits for its first attempt.
func (s RunStatus) IsQueued() bool {
	return s == StatusQueued || s == StatusDelayed || s == StatusPendingVersion
}

// IsExecuting reports whether a worker has the run.
func (s RunStatus) IsExecuting() bool { return s == StatusDequeued || s == StatusExecuting }

// IsWaiting reports whether the run sleeps until something outside completes.
func (s RunStatus) IsWaiting() bool { return s == StatusWaiting }

// IsCompleted reports whether the run has ended otherwise than by cancellation, as the realtime object of
// the original counts it.
func (s RunStatus) IsCompleted() bool { return s.IsSuccess() || s.IsFailed() }

// IsSuccess reports whether the run has an output.
func (s RunStatus) IsSuccess() bool { return s == StatusCompleted }

// IsCanceled reports whether the run was cancelled.
func (s RunStatus) IsCanceled() bool { return s == StatusCanceled }

// IsFailed reports whether the run ended without an output and was not cancelled.
func (s RunStatus) IsFailed() bool {
	switch s {
	case StatusFailed, StatusCrashed, StatusSystemFailure, StatusExpired, StatusTimedOut:
		return true
	}
	return false
}
