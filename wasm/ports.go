package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks"
	"github.com/runwire/runwire/hooks/drive"
	"github.com/runwire/runwire/hooks/rawjson"
)

// portServer serves pages: each port is one page, with subscriptions and scopes of its own. It is the
// drive.Screen of the runtime that all pages share.
type portServer struct {
	loop    *drive.Loop
	post    func(port uint32, message []byte)
	memory  func() int // how many bytes the runtime holds
	ports   map[uint32]*port
	lastSub hooks.Sub
	owners  map[hooks.Sub]owner
}

// owner is who opened a subscription, under which number of its own.
type owner struct {
	port *port
	sub  uint32
}

func newServer(seed uint64, host drive.Host, post func(port uint32, message []byte), memory func() int) *portServer {
	s := &portServer{post: post, memory: memory, ports: map[uint32]*port{}, owners: map[hooks.Sub]owner{}}
	s.loop = drive.New(seed, host, s)
	return s
}

// step applies an event, then posts to each page all that it has to learn, in one message.
func (s *portServer) step(now time.Time, event hooks.Event) {
	s.loop.Step(now, event)
	for _, p := range s.ports {
		p.flush(s.post)
	}
}

// message takes what a page says. What cannot be read is answered and changes nothing.
func (s *portServer) message(now time.Time, number uint32, text string) {
	m, err := decodeMessage(text)
	if err != nil {
		s.refuse(number, "a message that is not JSON: "+err.Error())
		return
	}
	if m.op == "hello" {
		s.hello(now, number, m.protocol)
		return
	}
	p := s.ports[number]
	if p == nil {
		return // meant for an instance that is dead; the page says hello again and then repeats itself
	}
	switch m.op {
	case "open":
		if m.spec.Kind == 0 || m.scope == "" {
			s.refuse(number, "an open without a known spec or a scope")
			return
		}
		s.open(now, p, m)
	case "update":
		s.step(now, &hooks.Update{Sub: p.subs[m.sub], Options: m.options})
	case "submit":
		s.step(now, hooks.Submit{Sub: p.subs[m.sub], Body: m.body, Request: m.request})
	case "token":
		s.step(now, m.token)
	case "page":
		m.page.Page = hooks.PageID(number)
		s.step(now, m.page)
	case "stop":
		s.step(now, hooks.Stop{Sub: p.subs[m.sub]})
	case "close":
		sub := p.subs[m.sub]
		delete(p.subs, m.sub)
		delete(s.owners, sub)
		s.step(now, hooks.Close{Sub: sub})
	case "status":
		s.status(p)
	case "drop":
		delete(p.scopes, m.scope)
		s.step(now, hooks.Drop{Scope: p.scopeKey(m.scope)})
	default:
		s.refuse(number, "an unknown message")
	}
}

// hello starts a page from nothing, whatever the port had before.
func (s *portServer) hello(now time.Time, number uint32, version int64) {
	if version != protocolVersion {
		s.refuse(number, "the page speaks protocol "+strconv.FormatInt(version, 10)+" and the runtime "+
			strconv.Itoa(protocolVersion)+": they come from different versions of @runwire/react-hooks")
		return
	}
	s.detach(now, number)
	s.ports[number] = newPort(number)
	w := message("ready")
	w.Number("protocol", protocolVersion)
	w.Close('}')
	s.post(number, w.Bytes())
}

func (s *portServer) refuse(number uint32, reason string) {
	w := message("failed")
	w.Name("error")
	writeError(w, &internalError{reason})
	w.Close('}')
	s.post(number, w.Bytes())
}

// internalError is a fault of ours: a page and a runtime that do not fit.
type internalError struct{ reason string }

func (e *internalError) Error() string { return "runwire: " + e.reason }

func (s *portServer) open(now time.Time, p *port, m *pageMessage) {
	if p.subs[m.sub] != 0 {
		s.refuse(p.number, "a subscription that is already open")
		return
	}
	s.lastSub++
	p.subs[m.sub], p.scopes[m.scope] = s.lastSub, struct{}{}
	s.owners[s.lastSub] = owner{p, m.sub}
	s.step(now, &hooks.Open{
		Sub: s.lastSub, Scope: p.scopeKey(m.scope), Spec: m.spec, Options: m.options, Resume: m.resume,
	})
}

// detach ends all that a page had.
func (s *portServer) detach(now time.Time, number uint32) {
	p := s.ports[number]
	if p == nil {
		return
	}
	delete(s.ports, number)
	for _, sub := range p.subs {
		delete(s.owners, sub)
		s.step(now, hooks.Close{Sub: sub})
	}
	for scope := range p.scopes {
		s.step(now, hooks.Drop{Scope: p.scopeKey(scope)})
	}
	s.step(now, hooks.PageLeft{Page: hooks.PageID(number)})
}

// Publish is part of drive.Screen.
func (s *portServer) Publish(publish hooks.Publish) {
	byPort := map[*port][]string{}
	for _, key := range publish.Scopes {
		slash := strings.IndexByte(key, '/')
		number, _ := rawjson.Value(key[:slash]).Int()
		if p := s.ports[uint32(number)]; p != nil {
			byPort[p] = append(byPort[p], key[slash+1:])
		}
	}
	for p, scopes := range byPort {
		p.view(scopes, publish.Snapshot)
	}
}

// Deliver is part of drive.Screen.
func (s *portServer) Deliver(deliver hooks.Deliver) {
	for _, sub := range deliver.Subs {
		if o, ok := s.owners[sub]; ok {
			o.port.deliver(o.sub, deliver.Stream)
		}
	}
}

// DeliverControl is part of drive.Screen.
func (s *portServer) DeliverControl(deliver hooks.DeliverControl) {
	for _, sub := range deliver.Subs {
		if o, ok := s.owners[sub]; ok {
			o.port.control(o.sub, &deliver)
		}
	}
}

// AskAccessToken is part of drive.Screen.
func (s *portServer) AskAccessToken(ask hooks.AskAccessToken) {
	if o, ok := s.owners[ask.Sub]; ok {
		w := message("ask")
		w.Number("ask", int64(ask.Ask))
		w.Number("sub", int64(o.sub))
		w.Close('}')
		s.post(o.port.number, w.Bytes())
	}
}

// Forget is part of drive.Screen.
func (s *portServer) Forget(forget hooks.Forget) {
	for _, p := range s.ports {
		p.forget(forget.Feed)
	}
}
