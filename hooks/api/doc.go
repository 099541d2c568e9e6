// Package api is the wire of Trigger.dev's API as a client sees it: which request asks for what, and what
// the bodies of the answers mean. It holds no state and performs nothing.
//
// The reference is SPEC.md, section "The wire". Bodies that belong to users (payload, output, metadata,
// stream parts) stay JSON text.
package api
