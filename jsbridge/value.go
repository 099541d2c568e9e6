//go:build js && wasm

package jsbridge

import (
	"errors"
	"fmt"

	"github.com/hack-pad/safejs"
)

// construct calls a global's constructor, such as AbortController.
func construct(name string) (safejs.Value, error) {
	class, err := safejs.Global().Get(name)
	if err != nil {
		return safejs.Value{}, err
	}
	value, err := class.New()
	if err != nil {
		return safejs.Value{}, fmt.Errorf("new %s: %w", name, err)
	}
	return value, nil
}

// textAt reads a list's item that is a string.
func textAt(list safejs.Value, index int) (string, error) {
	value, err := list.Index(index)
	if err != nil {
		return "", err
	}
	return value.String()
}

// ignoreRejection keeps a promise whose outcome does not matter from being reported as unhandled. Boolean
// stands for a function that does nothing, so that nothing of ours has to be released.
func ignoreRejection(promise safejs.Value) error {
	nothing, err := safejs.Global().Get("Boolean")
	if err != nil {
		return err
	}
	_, err = promise.Call("catch", nothing)
	return err
}

// thrown is what a promise was rejected with, as an error for people: "TypeError: fetch failed: Error:
// connect ECONNREFUSED 127.0.0.1:1".
func thrown(reason safejs.Value) error {
	text := describe(reason)
	if reason.Type() == safejs.TypeObject {
		if cause, err := reason.Get("cause"); err == nil && cause.Type() == safejs.TypeObject {
			text += ": " + describe(cause)
		}
	}
	return errors.New(text)
}

func describe(value safejs.Value) string {
	text, err := safejs.Global().Call("String", value)
	if err != nil {
		return "an error that cannot be printed"
	}
	printed, err := text.String()
	if err != nil {
		return "an error that cannot be printed"
	}
	return printed
}
