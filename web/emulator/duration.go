package emulator

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeSpan is the grammar of expirationTime: 15m, 2 hours, -1 day, 10 s ago.
var timeSpan = regexp.MustCompile(`(?i)^([+-])? ?(\d+|\d+\.\d+) ?` +
	`(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y)(?: (ago|from now))?$`)

// parseTimeSpan reads a span of whole seconds, negative for one that lies in the past.
func parseTimeSpan(text string) (time.Duration, error) {
	match := timeSpan.FindStringSubmatch(text)
	if match == nil || match[4] != "" && match[1] != "" {
		return 0, fmt.Errorf("invalid time span %q: want a number and a unit, such as 15m or 2 hours", text)
	}
	amount, err := strconv.ParseFloat(match[2], 64)
	if err != nil {
		return 0, fmt.Errorf("invalid time span %q: %w", text, err)
	}
	seconds := math.Round(amount * secondsOf(strings.ToLower(match[3])))
	if match[1] == "-" || strings.EqualFold(match[4], "ago") {
		seconds = -seconds
	}
	return time.Duration(seconds) * time.Second, nil
}

func secondsOf(unit string) float64 {
	const day = 24 * 60 * 60
	switch unit[0] {
	case 's':
		return 1
	case 'm':
		return 60
	case 'h':
		return 60 * 60
	case 'd':
		return day
	case 'w':
		return 7 * day
	default:
		return 365.25 * day
	}
}

// duration is the grammar of delays and lives: one or more of 1w, 2d, 3h, 4m, 5s in this order.
var duration = regexp.MustCompile(`^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)(?:h|hr))?(?:(\d+)m)?(?:(\d+)s)?$`)

func parseDuration(text string) (time.Duration, error) {
	match := duration.FindStringSubmatch(text)
	if match == nil || text == "" {
		return 0, fmt.Errorf("invalid duration %q: want numbers and units, such as 1h30m", text)
	}
	var total time.Duration
	units := []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	for i, unit := range units {
		if match[i+1] == "" {
			continue
		}
		amount, err := strconv.ParseInt(match[i+1], 10, 32)
		if err != nil {
			return 0, fmt.Errorf("invalid duration %q: %w", text, err)
		}
		total += time.Duration(amount) * unit
	}
	return total, nil
}
