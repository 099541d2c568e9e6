package emulator

import (
	crand "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
	"sync"
)

const (
	lowerAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	mixedAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// idSource makes ids. It may be used concurrently.
type idSource struct {
	mu  sync.Mutex
	rng *rand.Rand
}

// newIDSource is deterministic for a seed other than zero.
func newIDSource(seed uint64) *idSource {
	var key [32]byte
	if seed == 0 {
		crand.Read(key[:]) // never fails
	} else {
		binary.LittleEndian.PutUint64(key[:], seed)
	}
	return &idSource{rng: rand.New(rand.NewChaCha8(key))}
}

// friendly is an id as the API shows it, such as run_ and 21 lower-case letters and digits.
func (s *idSource) friendly(prefix string) string { return prefix + "_" + s.text(lowerAlphabet, 21) }

// internal is a database key, which looks like a cuid.
func (s *idSource) internal() string { return "c" + s.text(lowerAlphabet, 24) }

func (s *idSource) text(alphabet string, length int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := make([]byte, length)
	for i := range text {
		text[i] = alphabet[s.rng.IntN(len(alphabet))]
	}
	return string(text)
}

// partIDBits keeps a part id within seven characters of mixedAlphabet: 62^7 is a little more than 2^41.
const partIDBits = 41

// partID is the id of the part with this number in the stream with this seed. Multiplying by an odd number modulo a
// power of two maps no two numbers to one, so ids never repeat within a stream and need not be stored.
func partID(seed, number uint64) string {
	const odd = 0x9E3779B97F4A7C15 // Source: 2^64 divided by the golden ratio, which spreads neighbours
	mixed := (number*odd + seed) & (1<<partIDBits - 1)
	var text [7]byte
	for i := range text {
		text[i] = mixedAlphabet[mixed%uint64(len(mixedAlphabet))]
		mixed /= uint64(len(mixedAlphabet))
	}
	return string(text[:])
}
