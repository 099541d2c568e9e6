package emulator

import (
	"bytes"
	"slices"
)

// version is a run as one change left it. It is never changed.
type version struct {
	row      *Row
	sequence uint64       // number of the change; the changes of all runs are counted together
	born     uint64       // number of the change that created the run
	since    []uint64     // for each column, the number of the change that set it last
	former   []formerTags // oldest first
	deleted  bool
}

// formerTags are tags that a run had before a change with this number.
type formerTags struct {
	before uint64
	tags   []string
}

// firstVersion is a new run.
func firstVersion(row *Row, sequence uint64) *version {
	return &version{row: row, sequence: sequence, born: sequence, since: slices.Repeat([]uint64{sequence}, len(columns))}
}

// next is the version with another row. changed are the columns in which the rows differ.
func (v *version) next(row *Row, changed []int, sequence uint64) *version {
	next := &version{row: row, sequence: sequence, born: v.born, since: slices.Clone(v.since), former: v.former}
	for _, i := range changed {
		next.since[i] = sequence
	}
	if !slices.Equal(v.row.Tags, row.Tags) {
		next.former = append(slices.Clip(v.former), formerTags{sequence, v.row.Tags})
	}
	return next
}

// removed is the version that says the run is gone.
func (v *version) removed(sequence uint64) *version {
	return &version{row: v.row, sequence: sequence, born: v.born, since: v.since, former: v.former, deleted: true}
}

// tagsAt are the run's tags after the change with this number.
func (v *version) tagsAt(sequence uint64) []string {
	for _, former := range v.former {
		if sequence < former.before {
			return former.tags
		}
	}
	return v.row.Tags
}

// changedColumns are the columns in which two rows of a run differ.
func changedColumns(old, new *Row) []int {
	var changed []int
	var before, after []byte
	for i := range columns {
		var wasNull, isNull bool
		before, wasNull = columns[i].text(before[:0], old)
		after, isNull = columns[i].text(after[:0], new)
		if wasNull != isNull || !bytes.Equal(before, after) {
			changed = append(changed, i)
		}
	}
	return changed
}
