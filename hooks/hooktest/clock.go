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
}

type appointment struct {
	at    time.Time
	order int
	run   func()
}

// epoch is when every world begins.
var epoch = time.Date(2026, 1, 31, 10, 20, 30, 0, time.UTC)

func (c *clock) after(delay time.Duration, run func()) {
	c.last++
	heap.Push(&c.queue, appointment{c.now.Add(delay), c.last, run})
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
