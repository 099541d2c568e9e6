//go:build js && wasm

package jsbridge

import (
	"fmt"

	"github.com/hack-pad/safejs"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/api"
)

// exchange is one request and its answer. At every moment it waits for one promise at most: first that of
// fetch, then that of each read of the body. Its two callbacks serve them all and are released once, when
// the exchange is over and no promise is left that could call them.
type exchange struct {
	host *host
	id   hooks.FetchID

	controller safejs.Value // an AbortController
	reader     safejs.Value // of the body, once the head has arrived

	fulfilled *callback
	rejected  *callback
	next      func(safejs.Value) error // what the promise's value means
	cancelled bool
}

// Fetch is part of drive.Host.
func (h *host) Fetch(id hooks.FetchID, request *api.Request) {
	x := &exchange{host: h, id: id}
	h.exchanges[id] = x
	h.requests.Store(int64(len(h.exchanges)))
	if err := x.send(request); err != nil {
		x.fail(err)
	}
}

// Cancel is part of drive.Host. It makes the promise that is out settle, and then the callbacks are released.
func (h *host) Cancel(id hooks.FetchID) {
	if x := h.exchanges[id]; x != nil {
		x.cancelled = true
		x.leave()
		x.cancelReader()
		x.abort()
	}
}

func (x *exchange) send(request *api.Request) (err error) {
	if x.fulfilled, err = x.callback(x.take); err != nil {
		return err
	}
	if x.rejected, err = x.callback(x.refuse); err != nil {
		return err
	}
	if x.controller, err = construct("AbortController"); err != nil {
		return err
	}
	signal, err := x.controller.Get("signal")
	if err != nil {
		return err
	}
	promise, err := safejs.Global().Call("fetch", request.URL, requestInit(request, signal))
	if err != nil {
		return err
	}
	return x.await(promise, x.head)
}

// callback returns one of the two functions that a promise is given.
func (x *exchange) callback(settle func(safejs.Value)) (*callback, error) {
	return newCallback(x.host.report, func(args []safejs.Value) {
		value := safejs.Undefined()
		if len(args) > 0 {
			value = args[0]
		}
		x.host.turn(func() { settle(value) })
	})
}

func requestInit(request *api.Request, signal safejs.Value) map[string]any {
	header := make([]any, 0, len(request.Header))
	for _, field := range request.Header {
		header = append(header, []any{field.Name, field.Value})
	}
	init := map[string]any{"method": request.Method, "headers": header, "signal": signal}
	if request.Body != "" {
		init["body"] = request.Body
	}
	return init
}

// await makes promise the one that the exchange waits for.
func (x *exchange) await(promise safejs.Value, next func(safejs.Value) error) error {
	x.next = next
	_, err := promise.Call("then", x.fulfilled.fn, x.rejected.fn)
	return err
}

// take is the turn of a promise that was fulfilled.
func (x *exchange) take(value safejs.Value) {
	if x.cancelled {
		x.release()
		return
	}
	if err := x.next(value); err != nil {
		x.fail(err)
	}
}

// refuse is the turn of a promise that was rejected. After a cancel that is what we asked for.
func (x *exchange) refuse(reason safejs.Value) {
	if x.cancelled {
		x.release()
		return
	}
	x.fail(thrown(reason))
}

// head takes the response and begins to read its body.
func (x *exchange) head(response safejs.Value) error {
	httpStatus, header, err := readHead(response)
	if err != nil {
		return fmt.Errorf("read the head of an answer: %w", err)
	}
	body, err := response.Get("body")
	if err != nil {
		return err
	}
	if body.Type() == safejs.TypeObject {
		if x.reader, err = body.Call("getReader"); err != nil {
			return err
		}
	}
	x.host.deliver(hooks.ResponseStarted{Fetch: x.id, HTTPStatus: httpStatus, Header: header})
	if body.Type() != safejs.TypeObject { // such as 204
		x.end()
		return nil
	}
	return x.read()
}

