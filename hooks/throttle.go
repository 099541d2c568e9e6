package hooks

import "time"

// gate spaces the publications of one stream to the subscriptions that asked for one throttle. The first
// part passes at once; what comes within the interval passes together at its end.
type gate struct {
	interval time.Duration
	passed   time.Time
	shown    int     // how many of the feed's parts had come when it passed
	timer    TimerID // set while something waits
	wanted   bool    // by a subscription, in the present round
}

// passGates publishes a stream's new parts through the gate of each throttle in use.
func (r *Runtime) passGates(f *feed) {
	for _, c := range f.parts.controls {
		r.deliverControl(f, c)
	}
	f.parts.controls = nil
	for _, s := range f.subs {
		if s.options.WantsParts {
			r.deliver(f, s)
		}
		f.gateFor(s.options.Throttle).wanted = true
	}
	for _, g := range f.gates {
		if g.wanted {
			g.wanted = false
			g.pass(r, f)
		}
	}
}

func (f *feed) gateFor(interval time.Duration) *gate {
	for _, g := range f.gates {
		if g.interval == interval {
			return g
		}
	}
	g := &gate{interval: interval}
	f.gates = append(f.gates, g)
	return g
}

// pass lets the feed's news through, now or at the end of the interval.
func (g *gate) pass(r *Runtime, f *feed) {
	if g.timer != 0 {
		return
	}
	if rest := g.interval - r.now.Sub(g.passed); rest > 0 {
		g.timer = r.setTimer(rest, func() {
			g.timer = 0
			g.open(r, f)
		})
		return
	}
	g.open(r, f)
}

func (g *gate) open(r *Runtime, f *feed) {
	g.passed, g.shown = r.now, f.parts.count()
	for _, s := range f.subs {
		if s.options.Throttle == g.interval {
			r.changed(s)
		}
	}
}

// letGo drops the parts of a limited stream that nobody will be shown: those before its newest, but for those that wait
// at a gate. It comes before new parts, when every command that names the older ones has been performed.
func (f *feed) letGo() {
	if f.parts == nil || f.key.partLimit == noLimit {
		return
	}
	upTo := f.parts.count() - f.key.partLimit
	for _, g := range f.gates {
		if g.timer != 0 {
			upTo = min(upTo, g.shown)
		}
	}
	f.parts.letGo(upTo)
}

// deliver hands a subscription the parts that it has not had yet, unthrottled.
func (r *Runtime) deliver(f *feed, s *subscription) {
	stream := f.stream()
	for i, c := range r.commands {
		if d, ok := c.(Deliver); ok && d.Stream.Feed == f.id && d.Stream.End() == stream.End() {
			d.Subs = append(d.Subs, s.sub)
			r.commands[i] = d
			return
		}
	}
	r.do(Deliver{[]Sub{s.sub}, stream})
}

// deliverControl hands a control record to those who asked for it.
func (r *Runtime) deliverControl(f *feed, c control) {
	var subs []Sub
	for _, s := range f.subs {
		if s.options.WantsControls {
			subs = append(subs, s.sub)
		}
	}
	if len(subs) > 0 {
		r.do(DeliverControl{Subs: subs, Stream: f.stream(), At: c.at, Record: c.part})
	}
}
