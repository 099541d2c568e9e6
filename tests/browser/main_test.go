//go:build !js

// Package browser tests the npm package as its users have it: the packed tarball, installed beside React, built by Vite
// and run in Chromium, against the emulator over real sockets. It also plays the same scripts to the package that ours
// replaces, and compares what the two show.
//
// A test gets a [world]: an emulator of its own, a page in a fresh browser context, and the components that it mounts
// there. It moves the emulator through its Go API, which is why the runner is a Go program (and chromedp its driver): no
// second channel to control it. app/ is the page; variants/ are the installations, built once for each run of the tests.
package browser

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestMain(m *testing.M) {
	code := m.Run()
	stopChromium()
	os.Exit(code)
}

// stopChromium ends the browser, if one was started.
var stopChromium = func() {}

// chromium is the one browser of the package; its pages are contexts made from this one.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path := os.Getenv("CHROMIUM")
	if path == "" {
		return nil, fmt.Errorf("CHROMIUM is not set: run ./build.sh test, or set it to the path of the browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	browser, _ := chromedp.NewContext(allocator)
	stopChromium = stop
	if err := chromedp.Do(browser); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return browser, nil
})
