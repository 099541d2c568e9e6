package rawjson

import (
	"errors"
	"strconv"
)

// scanner checks a text against the grammar. It keeps the open containers as bits, so that a hostile text
// of ten million brackets costs a megabyte and no stack.
type scanner struct {
	text string
	at   int
	open bits // one bit for each open container: true is an object
}

func (s *scanner) fail(want string) error {
	if s.at >= len(s.text) {
		return errors.New("JSON ends at byte " + strconv.Itoa(len(s.text)) + ", want " + want)
	}
	return errors.New("invalid JSON at byte " + strconv.Itoa(s.at) + ", want " + want)
}

// document reads one value and nothing after it.
func (s *scanner) document() error {
	for {
		opened, err := s.value()
		if err != nil {
			return err
		}
		if opened {
			continue
		}
		// A value has ended: close what it ends, or go on to its next sibling.
		more, err := s.after()
		if err != nil || !more {
			return err
		}
	}
}

// value reads a scalar, an empty container, or the opening of a container up to its first value; opened
// reports the last of these.
func (s *scanner) value() (opened bool, err error) {
	s.space()
	switch c := s.peek(); {
	case c == '{':
		s.at++
		s.space()
		if s.peek() == '}' {
			s.at++
			return false, nil
		}
		s.open.push(true)
		return true, s.name()
	case c == '[':
		s.at++
		s.space()
		if s.peek() == ']' {
			s.at++
			return false, nil
		}
		s.open.push(false)
		return true, nil
	case c == '"':
		return false, s.string()
	case c == '-' || isDigit(c):
		return false, s.number()
	case c == 't':
		return false, s.word("true")
	case c == 'f':
		return false, s.word("false")
	case c == 'n':
		return false, s.word("null")
	}
	return false, s.fail("a value")
}

// after reads what follows a complete value; more reports whether another value must follow.
func (s *scanner) after() (more bool, err error) {
	for {
		s.space()
		if s.open.empty() {
			if s.at < len(s.text) {
				return false, s.fail("the end")
			}
			return false, nil
		}
		object := s.open.top()
		switch c := s.peek(); {
		case c == ',':
			s.at++
			if object {
				s.space()
				return true, s.name()
			}
			return true, nil
		case c == '}' && object, c == ']' && !object:
			s.at++
			s.open.pop()
		case object:
			return false, s.fail("',' or '}'")
		default:
			return false, s.fail("',' or ']'")
		}
	}
}

// name reads a member's name and its colon.
func (s *scanner) name() error {
	if s.peek() != '"' {
		return s.fail("a member's name")
	}
	if err := s.string(); err != nil {
		return err
	}
	s.space()
	if s.peek() != ':' {
		return s.fail("':'")
	}
	s.at++
	return nil
}

func (s *scanner) string() error {
	s.at++
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return nil
		case c == '\\':
			s.at++
			if err := s.escape(); err != nil {
				return err
			}
		case c < 0x20:
			return s.fail("no control character in a string")
		default:
			s.at++
		}
	}
	return s.fail("the string's end")
}

func (s *scanner) escape() error {
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
		return nil
	case 'u':
		s.at++
		for range 4 {
			if _, ok := hexDigit(s.peek()); !ok {
				return s.fail("four hexadecimal digits")
			}
			s.at++
		}
		return nil
	}
	return s.fail("an escape")
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.at++
	}
	if s.peek() == '0' {
		s.at++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.peek() == '.' {
		s.at++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		return s.digits()
	}
	return nil
}

func (s *scanner) digits() error {
	if !isDigit(s.peek()) {
		return s.fail("a digit")
	}
	for isDigit(s.peek()) {
		s.at++
	}
	return nil
}

func (s *scanner) word(word string) error {
	for i := range len(word) {
		if s.peek() != word[i] {
			return s.fail(word)
		}
		s.at++
	}
	return nil
}

func (s *scanner) space() { s.at = skipSpace(s.text, s.at) }

// peek returns the next byte, or 0 at the end; 0 is no token of the grammar.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// bits is a stack of booleans.
type bits struct {
	words []uint64
	n     int
}

func (b *bits) empty() bool { return b.n == 0 }

func (b *bits) push(bit bool) {
	word, mask := b.n/64, uint64(1)<<(b.n%64)
	if word == len(b.words) {
		b.words = append(b.words, 0)
	}
	if bit {
		b.words[word] |= mask
	} else {
		b.words[word] &^= mask
	}
	b.n++
}

func (b *bits) pop() { b.n-- }

func (b *bits) top() bool { return b.words[(b.n-1)/64]>>((b.n-1)%64)&1 == 1 }
