package hooks

// Held counts what a Runtime holds on to.
type Held struct {
	Subs, Scopes, Feeds, Retrievals, Credentials, Exchanges, Timers int

	Runs     int // rows, of all feeds
	Parts    int // of all streams
	PartIDs  int // by which repeated parts are recognised
	Packets  int // that were stored outside their rows
	Resumes  int // places where streams go on that are not followed yet
	Gathered int // streams of lists' runs
}

// Held counts what the runtime holds on to, for tests that nothing of it grows for ever.
func (r *Runtime) Held() Held {
	h := Held{
		Subs: len(r.subs), Scopes: len(r.scopes), Feeds: len(r.feeds), Retrievals: len(r.retrievals),
		Credentials: len(r.credentials), Exchanges: len(r.exchanges), Timers: len(r.timers),
	}
	for _, f := range r.feeds {
		h.Runs += len(f.runs())
		if f.parts != nil {
			h.Parts += len(f.parts.parts)
			h.PartIDs += len(f.parts.seen.ring)
		}
		if f.rows != nil {
			h.Packets += len(f.rows.packets.fetched) + len(f.rows.packets.waiting)
		}
	}
	for _, s := range r.subs {
		h.Resumes += len(s.resume)
		if s.gathering != nil {
			h.Gathered += len(s.gathering.streams)
		}
	}
	return h
}
