package shape

import (
	"errors"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Row is one row as far as the log has told it. It is never changed.
type Row struct {
	Key     string
	Columns []Column // in the order in which the server first sent them
	Deleted bool     // the row has left the shape; its columns are what was known last
}

// Column is one column of a row. A value is a JSON string of what Postgres printed, or null.
type Column struct {
	Name  string
	Value rawjson.Value
}

// All yields the row's columns.
func (r Row) All(yield func(name string, value rawjson.Value) bool) {
	for _, c := range r.Columns {
		if !yield(c.Name, c.Value) {
			return
		}
	}
}

// merged returns the row with the columns of an update in place of its own.
func (r Row) merged(update []Column) Row {
	columns := append([]Column(nil), r.Columns...)
next:
	for _, u := range update {
		for i := range columns {
			if columns[i].Name == u.Name {
				columns[i].Value = u.Value
				continue next
			}
		}
		columns = append(columns, u)
	}
	return Row{Key: r.Key, Columns: columns}
}

// message is one element of a body: a change of a row, or a control message.
type message struct {
	operation string // insert, update or delete; "" for a control message
	control   string // up-to-date, must-refetch, snapshot-end; "" for a change
	key       string
	columns   []Column
}

func readMessage(value rawjson.Value) (message, error) {
	var m message
	var row rawjson.Value
	for name, member := range value.Members() {
		switch name {
		case "headers":
			m.operation = member.Get("operation").Text()
			m.control = member.Get("control").Text()
		case "key":
			m.key = member.Text()
		case "value":
			row = member
		}
	}
	switch {
	case m.control != "":
		return m, nil
	case m.operation == "":
		return m, errors.New("a message that is neither a change nor a control message")
	case m.key == "":
		return m, errors.New("a change without a key")
	}
	for name, column := range row.Members() {
		m.columns = append(m.columns, Column{name, column})
	}
	return m, nil
}

func endsUpToDate(messages []message) bool {
	return len(messages) > 0 && messages[len(messages)-1].control == "up-to-date"
}

// table holds the rows of one log, and which of them changed since the subscribers last saw them.
type table struct {
	rows    map[string]Row
	touched []string        // keys in the order of their first change since settle
	pending map[string]bool // the same keys, as a set
}

// apply merges messages and reports whether the server told us to start over.
func (t *table) apply(messages []message) (refetch bool) {
	for _, m := range messages {
		switch {
		case m.control == "must-refetch":
			return true
		case m.operation != "":
			t.change(m)
		}
	}
	return false
}

func (t *table) change(m message) {
	if t.rows == nil {
		t.rows = map[string]Row{}
	}
	row, known := t.rows[m.key]
	switch {
	case m.operation == "delete":
		row.Key, row.Deleted = m.key, true
	case m.operation == "update" && known:
		row = row.merged(m.columns)
	default:
		row = Row{Key: m.key, Columns: m.columns}
	}
	t.rows[m.key] = row
	t.touch(m.key)
}

func (t *table) touch(key string) {
	if t.pending[key] {
		return
	}
	if t.pending == nil {
		t.pending = map[string]bool{}
	}
	t.pending[key] = true
	t.touched = append(t.touched, key)
}

// settle returns the rows that changed since the last call.
func (t *table) settle() []Row {
	rows := make([]Row, 0, len(t.touched))
	for _, key := range t.touched {
		rows = append(rows, t.rows[key])
		if t.rows[key].Deleted {
			delete(t.rows, key)
		}
	}
	t.touched, t.pending = nil, nil
	return rows
}
