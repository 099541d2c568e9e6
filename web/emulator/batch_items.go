package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// batchLine is an item of a batch on the wire.
type batchLine struct {
	Index *int   `json:"index"`
	Task  string `json:"task"`
	triggerBody
}

func (l *batchLine) validate() *apiError {
	if l.Task == "" {
		//lint:ignore ST1005 the text is the service's
		return failValidation(errors.New(`Required at "task"`))
	}
	return l.triggerBody.validate()
}

func (l *batchLine) order(b *batch) launchOrder {
	l.Options.ParentRunID, l.Options.ResumeParentOnCompletion = b.parent, b.resume
	return launchOrder{task: l.Task, body: l.triggerBody, parent: b.parent}
}

// itemsReceipt says what became of the items of one request.
type itemsReceipt struct {
	ID           string `json:"id"`
	Accepted     int    `json:"itemsAccepted"`
	Deduplicated int    `json:"itemsDeduplicated"`
	Sealed       bool   `json:"sealed"`
	Enqueued     *int   `json:"enqueuedCount,omitempty"` // both only while the batch is not sealed
	Expected     *int   `json:"expectedCount,omitempty"`
}

// batchItems takes the items of a batch, one JSON value a line, as they arrive. An item that the batch has is counted
// and left alone, so that the request can be repeated.
func (e *Emulator) batchItems(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	kind := r.Header.Get("Content-Type")
	if !strings.Contains(kind, "application/x-ndjson") && !strings.Contains(kind, "application/ndjson") {
		return fail(http.StatusUnsupportedMediaType, "Content-Type must be application/x-ndjson or application/ndjson")
	}
	id := r.PathValue("batchId")
	whole := from.allowed(requirement{"write", "batch", id})
	receipt := itemsReceipt{ID: id}
	var b *batch
	lines := newLineReader(r.Body, triggerBodyLimit)
	for number := 1; ; number++ {
		text, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return failLine(err)
		}
		var line batchLine
		if err := json.Unmarshal(text, &line); err != nil {
			return fail(http.StatusBadRequest, fmt.Sprintf("Invalid JSON at line %d", number))
		}
		if !whole && !from.allowed(requirement{"batchTrigger", "tasks", line.Task}) {
			return fail(http.StatusForbidden, "Unauthorized")
		}
		var failure *apiError
		if b, failure = e.openBatch(id); failure != nil {
			return failure
		}
		if failure := line.check(b); failure != nil {
			return fail(http.StatusUnprocessableEntity, fmt.Sprintf("Invalid item at line %d: %s", number, failure.message()))
		}
		if e.fill(b, *line.Index, line.order(b)) {
			receipt.Accepted++
		} else {
			receipt.Deduplicated++
		}
	}
	if b == nil {
		if !whole { // nothing was shown that allows even asking
			return fail(http.StatusForbidden, "Unauthorized")
		}
		var failure *apiError
		if b, failure = e.openBatch(id); failure != nil {
			return failure
		}
	}
	enqueued := b.accepted()
	receipt.Sealed = enqueued >= b.runCount
	if !receipt.Sealed {
		receipt.Enqueued, receipt.Expected = &enqueued, &b.runCount
	}
	writeJSON(w, http.StatusOK, receipt)
	return nil
}

func (e *Emulator) openBatch(id string) (*batch, *apiError) {
	b, ok := e.store.batch(id)
	if !ok {
		return nil, fail(http.StatusUnprocessableEntity, "Batch "+id+" not found")
	}
	return b, nil
}

func (l *batchLine) check(b *batch) *apiError {
	switch {
	case l.Index == nil || *l.Index < 0:
		//lint:ignore ST1005 the text is the service's
		return failValidation(errors.New(`Required at "index"`))
	case *l.Index >= b.runCount:
		return failValidation(fmt.Errorf("item index %d exceeds batch runCount %d", *l.Index, b.runCount))
	default:
		return l.validate()
	}
}

// errLineTooLong is what a lineReader returns for a line over its limit.
var errLineTooLong = errors.New("a line is too long")

// failLine answers a body whose lines cannot be read.
func failLine(err error) *apiError {
	if errors.Is(err, errLineTooLong) {
		return fail(http.StatusRequestEntityTooLarge, "Request body too large")
	}
	return fail(http.StatusBadRequest, "Request body could not be read")
}

// lineReader reads a body that is one JSON value a line.
type lineReader struct {
	buffer *bufio.Reader
	limit  int
}

func newLineReader(body io.Reader, limit int) *lineReader {
	return &lineReader{bufio.NewReader(body), limit}
}

// next is the next line that is not blank, good until the following call, or io.EOF.
func (l *lineReader) next() ([]byte, error) {
	var line []byte
	for {
		piece, err := l.buffer.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > l.limit:
			return nil, errLineTooLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && err != io.EOF:
			return nil, err
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			return trimmed, nil
		}
		if err == io.EOF {
			return nil, io.EOF
		}
		line = line[:0]
	}
}