func readHead(response safejs.Value) (httpStatus int, header api.Header, err error) {
	status, err := response.Get("status")
	if err != nil {
		return 0, nil, err
	}
	if httpStatus, err = status.Int(); err != nil {
		return 0, nil, err
	}
	headers, err := response.Get("headers")
	if err != nil {
		return 0, nil, err
	}
	header, err = readHeader(headers)
	return httpStatus, header, err
}

// readHeader reads a Headers object, whose names are lower case.
func readHeader(headers safejs.Value) (api.Header, error) {
	array, err := safejs.Global().Get("Array")
	if err != nil {
		return nil, err
	}
	pairs, err := array.Call("from", headers)
	if err != nil {
		return nil, err
	}
	count, err := pairs.Length()
	if err != nil {
		return nil, err
	}
	header := make(api.Header, count)
	for i := range count {
		pair, err := pairs.Index(i)
		if err != nil {
			return nil, err
		}
		name, err := textAt(pair, 0)
		if err != nil {
			return nil, err
		}
		if header[name], err = textAt(pair, 1); err != nil {
			return nil, err
		}
	}
	return header, nil
}

// read asks for the next bytes of the body.
func (x *exchange) read() error {
	promise, err := x.reader.Call("read")
	if err != nil {
		return err
	}
	return x.await(promise, x.chunk)
}

// chunk takes what a read brought: bytes, or the end.
func (x *exchange) chunk(result safejs.Value) error {
	done, err := result.Get("done")
	if err != nil {
		return err
	}
	if over, err := done.Truthy(); err != nil || over {
		if err == nil {
			x.end()
		}
		return err
	}
	data, err := x.bytes(result)
	if err != nil {
		return fmt.Errorf("read a body: %w", err)
	}
	x.host.deliver(hooks.ChunkArrived{Fetch: x.id, Data: data})
	return x.read()
}

// bytes copies a chunk into the host's buffer, where it is good until the next one.
func (x *exchange) bytes(result safejs.Value) ([]byte, error) {
	value, err := result.Get("value")
	if err != nil {
		return nil, err
	}
	length, err := value.Length()
	if err != nil {
		return nil, err
	}
	if cap(x.host.buffer) < length {
		x.host.buffer = make([]byte, length)
	}
	data := x.host.buffer[:length]
	_, err = safejs.CopyBytesToGo(data, value)
	return data, err
}

// end is for a body that is complete, and fail for whatever else ends an exchange. No promise is out then.
func (x *exchange) end() {
	x.release()
	x.leave()
	x.host.deliver(hooks.ResponseEnded{Fetch: x.id})
}

func (x *exchange) fail(err error) {
	x.release()
	x.leave()
	x.abort() // a body that we cannot read would go on arriving
	x.host.deliver(hooks.FetchFailed{Fetch: x.id, Reason: err.Error()})
}

func (x *exchange) leave() {
	delete(x.host.exchanges, x.id)
	x.host.requests.Store(int64(len(x.host.exchanges)))
}

// cancelReader ends the read that is out. Abort alone would do by the standard, but not in Node 20 when it
// meets the end of the body: that read stays pending for ever.
func (x *exchange) cancelReader() {
	if x.reader.Type() != safejs.TypeObject {
		return
	}
	promise, err := x.reader.Call("cancel")
	if err == nil {
		err = ignoreRejection(promise)
	}
	if err != nil {
		x.host.report(fmt.Errorf("jsbridge: cancel a body: %w", err))
	}
}

func (x *exchange) abort() {
	if x.controller.Type() != safejs.TypeObject {
		return // it failed before there was anything to abort
	}
	if _, err := x.controller.Call("abort"); err != nil {
		x.host.report(fmt.Errorf("jsbridge: abort a request: %w", err))
	}
}

func (x *exchange) release() {
	x.fulfilled.release()
	x.rejected.release()
}
