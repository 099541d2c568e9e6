//go:build !js

package browser

import (
	"context"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// memory is what the page and its workers hold. Unit: bytes.
func (p *page) memory() float64 {
	p.t.Helper()
	page, workers := p.memories()
	return page + workers
}

// memories are what the page holds, and what the workers of its profile do, once their garbage is collected: their heaps, the
// buffers that these refer to, and the memories of WebAssembly. Unit: bytes.
func (p *page) memories() (page, workers float64) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	targets, err := chromedp.Targets(ctx)
	if err != nil {
		p.t.Fatalf("list the page's workers: %v", err)
	}
	page = p.heldBy(ctx)
	for _, target := range targets {
		if strings.HasSuffix(target.Type, "worker") && target.BrowserContextID == chromedp.FromContext(ctx).BrowserContextID {
			worker, detach := chromedp.NewContext(ctx, chromedp.WithTargetID(target.TargetID), chromedp.WithDetachOnCancel())
			workers += p.heldBy(worker)
			detach()
		}
	}
	return page, workers
}

func (p *page) heldBy(thread context.Context) float64 {
	p.t.Helper()
	bytes, err := heldBy(thread)
	if err != nil {
		p.t.Fatalf("measure memory: %v", err)
	}
	return bytes
}

func heldBy(thread context.Context) (bytes float64, err error) {
	if _, err := chromedp.Call(thread, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
		return 0, err
	}
	heap, err := chromedp.Call(thread, runtime.GetHeapUsage, cdp.Empty{})
	if err != nil {
		return 0, err
	}
	modules, err := wasmMemory(thread)
	return heap.UsedSize + heap.EmbedderHeapUsedSize + heap.BackingStorageSize + modules, err
}

// wasmMemory is what no heap counts.
func wasmMemory(thread context.Context) (bytes float64, err error) {
	prototype, err := chromedp.Run(thread, chromedp.Evaluate[*runtime.RemoteObject]("WebAssembly.Memory.prototype"))
	if err != nil {
		return 0, err
	}
	memories, err := chromedp.Call(thread, runtime.QueryObjects, runtime.QueryObjectsParams{PrototypeObjectID: prototype.ObjectID})
	if err != nil {
		return 0, err
	}
	return chromedp.Run(thread, chromedp.CallFunctionOn[float64](
		"function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }",
		func(call *runtime.CallFunctionOnParams) { call.ObjectID = memories.Objects.ObjectID }))
}
