// Package jsbridge runs subscriptions of package hooks in a browser, for programs that standard Go compiles
// to GOOS=js GOARCH=wasm. (The npm package's runtime is built by TinyGo and has a host of its own in wasm/.)
//
//	runtime := jsbridge.New(jsbridge.Options{})
//	spec := hooks.Spec{Kind: hooks.KindRun, RunID: "run_1"}
//	options := hooks.Options{Access: api.Access{AccessToken: accessToken}, Throttle: hooks.DefaultThrottle}
//	subscription := runtime.Subscribe(spec, options, func(snapshot hooks.Snapshot) {
//		// Show it. In go-app: ctx.Dispatch(func(app.Context) { view.snapshot = snapshot })
//	})
//	defer subscription.Close()
//
// A Runtime starts no goroutine: window.fetch, readers and setTimeout call back, and each such call is one
// turn (turns.go), in which the machines of package hooks take a step and what they ask for is performed.
// Requests are in fetch.go, timers in timer.go. Every function that JavaScript is given goes through
// callback.go and is released when JavaScript is done with it, whichever way that comes about; LiveCallbacks
// lets a test say so.
package jsbridge
