package hooks

import (
	"errors"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

// maxPacketAttempts bounds how often one stored packet is asked for. Source: @trigger.dev/core 4.8.3.
const maxPacketAttempts = 5

var errNoPresignedURL = errors.New("the answer has no presignedUrl")

// packets brings in the payloads and outputs that are stored outside a run's row. A run is shown when it is
// complete; rows that arrive meanwhile replace it.
type packets struct {
	feed    *feed
	fetched map[string]api.Packet // by field and path; an empty packet is one that could not be had
	next    *api.Run              // the newest run that is not complete; nil when all are shown
	pending *download
}

// advance completes the newest run from what was downloaded. It shows it, or starts the next download.
func (p *packets) advance() (shown bool) {
	if p.next == nil || p.pending != nil {
		return false
	}
	for i, packet := range [...]*api.Packet{&p.next.Payload, &p.next.Output} {
		if !packet.IsStored() {
			continue
		}
		field := [...]string{"payload", "output"}[i]
		path := packet.Data.Text()
		fetched, known := p.fetched[field+"/"+path]
		if !known {
			p.pending = &download{packets: p, field: field, path: path}
			p.pending.ask(api.PresignPacket(p.feed.access, p.feed.key.runID, field))
			return false
		}
		*packet = fetched
	}
	p.feed.runs.run = p.next
	p.next = nil
	return true
}

// arrived keeps what a download brought, be it nothing, and shows the run.
func (p *packets) arrived(d *download, packet api.Packet) {
	if p.fetched == nil {
		p.fetched = map[string]api.Packet{}
	}
	p.fetched[d.field+"/"+d.path] = packet
	p.pending = nil
	if p.advance() {
		p.feed.news()
	}
}

// pause takes back the download that is under way. The next answer of the feed starts it again.
func (p *packets) pause() {
	if p.pending != nil {
		p.pending.cancel()
		p.pending = nil
	}
}

// download fetches one stored packet: first where it is, then the object itself.
type download struct {
	packets *packets
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
	access, run := d.packets.feed.access, d.packets.feed.key.runID
	switch {
	case d.httpStatus == 404 && !d.presigned && !d.byPath:
		d.byPath = true
		d.ask(api.PresignPacketByPath(access, run, d.field, d.path))
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
		d.ask(api.DownloadPacket(url, run, d.field))
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
