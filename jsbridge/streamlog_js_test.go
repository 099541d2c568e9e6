//go:build js && wasm

package jsbridge

import (
	"strings"
	"testing"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

func TestAStreamStaysWholeAcrossANewAccessToken(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	run, accessToken := triggerWithToken(t, url, "stream-text", `{"prompt":"rivers","tokens":60,"everyMs":5}`)
	s, snapshots := follow(t, r, url, hooks.Spec{Kind: hooks.KindRunWithStreams, RunID: run})
	renewed, before := false, ""
	for snapshot := range snapshots {
		text := joined(snapshot, "openai")
		if !strings.HasPrefix(text, before) {
			t.Fatalf("after %q came %q", before, text)
		}
		before = text
		if !renewed && len(strings.Fields(text)) > 10 {
			renewed = true
			s.Update(hooks.Options{Access: api.Access{BaseURL: url, AccessToken: accessToken}})
		}
		if snapshot.Completed && text == snapshot.Run.Output.JSON().Get("text").Text() {
			break
		}
	}
	if !renewed || len(strings.Fields(before)) != 60 {
		t.Errorf("the text is %q, renewed %v", before, renewed)
	}
	s.Stop()
	s.Close()
	awaitRelease(t)
}

func TestStreamLogs(t *testing.T) {
	parts := func(text string) (parts []api.Part) {
		for _, word := range strings.Fields(text) {
			parts = append(parts, api.Part{RecordID: word})
		}
		return parts
	}
	words := func(parts []api.Part) string {
		var all []string
		for _, part := range parts {
			all = append(all, part.RecordID)
		}
		return strings.Join(all, " ")
	}
	logs := streamLogs{}
	var shown []hooks.StreamSnapshot
	var want []string
	for _, step := range []struct {
		feed    hooks.FeedID
		resumed hooks.Resume
		parts   string
		want    string
	}{
		{1, hooks.Resume{}, "a", "a"},
		{1, hooks.Resume{}, "a b", "a b"},
		{2, hooks.Resume{Feed: 1, Parts: 2}, "", "a b"},
		{2, hooks.Resume{Feed: 1, Parts: 2}, "c", "a b c"},
		{3, hooks.Resume{Feed: 2, Parts: 3}, "d e", "a b c d e"},
		{4, hooks.Resume{Feed: 3, Parts: 2}, "x", "a b x"}, // the server has taken parts back
		{5, hooks.Resume{}, "new", "new"},
	} {
		snapshot := logs.whole(hooks.Snapshot{Streams: []*hooks.StreamSnapshot{
			{Key: "k", Feed: step.feed, Resumed: step.resumed, Parts: parts(step.parts)},
		}})
		shown, want = append(shown, *snapshot.Streams[0]), append(want, step.want)
		if snapshot.Streams[0].Resumed != (hooks.Resume{}) {
			t.Errorf("the snapshot still says that it was resumed")
		}
	}
	for i, stream := range shown { // and none was changed by a later one
		if got := words(stream.Parts); got != want[i] {
			t.Errorf("snapshot %d has %q, want %q", i, got, want[i])
		}
	}
}
