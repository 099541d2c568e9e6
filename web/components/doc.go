// Package components has go-app views over a hooks.Snapshot: what a page shows of a Trigger.dev run while it
// is on its way and when it is over.
//
//	func (p *page) OnMount(ctx app.Context) {
//		p.subscription = runtime.Subscribe(spec, options, func(snapshot hooks.Snapshot) {
//			ctx.Dispatch(func(app.Context) { p.snapshot = snapshot })
//		})
//	}
//
//	func (p *page) Render() app.UI { return &components.RunView{Snapshot: p.snapshot, TextStream: "openai"} }
//
// RunView is a whole card; StatusPill, Progress, StreamText, Packet and Failure are its parts, to arrange
// otherwise. The views only show: who subscribes, and when, is the page's business (package jsbridge).
// Library has their styles, which follow the page's color scheme.
package components
