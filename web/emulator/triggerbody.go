package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

const (
	maxTags           = 10
	maxTagLength      = 128
	maxIdempotencyKey = 2048
	maxMetadataBytes  = 256 * 1024
)

// triggerBody is the body of a trigger call, and an item of a batch.
type triggerBody struct {
	Payload json.RawMessage `json:"payload"`
	Options triggerOptions  `json:"options"`
}

type triggerOptions struct {
	PayloadType           string          `json:"payloadType"`
	PayloadSize           *uint64         `json:"payloadSize"`
	IdempotencyKey        string          `json:"idempotencyKey"`
	IdempotencyKeyTTL     string          `json:"idempotencyKeyTTL"`
	IdempotencyKeyOptions *keyOptions     `json:"idempotencyKeyOptions"`
	Delay                 json.RawMessage `json:"delay"`
	TTL                   json.RawMessage `json:"ttl"`
	Tags                  tagList         `json:"tags"`
	Metadata              json.RawMessage `json:"metadata"`
	MetadataType          string          `json:"metadataType"`
	Test                  bool            `json:"test"`
	Debounce              *debounce       `json:"debounce"`
	queueOptions

	ParentRunID              string `json:"parentRunId"`
	ResumeParentOnCompletion bool   `json:"resumeParentOnCompletion"`
}

type keyOptions struct {
	Key   string `json:"key"`
	Scope string `json:"scope"`
}

// tagList is one tag or a list of them.
type tagList []string

// UnmarshalJSON implements [json.Unmarshaler].
func (l *tagList) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil && !null(data) {
		*l = tagList{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(l))
}

// validate checks the schema (400) and then what the service refuses to process (422, 413).
func (b *triggerBody) validate() *apiError {
	options := &b.Options
	if err := options.checkSchema(); err != nil {
		return failValidation(err)
	}
	if options.PayloadType == TypeStore {
		var path string
		if json.Unmarshal(b.Payload, &path) != nil || path == "" {
			return failValidation(errors.New(`payload of type application/store must be a storage path at "payload"`))
		}
	}
	if len(options.Tags) > maxTags {
		return fail(http.StatusUnprocessableEntity, fmt.Sprintf(
			"Runs can only have %d tags, you're trying to set %d.", maxTags, len(options.Tags)))
	}
	if size := len(options.metadataPacket().Data); size > maxMetadataBytes {
		return fail(http.StatusRequestEntityTooLarge, fmt.Sprintf(
			"Metadata exceeds maximum size of %d bytes", maxMetadataBytes))
	}
	return nil
}

func (o *triggerOptions) checkSchema() error {
	switch o.PayloadType {
	case "":
		o.PayloadType = TypeJSON
	case TypeJSON, TypeSuperJSON, TypeText, TypeStore:
	default:
		return fmt.Errorf("unknown payload type %q at \"options.payloadType\"", o.PayloadType)
	}
	for _, tag := range o.Tags {
		if len(utf16.Encode([]rune(tag))) > maxTagLength {
			return fmt.Errorf("a tag has more than %d characters at \"options.tags\"", maxTagLength)
		}
	}
	if len(o.IdempotencyKey) > maxIdempotencyKey {
		return fmt.Errorf("idempotency key must be %d characters or less at \"options.idempotencyKey\"", maxIdempotencyKey)
	}
	if !null(o.TTL) && o.ttl() == "" {
		return errors.New(`want a duration or a number of seconds at "options.ttl"`)
	}
	if key := o.IdempotencyKeyOptions; key != nil && !slices.Contains([]string{"run", "attempt", "global"}, key.Scope) {
		return errors.New(`want run, attempt or global at "options.idempotencyKeyOptions.scope"`)
	}
	if err := o.Debounce.checkSchema(); err != nil {
		return err
	}
	return o.queueOptions.checkSchema()
}

// payloadPacket is the payload as it is stored. Under application/json any value is stored as its own text; under the
// other types the value is a string that already is the text.
func (b *triggerBody) payloadPacket() (Packet, *apiError) {
	if len(b.Payload) == 0 {
		return Packet{Type: b.Options.PayloadType}, nil
	}
	if b.Options.PayloadType == TypeJSON {
		return Packet{string(b.Payload), TypeJSON}, nil
	}
	var text string
	if err := json.Unmarshal(b.Payload, &text); err != nil {
		return Packet{}, failValidation(fmt.Errorf(
			"want a string for a payload of type %s at \"payload\"", b.Options.PayloadType))
	}
	return Packet{text, b.Options.PayloadType}, nil
}

func (o *triggerOptions) metadataPacket() Packet {
	if null(o.Metadata) {
		return Packet{}
	}
	kind := first(o.MetadataType, TypeJSON)
	var text string
	if json.Unmarshal(o.Metadata, &text) == nil {
		return Packet{text, kind}
	}
	return Packet{string(o.Metadata), kind}
}

// ttl is the time to live as text; a number means seconds. Empty when absent or malformed.
func (o *triggerOptions) ttl() string {
	var text string
	if json.Unmarshal(o.TTL, &text) == nil {
		if _, err := parseDuration(text); err != nil {
			return ""
		}
		return text
	}
	var seconds uint32
	if json.Unmarshal(o.TTL, &seconds) != nil {
		return ""
	}
	return strconv.FormatUint(uint64(seconds), 10) + "s"
}

// originalKey is the idempotency key as the user wrote it, where the caller says.
func (o *triggerOptions) originalKey() string {
	if o.IdempotencyKeyOptions != nil && o.IdempotencyKeyOptions.Key != "" {
		return o.IdempotencyKeyOptions.Key
	}
	return o.IdempotencyKey
}

// delayUntil reads a delay: a duration, or a date.
func (o *triggerOptions) delayUntil(now time.Time) (time.Time, *apiError) {
	var text string
	_ = json.Unmarshal(o.Delay, &text) // what is no text is no delay either
	if d, err := parseDuration(text); err == nil {
		return now.Add(d), nil
	}
	at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(text))
	if err != nil {
		return time.Time{}, fail(http.StatusUnprocessableEntity,
			"Invalid delay "+string(o.Delay)+": want a duration such as 1h, or a date")
	}
	return at, nil
}
