package main

import (
	"slices"
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
	feeds    []byte
	views    []byte
	data     []byte
	controls []byte
	forgot   []byte
}

// replica is what a page has of a feed. Only what is missing is sent.
type replica struct {
	run   *api.Run
	runs  []*api.Run
	parts int
	// places counts the parts whose places the page has; it asks for them when somebody wants them.
	places int
	json   rawjson.Value // of a retrieved run
}

func newPort(number uint32) *port {
	return &port{
		number: number, subs: map[uint32]hooks.Sub{}, scopes: map[string]struct{}{},
		replicas: map[hooks.FeedID]replica{},
	}
}

func (p *port) scopeKey(scope string) string { return strconv.Itoa(int(p.number)) + "/" + scope }

// view tells the page what these scopes show from now on.
func (p *port) view(scopes []string, snap *hooks.Snapshot) {
	if snap.Run != nil {
		p.run(snap.RunFeed, snap.Run)
	}
	if snap.RunsFeed != 0 {
		p.list(snap.RunsFeed, snap.Runs)
	}
	if snap.Retrieved != "" {
		p.retrieved(snap.RetrievedFeed, snap.Retrieved, snap.Packets)
	}
	for i := range snap.Streams {
		p.stream(&snap.Streams[i])
	}
	dst := append(item(p.views), `{"scopes":[`...)
	for i, scope := range scopes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = rawjson.AppendString(dst, scope)
	}
	dst = append(dst, ']')
	if snap.Run != nil {
		dst = appendNumber(append(dst, `,"run":`...), snap.RunFeed)
	}
	if snap.RunsFeed != 0 {
		dst = appendNumber(append(dst, `,"runs":`...), snap.RunsFeed)
	}
	if len(snap.Streams) > 0 && snap.RunsFeed != 0 {
		dst = appendRunStreams(append(dst, `,"runStreams":`...), snap.Streams)
	} else if len(snap.Streams) > 0 {
		dst = appendStreams(append(dst, `,"streams":`...), snap.Streams)
	}
	dst = appendWindow(dst, snap.Streams)
	if len(snap.Streams) == 1 && snap.Streams[0].Control.Control != "" {
		dst = appendControl(append(dst, `,"control":`...), &snap.Streams[0].Control)
	}
	if snap.Err != nil {
		dst = appendError(append(dst, `,"error":`...), snap.Err)
	}
	if snap.Retrieved != "" {
		dst = appendNumber(append(dst, `,"retrieved":`...), snap.RetrievedFeed)
	}
	if snap.Result != "" {
		dst = append(append(dst, `,"result":`...), snap.Result...)
	}
	dst = appendFlag(dst, "loading", snap.Loading)
	dst = appendFlag(dst, "validating", snap.Validating)
	dst = appendFlag(dst, "completed", snap.Completed)
	dst = appendFlag(dst, "ended", snap.Ended)
	p.views = append(dst, '}')
}

// appendRunStreams writes streams by their runs.
func appendRunStreams(dst []byte, streams []hooks.StreamSnapshot) []byte {
	dst = append(dst, '{')
	var written []string
	for i := range streams {
		runID := streams[i].RunID
		if slices.Contains(written, runID) {
			continue
		}
		if len(written) > 0 {
			dst = append(dst, ',')
		}
		written = append(written, runID)
		var own []hooks.StreamSnapshot
		for j := i; j < len(streams); j++ {
			if streams[j].RunID == runID {
				own = append(own, streams[j])
			}
		}
		dst = appendStreams(append(rawjson.AppendString(dst, runID), ':'), own)
	}
	return append(dst, '}')
}

