package hooks

import (
	"errors"
	"slices"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// maxPacketAttempts bounds how often one stored packet is asked for. Source: @trigger.dev/core 4.8.3.
const maxPacketAttempts = 5

var errNoPresignedURL = errors.New("the answer has no presignedUrl")

// maxDownloads bounds how many packets of one feed are under way at once. Source: chosen; a browser keeps
// about six connections to one host.
const maxDownloads = 4

// packets brings in the payloads and outputs that are stored outside their runs' rows. Runs are shown when
// they are complete; rows that arrive meanwhile take the place of older ones.
type packets struct {
	feed    *feed
	waiting []*api.Run            // the newest rows that are not shown
	fetched map[string]api.Packet // by name; an empty packet is one that could not be had
	pending []*download
}

// add takes the newest row of a run.
func (p *packets) add(run *api.Run) {
	p.remove(run.ID)
	p.waiting = append(p.waiting, run)
}

func (p *packets) remove(runID string) {
	if len(p.waiting) > 0 {
		p.waiting = slices.DeleteFunc(p.waiting, func(run *api.Run) bool { return run.ID == runID })
	}
}

// take returns the runs that wait, if all of them are complete; otherwise it starts what is missing.
func (p *packets) take() (runs []*api.Run, complete bool) {
	complete = true
	for _, run := range p.waiting {
		complete = p.fill(run, "payload", &run.Payload) && complete
		complete = p.fill(run, "output", &run.Output) && complete
	}
	if !complete {
		return nil, false
	}
	runs, p.waiting = p.waiting, nil
	return runs, true
}

// fill puts a downloaded packet in its place, or starts its download.
func (p *packets) fill(run *api.Run, field string, packet *api.Packet) (here bool) {
	if !packet.IsStored() {
		return true
	}
	d := download{packets: p, runID: run.ID, field: field, path: packet.Data.Text()}
	if fetched, known := p.fetched[d.name()]; known {
		*packet = fetched
		return true
	}
	underWay := slices.ContainsFunc(p.pending, func(other *download) bool { return other.name() == d.name() })
	if !underWay && len(p.pending) < maxDownloads {
		p.pending = append(p.pending, &d)
		d.ask(api.PresignPacket(p.feed.access, run.ID, field))
	}
	return false
}

// arrived keeps what a download brought, be it nothing, and shows what is complete now.
func (p *packets) arrived(d *download, packet api.Packet) {
	if p.fetched == nil {
		p.fetched = map[string]api.Packet{}
	}
	p.fetched[d.name()] = packet
	p.pending = slices.DeleteFunc(p.pending, func(other *download) bool { return other == d })
	if p.feed.rows.advance() {
		p.feed.news()
	}
}

// pause takes back what is under way. The next answer of the feed starts it again.
func (p *packets) pause() {
	for _, d := range p.pending {
		d.cancel()
	}
	p.pending = nil
}

// download fetches one stored packet: first where it is, then the object itself.
type download struct {
	packets *packets
	runID   string
	field   string
	path    string

	request    api.Request
	fetch      FetchID
	timer      TimerID
	attempts   int
	byPath     bool // the server does not know packets by run
	presigned  bool // the request is for the object itself
	httpStatus int
	header     api.Header
	body       []byte
}

// name tells packets apart, and versions of one packet.
func (d *download) name() string { return d.runID + "/" + d.field + "/" + d.path }

func (d *download) runtime() *Runtime { return d.packets.feed.rt }

func (d *download) ask(request api.Request) {
	d.request, d.body = request, nil
	d.fetch = d.runtime().fetch(request, d)
}

func (d *download) cancel() {
	d.runtime().cancel(&d.fetch)
	d.runtime().clearTimer(&d.timer)
}

func (d *download) started(httpStatus int, header map[string]string) {
	d.httpStatus, d.header = httpStatus, header
}

func (d *download) arrived(chunk []byte) {
	if len(d.body)+len(chunk) > maxShapeBody {
		d.runtime().cancel(&d.fetch)
		d.giveUp(&DecodeError{Op: d.request.Op, URL: withoutQuery(d.request.URL), Err: errBodyTooLarge})
		return
	}
	d.body = append(d.body, chunk...)
}

func (d *download) ended() {
	access := d.packets.feed.access
	switch {
	case d.httpStatus == 404 && !d.presigned && !d.byPath:
		d.byPath = true
		d.ask(api.PresignPacketByPath(access, d.runID, d.field, d.path))
	case d.httpStatus < 200 || d.httpStatus > 299:
		d.refused()
	case d.presigned:
		// The content type is the packet's type, to the letter.
		d.packets.arrived(d, api.Packet{Data: rawjson.Quote(string(d.body)), Type: d.contentType()})
	default:
		url := api.PresignedURL(string(d.body))
		if url == "" {
			d.giveUp(&DecodeError{Op: d.request.Op, URL: withoutQuery(d.request.URL), Err: errNoPresignedURL})
			return
		}
		d.presigned, d.attempts = true, 0
		d.ask(api.DownloadPacket(url, d.runID, d.field))
	}
}

func (d *download) contentType() string {
	if contentType := d.header["content-type"]; contentType != "" {
		return contentType
	}
	return "application/json"
}

func (d *download) refused() {
	err := newStatusError(d.request, d.httpStatus, d.header, string(d.body))
	if err.Temporary() {
		d.retry(err)
		return
	}
	d.giveUp(err)
}

func (d *download) failed(reason string) {
	d.retry(&TransportError{Op: d.request.Op, URL: withoutQuery(d.request.URL), Reason: reason})
}

func (d *download) retry(cause error) {
	d.attempts++
	if d.attempts >= maxPacketAttempts {
		d.giveUp(cause)
		return
	}
	d.timer = d.runtime().setTimer(backoff(d.runtime().random, d.attempts), func() {
		d.timer = 0
		d.ask(d.request)
	})
}

// giveUp shows the run without the packet, and the reason. Later updates are not held up.
func (d *download) giveUp(cause error) {
	d.packets.feed.show(cause)
	d.packets.arrived(d, api.Packet{})
}
