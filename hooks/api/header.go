package api

import "strings"

// Header holds the header fields of an answer that the browser lets us read. Names are lower case.
type Header map[string]string

// ParseHeader reads lines of the form "name: value", as the JavaScript host writes them. Lines of another
// form are passed over.
func ParseHeader(lines string) Header {
	header := Header{}
	for line := range strings.SplitSeq(lines, "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok {
			header[name] = strings.TrimSpace(value)
		}
	}
	return header
}

// HasContentType reports whether the answer says that it is of this media type, whatever its parameters.
func (h Header) HasContentType(mediaType string) bool {
	value, _, _ := strings.Cut(h["content-type"], ";")
	return strings.EqualFold(strings.TrimSpace(value), mediaType)
}
