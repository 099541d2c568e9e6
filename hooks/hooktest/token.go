package hooktest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"
)

// TokenUntil returns an access token that says who it is and when it expires. Nobody has signed it.
func TokenUntil(name string, expires time.Time) string {
	claims := fmt.Sprintf(`{"name":%q,"exp":%d}`, name, expires.Unix())
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".unsigned"
}

// NameOfToken returns the name that TokenUntil gave to an access token, or the token where it gave none.
func NameOfToken(accessToken string) string {
	_, claims, _ := strings.Cut(accessToken, ".")
	claims, _, _ = strings.Cut(claims, ".")
	text, err := base64.RawURLEncoding.DecodeString(claims)
	if _, name, ok := strings.Cut(string(text), `{"name":"`); ok && err == nil {
		name, _, _ = strings.Cut(name, `"`)
		return name
	}
	return accessToken
}
