package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// shapeRequest is what a request to a feed asks for.
type shapeRequest struct {
	initial  bool   // wants a snapshot, whatever handle it carries
	live     bool   // wants to wait for a change
	handle   string // the shape it knows
	sequence uint64 // the newest change it has seen
	millis   int64  // the time in its offset
	skip     []string
}

func parseShapeRequest(query url.Values, from *caller) (shapeRequest, *apiError) {
	offset := query.Get("offset")
	request := shapeRequest{
		handle: first(query.Get("handle"), query.Get("shape_id")),
		live:   query.Get("live") == "true",
	}
	request.initial = request.handle == "" || offset == "" || offset == "-1"
	if !request.initial {
		time, sequence, ok := strings.Cut(offset, "_")
		number, err := strconv.ParseUint(sequence, 10, 64)
		if !ok || err != nil {
			return request, failDetails("Query", issue{"custom", []string{"offset"}, "want -1 or an electric-offset"})
		}
		request.sequence = number
		request.millis, _ = strconv.ParseInt(time, 10, 64) // only ever compared with the times of rows
	}
	for name := range strings.SplitSeq(query.Get("skipColumns"), ",") {
		request.skip = append(request.skip, strings.TrimSpace(name))
	}
	if skip, given := from.skipColumns(); given {
		request.skip = skip
	}
	return request, nil
}

// selection is the columns that a request gets, by their place in columns.
type selection []int

func (q shapeRequest) columns() selection {
	var chosen selection
	for i, c := range columns {
		if c.required || !slices.Contains(q.skip, c.name) {
			chosen = append(chosen, i)
		}
	}
	return chosen
}

// schema is the value of electric-schema.
func (s selection) schema() string {
	text := []byte{'{'}
	for n, i := range s {
		if n > 0 {
			text = append(text, ',')
		}
		text = appendJSONString(text, columns[i].name)
		text = append(text, ':')
		text = append(text, columns[i].schema...)
	}
	return string(append(text, '}'))
}

// appendChange appends one change message with the selected columns of row.
func (s selection) appendChange(dst []byte, operation string, row *Row, hideDequeued bool) []byte {
	dst = append(dst, `{"key":`...)
	dst = appendJSONString(dst, `"public"."TaskRun"/"`+row.ID+`"`)
	dst = append(dst, `,"value":{`...)
	var text []byte
	for n, i := range s {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSONString(dst, columns[i].name)
		dst = append(dst, ':')
		var isNull bool
		text, isNull = columns[i].text(text[:0], row)
		switch {
		case isNull:
			dst = append(dst, "null"...)
		case hideDequeued && columns[i].name == "status" && row.Status == StatusDequeued:
			dst = appendJSONString(dst, StatusExecuting)
		default:
			dst = appendJSONString(dst, string(text))
		}
	}
	dst = append(dst, `},"headers":{"operation":"`...)
	dst = append(dst, operation...)
	return append(dst, `"}}`...)
}

const (
	upToDate    = `{"headers":{"control":"up-to-date"}}`
	mustRefetch = `[{"headers":{"control":"must-refetch"}}]`
)

// shapeReply is one answer of a feed.
type shapeReply struct {
	handle string
	offset string
	cursor uint64
	schema string // empty on live answers
	body   []byte
}

func (s shapeReply) write(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Electric-Handle", s.handle)
	header.Set("Electric-Offset", s.offset)
	header.Set("Electric-Cursor", strconv.FormatUint(s.cursor, 10))
	header.Set("Electric-Up-To-Date", "") // its presence is what counts
	if s.schema != "" {
		header.Set("Electric-Schema", s.schema)
	}
	writeShapeBody(w, http.StatusOK, s.body)
}

// writeMustRefetch tells a client that its shape is gone, and the handle of the next.
func writeMustRefetch(w http.ResponseWriter, handle string) {
	w.Header().Set("Electric-Handle", handle)
	writeShapeBody(w, http.StatusConflict, []byte(mustRefetch))
}

func writeShapeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a peer that went away needs no answer
}
