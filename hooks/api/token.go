package api

import (
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/rawjson"
)

// Expiry reads when an access token expires; zero where it does not say. Nothing is verified: only the server can.
func Expiry(accessToken string) time.Time {
	_, rest, _ := strings.Cut(accessToken, ".")
	payload, _, signed := strings.Cut(rest, ".")
	if !signed {
		return time.Time{}
	}
	claims, err := rawjson.Parse(decodeBase64URL(payload))
	if err != nil {
		return time.Time{}
	}
	seconds, ok := claims.Get("exp").Decimal()
	if !ok || seconds <= 0 || seconds > maxSeconds {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

// maxSeconds is the last moment that counts as one: the year 9999.
const maxSeconds = 253402300799

// decodeBase64URL decodes what it can; a byte that does not belong ends the text. Package encoding/base64 costs the
// browser ten times as much.
func decodeBase64URL(text string) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var out []byte
	bits, held := 0, 0
	for i := range len(text) {
		digit := strings.IndexByte(digits, text[i])
		if digit < 0 {
			break
		}
		bits, held = bits<<6|digit, held+6
		if held >= 8 {
			held -= 8
			out = append(out, byte(bits>>held))
			bits &= 1<<held - 1
		}
	}
	return string(out)
}

// ParseHTTPDate reads the date of a header field, such as "Wed, 21 Oct 2015 07:28:00 GMT"; zero where it is none.
// Package time's parser costs the browser 9 kB.
func ParseHTTPDate(text string) time.Time {
	const months = "JanFebMarAprMayJunJulAugSepOctNovDec"
	_, rest, _ := strings.Cut(text, ", ")
	if len(rest) != len("21 Oct 2015 07:28:00 GMT") || !strings.HasSuffix(rest, " GMT") {
		return time.Time{}
	}
	valid := true
	number := func(from, to int) int {
		n := 0
		for _, digit := range []byte(rest[from:to]) {
			n = n*10 + int(digit) - '0'
			valid = valid && '0' <= digit && digit <= '9'
		}
		return n
	}
	month := strings.Index(months, rest[3:6])
	moment := time.Date(number(7, 11), time.Month(month/3+1), number(0, 2), number(12, 14), number(15, 17), number(18, 20), 0, time.UTC)
	if !valid || month < 0 || month%3 != 0 {
		return time.Time{}
	}
	return moment
}
