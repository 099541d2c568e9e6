package hooktest

import (
	"strconv"
	"strings"
	"time"
)

// run is what really happens to one run.
type run struct {
	id       string
	created  time.Time
	batched  bool // it belongs to the batch
	versions []version
	streams  []*stream
	gone     bool // it was deleted
}

// version is one state of a run's row.
type version struct {
	status   status
	streams  int  // how many are announced
	tagged   bool // it carries the tag
	stored   bool // it has an output, which is stored outside the row
	at       time.Time
	stamp    string // the same, as the database prints it
	columns  string // those that change
	metadata string // what the metadata column holds, which an observer can do without
}

// status is the state of a run, as the database spells it.
type status string

const (
	pending   status = "PENDING"
	executing status = "EXECUTING"
	completed status = "COMPLETED_SUCCESSFULLY"
)

// public is how the API spells a status.
func (s status) public() string {
	switch s {
	case pending:
		return "QUEUED"
	case completed:
		return "COMPLETED"
	}
	return string(s)
}

func (v *version) finished() bool { return v.status == completed }

func (r *run) latest() *version { return &r.versions[len(r.versions)-1] }

// add appends a version and writes its columns as the server prints them.
func (r *run) add(v version) {
	n := len(r.versions)
	v.stamp = stamp(v.at)
	var b strings.Builder
	b.WriteString(`"status":"` + string(v.status) + `","updatedAt":"` + v.stamp + `","usageDurationMs":"` + strconv.Itoa(n) +
		`","realtimeStreams":"{`)
	for i := range v.streams {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(r.streams[i].key)
	}
	b.WriteString(`}"`)
	if v.finished() {
		b.WriteString(`,"completedAt":"` + v.stamp + `"`)
	}
	if v.stored {
		b.WriteString(`,"outputType":"application/store","output":"packets/` + r.id + `"`)
	}
	v.columns = b.String()
	v.metadata = `{"v":` + strconv.Itoa(n) + `}`
	r.versions = append(r.versions, v)
}

// update is what a version changes, as the columns of a row.
func (r *run) update(v int, skip string) string {
	row := `{"id":"` + r.id + `",` + r.versions[v].columns
	if skip != "metadata" {
		row += `,"metadataType":"application/json","metadata":` + strconv.Quote(r.versions[v].metadata)
	}
	return row + "}"
}

// insert is a whole row.
func (r *run) insert(v int, o owner, skip string) string {
	return `{"friendlyId":"` + r.id + `","taskIdentifier":"task","createdAt":"` + stamp(r.created) +
		`","isTest":"f","costInCents":"0","payload":"\"` + o.String() + `\"","payloadType":"application/json",` + r.update(v, skip)[1:]
}

// retrieved is the run as it is fetched.
func (r *run) retrieved(o owner) string {
	v := r.latest()
	text := `{"id":"` + r.id + `","status":"` + v.status.public() + `","taskIdentifier":"task","updatedAt":"` + v.stamp +
		`Z","payload":"` + o.String() + `"`
	if v.stored {
		text += `,"outputPresignedUrl":"` + objectURL(r.id, o) + `"`
	}
	return text + "}"
}

// retrievePath is where a run is fetched.
func retrievePath(id string) string { return "/api/v3/runs/" + id }

// packetPath is where one asks for the way to a run's output that is stored.
func packetPath(id string) string { return "/api/v1/runs/" + id + "/packets/output" }

// objectURL is where a run's output can be downloaded by whoever knows the URL, and output is what is there.
func objectURL(id string, o owner) string {
	return "https://" + objectHost + "/" + id + "/" + o.String()
}

func output(id, owner string) string { return `"stored of ` + id + ` for ` + owner + `"` }

// versionAt returns the number of the version of a moment as the API prints it, or -1.
func (r *run) versionAt(updatedAt string) int {
	for i := len(r.versions) - 1; i >= 0; i-- {
		if r.versions[i].stamp == strings.TrimSuffix(updatedAt, "Z") {
			return i
		}
	}
	return -1
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000") }
