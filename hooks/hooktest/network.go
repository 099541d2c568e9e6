package hooktest

import "time"

// network is what the machine is connected with.
type network struct{ down bool }

// offline takes the network away for a while. Connections break, or go silent without a word. Pages are told, as far as
// they are awake.
func (w *World) offline(d time.Duration) {
	if w.network.down {
		return
	}
	w.network.down = true
	w.struck++
	for _, x := range w.instance.out() {
		w.struck++
		if w.dice.oneIn(2) {
			x.broken = true
		} else {
			x.fail()
		}
	}
	w.tellOnline()
	w.clock.after(d, func() {
		w.network.down = false
		w.tellOnline()
	})
}

// tellOnline tells every page, a while later, how the network is then: an outage may be over before a page hears of it.
func (w *World) tellOnline() {
	for _, p := range w.pages {
		p.do(w.dice.delay(), func() { p.connect(!w.network.down) })
	}
}

// sleep puts the machine to sleep. Hardly a connection outlives more than a few seconds of it.
func (w *World) sleep(d time.Duration) {
	w.trace("", "sleep "+d.String())
	w.struck++
	if d > 5*time.Second {
		for _, x := range w.instance.out() {
			w.struck++
			if w.dice.oneIn(2) {
				x.broken = true
			} else {
				x.fail()
			}
		}
	}
	w.clock.sleep(d, w.dice.oneIn(2))
}
