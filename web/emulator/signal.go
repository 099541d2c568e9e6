package emulator

// signal wakes everybody who waits for a change. Its owner's lock guards it. Nobody waiting costs nothing, so a stream
// may fire it for every part.
type signal struct{ changed chan struct{} }

// wait returns a channel that is closed at the next fire.
func (s *signal) wait() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

func (s *signal) fire() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}
