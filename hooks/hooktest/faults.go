package hooktest

import (
	"math/rand/v2"
	"time"
)

// Faults says how often things go wrong, each as a chance of 0 to 1 for one request. The zero value is a
// network without faults and without delay.
type Faults struct {
	Drop       float64 // no answer at all
	Cut        float64 // the body breaks off at any byte
	Refuse     float64 // 429, 500, 502 with HTML, or 503
	Rotate     float64 // 409: the server has lost the shape
	Nonsense   float64 // 200 with something that cannot be read
	StaleCache float64 // a cache answers with the shape before the last 409
	Stall      float64 // the connection goes silent and stays open
	Late       float64 // events of a cancelled request arrive all the same
	MaxDelay   time.Duration
}

// Chaos is every fault at once.
func Chaos() Faults {
	return Faults{
		Drop: .08, Cut: .12, Refuse: .08, Rotate: .06, Nonsense: .04, StaleCache: .3, Stall: .02, Late: .5,
		MaxDelay: 800 * time.Millisecond,
	}
}

// dice decides about faults, from the world's seed.
type dice struct {
	*rand.Rand
	faults Faults
}

func (d *dice) happens(chance float64) bool { return chance > 0 && d.Float64() < chance }

func (d *dice) delay() time.Duration {
	if d.faults.MaxDelay == 0 {
		return 0
	}
	// Most delays are short; some are not.
	return time.Duration(float64(d.faults.MaxDelay) * d.Float64() * d.Float64() * d.Float64())
}

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
