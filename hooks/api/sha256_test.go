package api

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestDigestIsSHA256(t *testing.T) {
	for n := range 300 {
		text := strings.Repeat("é7", n)[:n]
		sum := sha256.Sum256([]byte(text))
		if got, want := digest(text), hex.EncodeToString(sum[:]); got != want {
			t.Fatalf("the digest of %d bytes is %s, want %s", n, got, want)
		}
	}
}
