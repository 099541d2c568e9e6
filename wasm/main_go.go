//go:build js && wasm && !tinygo

package main

// main keeps the instance alive: the exports of abi.go are the program.
func main() { select {} }
