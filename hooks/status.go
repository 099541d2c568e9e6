package hooks

import (
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Status describes what the Runtime is doing, as JSON for people and their tools (Status in npm/src/protocol.ts). It
// changes nothing. Pages are in no order. No access token, payload, output or part is in it (invariant T1).
//
// It is written and not returned as structs, because those would cost the browser another kilobyte.
func (r *Runtime) Status() rawjson.Value {
	w := &rawjson.Writer{}
	w.Open('{')
	w.Name("feeds")
	w.Open('[')
	for _, f := range r.inOrder {
		f.describe(w)
	}
	w.Close(']')
	w.Name("accessTokens")
	w.Open('[')
	for number, c := range r.credentials {
		c.describe(w, number, r.serverAhead)
	}
	w.Close(']')
	w.Name("pages")
	w.Open('[')
	for _, page := range r.pages.known {
		w.Open('{')
		w.Number("page", int64(page.Page))
		w.Mark("visible", page.Visible)
		w.Mark("online", page.Online)
		w.Close('}')
	}
	w.Close(']')
	w.Number("retrievedRuns", int64(len(r.retrievals)))
	w.Number("requestsUnderWay", int64(len(r.exchanges)))
	w.Close('}')
	return rawjson.Value(w.Bytes())
}

// traffic counts what following something has cost since it began.
type traffic struct {
	requests int
	retries  int   // failures that another request has followed, or will follow
	bytes    int64 // of the answers' bodies, decompressed
}

func (f *feed) describe(w *rawjson.Writer) {
	w.Open('{')
	w.Number("feed", int64(f.id))
	if f.request != nil {
		w.Member("resource", strings.TrimPrefix(f.request.Op, "subscribe "))
	}
	c := f.connection()
	w.Member("connection", c.State.String())
	w.Moment("retryAt", c.RetryAt)
	w.Moment("lastUpdateAt", c.UpdatedAt)
	if f.err != nil {
		w.Member("error", f.err.Error())
	}
	w.Number("observers", int64(len(f.subs)))
	w.Number("scopes", int64(f.holders))
	if f.parts != nil {
		w.Member("cursor", f.parts.lastEventID)
		w.Number("held", int64(len(f.parts.parts)))
	} else {
		w.Member("cursor", f.rows.log.Offset())
		w.Number("held", int64(len(f.rows.runs)))
	}
	w.Number("accessToken", int64(f.key.credential))
	w.Number("requests", int64(f.traffic.requests))
	w.Number("retries", int64(f.traffic.retries))
	w.Number("bytes", f.traffic.bytes)
	w.Close('}')
}

func (c *credential) describe(w *rawjson.Writer, number int, serverAhead time.Duration) {
	w.Open('{')
	w.Number("accessToken", int64(number))
	if !c.expires.IsZero() {
		w.Number("expiresAt", c.expires.UnixMilli()-serverAhead.Milliseconds())
	}
	w.Number("renewals", int64(c.renewals))
	w.Mark("renewing", c.renewal != nil)
	if c.problem != nil {
		w.Member("problem", c.problem.Error())
	}
	w.Close('}')
}
