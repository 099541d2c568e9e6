package api

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"
)

func token(claims string) string {
	return "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
}

func TestTheExpiryOfAnAccessTokenIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		token string
		want  int64 // seconds; 0 is none
	}{
		"seconds":                     {token(`{"sub":"env","exp":1769854830,"pub":true}`), 1769854830},
		"with a fraction":             {token(`{"exp":1769854830.9}`), 1769854830},
		"bytes of every kind":         {token(`{"name":"é😀???>>>","exp":7}`), 7},
		"none":                        {token(`{"sub":"env"}`), 0},
		"text":                        {token(`{"exp":"soon"}`), 0},
		"before there was any":        {token(`{"exp":-5}`), 0},
		"beyond the calendar":         {token(`{"exp":1e300}`), 0},
		"a secret key":                {"tr_dev_0123456789", 0},
		"claims that are no JSON":     {token(`{"exp":17698548`), 0},
		"claims that are no object":   {token(`[1]`), 0},
		"a payload that is no base64": {"a.!!!.c", 0},
		"no signature":                {"a.eyJleHAiOjd9", 0},
		"nothing":                     {"", 0},
	} {
		got := Expiry(test.token)
		if want := time.Unix(test.want, 0); test.want == 0 && !got.IsZero() || test.want != 0 && !got.Equal(want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestTheDateOfAHeaderIsRead(t *testing.T) {
	for moment := time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC); moment.Year() < 2030; moment = moment.Add(97*time.Hour + 61*time.Second) {
		if got := ParseHTTPDate(moment.Format(http.TimeFormat)); !got.Equal(moment) {
			t.Fatalf("%s is read as %v", moment.Format(http.TimeFormat), got)
		}
	}
	for _, text := range []string{
		"", "120", "Wed, 21 Oct 2015 07:28:00", "Wed, 21 Xxx 2015 07:28:00 GMT", "Wed, 21 ctN 2015 07:28:00 GMT", "Wed, x1 Oct 2015 07:28:00 GMT",
		"Wed, 21 Oct 2015 07:2é:00 GMT", "Wednesday, 21-Oct-15 07:28:00 GMT",
	} {
		if got := ParseHTTPDate(text); !got.IsZero() {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}
