package hooktest

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// Faults says how often things go wrong. The zero value is a world without faults and without delay.
type Faults struct {
	// The chances that a request meets a fault, 0 to 1 each.
	Drop       float64 // no answer: the request has reached the server, or has not
	Cut        float64 // the answer breaks off
	Stall      float64 // the answer stops for 20 s, then goes on
	HalfOpen   float64 // the answer stops, and nobody says that nothing more will come
	Refuse     float64 // an answer outside 2xx: one of Refusals
	Conflict   float64 // 409, to a shape or a call, whatever it asks
	Rotate     float64 // the server has lost the shape, which costs a 409
	Nonsense   float64 // 200 with something that cannot be read
	StaleCache float64 // a cache answers with the shape before the last 409
	Late       float64 // events of a cancelled request arrive all the same
	Evade      float64 // a page that is asked for an access token has none, or comes up with one that is no good

	// The chances that a life sees them.
	Restart float64 // the server breaks all connections, is away for a while, and has lost its shapes
	Offline float64 // the network goes and comes back
	Sleep   float64 // the machine sleeps, for seconds or an hour
	Trap    float64 // the runtime dies, and another takes its place

	Refusals []Refusal // that Refuse chooses from; nil is CommonRefusals
	At       Place     // where an answer is cut or stops
	MaxDelay time.Duration
}

// Place is where something happens to an answer.
type Place uint8

// The places.
const (
	Anywhere   Place = iota
	BeforeHead       // nothing of the answer has come
	InBody           // its head and the first byte have come
)

// Refusal is an answer outside 2xx.
type Refusal struct {
	HTTPStatus int
	Header     api.Header
	Body       string
}

// CommonRefusals are what servers and what stands before them answer on a bad day.
var CommonRefusals = []Refusal{
	{500, nil, `{"error":"Internal Server Error"}`},
	{502, api.Header{"content-type": "text/html"}, "<html>Bad gateway</html>"},
	{503, nil, ""},
	{408, nil, `{"error":"Timeout"}`},
	TooMany(0), TooMany(1), TooMany(4), TooManyUntil(3),
}

// TooMany is a rate limit that ends so many seconds later.
func TooMany(seconds int) Refusal {
	return Refusal{429, api.Header{"retry-after": strconv.Itoa(seconds)}, `{"error":"Too many"}`}
}

// TooManyUntil is the same, and says so with a date.
func TooManyUntil(seconds int) Refusal {
	return Refusal{429, api.Header{retryIn: strconv.Itoa(seconds)}, `{"error":"Too many"}`}
}

// retryIn stands for a retry-after that is a date by the server's clock, so many seconds later.
const retryIn = "retry-in"

// Chaos is every fault at once.
func Chaos() Faults {
	return Faults{
		Drop: .08, Cut: .12, Refuse: .08, Conflict: .02, Rotate: .06, Nonsense: .04, StaleCache: .3, Stall: .02, HalfOpen: .02, Late: .5,
		Evade: .3, Restart: .15, Offline: .2, Sleep: .2, Trap: .25,
		MaxDelay: 800 * time.Millisecond,
	}
}

// dice decides about faults, from the world's seed.
type dice struct {
	*rand.Rand
	faults Faults
}

func (d *dice) happens(chance float64) bool { return chance > 0 && d.Float64() < chance }

// oneIn happens once in n times.
func (d *dice) oneIn(n int) bool { return d.IntN(n) == 0 }

// within is a time of less than max.
func (d *dice) within(max time.Duration) time.Duration {
	return time.Duration(d.Int64N(int64(max))).Truncate(time.Millisecond)
}

// delay is how long something takes on its way: mostly a short time.
func (d *dice) delay() time.Duration {
	if d.faults.MaxDelay == 0 {
		return 0
	}
	return time.Duration(float64(d.faults.MaxDelay) * d.Float64() * d.Float64() * d.Float64())
}

func (d *dice) refusal() Refusal {
	if d.faults.Refusals == nil {
		return choose(d, CommonRefusals)
	}
	return choose(d, d.faults.Refusals)
}

func choose[T any](d *dice, from []T) T { return from[d.IntN(len(from))] }

// chunks cuts a body anywhere, also inside a line ending or a UTF-8 sequence.
func (d *dice) chunks(body string) []string {
	var chunks []string
	for body != "" {
		n := 1 + d.IntN(len(body))
		chunks = append(chunks, body[:n])
		body = body[n:]
	}
	return chunks
}
