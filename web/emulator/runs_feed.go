package emulator

import (
	"net/http"
	"strings"
	"time"
)

const (
	// maxWindow is how far back the feed of tags looks, at most and by default.
	maxWindow     = 24 * time.Hour
	maxWindowText = 100 // characters of createdAt
)

// runsFeed serves the runs that carry all of some tags, or every run, created within a window that begins with the
// first request.
func (e *Emulator) runsFeed(w http.ResponseWriter, r *http.Request, from *caller) *apiError {
	query := r.URL.Query()
	request, err := parseShapeRequest(query, from)
	if err != nil {
		return err
	}
	tags, err := requestedTags(query["tags"])
	if err != nil {
		return err
	}
	needs := []requirement{{"read", "runs", ""}, {"read", "tags", ""}}
	for _, tag := range tags {
		needs = append(needs, requirement{"read", "tags", tag})
	}
	if !from.allowed(needs...) {
		return failUnauthorized()
	}
	floor := truncate(e.clock.Now()).Add(-window(query.Get("createdAt")))
	return e.serveList(w, r, request, &list{tags: tags, floor: floor})
}

// requestedTags splits the comma-joined tags, which may be absent.
func requestedTags(given []string) ([]string, *apiError) {
	if len(given) == 0 || given[0] == "" {
		return nil, nil
	}
	tags := strings.Split(given[0], ",")
	for _, tag := range tags {
		if tag == "" || strings.ContainsFunc(tag, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' || c == '"' }) {
			return nil, failDetails("Query", issue{"custom", []string{"tags"}, "Invalid tag: " + string(appendJSONString(nil, tag))})
		}
	}
	return tags, nil
}

// window reads a look-back such as 1h30m. What cannot be read looks back as far as it gets.
func window(text string) time.Duration {
	if len(text) > maxWindowText {
		return maxWindow
	}
	asked, err := parseDuration(text)
	if err != nil {
		return maxWindow
	}
	return min(asked, maxWindow)
}
