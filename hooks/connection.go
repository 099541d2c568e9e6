package hooks

import "time"

// ConnectionState says how what a subscription shows is kept up to date.
type ConnectionState uint8

// The states of a connection.
const (
	Connecting ConnectionState = iota // nothing has come yet, or nothing since an interruption
	Live                              // what is shown is what there is
	Paused                            // nobody looks
	Retrying                          // the last request failed, and another will follow at Connection.RetryAt
	Offline                           // the same, and no page has a network
	Idle                              // nothing is wanted any more, or the last answer was final
)

// String returns the state's name, as hooks of JavaScript show it.
func (s ConnectionState) String() string {
	return [...]string{"connecting", "live", "paused", "retrying", "offline", "idle"}[s]
}

// Connection is the state of a subscription's connection.
type Connection struct {
	State     ConnectionState
	RetryAt   time.Time // of Retrying and Offline: when the next request is due, or was; zero otherwise
	UpdatedAt time.Time // when data came last; zero before
}

// same reports whether both say the same. UpdatedAt goes along with data.
func (c *Connection) same(other *Connection) bool {
	return c.State == other.State && c.RetryAt.Equal(other.RetryAt)
}

// connection is how the feed is connected.
func (f *feed) connection() Connection {
	c := Connection{UpdatedAt: f.updated}
	switch {
	case f.state == idle:
		c.State = Idle
	case f.state == paused:
		c.State = Paused
	case f.parts != nil && f.state == receiving && !f.isRefused():
		c.State = Live // a stream may be silent
	case f.failures > 0:
		c.State, c.RetryAt = Retrying, f.due
		if f.rt.pages.offline() {
			c.State = Offline
		}
	case !f.interrupted && (f.parts != nil || f.runs() != nil && f.rows.log.IsWhole()):
		c.State = Live
	}
	return c
}

// enter changes the feed's state.
func (f *feed) enter(state feedState) {
	f.state = state
	f.announce()
}

// announce tells subscribers when the feed is connected otherwise than they know.
func (f *feed) announce() {
	c := f.connection()
	if c.same(&f.announced) {
		return
	}
	f.announced = c
	for _, s := range f.subs {
		f.rt.changed(s)
	}
}

// connection is that of the run, and of its streams once the run is over.
func (s *subscription) connection() Connection {
	c := Connection{State: Idle}
	if s.run != nil {
		c = s.run.connection()
		if s.finished {
			c.State, c.RetryAt = Idle, time.Time{}
		}
	}
	for _, f := range s.streams {
		stream := f.connection()
		if c.State == Idle && (s.run == nil || s.finished) {
			c.State, c.RetryAt = stream.State, stream.RetryAt
		}
		if c.UpdatedAt.Before(stream.UpdatedAt) {
			c.UpdatedAt = stream.UpdatedAt
		}
	}
	return c
}
