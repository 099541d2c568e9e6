package api

import (
	"errors"
	"slices"

	"github.com/runwire/runwire/hooks/rawjson"
)

// retrievedFields are what a retrieved run has for users. Source: RetrieveRunResponse of @trigger.dev/core
// 4.8.3, which drops every other field.
var retrievedFields = []string{
	"id", "status", "taskIdentifier", "idempotencyKey", "version", "isQueued", "isExecuting", "isWaiting",
	"isCompleted", "isSuccess", "isFailed", "isCancelled", "isTest", "createdAt", "updatedAt", "startedAt",
	"finishedAt", "delayedUntil", "ttl", "expiredAt", "tags", "costInCents", "baseCostInCents", "durationMs",
	"metadata", "taskKind", "region", "depth", "triggerFunction", "batchId", "payload", "payloadPresignedUrl",
	"output", "outputPresignedUrl", "error", "schedule", "relatedRuns", "attemptCount",
}

// DecodeRetrieved reads the answer to RetrieveRun and returns the fields that users get, as JSON.
func DecodeRetrieved(body string) (rawjson.Value, error) {
	value, err := rawjson.Parse(body)
	if err != nil {
		return "", err
	}
	if !value.Get("id").IsString() || !value.Get("status").IsString() {
		return "", errors.New("the answer is not a run")
	}
	w := &rawjson.Writer{}
	w.Open('{')
	for name, member := range value.Members() {
		if slices.Contains(retrievedFields, name) {
			w.Name(name)
			w.Value(member)
		}
	}
	w.Close('}')
	return rawjson.Value(w.Bytes()), nil
}

// WithPacket returns the object with one more member: a packet as pages read it.
func WithPacket(object rawjson.Value, field, contentType, data string) rawjson.Value {
	if contentType == "" {
		contentType = "application/json"
	}
	w := &rawjson.Writer{}
	w.Value(object[:len(object)-1])
	w.Name(field)
	w.Open('{')
	w.Member("type", contentType)
	w.Member("data", data)
	w.Close('}')
	w.Close('}')
	return rawjson.Value(w.Bytes())
}

// IsRetrievedFinished reports whether a retrieved run is over. It goes by the status, because the booleans of
// a retrieved run forget the runs that expired or timed out.
func IsRetrievedFinished(run rawjson.Value) bool {
	status := RunStatus(run.Get("status").Text())
	return status.IsCompleted() || status.IsCanceled()
}
