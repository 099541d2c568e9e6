package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

const (
	tokenIssuer   = "https://id.trigger.dev"
	tokenAudience = "https://api.trigger.dev"
)

// claims are what a public token says.
type claims struct {
	jwt.RegisteredClaims
	Public   bool            `json:"pub"`
	Scopes   []string        `json:"scopes,omitempty"`
	OneTime  *bool           `json:"otu,omitempty"`
	Realtime json.RawMessage `json:"realtime,omitempty"`
}

// caller is who sent a request.
type caller struct {
	secret bool // holds the environment's secret key, and may do everything
	claims claims
	token  string // hex SHA-256 of a public token; never the token
}

// allowed reports whether any one of the requirements is met.
func (c *caller) allowed(anyOf ...requirement) bool {
	if c.secret {
		return true
	}
	for _, scope := range c.claims.Scopes {
		for _, need := range anyOf {
			if need.satisfiedBy(scope) {
				return true
			}
		}
	}
	return false
}

// oneTime reports whether the caller's token may create a single run.
func (c *caller) oneTime() bool { return c.claims.OneTime != nil && *c.claims.OneTime }

// skipColumns are the columns that the token withholds; given is false when the token does not say.
func (c *caller) skipColumns() (columns []string, given bool) {
	var realtime struct {
		SkipColumns []string `json:"skipColumns"`
	}
	if len(c.claims.Realtime) == 0 || json.Unmarshal(c.claims.Realtime, &realtime) != nil {
		return nil, false
	}
	return realtime.SkipColumns, realtime.SkipColumns != nil
}

// authenticate finds out who sent r. Public tokens are refused unless the route accepts them.
func (e *Emulator) authenticate(r *http.Request, acceptsPublicTokens bool) (*caller, *apiError) {
	header := r.Header.Get("Authorization")
	if header == "" && strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != claimsPath {
		return nil, failNoHeader()
	}
	scheme, credential, _ := strings.Cut(header, " ")
	credential = strings.TrimSpace(credential)
	if !strings.EqualFold(scheme, "Bearer") || credential == "" {
		return nil, fail(http.StatusUnauthorized, "Invalid or Missing API key")
	}
	if subtle.ConstantTimeCompare([]byte(credential), []byte(e.options.SecretKey)) == 1 {
		return &caller{secret: true}, nil
	}
	var unverified claims
	if _, _, err := jwt.NewParser().ParseUnverified(credential, &unverified); err != nil || !unverified.Public {
		return nil, fail(http.StatusUnauthorized, "Invalid API key")
	}
	if !acceptsPublicTokens {
		return nil, fail(http.StatusUnauthorized, "Invalid API key")
	}
	if unverified.Subject != e.options.EnvironmentID {
		return nil, fail(http.StatusUnauthorized, "Invalid Public Access Token")
	}
	verified, err := e.verify(credential)
	if err != nil {
		return nil, fail(http.StatusUnauthorized, "Public Access Token is invalid")
	}
	return &caller{claims: *verified, token: digest(credential)}, nil
}

// digest stands for a credential wherever one must be remembered: its SHA-256 in hex.
func digest(credential string) string {
	sum := sha256.Sum256([]byte(credential))
	return hex.EncodeToString(sum[:])
}

// verify checks a public token's signature, issuer, audience and expiry, with no leeway.
func (e *Emulator) verify(token string) (*claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c,
		func(*jwt.Token) (any, error) { return []byte(e.options.SecretKey), nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(tokenIssuer), jwt.WithAudience(tokenAudience),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(e.clock.Now))
	if err != nil {
		return nil, err
	}
	return &c, nil
}
