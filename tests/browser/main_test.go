//go:build !js

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
		// No test reaches the internet, not even the examples that name servers there.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	browser, _ := chromedp.NewContext(allocator)
	stopChromium = stop
	if err := chromedp.Do(browser); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return browser, nil
})
