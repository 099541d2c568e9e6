package rawjson

import "unicode/utf8"

// Text returns the decoded text of a JSON string, or "" when v is not a string. A half of a surrogate pair
// and invalid UTF-8 become U+FFFD, as encoding/json does it. The result shares memory with v where no
// decoding was necessary.
func (v Value) Text() string {
	if !v.IsString() {
		return ""
	}
	inner := string(v[1 : len(v)-1])
	if plain(inner) {
		return inner
	}
	return string(AppendText(make([]byte, 0, len(inner)), v))
}

// plain reports whether a string's inner text is its own decoding.
func plain(inner string) bool {
	ascii := true
	for i := range len(inner) {
		if inner[i] == '\\' {
			return false
		}
		ascii = ascii && inner[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(inner)
}

// AppendText appends the decoded text of a JSON string to dst and returns the longer slice. It appends
// nothing when v is not a string.
func AppendText(dst []byte, v Value) []byte {
	if !v.IsString() {
		return dst
	}
	inner := string(v[1 : len(v)-1])
	for i := 0; i < len(inner); {
		switch c := inner[i]; {
		case c == '\\':
			var r rune
			r, i = unescape(inner, i+1)
			dst = utf8.AppendRune(dst, r)
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(inner[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return dst
}

// unescape decodes the escape whose letter stands at i and returns where it ends.
func unescape(inner string, i int) (rune, int) {
	switch inner[i] {
	case 'b':
		return '\b', i + 1
	case 'f':
		return '\f', i + 1
	case 'n':
		return '\n', i + 1
	case 'r':
		return '\r', i + 1
	case 't':
		return '\t', i + 1
	case 'u':
		return unescapeUnit(inner, i+1)
	}
	return rune(inner[i]), i + 1
}

// unescapeUnit decodes four hexadecimal digits at i, and the second half of a surrogate pair behind them.
func unescapeUnit(inner string, i int) (rune, int) {
	first := codeUnit(inner[i:])
	i += 4
	if first < 0xD800 || first > 0xDFFF {
		return first, i
	}
	if first < 0xDC00 && len(inner) >= i+6 && inner[i] == '\\' && inner[i+1] == 'u' {
		if second := codeUnit(inner[i+2:]); 0xDC00 <= second && second <= 0xDFFF {
			return (first-0xD800)<<10 | (second - 0xDC00) + 0x10000, i + 6
		}
	}
	return utf8.RuneError, i
}

func codeUnit(digits string) rune {
	var unit rune
	for i := range 4 {
		d, _ := hexDigit(digits[i])
		unit = unit<<4 | d
	}
	return unit
}

// AppendString appends text as a JSON string to dst and returns the longer slice. Invalid UTF-8 becomes
// U+FFFD, so that the result is valid JSON and valid UTF-8 for any text.
func AppendString(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// Quote returns text as a JSON string.
func Quote(text string) Value {
	return Value(AppendString(make([]byte, 0, len(text)+2), text))
}
