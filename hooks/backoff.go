package hooks

import (
	"math/rand/v2"
	"time"
)

// The delays between attempts. Source: chosen, so that no fault makes one feed ask more often than ten times
// in ten seconds; the original starts at 100 ms, has no jitter for runs, and ends at 10 s as well.
const (
	firstBackoff = 300 * time.Millisecond
	maxBackoff   = 10 * time.Second
	// maxRetryAfter bounds what a server's Retry-After can ask for: a mistyped date must not mean never.
	maxRetryAfter = 5 * time.Minute
)

// backoff returns how long to wait before the attempt that follows n fruitless ones: nothing for n < 1,
// then twice as long each time, of which a random half may be saved so that clients spread out.
func backoff(random *rand.Rand, n int) time.Duration {
	if n < 1 {
		return 0
	}
	delay := firstBackoff
	for range n - 1 {
		if delay *= 2; delay >= maxBackoff {
			delay = maxBackoff
			break
		}
	}
	return delay/2 + time.Duration(random.Int64N(int64(delay/2)))
}