// appendWindow writes where streams begin that are not shown from their first part on.
func appendWindow(dst []byte, streams []hooks.StreamSnapshot) []byte {
	first := true
	for i := range streams {
		stream := &streams[i]
		if stream.First == 0 {
			continue
		}
		if first {
			dst = append(dst, `,"first":{`...)
		} else {
			dst = append(dst, ',')
		}
		first = false
		dst = appendNumber(append(rawjson.AppendString(dst, stream.Key), ':'), stream.First)
	}
	if !first {
		dst = append(dst, '}')
	}
	return dst
}

func appendFlag(dst []byte, name string, set bool) []byte {
	if !set {
		return dst
	}
	return append(append(append(dst, `,"`...), name...), `":true`...)
}

func appendStreams(dst []byte, streams []hooks.StreamSnapshot) []byte {
	dst = append(dst, '{')
	for i := range streams {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = rawjson.AppendString(dst, streams[i].Key)
		dst = appendNumber(append(dst, ':'), streams[i].Feed)
	}
	return append(dst, '}')
}

// run brings the page's replica of a run up to date.
func (p *port) run(feed hooks.FeedID, run *api.Run) {
	known := p.replicas[feed].run
	if known == run {
		return
	}
	p.replicas[feed] = replica{run: run}
	changes := appendRun(nil, known, run)
	if string(changes) == "{}" {
		return
	}
	dst := appendNumber(append(item(p.feeds), `{"feed":`...), feed)
	p.feeds = append(append(append(dst, `,"run":`...), changes...), '}')
}

// list brings the page's replica of a list of runs up to date.
func (p *port) list(feed hooks.FeedID, runs []*api.Run) {
	known, seen := p.replicas[feed]
	if seen && len(known.runs) == len(runs) && (len(runs) == 0 || &known.runs[0] == &runs[0]) {
		return
	}
	dst := appendNumber(append(item(p.feeds), `{"feed":`...), feed)
	dst = append(appendList(append(dst, `,"runs":`...), known.runs, runs), '}')
	p.feeds = dst
	p.replicas[feed] = replica{runs: runs}
}

// retrieved brings the page's replica of a fetched run up to date.
func (p *port) retrieved(feed hooks.FeedID, run, packets rawjson.Value) {
	if p.replicas[feed].json == run {
		return
	}
	p.replicas[feed] = replica{json: run}
	dst := appendNumber(append(item(p.feeds), `{"feed":`...), feed)
	dst = append(append(dst, `,"retrieved":`...), run...)
	if packets != "{}" {
		dst = append(append(dst, `,"packets":`...), packets...)
	}
	p.feeds = append(dst, '}')
}

// stream brings the page's replica of a stream up to date.
func (p *port) stream(stream *hooks.StreamSnapshot) {
	known, seen := p.replicas[stream.Feed]
	places := known.places
	if stream.WantsPlaces {
		places = len(stream.Parts)
	}
	if seen && known.parts == len(stream.Parts) && known.places == places {
		return
	}
	dst := appendNumber(append(item(p.feeds), `{"feed":`...), stream.Feed)
	if !seen && stream.Resumed.Parts > 0 {
		dst = appendOrigin(append(dst, `,"from":`...), &stream.Resumed)
	}
	dst = append(dst, `,"parts":[`...)
	for i := known.parts; i < len(stream.Parts); i++ {
		if i > known.parts {
			dst = append(dst, ',')
		}
		dst = append(dst, stream.Parts[i].Chunk...)
	}
	dst = append(dst, ']')
	if known.places < places {
		dst = appendPlaces(append(dst, `,"meta":`...), stream.Parts[known.places:places])
	}
	dst = rawjson.AppendString(append(dst, `,"lastEventId":`...), stream.LastEventID)
	p.feeds = append(dst, '}')
	p.replicas[stream.Feed] = replica{parts: len(stream.Parts), places: places}
}

// appendPlaces writes where parts stand in their stream.
func appendPlaces(dst []byte, parts []api.Part) []byte {
	dst = append(dst, '[')
	for i := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendPlace(append(dst, '{'), &parts[i]), '}')
	}
	return append(dst, ']')
}

