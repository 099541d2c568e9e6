//go:build !js

package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/runwire/runwire/web/emulator"
)

// wire is an option, set in a mounted component, and what the server reads of it.
type wire struct {
	option    string
	component component
	// call is JavaScript: what to call of what the hook returns, and with what: submit({ a: 1 }).
	call string
	// request is the method of the request, what its path begins with, and what its query contains.
	request string
	read    func(emulator.Call) string
	want    string
	// ours says that the original does not send it.
	ours bool
}

// Every option of every hook, read at the server: the original's requests say the same, or nothing.
func TestEveryOptionIsOnTheWire(t *testing.T) {
	table := slices.Concat(connectionWires(), feedWires, readWires(), triggerWires(), callWires)
	for _, v := range []variant{runwire, original} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, v, setting{})
			for i, option := range table {
				if option.ours && v.tarball == nil {
					continue
				}
				name := fmt.Sprintf("%s, %s", option.component.Hook, option.option)
				t.Run(name, func(t *testing.T) {
					if got := option.sent(w, fmt.Sprint(i)); got != option.want {
						t.Errorf("the server reads %s, want %s", got, option.want)
					}
				})
			}
		})
	}
}

// sent mounts the component under a name, and returns what the first request that comes of it says.
func (o wire) sent(w *world, name string) string {
	w.t.Helper()
	o.component.Name = name
	if o.component.Context != nil {
		o.component.Context = maps.Clone(o.component.Context)
		o.component.Context["baseURL"] = w.api + "/" // it may end in a slash
	}
	before := len(o.requests(w))
	w.mount(o.component)
	if o.call != "" {
		w.until("Object.keys(last(%q)).length > 0", name)
		w.callWith(name, o.call)
	}
	w.eventually(patience, o.request, func() bool {
		requests := o.requests(w)
		// Its body has been read when it is answered; a feed may be held.
		return len(requests) > before && (requests[before].Method == "GET" || requests[before].EndMs != 0)
	})
	request := o.requests(w)[before]
	w.unmount(name)
	return o.read(request)
}

func (o wire) requests(w *world) []emulator.Call {
	method, target, _ := strings.Cut(o.request, " ")
	prefix, about, _ := strings.Cut(target, "?")
	return slices.DeleteFunc(w.requests(method, prefix), func(call emulator.Call) bool { return !strings.Contains(call.Query, about) })
}

// callWith calls a function that a component's hook has returned, as JavaScript writes it: submit({ at: new Date() }).
func (w *world) callWith(name, call string) {
	w.t.Helper()
	action, args, _ := strings.Cut(strings.TrimSuffix(call, ")"), "(")
	evaluate[any](w.page, fmt.Sprintf("void play([{ do: 'call', name: %q, action: %q, args: [%s] }])", name, action, args))
}

func path(call emulator.Call) string { return call.Path }

func header(name string) func(emulator.Call) string {
	return func(call emulator.Call) string { return call.Headers[name] }
}

func query(name string) func(emulator.Call) string {
	return func(call emulator.Call) string {
		values, err := url.ParseQuery(call.Query)
		if err != nil {
			return err.Error()
		}
		return values.Get(name)
	}
}

// body is the JSON of a request in one spelling: names in order.
func body(call emulator.Call) string {
	var value any
	if err := json.Unmarshal([]byte(call.Body), &value); err != nil {
		return call.Body
	}
	return literal(value)
}
