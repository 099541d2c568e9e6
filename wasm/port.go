package main

import (
	"strconv"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// port is one page: what it has open, what it knows of each feed, and what it is told next.
type port struct {
	number   uint32
	subs     map[uint32]hooks.Sub
	scopes   map[string]struct{}
	replicas map[hooks.FeedID]replica

	// The lists of the next message, without their brackets.
	feeds    rawjson.Writer
	views    rawjson.Writer
	data     rawjson.Writer
	controls rawjson.Writer
	forgot   rawjson.Writer
}

// replica is what a page has of a feed. Only what is missing is sent.
type replica struct {
	run   *api.Run
	runs  []*api.Run
	parts int
	gone  int // of the parts before them, how many the page was told to let go
	// places counts the parts whose places the page has; it asks for them when somebody wants them.
	places int
	cursor string        // the place after the last record of a stream
	json   rawjson.Value // of a retrieved run
}

func newPort(number uint32) *port {
	return &port{
		number: number, subs: map[uint32]hooks.Sub{}, scopes: map[string]struct{}{},
		replicas: map[hooks.FeedID]replica{},
	}
}

func (p *port) scopeKey(scope string) string { return strconv.Itoa(int(p.number)) + "/" + scope }

// begin opens the delta of a feed.
func (p *port) begin(feed hooks.FeedID) *rawjson.Writer {
	w := &p.feeds
	w.Open('{')
	w.Number("feed", int64(feed))
	return w
}

// run brings the page's replica of a run up to date.
func (p *port) run(feed hooks.FeedID, run *api.Run) {
	known := p.replicas[feed].run
	if known == run {
		return
	}
	p.replicas[feed] = replica{run: run}
	mark := p.feeds.Len()
	w := p.begin(feed)
	w.Name("run")
	if !writeRun(w, known, run) {
		w.Truncate(mark)
		return
	}
	w.Close('}')
}

// list brings the page's replica of a list of runs up to date.
func (p *port) list(feed hooks.FeedID, runs []*api.Run) {
	known, seen := p.replicas[feed]
	if seen && len(known.runs) == len(runs) && (len(runs) == 0 || &known.runs[0] == &runs[0]) {
		return
	}
	p.replicas[feed] = replica{runs: runs}
	w := p.begin(feed)
	w.Name("runs")
	writeList(w, known.runs, runs)
	w.Close('}')
}

// retrieved brings the page's replica of a fetched run up to date.
func (p *port) retrieved(feed hooks.FeedID, run, packets rawjson.Value) {
	if p.replicas[feed].json == run {
		return
	}
	p.replicas[feed] = replica{json: run}
	w := p.begin(feed)
	w.Name("retrieved")
	w.Value(run)
	if packets != "{}" {
		w.Name("packets")
		w.Value(packets)
	}
	w.Close('}')
}

// stream brings the page's replica of a stream up to date.
func (p *port) stream(stream *hooks.StreamSnapshot) {
	known, seen := p.replicas[stream.Feed]
	end, places := stream.End(), known.places
	if end < known.parts {
		return // a hook that shows fewer parts than the page has for others
	}
	if stream.WantsPlaces {
		places = end
	}
	if seen && known.parts == end && known.places == places && known.cursor == stream.LastEventID {
		return
	}
	p.replicas[stream.Feed] = replica{parts: end, gone: stream.Gone, places: places, cursor: stream.LastEventID}
	w := p.begin(stream.Feed)
	if !seen && stream.Resumed.Parts > 0 {
		w.Name("from")
		writeOrigin(w, &stream.Resumed)
	}
	w.Name("parts")
	w.Open('[')
	for i := max(known.parts, stream.Gone); i < end; i++ {
		w.Value(stream.Parts[i-stream.Gone].Chunk)
	}
	w.Close(']')
	if known.places < places {
		w.Name("meta")
		w.Open('[')
		for i := max(known.places, stream.Gone); i < places; i++ {
			w.Open('{')
			writePlace(w, &stream.Parts[i-stream.Gone])
			w.Close('}')
		}
		w.Close(']')
	}
	if stream.Gone > known.gone {
		w.Number("trim", int64(stream.Resumed.Parts+stream.Gone))
	}
	last := ""
	if n := len(stream.Parts); n > 0 && end > known.parts {
		last = stream.Parts[n-1].ID
		w.Member("lastEventId", last)
	}
	if last != stream.LastEventID {
		w.Member("cursor", stream.LastEventID)
	}
	w.Close('}')
}

// writeOrigin says where the page has the parts before those that it is sent.
func writeOrigin(w *rawjson.Writer, resume *hooks.Resume) {
	w.Open('{')
	if resume.Feed != 0 {
		w.Number("feed", int64(resume.Feed))
	} else {
		w.Number("resume", int64(resume.Token))
	}
	w.Number("parts", int64(resume.Parts))
	w.Close('}')
}

// writePlace writes where a part stands in its stream, as members.
func writePlace(w *rawjson.Writer, part *api.Part) {
	w.Member("id", part.ID)
	w.Number("timestamp", part.Timestamp)
	if part.RecordID != "" {
		w.Member("recordId", part.RecordID)
	}
	if part.Headers != "" {
		w.Name("headers")
		w.Value(part.Headers)
	}
}

// deliver asks the page to hand a subscription the parts that it has not had.
func (p *port) deliver(sub uint32, stream *hooks.StreamSnapshot) {
	p.stream(stream)
	p.data.Open('{')
	p.data.Number("sub", int64(sub))
	p.data.Number("feed", int64(stream.Feed))
	p.data.Close('}')
}

// control hands a subscription of the page a control record.
func (p *port) control(sub uint32, deliver *hooks.DeliverControl) {
	p.stream(deliver.Stream)
	w := &p.controls
	w.Open('{')
	w.Number("sub", int64(sub))
	w.Name("control")
	writeControl(w, deliver.Record)
	w.Number("at", int64(deliver.At))
	w.Name("part")
	w.Open('{')
	writePlace(w, deliver.Record)
	w.Name("chunk")
	w.Value(deliver.Record.Chunk)
	w.Close('}')
	w.Close('}')
}

// writeControl writes a control record as hooks show it.
func writeControl(w *rawjson.Writer, record *api.Part) {
	w.Open('{')
	w.Member("subtype", record.Control)
	w.Name("headers")
	w.Value(record.Headers)
	w.Name("seqNum")
	w.Value(rawjson.Value(record.ID))
	w.Number("timestamp", record.Timestamp)
	w.Close('}')
}

func (p *port) forget(feed hooks.FeedID) {
	if _, known := p.replicas[feed]; known {
		delete(p.replicas, feed)
		p.forgot.Int(int64(feed))
	}
}

// flush posts what the page has to learn.
func (p *port) flush(post func(port uint32, message []byte)) {
	if p.feeds.Len()+p.views.Len()+p.data.Len()+p.controls.Len() > 0 {
		w := message("publish")
		takeList(w, "feeds", &p.feeds)
		takeList(w, "views", &p.views)
		if p.data.Len() > 0 {
			takeList(w, "data", &p.data)
		}
		if p.controls.Len() > 0 {
			takeList(w, "controls", &p.controls)
		}
		w.Close('}')
		post(p.number, w.Bytes())
	}
	if p.forgot.Len() > 0 {
		w := message("forget")
		takeList(w, "feeds", &p.forgot)
		w.Close('}')
		post(p.number, w.Bytes())
	}
}

// message begins a message to a page; the caller closes it.
func message(op string) *rawjson.Writer {
	w := &rawjson.Writer{}
	w.Open('{')
	w.Member("op", op)
	return w
}

// takeList writes a list as a member, and empties it.
func takeList(w *rawjson.Writer, name string, list *rawjson.Writer) {
	w.Name(name)
	w.Open('[')
	w.Value(rawjson.Value(list.Bytes()))
	w.Close(']')
	list.Truncate(0)
}