// appendPlace writes the members of a part's place.
func appendPlace(dst []byte, part *api.Part) []byte {
	dst = rawjson.AppendString(append(dst, `"id":`...), part.ID)
	dst = strconv.AppendInt(append(dst, `,"timestamp":`...), part.Timestamp, 10)
	if part.RecordID != "" {
		dst = rawjson.AppendString(append(dst, `,"recordId":`...), part.RecordID)
	}
	if part.Headers != "" {
		dst = append(append(dst, `,"headers":`...), part.Headers...)
	}
	return dst
}

// control hands a subscription of the page a control record.
func (p *port) control(sub uint32, deliver *hooks.DeliverControl) {
	p.stream(&deliver.Stream)
	dst := appendNumber(append(item(p.controls), `{"sub":`...), sub)
	dst = appendControl(append(dst, `,"control":`...), &deliver.Record)
	dst = appendNumber(append(dst, `,"at":`...), deliver.At)
	dst = appendPlace(append(dst, `,"part":{`...), &deliver.Record)
	p.controls = append(append(append(dst, `,"chunk":`...), deliver.Record.Chunk...), "}}"...)
}

// appendControl writes a control record as hooks show it.
func appendControl(dst []byte, record *api.Part) []byte {
	dst = rawjson.AppendString(append(dst, `{"subtype":`...), record.Control)
	dst = append(append(dst, `,"headers":`...), record.Headers...)
	dst = append(append(dst, `,"seqNum":`...), record.ID...)
	return append(strconv.AppendInt(append(dst, `,"timestamp":`...), record.Timestamp, 10), '}')
}

// appendOrigin says where the page has the parts before those that it is sent.
func appendOrigin(dst []byte, resume *hooks.Resume) []byte {
	if resume.Feed != 0 {
		dst = appendNumber(append(dst, `{"feed":`...), resume.Feed)
	} else {
		dst = appendNumber(append(dst, `{"resume":`...), resume.Token)
	}
	return append(appendNumber(append(dst, `,"parts":`...), resume.Parts), '}')
}

// deliver asks the page to hand a subscription the parts that it has not had.
func (p *port) deliver(sub uint32, stream *hooks.StreamSnapshot) {
	p.stream(stream)
	dst := appendNumber(append(item(p.data), `{"sub":`...), sub)
	p.data = append(appendNumber(append(dst, `,"feed":`...), stream.Feed), '}')
}

func (p *port) forget(feed hooks.FeedID) {
	if _, known := p.replicas[feed]; known {
		delete(p.replicas, feed)
		p.forgot = appendNumber(item(p.forgot), feed)
	}
}

// flush posts what the page has to learn.
func (p *port) flush(post func(port uint32, message []byte)) {
	if len(p.feeds)+len(p.views)+len(p.data)+len(p.controls) > 0 {
		message := append([]byte(`{"op":"publish","feeds":[`), p.feeds...)
		message = append(append(message, `],"views":[`...), p.views...)
		if len(p.data) > 0 {
			message = append(append(message, `],"data":[`...), p.data...)
		}
		if len(p.controls) > 0 {
			message = append(append(message, `],"controls":[`...), p.controls...)
		}
		p.feeds, p.views, p.data, p.controls = p.feeds[:0], p.views[:0], p.data[:0], p.controls[:0]
		post(p.number, append(message, `]}`...))
	}
	if len(p.forgot) > 0 {
		message := append([]byte(`{"op":"forget","feeds":[`), p.forgot...)
		p.forgot = p.forgot[:0]
		post(p.number, append(message, `]}`...))
	}
}

// item begins the next item of a list.
func item(list []byte) []byte {
	if len(list) > 0 {
		return append(list, ',')
	}
	return list
}

func appendNumber[N ~uint32 | ~int](dst []byte, n N) []byte {
	return strconv.AppendInt(dst, int64(n), 10)
}
