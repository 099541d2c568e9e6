package emulator

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// metadataOperation is one change of a run's metadata. A key that begins with $. is a path.
type metadataOperation struct {
	Type  string `json:"type"`
	Key   string `json:"key"`
	Value any    `json:"value"`
}

func (o *metadataOperation) check() error {
	switch o.Type {
	case "update":
		if _, ok := o.Value.(map[string]any); !ok {
			return errors.New(`want an object at "value" of update`)
		}
		return nil
	case "increment":
		if _, ok := o.Value.(float64); !ok {
			return errors.New(`want a number at "value" of increment`)
		}
	case "set", "delete", "append", "remove":
	default:
		return fmt.Errorf("unknown metadata operation %q", o.Type)
	}
	segments, isPath := metadataPath(o.Key)
	switch {
	case isPath && len(segments) == 0:
		//lint:ignore ST1005 the text is the service's
		return errors.New("A JSON path key must name a segment below $")
	case slices.Contains(segments, "__proto__"), isPath && (slices.Contains(segments, "constructor") || slices.Contains(segments, "prototype")):
		//lint:ignore ST1005 the text is the service's
		return errors.New("Metadata key may not reference __proto__, constructor, or prototype")
	default:
		return nil
	}
}

// metadataPath splits a key into the segments of its path. A key that is no path is its only segment.
func metadataPath(key string) (segments []string, isPath bool) {
	if !strings.HasPrefix(key, "$.") {
		return []string{key}, false
	}
	split := func(c rune) bool { return strings.ContainsRune(`.[]'"`, c) }
	return strings.FieldsFunc(key[2:], split), true
}

// apply returns the metadata that the operation makes of metadata, which it may change.
func (o *metadataOperation) apply(metadata map[string]any) map[string]any {
	if o.Type == "update" {
		return o.Value.(map[string]any) // check has seen to it
	}
	segments, isPath := metadataPath(o.Key)
	if o.Type == "delete" {
		if !isPath {
			delete(metadata, o.Key)
		}
		return metadata // paths are not deleted: the SDK's own operation is to look for a key of that name
	}
	current, exists := lookUp(metadata, segments)
	value := o.Value
	switch o.Type {
	case "append":
		list, isList := current.([]any)
		switch {
		case isList:
			value = append(slices.Clone(list), o.Value)
		case exists:
			value = []any{current, o.Value}
		default:
			value = []any{o.Value}
		}
	case "remove":
		list, isList := current.([]any)
		if !isList {
			return metadata
		}
		value = slices.DeleteFunc(slices.Clone(list), func(item any) bool { return reflect.DeepEqual(item, o.Value) })
	case "increment":
		number, _ := current.(float64) // what is no number counts as zero
		value = number + o.Value.(float64)
	}
	assign(metadata, segments, value)
	return metadata
}

// lookUp is the value at a path.
func lookUp(from any, segments []string) (value any, ok bool) {
	for _, segment := range segments {
		switch container := from.(type) {
		case map[string]any:
			if from, ok = container[segment]; !ok {
				return nil, false
			}
		case []any:
			index, err := strconv.Atoi(segment)
			if err != nil || index < 0 || index >= len(container) {
				return nil, false
			}
			from = container[index]
		default:
			return nil, false
		}
	}
	return from, true
}

// assign sets the value at a path, making objects on the way. It writes into what is there, and returns it, or what
// takes its place.
func assign(into any, segments []string, value any) any {
	if len(segments) == 0 {
		return value
	}
	if list, ok := into.([]any); ok {
		index, err := strconv.Atoi(segments[0])
		if err == nil && index >= 0 && index <= len(list) {
			if index == len(list) {
				list = append(list, nil)
			}
			list[index] = assign(list[index], segments[1:], value)
			return list
		}
	}
	object, ok := into.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[segments[0]] = assign(object[segments[0]], segments[1:], value)
	return object
}
