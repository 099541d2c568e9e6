package api

import (
	"strconv"
	"strings"
)

// DefaultBaseURL is Trigger.dev's cloud. Source: @trigger.dev/core 4.8.3.
const DefaultBaseURL = "https://api.trigger.dev"

// CompatibleVersion is the SDK version whose behaviour the server is asked for, in trigger-version.
// Source: the package that runwire replaces.
const CompatibleVersion = "4.8.3"

// Access is where the API is and who asks. The zero value asks the cloud without a token.
type Access struct {
	BaseURL       string // origin, and a path if the API is mounted below one; "" is DefaultBaseURL
	AccessToken   string // travels in the Authorization header and nowhere else
	PreviewBranch string // "" is none
}

// Field is one header field of a request. Names are lower case.
type Field struct{ Name, Value string }

// Request is one HTTP request, complete: a driver adds nothing to it.
type Request struct {
	Method string
	URL    string
	Header []Field
	Body   string // "" is no body
	Op     string // what is attempted, for errors: "subscribe run run_1"; never sent
}

// Has reports whether the request has a header field of that name.
func (r *Request) Has(name string) bool {
	for _, field := range r.Header {
		if equalFold(field.Name, name) {
			return true
		}
	}
	return false
}

// With adds header fields to a request that nobody has sent yet, those of a name that it does not have, and returns it.
func (r *Request) With(fields []Field) *Request {
	for _, field := range fields {
		if !r.Has(field.Name) {
			r.Header = append(r.Header, field)
		}
	}
	return r
}

// Param is one query parameter, not yet escaped.
type Param struct{ Name, Value string }

// SubscribeRun asks for the shape of one run. params are the place in its log (package shape), and
// skipColumns, a comma-separated list of columns that are not wanted.
func SubscribeRun(access Access, runID string, params []Param) *Request {
	return subscribe(access, "/realtime/v1/runs/"+escape(runID), params, "subscribe run "+runID)
}

// SubscribeRunsWithTag asks for the shape of all runs that have every one of the tags, a comma-separated
// list. createdAt is how far back they may have been triggered, such as "1h"; "" is the server's default.
func SubscribeRunsWithTag(access Access, tags, createdAt string, params []Param) *Request {
	params = append(params, Param{"tags", tags})
	if createdAt != "" {
		params = append(params, Param{"createdAt", createdAt})
	}
	return subscribe(access, "/realtime/v1/runs", params, "subscribe runs with tag "+tags)
}

// SubscribeBatch asks for the shape of a batch's runs.
func SubscribeBatch(access Access, batchID string, params []Param) *Request {
	return subscribe(access, "/realtime/v1/batches/"+escape(batchID), params, "subscribe batch "+batchID)
}

func subscribe(access Access, path string, params []Param, op string) *Request {
	return &Request{
		Method: "GET",
		URL:    access.url(path + query(params)),
		Header: access.header(Field{"x-trigger-api-version", apiVersion}, Field{"x-trigger-electric-version", electricVersion}),
		Op:     op,
	}
}

// The versions of the protocol that this package speaks. Source: @trigger.dev/core 4.8.3.
const (
	apiVersion      = "2025-07-16"
	electricVersion = "1.0.0-beta.1"
)

// StreamStart is where a stream subscription begins. The zero value is the first part.
type StreamStart struct {
	LastEventID string // resume after this record
	Latest      bool   // only without LastEventID: the newest record, then live ones
	Timeout     int    // seconds of silence after which the server ends the answer, 1 to 600; 0 is its default
}

// SubscribeStream asks for a run's stream as server-sent events.
func SubscribeStream(access Access, runID, streamKey string, start StreamStart) *Request {
	return subscribeEvents(access, "/realtime/v1/streams/"+escape(runID)+"/"+escape(streamKey), start,
		"subscribe stream "+streamKey+" of "+runID)
}

// SubscribeSession asks for one direction, "in" or "out", of a session, or of a named channel of it.
func SubscribeSession(access Access, sessionID, channel, direction string, start StreamStart) *Request {
	path, op := "/realtime/v1/sessions/"+escape(sessionID), "subscribe session "+sessionID
	if channel != "" {
		path, op = path+"/channels/"+escape(channel), op+"/"+channel
	}
	return subscribeEvents(access, path+"/"+direction, start, op+"/"+direction)
}

func subscribeEvents(access Access, path string, start StreamStart, op string) *Request {
	fields := []Field{{"accept", "text/event-stream"}}
	if start.LastEventID != "" {
		fields = append(fields, Field{"last-event-id", start.LastEventID})
	} else if start.Latest {
		fields = append(fields, Field{"x-trigger-stream-start", "latest"})
	}
	if start.Timeout > 0 {
		fields = append(fields, Field{"timeout-seconds", strconv.Itoa(start.Timeout)})
	}
	return &Request{
		Method: "GET",
		URL:    access.url(path),
		Header: access.header(fields...),
		Op:     op,
	}
}

// PresignPacket asks where a packet that is stored outside the run can be downloaded. field is "payload"
// or "output".
func PresignPacket(access Access, runID, field string) *Request {
	return &Request{
		Method: "GET",
		URL:    access.url("/api/v1/runs/" + escape(runID) + "/packets/" + field),
		Header: access.header(Field{"content-type", "application/json"}),
		Op:     "find the stored " + field + " of " + runID,
	}
}

// PresignPacketByPath is PresignPacket for servers that know only a packet's path.
func PresignPacketByPath(access Access, runID, field, path string) *Request {
	request := PresignPacket(access, runID, field)
	request.URL = access.url("/api/v1/packets/" + escape(path))
	return request
}

// DownloadPacket fetches a stored packet. The URL carries its own permission, so no token goes with it.
func DownloadPacket(presignedURL, runID, field string) *Request {
	return &Request{Method: "GET", URL: presignedURL, Op: "download the stored " + field + " of " + runID}
}

func (a Access) header(more ...Field) []Field {
	fields := append(make([]Field, 0, len(more)+3), Field{"trigger-version", CompatibleVersion})
	if a.AccessToken != "" {
		fields = append(fields, Field{"authorization", "Bearer " + a.AccessToken})
	}
	if a.PreviewBranch != "" {
		fields = append(fields, Field{"x-trigger-branch", a.PreviewBranch})
	}
	return append(fields, more...)
}

func (a Access) url(pathAndQuery string) string {
	base := a.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	return strings.TrimSuffix(base, "/") + pathAndQuery
}

// query spells params as a query string, sorted by name so that caches on the way see one spelling.
func query(params []Param) string {
	var b strings.Builder
	for _, p := range sorted(params) {
		if b.Len() == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(escape(p.Value))
	}
	return b.String()
}

// sorted returns params ordered by name. There are fewer than ten, so insertion costs less than package sort.
func sorted(params []Param) []Param {
	out := append([]Param(nil), params...)
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && out[j].Name < out[j-1].Name; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// escape percent-encodes everything but the unreserved characters of RFC 3986. It stands in for net/url,
// which costs the browser more than this whole package.
func escape(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if isUnreserved(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '_' || c == '.' || c == '~'
}
