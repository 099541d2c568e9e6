package hooktest

import (
	"strconv"
	"time"
)

// planAccount schedules what happens on the server, whoever looks.
func (w *World) planAccount() {
	for i := range 1 + w.dice.IntN(2) {
		w.planRun(i, 0)
	}
	for i := range w.dice.IntN(3) { // that only lists show
		w.planRun(i+2, w.dice.within(20*time.Second))
	}
	session := newSession()
	w.account.streams = append(w.account.streams, session)
	for range w.dice.IntN(8) {
		w.clock.after(w.dice.within(30*time.Second), func() { w.write(session) })
	}
}

// planRun schedules the life of one run, from when it is triggered.
func (w *World) planRun(number int, triggered time.Duration) *run {
	r := &run{id: "run_" + strconv.Itoa(number), batched: w.dice.oneIn(2)}
	r.created = w.clock.now.Add(triggered - time.Duration(number)*time.Millisecond)
	for i := range w.dice.IntN(3) {
		s := newStream(r.id, "s"+strconv.Itoa(i), w.dice.oneIn(2))
		r.streams = append(r.streams, s)
		w.account.streams = append(w.account.streams, s)
	}
	first := version{status: pending, tagged: w.dice.oneIn(2)}
	if triggered == 0 {
		w.followed = append(w.followed, r)
		w.add(r, first)
	} else {
		w.clock.after(triggered, func() { w.add(r, first) })
	}
	at := triggered
	for step := range 1 + w.dice.IntN(5) {
		at += w.dice.within(6*time.Second) + time.Millisecond
		w.clock.after(at, func() { w.progress(r, step == 4) })
	}
	at += w.dice.within(6*time.Second) + time.Millisecond
	if w.dice.oneIn(8) {
		return r // it is still executing when everything is over
	}
	w.clock.after(at, func() { w.finish(r) })
	if triggered > 0 && w.dice.oneIn(4) {
		w.clock.after(at+w.dice.within(6*time.Second), func() { w.remove(r) })
	}
	return r
}

// progress moves a run on and lets it write to the streams that it has announced.
func (w *World) progress(r *run, all bool) {
	v := version{status: executing, streams: r.latest().streams, tagged: r.latest().tagged}
	if v.streams < len(r.streams) && (all || w.dice.oneIn(2)) {
		v.streams++
	}
	if w.dice.oneIn(6) {
		v.tagged = !v.tagged
	}
	w.change(r, v)
	for _, s := range r.streams[:v.streams] {
		for range w.dice.IntN(12) {
			w.write(s)
		}
	}
}

func (w *World) finish(r *run) {
	w.change(r, version{status: completed, streams: len(r.streams), tagged: r.latest().tagged, stored: w.dice.oneIn(4)})
}

// remove deletes a run: it leaves its lists.
func (w *World) remove(r *run) {
	r.gone = true
	w.tell(r)
}
