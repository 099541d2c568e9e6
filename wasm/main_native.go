//go:build !tinygo && !(js && wasm)

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "this is the browser's runtime: build it with ./build.sh wasm")
	os.Exit(1)
}
