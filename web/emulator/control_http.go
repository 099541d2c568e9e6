package emulator

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

const (
	controlPrefix    = "/emulator/"
	controlBodyLimit = 64 << 20 // Source: chosen; a stream of many parts in one call
)

func isControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, controlPrefix) }

// controlRoutes are the methods of control.go for tests that do not run in this process.
func (e *Emulator) controlRoutes() []route {
	table := []route{
		{method: "GET", pattern: "tasks", serve: e.controlTasks},
		{method: "POST", pattern: "runs", serve: e.controlCreateRun},
		{method: "GET", pattern: "runs/{runId}", serve: e.controlReadRun},
		{method: "PATCH", pattern: "runs/{runId}", serve: e.controlUpdateRun},
		{method: "DELETE", pattern: "runs/{runId}", serve: e.controlDeleteRun},
		{method: "POST", pattern: "runs/{runId}/streams/{streamKey}", serve: e.controlAppend},
		{method: "POST", pattern: "runs/{runId}/streams/{streamKey}/close", serve: e.controlCloseStream},
		{method: "POST", pattern: "sessions/{sessionId}/{io}", serve: e.controlAppendRecords},
		{method: "POST", pattern: "rotate/{runId}", serve: e.controlRotate},
		{method: "POST", pattern: "rotate", serve: e.controlRotateLists},
		{method: "POST", pattern: "tokens", serve: e.controlToken},
		{method: "POST", pattern: "faults", serve: e.controlAddFault},
		{method: "DELETE", pattern: "faults", serve: e.controlClearFaults},
		{method: "POST", pattern: "queue", serve: e.controlQueue},
		{method: "POST", pattern: "clock", serve: e.controlClock},
		{method: "POST", pattern: "cut", serve: e.controlCut},
		{method: "GET", pattern: "stats", serve: e.controlStats},
		{method: "GET", pattern: "requests", serve: e.controlRequests},
		{method: "DELETE", pattern: "requests", serve: e.controlReset},
	}
	for i := range table {
		table[i].pattern = controlPrefix + table[i].pattern
		table[i].control = true
	}
	return table
}

// done is the answer of what has nothing else to say.
type done struct {
	OK bool `json:"ok"`
}

