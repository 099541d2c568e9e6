package hooktest

import "github.com/runwire/runwire/hooks"

// deliver counts the parts that a subscription is handed one by one.
func (c *checks) deliver(d hooks.Deliver) {
	for _, sub := range d.Subs {
		o := c.world.instance.observers[sub]
		if o == nil || !o.options.WantsParts {
			c.world.violate("parts are delivered to subscription %d, which did not ask", sub)
			return
		}
		if r := c.stream(o.page, o.owner, d.Stream); r != nil && o.had > 0 && o.had < r.kept {
			c.world.violate("subscription %d was handed %d parts, and its page has those from %d on", sub, o.had, r.kept)
		}
		o.had = max(o.had, total(d.Stream))
	}
}

// deliverControl checks that a subscription is handed control records one after the other, each once, in their places.
func (c *checks) deliverControl(d hooks.DeliverControl) {
	for _, sub := range d.Subs {
		o := c.world.instance.observers[sub]
		if o == nil || !o.options.WantsControls {
			c.world.violate("a control record is delivered to subscription %d, which did not ask", sub)
			return
		}
		r := c.stream(o.page, o.owner, d.Stream)
		if r == nil {
			return
		}
		record := after(d.Record.ID) - 1
		if next := r.stream.nextControl(o.controls); o.controls > 0 && record != next || r.stream.records[record].control != d.Record.Control {
			c.world.violate("subscription %d is handed control record %d, want %d", sub, record, next)
		}
		if want := r.before(record); d.At != want {
			c.world.violate("control record %d is handed over behind %d parts, want %d", record, d.At, want)
		}
		o.controls, o.screen.control = record+1, d.Record.ID
	}
}
