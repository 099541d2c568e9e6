// Command wasm is the runtime inside the npm package: package hooks behind a handful of exported
// functions, which npm/src/host.ts calls.
//
// It is built by TinyGo, and by standard Go where TinyGo is not to be had. Neither build uses syscall/js:
// bytes go through the module's memory (abi.go), which is a quarter of the size and ten times as fast as
// safejs. ports.go serves pages; protocol.go and runjson.go are the messages, twins of npm/src/protocol.ts.
package main
