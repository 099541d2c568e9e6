//go:build !js

package browser

import (
	"mime"
	"net/http"
	"net/url"
	"os"
	urlpath "path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runwire/runwire/tests/bench"
	"github.com/runwire/runwire/tests/slowlink"
	"github.com/runwire/runwire/web/emulator"
)

var (
	firstRunNearby = load{
		measured: bench.Of("first run, cold cache, loopback",
			bench.Measurement{Name: "download without React, brotli", Unit: bench.Bytes, Bound: bench.AtMost(85_000), Title: "Download"},
			bench.Measurement{Name: "on the screen after", Unit: bench.Milliseconds, Bound: bench.TimesOriginal(1), Title: "First run, fast network"},
		),
		do: func(b *testing.B, v variant) []float64 {
			downloaded, shown := firstRun(b, v, nil)
			return []float64{float64(downloaded), shown}
		},
		ours: 9, original: 9,
	}
	firstRunFarAway = load{
		measured: bench.Of("first run, cold cache, 1.6 Mbit/s and 150 ms",
			bench.Measurement{Name: "on the screen after", Unit: bench.Milliseconds, Bound: bench.TimesOriginal(1), Title: "First run, slow network"},
		),
		do: func(b *testing.B, v variant) []float64 {
			_, shown := firstRun(b, v, slowlink.New(150*time.Millisecond, 1_600_000/8, 750_000/8))
			return []float64{shown}
		},
		ours: 9, original: 9,
	}
)

// firstRun opens the starter app, with the page's files and the API behind link unless that is nil. It returns what the
// package adds to the bytes that the app downloads, and how long after the navigation began a run was on the screen.
func firstRun(b *testing.B, v variant, link *slowlink.Link) (downloaded int64, shown float64) {
	with, without := v.starter(b)
	site := &compressedSite{folder: with}
	w := newServers(b, v, setting{site: serveSite(b, with, site.instead)})
	if link != nil {
		for _, address := range []*string{&w.site, &w.api} {
			proxy, err := link.Proxy(b.Context(), strings.TrimPrefix(*address, "http://"))
			w.must(err)
			*address = "http://" + proxy
		}
	}
	query := url.Values{"runId": {w.create(emulator.Columns{"status": "EXECUTING"})}, "accessToken": {w.token}, "baseURL": {w.api}}
	// In the browser's own profile, because in any other Chromium does not connect ahead of requests. Nothing is cached
	// there of an address that has never been before.
	w.site += "?" + query.Encode()
	w.open(b, "window.shownAt")
	return site.sent.Load() - w.sizeOf(without), evaluate[float64](w.page, "shownAt")
}

// starter returns the folders of the starter app, built with the variant's package and without it.
func (v variant) starter(b *testing.B) (with, without string) {
	b.Helper()
	folder := v.folder(b)
	root := folder + "/starter"
	err := once(root, []string{"starter", "build.mjs"}, func() error {
		if err := os.CopyFS(root, os.DirFS("starter")); err != nil {
			return err
		}
		return run(".", "node", "build.mjs", folder, "starter")
	})
	if err != nil {
		b.Fatal(err)
	}
	return root + "/with", root + "/without"
}

// compressedSite serves files as a server does that has them compressed; see build.mjs.
type compressedSite struct {
	folder string
	sent   atomic.Int64 // bytes of scripts and modules
}

func (s *compressedSite) instead(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := urlpath.Clean(r.URL.Path)
		isPage := name == "/"
		if isPage {
			name = "/index.html"
		}
		body, err := os.ReadFile(s.folder + name + ".br")
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if !isPage {
			s.sent.Add(int64(len(body)))
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(urlpath.Ext(name)))
		w.Header().Set("Content-Encoding", "br")
		_, _ = w.Write(body) // a page that is closed reads no more
	})
}

// sizeOf is what an app downloads beside its page. Unit: bytes.
func (w *world) sizeOf(folder string) (bytes int64) {
	w.t.Helper()
	files, err := filepath.Glob(folder + "/assets/*.br")
	w.must(err)
	for _, file := range files {
		info, err := os.Stat(file)
		w.must(err)
		bytes += info.Size()
	}
	return bytes
}
