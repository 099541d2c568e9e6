//go:build js && wasm

// Command app is the demo's page: a go-app program that triggers tasks and follows their runs with package
// hooks, through jsbridge.
package main

import "github.com/maxence-charriere/go-app/v10/pkg/app"

func main() {
	app.Route("/", func() app.Composer { return &page{} })
	app.RunWhenOnBrowser()
}
