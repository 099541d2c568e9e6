package main

// status tells a page what the runtime is doing, for all pages.
func (s *portServer) status(p *port) {
	w := message("status")
	w.Number("page", int64(p.number))
	w.Number("memory", int64(s.memory()))
	w.Name("status")
	w.Value(s.loop.Status())
	w.Close('}')
	s.post(p.number, w.Bytes())
}
