//go:build tinygo

package main

// main does nothing: the exports of abi.go are the program.
func main() {}
