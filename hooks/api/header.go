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
			header[name] = strings.TrimPrefix(value, " ")
		}
	}
	return header
}

// HasContentType reports whether the answer says that it is of this media type, whatever its parameters.
func (h Header) HasContentType(mediaType string) bool {
	value, _, _ := strings.Cut(h["content-type"], ";")
	value, _, _ = strings.Cut(value, " ")
	return equalFold(value, mediaType)
}

// equalFold reports whether two texts are equal but for the case of ASCII letters, as names of headers are. Package strings
// knows the case of every letter there is, which costs the browser three times as much.
func equalFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
