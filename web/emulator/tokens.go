package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	tokenBodyLimit         = 1 << 20 // Source: chosen
	defaultPublicTokenLife = 15 * time.Minute
	defaultJWTLife         = time.Hour
	maxPublicTokenLife     = 30 * 24 * time.Hour
)

// TokenSpec describes a public token to mint. What is empty takes the value that a valid token has, so that a test
// spoils exactly what it names.
type TokenSpec struct {
	Scopes    []string
	ExpiresIn time.Duration // negative for a token that has expired
	OneTime   *bool
	Realtime  json.RawMessage // such as {"skipColumns":["payload"]}

	Subject   string // default: the emulator's environment
	Issuer    string
	Audience  string
	SecretKey string // signs the token; default: the emulator's
	Private   bool   // leaves out the claim that makes it a public token
}

// MintToken signs a public token. A zero ExpiresIn means 15 minutes.
func (e *Emulator) MintToken(spec TokenSpec) (string, error) {
	setDefault(&spec.ExpiresIn, defaultPublicTokenLife)
	setDefault(&spec.Subject, e.options.EnvironmentID)
	setDefault(&spec.Issuer, tokenIssuer)
	setDefault(&spec.Audience, tokenAudience)
	setDefault(&spec.SecretKey, e.options.SecretKey)
	now := e.clock.Now()
	content := jwt.MapClaims{
		"sub": spec.Subject, "iss": spec.Issuer, "aud": spec.Audience,
		"iat": now.Unix(), "exp": now.Add(spec.ExpiresIn).Unix(),
	}
	if !spec.Private {
		content["pub"] = true
	}
	if len(spec.Scopes) > 0 {
		content["scopes"] = spec.Scopes
	}
	if spec.OneTime != nil {
		content["otu"] = *spec.OneTime
	}
	if len(spec.Realtime) > 0 {
		content["realtime"] = spec.Realtime
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, content)
	delete(token.Header, "typ") // the service's tokens carry the algorithm alone
	text, err := token.SignedString([]byte(spec.SecretKey))
	if err != nil {
		return "", fmt.Errorf("mint public token: %w", err)
	}
	return text, nil
}

// tokenClaims answers with the claims that a server holding the secret key signs into a token of its own.
func (e *Emulator) tokenClaims(w http.ResponseWriter, _ *http.Request, _ *caller) *apiError {
	writeJSON(w, http.StatusOK, struct {
		Subject string `json:"sub"`
		Public  bool   `json:"pub"`
	}{e.options.EnvironmentID, true})
	return nil
}

func (e *Emulator) createPublicToken(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		Scopes     []string        `json:"scopes"`
		Expiration json.RawMessage `json:"expirationTime"`
		OneTime    *bool           `json:"oneTimeUse"`
		Realtime   json.RawMessage `json:"realtime"`
	}
	raw, failure := readBody(w, r, tokenBodyLimit)
	if failure != nil {
		return failure
	}
	if err := json.Unmarshal(raw, &body); err != nil || len(body.Scopes) == 0 {
		return &apiError{status: http.StatusBadRequest, body: struct {
			Error  string  `json:"error"`
			Issues []issue `json:"issues"`
		}{"Invalid request body", []issue{{"invalid_type", []string{"scopes"}, "want at least one scope"}}}}
	}
	life, failure := e.tokenLife(body.Expiration, defaultPublicTokenLife)
	switch {
	case failure != nil:
		return failure
	case life <= 0:
		return fail(http.StatusBadRequest, "Expiration time must be in the future")
	case life > maxPublicTokenLife:
		return fail(http.StatusBadRequest, "Expiration time cannot exceed 30 days")
	}
	return e.answerToken(w, TokenSpec{Scopes: body.Scopes, ExpiresIn: life, OneTime: body.OneTime, Realtime: body.Realtime})
}

func (e *Emulator) createJWT(w http.ResponseWriter, r *http.Request, _ *caller) *apiError {
	var body struct {
		Claims struct {
			Scopes []string `json:"scopes"`
		} `json:"claims"`
		Expiration json.RawMessage `json:"expirationTime"`
	}
	if err := decodeBody(w, r, tokenBodyLimit, &body); err != nil {
		return err
	}
	life, failure := e.tokenLife(body.Expiration, defaultJWTLife)
	if failure != nil {
		return failure
	}
	return e.answerToken(w, TokenSpec{Scopes: body.Claims.Scopes, ExpiresIn: life})
}

// tokenLife reads an expirationTime: a time span, or an instant in seconds since the epoch.
func (e *Emulator) tokenLife(expiration json.RawMessage, otherwise time.Duration) (time.Duration, *apiError) {
	if null(expiration) {
		return otherwise, nil
	}
	var seconds float64
	if json.Unmarshal(expiration, &seconds) == nil {
		return time.Unix(int64(seconds), 0).Sub(e.clock.Now()), nil
	}
	var text string
	if json.Unmarshal(expiration, &text) == nil {
		if span, err := parseTimeSpan(text); err == nil {
			return span, nil
		}
	}
	return 0, fail(http.StatusBadRequest, "Invalid expiration time")
}

func (e *Emulator) answerToken(w http.ResponseWriter, spec TokenSpec) *apiError {
	token, err := e.MintToken(spec)
	if err != nil {
		e.options.Logger.Error("mint a public token", "error", err)
		return fail(http.StatusInternalServerError, "Internal Server Error")
	}
	writeJSON(w, http.StatusOK, struct {
		Token string `json:"token"`
	}{token})
	return nil
}
