package hooks

import (
	"errors"
	"slices"

	"github.com/runwire/runwire/hooks/api"
	"github.com/runwire/runwire/hooks/rawjson"
)

var errNoPresignedURL = errors.New("the answer has no presignedUrl")

// maxDownloads bounds how many packets of one feed are under way at once. Source: chosen; a browser keeps
// about six connections to one host.
const maxDownloads = 4

// packets brings in the payloads and outputs that are stored outside their runs' rows. Runs are shown when
// they are complete; rows that arrive meanwhile take the place of older ones.
type packets struct {
	feed    *feed
	waiting []*api.Run         // the newest rows that are not shown
	fetched map[string]fetched // by run and field: the newest, which updates that leave it alone find again
	pending []*download
}

// fetched is what a download brought: an empty packet where there was nothing to be had.
type fetched struct {
	path   string
	packet api.Packet
}

// forget lets go of what was fetched for a run that is gone.
func (p *packets) forget(runID string) {
	p.remove(runID)
	for _, field := range packetFields {
		delete(p.fetched, runID+"/"+field)
	}
}

// packetFields are the fields of a run that may be stored outside it.
var packetFields = [...]string{"payload", "output"}

// add takes the newest rows of runs, one of each. Usually none waits, and there may be thousands.
func (p *packets) add(runs []*api.Run) {
	for _, run := range runs {
		p.remove(run.ID)
	}
	p.waiting = append(p.waiting, runs...)
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
	if known, ok := p.fetched[d.place()]; ok && known.path == d.path {
		*packet = known.packet
		return true
	}
	underWay := slices.ContainsFunc(p.pending, func(other *download) bool {
		return other.place() == d.place() && other.path == d.path
	})
	if !underWay && len(p.pending) < maxDownloads {
		p.pending = append(p.pending, &d)
		d.start()
	}
	return false
}

// arrived keeps what a download brought, be it nothing, and shows what is complete now.
func (p *packets) arrived(d *download, packet api.Packet) {
	if p.fetched == nil {
		p.fetched = map[string]fetched{}
	}
	p.fetched[d.place()] = fetched{d.path, packet}
	p.pending = slices.DeleteFunc(p.pending, func(other *download) bool { return other == d })
	if p.feed.rows.advance() {
		p.feed.news()
	}
}

// pause takes back what is under way. The next answer of the feed starts it again.
func (p *packets) pause() {
	for _, d := range p.pending {
		d.call.cancel()
	}
	p.pending = nil
}

// download fetches one stored packet: first where it is, then the object itself.
type download struct {
	packets *packets
	runID   string
	field   string
	path    string
	call    *call
}

// place tells the packets of a feed apart; path tells their versions.
func (d *download) place() string { return d.runID + "/" + d.field }

func (d *download) start() {
	feed := d.packets.feed
	options := &Options{Access: feed.access, asker: feed.asker()}
	d.call = feed.rt.call(api.PresignPacket(feed.access, d.runID, d.field), options, func(_ api.Header, body string, err error) {
		if refused, ok := err.(*StatusError); ok && refused.HTTPStatus == 404 {
			// An older server, which knows packets by their path only.
			d.call = feed.rt.call(api.PresignPacketByPath(feed.access, d.runID, d.field, d.path), options, d.presigned)
			return
		}
		d.presigned(nil, body, err)
	})
}

func (d *download) presigned(_ api.Header, body string, err error) {
	url := api.PresignedURL(body)
	switch {
	case err != nil:
		d.giveUp(err)
	case url == "":
		d.giveUp(&DecodeError{Op: "find the stored " + d.field + " of " + d.runID, Err: errNoPresignedURL})
	default:
		d.call = d.packets.feed.rt.call(api.DownloadPacket(url, d.runID, d.field), &Options{}, d.downloaded)
	}
}

func (d *download) downloaded(header api.Header, body string, err error) {
	if err != nil {
		d.giveUp(err)
		return
	}
	contentType := header["content-type"] // the packet's type, to the letter
	if contentType == "" {
		contentType = "application/json"
	}
	d.packets.arrived(d, api.Packet{Data: rawjson.Quote(body), Type: contentType})
}

// giveUp shows the run without the packet, and the reason, unless there is a weightier one: why no updates follow. Otherwise
// they are not held up.
func (d *download) giveUp(cause error) {
	if d.packets.feed.state != idle {
		d.packets.feed.show(cause)
	}
	d.packets.arrived(d, api.Packet{})
}
