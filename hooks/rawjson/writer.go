package rawjson

import (
	"strconv"
	"time"
)

// Writer builds JSON text. It puts the commas; the caller closes what it opens. The zero value is empty and
// ready. A call costs the browser a fifth of what an append costs.
type Writer struct{ text []byte }

// Bytes returns the text so far. It is valid until the next call of a method.
func (w *Writer) Bytes() []byte { return w.text }

// Len returns how many bytes the text has so far.
func (w *Writer) Len() int { return len(w.text) }

// Truncate takes back all but the first n bytes.
func (w *Writer) Truncate(n int) { w.text = w.text[:n] }

// Open begins an object or an array, as bracket says.
func (w *Writer) Open(bracket byte) {
	w.comma()
	w.text = append(w.text, bracket)
}

// Close ends an object or an array, as bracket says.
func (w *Writer) Close(bracket byte) { w.text = append(w.text, bracket) }

// Name begins a member. name is written as it is: it must need no escape.
func (w *Writer) Name(name string) {
	w.comma()
	w.text = append(w.text, '"')
	w.text = append(w.text, name...)
	w.text = append(w.text, '"', ':')
}

// Member writes a member that is a string. name needs no escape.
func (w *Writer) Member(name, text string) {
	w.Name(name)
	w.Text(text)
}

// Number writes a member that is an integer. name needs no escape.
func (w *Writer) Number(name string, n int64) {
	w.Name(name)
	w.Int(n)
}

// Moment writes a member in milliseconds since 1970, unless the moment is zero. name needs no escape.
func (w *Writer) Moment(name string, moment time.Time) {
	if !moment.IsZero() {
		w.Number(name, moment.UnixMilli())
	}
}

// Mark writes a member that is true, unless it is not. name needs no escape.
func (w *Writer) Mark(name string, set bool) {
	if set {
		w.Name(name)
		w.Value("true")
	}
}

// Key begins a member whose name may be anything.
func (w *Writer) Key(name string) {
	w.Text(name)
	w.text = append(w.text, ':')
}

// Text writes a string.
func (w *Writer) Text(text string) {
	w.comma()
	w.text = AppendString(w.text, text)
}

// Int writes an integer.
func (w *Writer) Int(n int64) {
	w.comma()
	w.text = strconv.AppendInt(w.text, n, 10)
}

// Value writes a value as it is.
func (w *Writer) Value(value Value) {
	w.comma()
	w.text = append(w.text, value...)
}

// comma writes one where the text ends with a complete item.
func (w *Writer) comma() {
	if len(w.text) == 0 {
		return
	}
	switch w.text[len(w.text)-1] {
	case '{', '[', ':', ',':
	default:
		w.text = append(w.text, ',')
	}
}
