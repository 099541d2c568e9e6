package api

import (
	"errors"
	"strings"

	"github.com/runwire/runwire/hooks/rawjson"
)

// ErrTooManyLimits is a trigger with more named concurrency limits than a run can have. The text is the
// original's.
//
//lint:ignore ST1005 the text is the original's
var ErrTooManyLimits = errors.New("The concurrency option accepts at most two named limits.")

// TriggerTask asks for a run of a task. submitted is what the page gives: the members payload (a JSON string
// that holds the payload's text, or the value itself), payloadType, and options as the user wrote them.
func TriggerTask(access Access, taskID string, submitted rawjson.Value) (*Request, error) {
	w := &rawjson.Writer{}
	w.Open('{')
	if payload := submitted.Get("payload"); payload != "" {
		w.Name("payload")
		w.Value(payload)
	}
	w.Name("options")
	w.Open('{')
	o := optionWriter{w: w}
	if payloadType := submitted.Get("payloadType"); payloadType != "" {
		o.write("payloadType", payloadType)
	}
	for name, value := range submitted.Get("options").Members() {
		o.option(name, value)
	}
	w.Close('}')
	w.Close('}')
	return post(access, "/api/v1/tasks/"+escape(taskID)+"/trigger", string(w.Bytes()), "trigger "+taskID), o.err
}

// optionWriter writes trigger options as the API knows them.
type optionWriter struct {
	w   *rawjson.Writer
	err error
}

// option writes one of the user's options. Options that nobody knows are left out.
func (o *optionWriter) option(name string, value rawjson.Value) {
	switch name {
	case "queue":
		if value.IsString() {
			value = `{"name":` + value + `}`
		}
		o.write(name, value)
	case "concurrency":
		if value.IsString() {
			value = "[" + value + "]"
		}
		if count(value) > 2 {
			o.err = ErrTooManyLimits
		}
		o.write(name, value)
	case "idempotencyKey":
		if key := idempotencyKey(value); key != "" {
			o.write(name, rawjson.Quote(key))
		}
	case "version":
		o.write("lockToVersion", value)
	case "concurrencyKey", "delay", "ttl", "tags", "maxAttempts", "metadata", "maxDuration", "debounce",
		"idempotencyKeyTTL", "machine", "priority", "region", "externalDeploymentId", "test":
		o.write(name, value)
	}
}

func (o *optionWriter) write(name string, value rawjson.Value) {
	o.w.Name(name)
	o.w.Value(value)
}

func count(array rawjson.Value) int {
	n := 0
	for range array.Elements() {
		n++
	}
	return n
}

// idempotencyKey returns the key that travels: 64 characters are a key that was made already, everything
// else is hashed, a list as its parts joined by dashes. "" is no key.
func idempotencyKey(value rawjson.Value) string {
	key := value.Text()
	if value.IsArray() {
		var parts []string
		for element := range value.Elements() {
			if element.IsNull() {
				return ""
			}
			if part := element.Text(); part != "" {
				parts = append(parts, part)
			}
		}
		key = strings.Join(parts, "-")
	}
	if key == "" || len(key) == 64 && value.IsString() {
		return key
	}
	return digest(key)
}

// RunHandle reads the answer to TriggerTask: the JSON of what a user gets. The access token that comes with
// the answer reads the run; without one the caller's own is handed on.
func RunHandle(taskID string, header Header, body, accessToken string) (rawjson.Value, error) {
	answer, err := rawjson.Parse(body)
	if err != nil {
		return "", err
	}
	id := answer.Get("id")
	if !id.IsString() {
		return "", errors.New("the answer has no id")
	}
	if token := header["x-trigger-jwt"]; token != "" {
		accessToken = token
	}
	w := &rawjson.Writer{}
	w.Open('{')
	w.Name("id")
	w.Value(id)
	if cached := answer.Get("isCached"); cached != "" {
		w.Name("isCached")
		w.Value(cached)
	}
	w.Member("publicAccessToken", accessToken)
	w.Member("taskIdentifier", taskID)
	w.Close('}')
	return rawjson.Value(w.Bytes()), nil
}
