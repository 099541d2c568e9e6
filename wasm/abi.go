//go:build tinygo || (js && wasm)

package main

import (
	"time"
	"unsafe"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
	"github.com/runwire/runwire/wasm/heap"
)

// What Go asks of JavaScript. None of these throws, and none calls back before it returns. Bytes are only
// valid during the call.

//go:wasmimport host fetch
func hostFetch(fetch uint32, request unsafe.Pointer, n uint32)

//go:wasmimport host cancel
func hostCancel(fetch uint32)

//go:wasmimport host timer
func hostTimer(timer uint32, milliseconds float64)

//go:wasmimport host post
func hostPost(port uint32, message unsafe.Pointer, n uint32)

// What JavaScript tells Go. now is Date.now(). n counts the bytes that were written to the last alloc.

//go:wasmexport boot
func boot(_ float64, seedLow, seedHigh uint32) {
	server = newServer(uint64(seedHigh)<<32|uint64(seedLow), jsHost{}, postText, heap.InUse)
}

//go:wasmexport alloc
func alloc(n uint32) unsafe.Pointer {
	if uint32(cap(inbox)) < n {
		inbox = make([]byte, n)
	}
	inbox = inbox[:max(n, 1)]
	return unsafe.Pointer(&inbox[0])
}

//go:wasmexport message
func pageSaid(now float64, port, n uint32) {
	server.message(moment(now), port, string(inbox[:n]))
	heap.Collect()
}

//go:wasmexport detach
func detach(now float64, port uint32) {
	server.detach(moment(now), port)
	heap.Collect()
}

//go:wasmexport response
func response(now float64, fetch, httpStatus, n uint32) {
	step(now, hooks.ResponseStarted{
		Fetch: hooks.FetchID(fetch), HTTPStatus: int(httpStatus), Header: api.ParseHeader(string(inbox[:n])),
	})
}

//go:wasmexport chunk
func chunk(now float64, fetch, n uint32) {
	step(now, hooks.ChunkArrived{Fetch: hooks.FetchID(fetch), Data: inbox[:n]})
}

//go:wasmexport ended
func ended(now float64, fetch uint32) {
	step(now, hooks.ResponseEnded{Fetch: hooks.FetchID(fetch)})
}

//go:wasmexport failed
func failed(now float64, fetch, n uint32) {
	step(now, hooks.FetchFailed{Fetch: hooks.FetchID(fetch), Reason: string(inbox[:n])})
}

//go:wasmexport timer
func timer(now float64, timer uint32) {
	step(now, hooks.TimerFired{Timer: hooks.TimerID(timer)})
}

// step is the whole of a call from JavaScript, so that nothing is under way at its end.
func step(now float64, event hooks.Event) {
	server.step(moment(now), event)
	heap.Collect()
}

var (
	server *portServer
	inbox  = make([]byte, 1) // what alloc lent to JavaScript last
)

func moment(milliseconds float64) time.Time { return time.UnixMilli(int64(milliseconds)) }

func postText(port uint32, text []byte) {
	hostPost(port, unsafe.Pointer(unsafe.SliceData(text)), uint32(len(text)))
}

// jsHost is a drive.Host over the imports.
type jsHost struct{}

func (jsHost) Fetch(fetch hooks.FetchID, request *api.Request) {
	text := requestText(request)
	hostFetch(uint32(fetch), unsafe.Pointer(unsafe.SliceData(text)), uint32(len(text)))
}

func (jsHost) Cancel(fetch hooks.FetchID) { hostCancel(uint32(fetch)) }

func (jsHost) SetTimer(timer hooks.TimerID, after time.Duration) {
	hostTimer(uint32(timer), float64(after)/float64(time.Millisecond))
}

func (jsHost) ClearTimer(timer hooks.TimerID) { hostTimer(uint32(timer), -1) }

// requestText writes a request as host.ts reads it.
func requestText(request *api.Request) []byte {
	w := &rawjson.Writer{}
	w.Open('{')
	w.Member("method", request.Method)
	w.Member("url", request.URL)
	w.Name("headers")
	w.Open('{')
	for i := range request.Header {
		w.Key(request.Header[i].Name)
		w.Text(request.Header[i].Value)
	}
	w.Close('}')
	if request.Body != "" {
		w.Member("body", request.Body)
	}
	w.Close('}')
	return w.Bytes()
}
