package hooktest

import (
	"strconv"
	"strings"
	"time"

	"github.com/runwire/runwire/hooks/api"
)

// door knows the access tokens that were issued, and lets in who has one that is good.
type door struct {
	grants map[string]grant
	issued int
}

// grant is what an access token is good for.
type grant struct {
	owner     owner
	until     time.Time // by the server's clock; zero is for ever
	elsewhere bool      // for another resource
	refused   bool      // somebody came with it in vain
}

// issue returns a new access token. It says when it expires unless it is opaque.
func (d *door) issue(g grant, opaque bool) string {
	d.issued++
	token := g.owner.String() + "-" + strconv.Itoa(d.issued)
	if !opaque && !g.until.IsZero() {
		token = TokenUntil(token, g.until)
	}
	if d.grants == nil {
		d.grants = map[string]grant{}
	}
	d.grants[token] = g
	return token
}

var (
	tokenExpired  = Refusal{401, nil, `{"error":"Public Access Token has expired","code":"unauthorized"}`}
	tokenElswhere = Refusal{403, nil, `{"error":"Unauthorized: missing permission","code":"unauthorized"}`}
)

// admit says whose access token it is, or why it is refused.
func (d *door) admit(accessToken string, now time.Time) (owner, *Refusal) {
	g, known := d.grants[accessToken]
	switch {
	case !known || !g.until.IsZero() && !now.Before(g.until):
		return g.owner, &tokenExpired
	case g.elsewhere:
		return g.owner, &tokenElswhere
	}
	return g.owner, nil
}

// turnAway notes that somebody came with an access token that is no good.
func (d *door) turnAway(accessToken string) {
	if g, known := d.grants[accessToken]; known {
		g.refused = true
		d.grants[accessToken] = g
	}
}

// expire takes back every access token that is out.
func (d *door) expire(now time.Time) {
	for token, g := range d.grants {
		g.until = now
		d.grants[token] = g
	}
}

// bearer is the access token of a request, "" where it has none.
func bearer(request *api.Request) string {
	return strings.TrimPrefix(field(request, "authorization"), "Bearer ")
}
