package hooktest

import (
	"container/heap"
	"time"
)

// clock is virtual time: a queue of what happens when. Things of one moment happen in the order in which
// they were scheduled.
type clock struct {
	now   time.Time
	queue agenda
	last  int
	wakes time.Time     // when the machine wakes up that runs the pages and the runtime
	lost  time.Duration // what its timers have not counted while it slept
}

type appointment struct {
	at    time.Time
	order int
	run   func()
}

// epoch is when every world begins.
var epoch = time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC)

// after schedules what happens in any case.
func (c *clock) after(delay time.Duration, run func()) {
	c.last++
	heap.Push(&c.queue, appointment{c.now.Add(delay), c.last, run})
}

// awake schedules what happens on the machine: while it sleeps it is put off.
func (c *clock) awake(delay time.Duration, run func()) {
	c.after(delay, func() {
		if c.now.Before(c.wakes) {
			c.awake(c.wakes.Sub(c.now), run)
			return
		}
		run()
	})
}

// sleep puts the machine to sleep. Its timers may count that time or not: machines differ.
func (c *clock) sleep(d time.Duration, counts bool) {
	if wakes := c.now.Add(d); wakes.After(c.wakes) {
		c.wakes = wakes
	}
	if !counts {
		c.lost += d
	}
}

// advance runs everything up to a moment, and stops there.
func (c *clock) advance(until time.Time) {
	for len(c.queue) > 0 && !c.queue[0].at.After(until) {
		next := heap.Pop(&c.queue).(appointment)
		c.now = next.at
		next.run()
	}
	c.now = until
}

type agenda []appointment

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	if !a[i].at.Equal(a[j].at) {
		return a[i].at.Before(a[j].at)
	}
	return a[i].order < a[j].order
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(appointment)) }
func (a *agenda) Pop() any {
	last := len(*a) - 1
	x := (*a)[last]
	*a = (*a)[:last]
	return x
}
