package emulator

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// queueOptions are the options of a trigger call that say how a real queue treats the run. They are checked and kept;
// only the number of attempts and the longest duration have an effect here.
type queueOptions struct {
	Queue *queueRef `json:"queue"`
	Gates []struct {
		Queue          string  `json:"queue"`
		ConcurrencyKey *string `json:"concurrencyKey"`
	} `json:"gates"`
	Concurrency          []string     `json:"concurrency"`
	ConcurrencyKey       flexibleText `json:"concurrencyKey"`
	Machine              string       `json:"machine"`
	Priority             float64      `json:"priority"`
	Region               string       `json:"region"`
	Version              string       `json:"lockToVersion"`
	ExternalDeploymentID string       `json:"externalDeploymentId"`
	MaxAttempts          int          `json:"maxAttempts"`
	MaxDuration          float64      `json:"maxDuration"`
}

type queueRef struct {
	Name *string `json:"name"`
}

// The limits of the schema.
const (
	maxConcurrencyNames     = 2
	maxGates                = 3
	maxGateLength           = 128
	maxDebounceKey          = 512
	maxExternalDeploymentID = 128
)

var (
	concurrencyName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,122}$`)
	machines        = []string{"micro", "small-1x", "small-2x", "medium-1x", "medium-2x", "large-1x", "large-2x"}
)

func (o *queueOptions) checkSchema() error {
	if o.Queue != nil && o.Queue.Name == nil {
		//lint:ignore ST1005 the text is the service's
		return errors.New(`Required at "options.queue.name"`)
	}
	if len(o.Concurrency) > maxConcurrencyNames {
		return fmt.Errorf(`want at most %d names at "options.concurrency"`, maxConcurrencyNames)
	}
	for _, name := range o.Concurrency {
		if !concurrencyName.MatchString(name) {
			//lint:ignore ST1005 the text is the service's
			return errors.New("Concurrency limit names are 1-122 characters using only letters, numbers, underscores and " +
				`hyphens at "options.concurrency"`)
		}
	}
	if len(o.Gates) > maxGates {
		return fmt.Errorf(`want at most %d gates at "options.gates"`, maxGates)
	}
	fits := func(text string) bool { return text != "" && utf8.RuneCountInString(text) <= maxGateLength }
	for _, gate := range o.Gates {
		if !fits(gate.Queue) || gate.ConcurrencyKey != nil && !fits(*gate.ConcurrencyKey) {
			return fmt.Errorf(`want 1 to %d characters at "options.gates"`, maxGateLength)
		}
	}
	if o.Machine != "" && !slices.Contains(machines, o.Machine) {
		return fmt.Errorf(`want one of %s at "options.machine"`, strings.Join(machines, ", "))
	}
	if len(o.ExternalDeploymentID) > maxExternalDeploymentID {
		return fmt.Errorf(`externalId must be at most %d characters at "options.externalDeploymentId"`, maxExternalDeploymentID)
	}
	return nil
}

// settings are the options as a row keeps them.
func (o *queueOptions) settings() Settings {
	kept := Settings{
		Version: o.Version, Region: o.Region, Machine: o.Machine, ConcurrencyKey: string(o.ConcurrencyKey),
		Concurrency: o.Concurrency, Priority: o.Priority, MaxAttempts: o.MaxAttempts, MaxDuration: o.MaxDuration,
		ExternalDeploymentID: strings.TrimSpace(o.ExternalDeploymentID),
	}
	if o.Queue != nil {
		kept.Queue = *o.Queue.Name
	}
	return kept
}

// debounce makes calls with one key, made before the delay of the first is over, share a run.
type debounce struct {
	Key      string `json:"key"`
	Delay    string `json:"delay"`
	Mode     string `json:"mode"`     // leading by default: the first call's payload counts; trailing: the last one's
	MaxDelay string `json:"maxDelay"` // how far calls can push the run away, all together
}

// defaultMaxDelay is how far calls can push a run away when they do not say. Source: the engine's default, 1 h.
const defaultMaxDelay = time.Hour

func (d *debounce) checkSchema() error {
	switch {
	case d == nil:
		return nil
	case len(d.Key) > maxDebounceKey:
		return fmt.Errorf(`want at most %d characters at "options.debounce.key"`, maxDebounceKey)
	case d.Mode != "" && d.Mode != "leading" && d.Mode != "trailing":
		return errors.New(`want leading or trailing at "options.debounce.mode"`)
	default:
		return nil
	}
}

// delays reads the debounce's two durations.
func (d *debounce) delays() (delay, longest time.Duration, err error) {
	if d.Key == "" {
		return 0, 0, errors.New("debounce key cannot be empty")
	}
	if delay, err = parseDuration(d.Delay); err != nil {
		return 0, 0, fmt.Errorf("invalid debounce delay: %w", err)
	}
	longest = defaultMaxDelay
	if d.MaxDelay != "" {
		if longest, err = parseDuration(d.MaxDelay); err != nil {
			return 0, 0, fmt.Errorf("invalid debounce maxDelay: %w", err)
		}
	}
	return delay, longest, nil
}
