package hooktest

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// server answers requests out of the account. It shares nothing with the client but the wire.
type server struct {
	world *World
	ahead time.Duration // of the machine's clock is the server's
	dated bool          // answers say what time it is there
	back  time.Time     // when it is back from a restart
	door  door
}

func (s *server) now() time.Time { return s.world.clock.now.Add(s.ahead) }

// restart breaks every connection. The server is away for a while, and knows its shapes no more.
func (s *server) restart(away time.Duration) {
	for _, x := range s.world.instance.out() {
		s.world.struck++
		x.fail()
	}
	s.loseShapes()
	s.back = s.world.clock.now.Add(away)
}

// loseShapes makes every shape handle stale.
func (s *server) loseShapes() {
	for _, shape := range s.world.account.shapes {
		shape.rotate()
	}
}

func (s *server) serve(request *api.Request, x *wire) {
	dice := s.world.dice
	target, err := url.Parse(request.URL)
	if err != nil {
		s.world.violate("a request for %q: %v", request.URL, err)
		return
	}
	a := &answer{server: s, wire: x}
	if s.world.clock.now.Before(s.back) {
		s.world.struck++
		x.fail()
		return
	}
	if dice.happens(dice.faults.Refuse) {
		s.world.struck++
		a.refuse(dice.refusal())
		return
	}
	if target.Host == objectHost {
		a.serveObject(target.Path)
		return
	}
	owner, refusal := s.door.admit(bearer(request), s.now())
	if a.owner = owner; refusal != nil {
		s.world.struck++
		s.door.turnAway(bearer(request))
		s.world.checks.couldNotHave(target.Path)
		a.refuse(*refusal)
		return
	}
	account := &s.world.account
	if stream := account.stream(target.Path); stream != nil {
		a.serveStream(stream, request)
	} else if dice.happens(dice.faults.Conflict) {
		s.world.struck++
		a.refuse(Refusal{409, nil, mustRefetch})
	} else if shape := account.shape(target.Path); shape != nil {
		a.serveShape(shape, target.Query())
	} else {
		a.serveCall(request, target.Path)
	}
}

// answer is one response on its way. Its methods schedule what the client will see.
type answer struct {
	server *server
	wire   *wire
	owner  owner
	then   func() // what it waits for, and how often it has waited
	waits  int
}

func (a *answer) respond(httpStatus int, header api.Header, body string) {
	a.start(httpStatus, header)
	a.wire.send(body)
	a.wire.end()
}

// start sends the head.
func (a *answer) start(httpStatus int, header api.Header) {
	if a.server.dated {
		dated := api.Header{"date": a.server.now().Format(httpDate)}
		for name, value := range header {
			dated[name] = value
		}
		header = dated
	}
	a.wire.start(httpStatus, header)
}

// refuse answers outside 2xx. A date is only sent by servers that say what time it is.
func (a *answer) refuse(r Refusal) {
	if later, relative := r.Header[retryIn]; relative {
		r.Header = api.Header{"retry-after": later}
		if a.server.dated {
			seconds, _ := strconv.Atoi(later)
			r.Header["retry-after"] = a.server.now().Add(time.Duration(seconds) * time.Second).Format(httpDate)
		}
	}
	a.respond(r.HTTPStatus, r.Header, r.Body)
}

// held are the answers that wait for news.
type held []*answer

// hold keeps an answer until there is news or the server has no more patience.
func (h *held) hold(a *answer, patience time.Duration, news, noNews func()) {
	a.waits++
	a.then = news
	*h = append(slices.DeleteFunc(*h, func(other *answer) bool { return other == a || !other.wire.passes() }), a)
	turn := a.waits
	a.server.world.clock.after(patience, func() {
		if a.waits == turn && a.then != nil && a.wire.passes() {
			a.then = nil
			noNews()
		}
	})
}

func (h *held) wake() {
	woken := *h
	*h = nil
	for _, a := range woken {
		if then := a.then; then != nil && a.wire.passes() {
			a.then = nil
			then()
		}
	}
}
