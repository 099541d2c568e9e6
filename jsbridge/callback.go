//go:build js && wasm

package jsbridge

import (
	"fmt"
	"sync/atomic"

	"github.com/hack-pad/safejs"
)

// live counts the callbacks of the program that were not released.
var live atomic.Int64

// LiveCallbacks returns how many Go functions of this package JavaScript holds. It is 0 when no request is
// out and no timer is set. A request that was cancelled counts until its promise has settled, which abort
// makes it do. It may be called concurrently.
func LiveCallbacks() int { return int(live.Load()) }

// callback is a Go function that JavaScript may call until it is released.
type callback struct {
	fn       safejs.Func
	released bool
}

// newCallback wraps fn for JavaScript. It is the one door for functions, because a panic that leaves one
// ends the program: here it becomes a report.
func newCallback(report func(error), fn func(args []safejs.Value)) (*callback, error) {
	wrapped, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		defer reportPanic(report, "callback")
		fn(args)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("wrap a function for JavaScript: %w", err)
	}
	live.Add(1)
	return &callback{fn: wrapped}, nil
}

// release gives the function back. JavaScript must not call it any more. Releasing nil or twice is harmless.
func (c *callback) release() {
	if c == nil || c.released {
		return
	}
	c.released = true
	c.fn.Release()
	onRelease(live.Add(-1))
}

// onRelease is told how many callbacks are left. It is a variable for the tests, which must wait for the
// promises of requests that they cancelled.
var onRelease = func(int64) {}

// reportPanic, deferred, turns a panic into a report.
func reportPanic(report func(error), where string) {
	switch p := recover().(type) {
	case nil:
	case error:
		report(fmt.Errorf("jsbridge: panic in a %s: %w", where, p))
	default:
		report(fmt.Errorf("jsbridge: panic in a %s: %v", where, p))
	}
}

// reportToConsole is the report of a program that did not name its own.
func reportToConsole(err error) {
	console, missing := safejs.Global().Get("console")
	if missing == nil {
		_, _ = console.Call("error", err.Error()) // there is nobody left to tell
	}
}
