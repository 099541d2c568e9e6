package emulator

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rateWindow is the time in which calls are counted together.
const rateWindow = time.Minute

// rateLimiter counts the calls of each credential in windows of a fixed length. It may be used concurrently.
type rateLimiter struct {
	limit int

	mu      sync.Mutex
	windows map[string]rateCount // by digest of the credential
}

type rateCount struct {
	until time.Time
	calls int
}

// take counts a call. allowed is false for a call too many.
func (l *rateLimiter) take(credential string, now time.Time) (remaining int, until time.Time, allowed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := l.windows[credential]
	if !now.Before(count.until) {
		if len(l.windows) > maxLoggedCalls { // credentials come and go
			clear(l.windows)
		}
		count = rateCount{until: now.Add(rateWindow)}
	}
	count.calls++
	if l.windows == nil {
		l.windows = map[string]rateCount{}
	}
	l.windows[credential] = count
	return max(0, l.limit-count.calls), count.until, count.calls <= l.limit
}

// rateLimited reports whether calls of a path are counted.
func rateLimited(path string) bool {
	return strings.HasPrefix(path, "/api/") && path != claimsPath &&
		!strings.HasPrefix(path, "/api/v1/packets/") && !strings.HasPrefix(path, "/api/v2/packets/")
}

// limitRate counts a call and says in its headers what is left. It returns an error for a call too many.
func (e *Emulator) limitRate(w http.ResponseWriter, r *http.Request) *apiError {
	if r.Header.Get("Authorization") == "" || !rateLimited(r.URL.Path) {
		return nil
	}
	now := e.clock.Now()
	remaining, until, allowed := e.rates.take(digest(r.Header.Get("Authorization")), now)
	header := w.Header()
	header.Set("X-Ratelimit-Limit", strconv.Itoa(e.rates.limit))
	header.Set("X-Ratelimit-Remaining", strconv.Itoa(remaining))
	header.Set("X-Ratelimit-Reset", strconv.FormatInt(until.UnixMilli(), 10))
	if allowed {
		return nil
	}
	seconds := int(math.Ceil(until.Sub(now).Seconds()))
	detail := "Rate limit exceeded " + strconv.Itoa(remaining) + "/" + strconv.Itoa(e.rates.limit) + " requests remaining. Retry in " +
		strconv.Itoa(seconds) + " seconds."
	return &apiError{status: http.StatusTooManyRequests, kind: "application/problem+json", body: struct {
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Type      string `json:"type"`
		Detail    string `json:"detail"`
		Reset     int64  `json:"reset"`
		Limit     int    `json:"limit"`
		Remaining int    `json:"remaining"`
		Seconds   int    `json:"secondsUntilReset"`
		Error     string `json:"error"`
	}{
		"Rate Limit Exceeded", http.StatusTooManyRequests, "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/429",
		detail, until.UnixMilli(), e.rates.limit, remaining, seconds, detail,
	}}
}
