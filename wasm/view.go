package main

import (
	"slices"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/rawjson"
)

// view tells the page what these scopes show from now on, and brings the replicas up to date that it names.
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
		p.stream(snap.Streams[i])
	}
	w := &p.views
	w.Open('{')
	w.Name("scopes")
	writeTexts(w, scopes)
	writeSnapshot(w, snap)
	w.Close('}')
}

// writeSnapshot writes what is shown, as members. Data is named by its feeds.
func writeSnapshot(w *rawjson.Writer, snap *hooks.Snapshot) {
	if snap.Run != nil {
		w.Number("run", int64(snap.RunFeed))
	}
	if snap.RunsFeed != 0 {
		w.Number("runs", int64(snap.RunsFeed))
	}
	if len(snap.Streams) > 0 && snap.RunsFeed != 0 {
		w.Name("runStreams")
		writeRunStreams(w, snap.Streams)
	} else if len(snap.Streams) > 0 {
		w.Name("streams")
		writeStreams(w, snap.Streams, snap.Streams[0].RunID)
	}
	writeWindow(w, snap.Streams, snap.RunsFeed != 0)
	if len(snap.Streams) == 1 && snap.Streams[0].Control != nil {
		w.Name("control")
		writeControl(w, snap.Streams[0].Control)
	}
	writeConnection(w, &snap.Connection)
	if snap.Err != nil {
		w.Name("error")
		writeError(w, snap.Err)
	}
	if snap.Retrieved != "" {
		w.Number("retrieved", int64(snap.RetrievedFeed))
	}
	if snap.Result != "" {
		w.Name("result")
		w.Value(snap.Result)
	}
	if len(snap.Requests) > 0 {
		w.Name("requests")
		writeTexts(w, snap.Requests)
	}
	w.Mark("loading", snap.Loading)
	w.Mark("validating", snap.Validating)
	w.Mark("completed", snap.Completed)
	w.Mark("ended", snap.Ended)
}

// writeConnection writes how what is shown is kept up to date. A view that does not say is connecting.
func writeConnection(w *rawjson.Writer, c *hooks.Connection) {
	if c.State != hooks.Connecting {
		w.Member("connection", c.State.String())
	}
	w.Moment("retryAt", c.RetryAt)
	w.Moment("lastUpdateAt", c.UpdatedAt)
}

// writeRunStreams writes streams by their runs.
func writeRunStreams(w *rawjson.Writer, streams []*hooks.StreamSnapshot) {
	w.Open('{')
	var written []string
	for i := range streams {
		runID := streams[i].RunID
		if slices.Contains(written, runID) {
			continue
		}
		written = append(written, runID)
		w.Key(runID)
		writeStreams(w, streams[i:], runID)
	}
	w.Close('}')
}

// writeStreams writes the feeds of a run's streams by their keys.
func writeStreams(w *rawjson.Writer, streams []*hooks.StreamSnapshot, runID string) {
	w.Open('{')
	for i := range streams {
		if streams[i].RunID == runID {
			w.Key(streams[i].Key)
			w.Int(int64(streams[i].Feed))
		}
	}
	w.Close('}')
}

// writeWindow writes where streams begin that are not shown from their first part on, by their keys as in Resume.
func writeWindow(w *rawjson.Writer, streams []*hooks.StreamSnapshot, ofManyRuns bool) {
	begun := false
	for i := range streams {
		if streams[i].First == 0 {
			continue
		}
		if !begun {
			begun = true
			w.Name("first")
			w.Open('{')
		}
		key := streams[i].Key
		if ofManyRuns {
			key = streams[i].RunID + "/" + key
		}
		w.Key(key)
		w.Int(int64(streams[i].First))
	}
	if begun {
		w.Close('}')
	}
}

func writeTexts(w *rawjson.Writer, texts []string) {
	w.Open('[')
	for _, text := range texts {
		w.Text(text)
	}
	w.Close(']')
}
