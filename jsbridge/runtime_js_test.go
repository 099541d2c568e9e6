//go:build js && wasm

package jsbridge

import (
	"errors"
	"strings"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

func TestSubscribeToARunThatCounts(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	run := trigger(t, url, "count-up", `{"to":3,"everyMs":20}`)
	s, snapshots := follow(t, r, url, hooks.Spec{Kind: hooks.KindRun, RunID: run})
	var last hooks.Snapshot
	var progress []string
	for !last.Completed {
		last = <-snapshots
		if last.Err != nil {
			t.Fatal(last.Err)
		}
		progress = append(progress, string(last.Run.Metadata.JSON().Get("current")))
	}
	if last.Run.Status != api.StatusCompleted || last.Run.Output.JSON().Get("total") != "3" {
		t.Errorf("the run is %s with output %s", last.Run.Status, last.Run.Output.JSON())
	}
	if !strings.HasSuffix(strings.Join(progress, ","), "3") {
		t.Errorf("progress was %q, want it to end with 3", progress)
	}
	s.Close()
	awaitRelease(t)
}

func TestSubscribeToTheStreamsOfARun(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	run := trigger(t, url, "stream-text", `{"prompt":"rivers","tokens":40,"everyMs":2}`)
	s, snapshots := follow(t, r, url, hooks.Spec{Kind: hooks.KindRunWithStreams, RunID: run})
	var text, output string
	for snapshot := range snapshots {
		text = joined(snapshot, "openai")
		output = snapshot.Run.Output.JSON().Get("text").Text()
		if snapshot.Completed && text == output {
			break
		}
	}
	if len(strings.Fields(text)) != 40 {
		t.Errorf("the stream is %q, want 40 words", text)
	}
	s.Stop()
	s.Close()
	awaitRelease(t)
}

func joined(snapshot hooks.Snapshot, key string) string {
	var text strings.Builder
	for _, stream := range snapshot.Streams {
		if stream.Key == key {
			for _, part := range stream.Parts {
				text.WriteString(part.Chunk.Text())
			}
		}
	}
	return text.String()
}

func TestSubscribeToARunThatDoesNotExist(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	s, snapshots := follow(t, r, url, hooks.Spec{Kind: hooks.KindRun, RunID: "run_none"})
	snapshot := <-snapshots
	refused, ok := errors.AsType[*hooks.StatusError](snapshot.Err)
	if !ok || refused.HTTPStatus != 404 {
		t.Errorf("the error is %v, want a StatusError of 404", snapshot.Err)
	}
	s.Close()
	awaitRelease(t)
}

func TestTwoSubscriptionsShareARequest(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	run := trigger(t, url, "count-up", `{"to":1,"everyMs":60000}`)
	spec := hooks.Spec{Kind: hooks.KindRun, RunID: run}
	first, early := follow(t, r, url, spec)
	<-early
	second, late := follow(t, r, url, spec)
	if len(late) != 1 {
		t.Error("the second subscription was not shown at once what the first one has")
	}
	if requests := r.Requests(); requests != 1 {
		t.Errorf("%d requests are out, want 1", requests)
	}
	first.Stop()
	second.Stop()
	first.Close()
	second.Close()
	awaitRelease(t)
}

func TestShowMayCloseAndSubscribe(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	spec := hooks.Spec{Kind: hooks.KindRun, RunID: trigger(t, url, "hello-world", `{}`)}
	done := make(chan struct{})
	shown := 0
	var first, second *Subscription
	first = r.Subscribe(spec, accessTo(url), func(hooks.Snapshot) {
		shown++
		first.Close()
		first.Close()
		second = r.Subscribe(spec, accessTo(url), func(snapshot hooks.Snapshot) {
			if snapshot.Completed {
				second.Close()
				close(done)
			}
		})
	})
	<-done
	if shown != 1 {
		t.Errorf("show was called %d times, want once: it closed its subscription", shown)
	}
	awaitRelease(t)
}

func TestUpdateBringsANewAccessToken(t *testing.T) {
	url := server(t, emulatorURL)
	r := New(Options{Report: failOnReport(t)})
	spec := hooks.Spec{Kind: hooks.KindRun, RunID: trigger(t, url, "hello-world", `{}`)}
	snapshots := make(chan hooks.Snapshot, 1000)
	wrong := hooks.Options{Access: api.Access{BaseURL: url, AccessToken: "wrong"}}
	s := r.Subscribe(spec, wrong, func(snapshot hooks.Snapshot) { snapshots <- snapshot })
	if refused, ok := errors.AsType[*hooks.StatusError]((<-snapshots).Err); !ok || refused.HTTPStatus != 401 {
		t.Fatalf("a wrong token brought %v, want a StatusError of 401", refused)
	}
	s.Update(accessTo(url))
	for snapshot := range snapshots {
		if snapshot.Completed {
			break
		}
	}
	s.Close()
	awaitRelease(t)
}

func TestAPanicBecomesAReport(t *testing.T) {
	url := server(t, emulatorURL)
	reports := make(chan error, 10)
	r := New(Options{Report: func(err error) { reports <- err }})
	spec := hooks.Spec{Kind: hooks.KindRun, RunID: trigger(t, url, "hello-world", `{}`)}
	clumsy := r.Subscribe(spec, accessTo(url), func(hooks.Snapshot) { panic("a clumsy view") })
	careful, snapshots := follow(t, r, url, spec)
	for snapshot := range snapshots {
		if snapshot.Completed {
			break
		}
	}
	if err := <-reports; !strings.Contains(err.Error(), "a clumsy view") {
		t.Errorf("the report is %q", err)
	}
	clumsy.Close()
	careful.Close()
	awaitRelease(t)
}

func TestAPanicInACallbackBecomesAReport(t *testing.T) {
	var report error
	c, err := newCallback(func(err error) { report = err }, func([]safejs.Value) { panic(errors.New("oh")) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.fn.Value().Invoke(); err != nil {
		t.Errorf("JavaScript saw %v", err)
	}
	if report == nil || report.Error() != "jsbridge: panic in a callback: oh" {
		t.Errorf("the report is %v", report)
	}
	c.release()
	c.release()
}