// answerControl writes body, or says what was wrong with the request.
func answerControl(w http.ResponseWriter, body any, err error) *apiError {
	switch {
	case errors.Is(err, ErrUnknownRun), errors.Is(err, ErrUnknownSession):
		return failRetry(http.StatusNotFound, err.Error(), false)
	case err != nil:
		return fail(http.StatusBadRequest, err.Error())
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (e *Emulator) controlTasks(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	type description struct {
		ID          string          `json:"id"`
		Description string          `json:"description"`
		Example     json.RawMessage `json:"example"`
	}
	list := []description{}
	for _, task := range Tasks() {
		list = append(list, description{task.ID, task.Description, json.RawMessage(task.Example)})
	}
	return answerControl(w, map[string]any{"tasks": list}, nil)
}

// controlRun is a run as the control API shows it: every column as the run feed sends it, and the settings likewise.
func (e *Emulator) controlRun(id string) (any, error) {
	row, err := e.Run(id)
	if err != nil {
		return nil, err
	}
	return map[string]any{"id": id, "columns": showColumns(columns, row), "settings": showColumns(settings, row)}, nil
}

func showColumns(list []column, row *Row) map[string]*string {
	shown := map[string]*string{}
	for _, c := range list {
		text, isNull := c.text(nil, row)
		value := string(text)
		shown[c.name] = &value
		if isNull {
			shown[c.name] = nil
		}
	}
	return shown
}

// takeText removes a text from given, which must not stay as a column. Absent is empty.
func takeText(given Columns, name string) string {
	text, _ := given[name].(string)
	delete(given, name)
	return text
}

func (e *Emulator) controlCreateRun(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	given := Columns{}
	if err := decodeBody(w, r, controlBodyLimit, &given); err != nil {
		return err
	}
	id, err := e.CreateRun(takeText(given, "id"), given)
	if err != nil {
		return answerControl(w, nil, err)
	}
	shown, err := e.controlRun(id)
	return answerControl(w, shown, err)
}

func (e *Emulator) controlReadRun(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	shown, err := e.controlRun(r.PathValue("runId"))
	return answerControl(w, shown, err)
}

func (e *Emulator) controlUpdateRun(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	given := Columns{}
	if err := decodeBody(w, r, controlBodyLimit, &given); err != nil {
		return err
	}
	if err := e.UpdateRun(r.PathValue("runId"), given); err != nil {
		return answerControl(w, nil, err)
	}
	return e.controlReadRun(w, r, nil)
}

func (e *Emulator) controlDeleteRun(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	return answerControl(w, done{true}, e.DeleteRun(r.PathValue("runId")))
}

func (e *Emulator) controlAppend(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	parts, failure := controlParts(w, r)
	if failure != nil {
		return failure
	}
	return answerControl(w, done{true}, e.AppendParts(r.PathValue("runId"), r.PathValue("streamKey"), parts...))
}

func (e *Emulator) controlAppendRecords(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	parts, failure := controlParts(w, r)
	if failure != nil {
		return failure
	}
	channel := SessionChannel{Session: r.PathValue("sessionId"), Name: r.URL.Query().Get("channel"), IO: r.PathValue("io")}
	return answerControl(w, done{true}, e.AppendRecords(channel, parts...))
}

// controlParts reads parts that are given by their data alone, or as records.
func controlParts(w http.ResponseWriter, r *http.Request) ([]Part, *apiError) {
	var body struct {
		Parts   []json.RawMessage `json:"parts"`
		Records []Part            `json:"records"`
	}
	if err := decodeBody(w, r, controlBodyLimit, &body); err != nil {
		return nil, err
	}
	parts := body.Records
	for _, data := range body.Parts {
		parts = append(parts, Part{Data: data})
	}
	return parts, nil
}

func (e *Emulator) controlCloseStream(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	return answerControl(w, done{true}, e.CloseStream(r.PathValue("runId"), r.PathValue("streamKey")))
}

func (e *Emulator) controlRotate(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	return answerControl(w, done{true}, e.RotateShape(r.PathValue("runId")))
}

func (e *Emulator) controlRotateLists(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	e.RotateLists()
	return answerControl(w, done{true}, nil)
}

func (e *Emulator) controlToken(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		Scopes    []string        `json:"scopes"`
		ExpiresIn *float64        `json:"expiresIn"`
		OneTime   *bool           `json:"oneTimeUse"`
		Realtime  json.RawMessage `json:"realtime"`
		Subject   string          `json:"sub"`
		Issuer    string          `json:"iss"`
		Audience  string          `json:"aud"`
		SecretKey string          `json:"secretKey"`
		Public    *bool           `json:"pub"`
	}
	if err := decodeBody(w, r, controlBodyLimit, &body); err != nil {
		return err
	}
	spec := TokenSpec{
		Scopes: body.Scopes, OneTime: body.OneTime, Realtime: body.Realtime, Subject: body.Subject,
		Issuer: body.Issuer, Audience: body.Audience, SecretKey: body.SecretKey,
		Private: body.Public != nil && !*body.Public,
	}
	if body.ExpiresIn != nil {
		spec.ExpiresIn = time.Duration(*body.ExpiresIn * float64(time.Second))
	}
	token, err := e.MintToken(spec)
	return answerControl(w, map[string]string{"token": token}, err)
}

func (e *Emulator) controlAddFault(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var fault Fault
	if err := decodeBody(w, r, controlBodyLimit, &fault); err != nil {
		return err
	}
	id, err := e.AddFault(fault)
	return answerControl(w, map[string]int{"id": id}, err)
}

func (e *Emulator) controlClearFaults(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	e.ClearFaults()
	return answerControl(w, done{true}, nil)
}

func (e *Emulator) controlQueue(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		Paused bool `json:"paused"`
	}
	if err := decodeBody(w, r, controlBodyLimit, &body); err != nil {
		return err
	}
	e.queue.set(body.Paused)
	return answerControl(w, done{true}, nil)
}

func (e *Emulator) controlClock(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		AdvanceMs float64 `json:"advanceMs"`
	}
	if err := decodeBody(w, r, controlBodyLimit, &body); err != nil {
		return err
	}
	err := e.AdvanceClock(milliseconds(body.AdvanceMs))
	return answerControl(w, map[string]int64{"nowMs": e.clock.Now().UnixMilli()}, err)
}

// controlCut spares the connection that asks.
func (e *Emulator) controlCut(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	open := e.calls.cut()
	e.conns.resetAll(r.RemoteAddr)
	return answerControl(w, map[string]int{"requests": open}, nil)
}

func (e *Emulator) controlStats(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	return answerControl(w, e.Stats(), nil)
}

func (e *Emulator) controlRequests(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	return answerControl(w, map[string]any{"requests": e.Requests(r.URL.Query().Get("path"))}, nil)
}

func (e *Emulator) controlReset(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	e.ResetStats()
	return answerControl(w, done{true}, nil)
}
