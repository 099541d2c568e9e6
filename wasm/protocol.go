package main

import (
	"slices"
	"strconv"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// protocolVersion is the version of the messages between page and runtime. Pages of another version are
// refused. npm/src/protocol.ts has the same number, and wasm/testdata/messages.json holds both to the
// same messages.
const protocolVersion = 1

// pageMessage is one message of a page, decoded.
type pageMessage struct {
	op       string
	protocol int64
	sub      uint32
	scope    string
	spec     hooks.Spec
	options  hooks.Options
	resume   []hooks.Resume
	body     rawjson.Value
	request  string
	page     hooks.PageChanged
	token    hooks.AccessTokenArrived
}

func decodeMessage(text string) (*pageMessage, error) {
	value, err := rawjson.Parse(text)
	if err != nil {
		return nil, err
	}
	m := &pageMessage{options: hooks.Options{Throttle: hooks.DefaultThrottle}}
	for name, member := range value.Members() {
		switch name {
		case "op":
			m.op = member.Text()
		case "protocol":
			m.protocol, _ = member.Int()
		case "sub":
			m.sub = uint32(integer(member))
		case "scope":
			m.scope = member.Text()
		case "spec":
			decodeSpec(member, &m.spec)
		case "options":
			decodeOptions(member, &m.options)
		case "body":
			m.body = member
		case "request":
			m.request = member.Text()
		case "ask":
			m.token.Ask = hooks.AskID(integer(member))
		case "accessToken":
			m.token.AccessToken = member.Text()
		case "error":
			m.token.Reason = member.Text()
		case "visible":
			m.page.Visible = member == "true"
		case "online":
			m.page.Online = member == "true"
		case "focused":
			m.page.Focused = member == "true"
		case "resume":
			for element := range member.Elements() {
				m.resume = append(m.resume, decodeResume(element))
			}
		}
	}
	return m, nil
}

func integer(value rawjson.Value) int {
	n, _ := value.Int()
	return int(n)
}

func decodeSpec(value rawjson.Value, spec *hooks.Spec) {
	for name, member := range value.Members() {
		text := asText(member)
		switch name {
		case "hook":
			spec.Kind = hooks.Kind(slices.Index(kinds[:], text) + 1)
		case "runId":
			spec.RunID = text
		case "streamKey":
			spec.StreamKey = text
		case "tags":
			spec.Tags = hooks.Tags(texts(member)...)
		case "createdAt":
			spec.CreatedAt = text
		case "batchId":
			spec.BatchID = text
		case "taskId":
			spec.TaskID = text
		case "waitpointId":
			spec.WaitpointID = text
		case "sessionId":
			spec.SessionID = text
		case "channel":
			spec.Channel = text
		case "io":
			spec.Direction = text
		case "streamId":
			spec.StreamKey = text
		}
	}
}

// asText returns what stands where a string belongs. A caller without types may have written something else there, and
// learns from the server's answer what that was.
func asText(value rawjson.Value) string {
	if value.IsString() || value.IsNull() {
		return value.Text()
	}
	return string(value)
}

// kinds are the hooks' names in a spec, in the order of their constants.
var kinds = [...]string{
	"run", "runWithStreams", "stream", "runsWithTag", "runsWithStreams", "batch", "session", "retrieve", "trigger", "waitToken", "inputStream",
}

func texts(value rawjson.Value) []string {
	var texts []string
	for element := range value.Elements() {
		texts = append(texts, asText(element))
	}
	return texts
}

func decodeOptions(value rawjson.Value, o *hooks.Options) {
	for name, member := range value.Members() {
		switch name {
		case "accessToken":
			o.Access.AccessToken = member.Text()
		case "baseURL":
			o.Access.BaseURL = member.Text()
		case "previewBranch":
			o.Access.PreviewBranch = member.Text()
		case "throttleInMs":
			o.Throttle = milliseconds(member)
		case "stopOnCompletion":
			o.ContinueAfterCompletion = member == "false"
		case "skipColumns":
			o.SkipColumns = texts(member)
		case "timeoutInSeconds":
			o.Start.Timeout = integer(member)
		case "startIndex":
			if index := integer(member); index > 0 && o.Start.LastEventID == "" {
				o.Start.LastEventID = strconv.Itoa(index - 1)
			}
		case "lastEventId":
			if o.Start.LastEventID = member.Text(); member.IsNumber() {
				o.Start.LastEventID = string(member)
			}
		case "from":
			// A start index, be it 0, says where to begin.
			o.Start.Latest = member.Text() == "latest" && !value.Get("startIndex").IsNumber()
		case "refreshInterval":
			o.RefreshInterval = milliseconds(member)
		case "revalidateOnFocus":
			o.RevalidateOnFocus = member == "true"
		case "revalidateOnReconnect":
			o.RevalidateOnReconnect = member == "true"
		case "requestOptions":
			o.Retry = decodeRetry(member.Get("retry"))
			for header, value := range member.Get("additionalHeaders").Members() {
				o.Headers = append(o.Headers, api.Field{Name: header, Value: value.Text()})
			}
		case "maxParts":
			if n, ok := member.Int(); ok && n >= 0 {
				o.MaxParts, o.LimitParts = int(n), true
			}
		case "maxConcurrentStreams":
			o.MaxStreams = integer(member)
		case "onParts":
			o.WantsPlaces = member == "true"
		case "onControl":
			o.WantsControls = member == "true"
		case "refresh":
			o.CanRefresh = member == "true"
		case "onData":
			o.WantsParts = member == "true"
		}
	}
}

func decodeRetry(value rawjson.Value) hooks.Retry {
	retry := hooks.Retry{
		MaxAttempts: max(integer(value.Get("maxAttempts")), 0),
		MinTimeout:  milliseconds(value.Get("minTimeoutInMs")),
		MaxTimeout:  milliseconds(value.Get("maxTimeoutInMs")),
		Randomize:   value.Get("randomize") == "true",
	}
	retry.Factor, _ = value.Get("factor").Decimal()
	return retry
}

// milliseconds reads a duration; what is none is 0.
func milliseconds(value rawjson.Value) time.Duration {
	return time.Duration(max(integer(value), 0)) * time.Millisecond
}

func decodeResume(value rawjson.Value) hooks.Resume {
	return hooks.Resume{
		Key:         value.Get("key").Text(),
		Token:       uint32(integer(value.Get("feed"))),
		Parts:       integer(value.Get("parts")),
		LastEventID: value.Get("lastEventId").Text(),
	}
}

// writeError writes an error as npm/src/errors.ts revives it: under the name, and with the message, that the
// original has on that path.
func writeError(w *rawjson.Writer, err error) {
	name, message, status, code, cause := "Error", err.Error(), 0, "", ""
	switch e := err.(type) {
	case *hooks.StatusError:
		name, status, code = "TriggerApiError", e.HTTPStatus, e.Code
		if e.Cause != nil {
			cause = e.Cause.Error()
		}
		switch message = e.Message; e.Feed {
		case hooks.KindRun:
			name = "FetchError"
			message = "HTTP Error " + strconv.Itoa(status) + " at " + e.URL + ": " + e.Body
		case hooks.KindStream:
			message = strconv.Itoa(status) + " Could not subscribe to stream"
		}
	case *hooks.TransportError:
		name, message, cause = "TriggerApiError", "Connection error.", e.Reason
	case *hooks.DecodeError:
		name = "DecodeError"
	}
	w.Open('{')
	w.Member("name", name)
	w.Member("message", message)
	if status != 0 {
		w.Number("status", int64(status))
	}
	if code != "" {
		w.Member("code", code)
	}
	if cause != "" {
		w.Name("cause")
		w.Open('{')
		w.Member("name", "Error")
		w.Member("message", cause)
		w.Close('}')
	}
	w.Close('}')
}
