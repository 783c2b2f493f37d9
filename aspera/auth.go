package aspera

import (
	"fmt"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials are what [New] needs to be let in: what [JWT] or [Bearer] returns. All clients that
// are made with one value share its token, and the pause after a 429. New refuses the zero value.
//
// A value belongs to the address (scheme, host and port) of the first client that is made with it:
// New refuses another with activity.ErrForeignOrigin.
//
// No text form shows a secret, not even that of a struct with Credentials in an unexported field.
type Credentials struct{ inner *credentials }

// Format keeps the secrets out of fmt, whatever the verb.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(transport.Hidden)) }

// MarshalText keeps the secrets out of JSON, log/slog and other encodings.
func (Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// credentials is what Credentials are made of. No secret stands in it, only behind a further pointer:
// where package fmt cannot call a method, it may print what one pointer leads to, but not what two
// do.
type credentials struct {
	shared       *transport.Credentials
	tokenURL     *url.URL // nil, except for a JWT that names one: New compares it with the base URL
	organization string   // the subdomain that a JWT names; "": nobody does
}

// unwrap returns what the credentials are made of; of the zero value, nothing.
func (c Credentials) unwrap() credentials {
	if c.inner == nil {
		return credentials{}
	}
	return *c.inner
}

// Bearer are credentials whose access tokens come from src, for programs that get them in their own
// way.
//
// The SDK calls src.Token for one caller at a time. A token with an expiry is kept until shortly
// before it; one without is asked for again for each request, so a source that works for its tokens
// should be wrapped in oauth2.ReuseTokenSource. When the service refuses a token (401), src is
// asked once more, and the request is repeated if it returns another one. A nil src is refused by
// New.
//
// A call whose context ends does not wait for src any longer. It cannot end src.Token, which takes
// no context and runs until it returns: let the source bound its own time. src must not wait for a
// client of these credentials: in the same goroutine that fails with [activity.ErrInvalid], in
// another it never ends. If src panics or calls runtime.Goexit, so do the calls that wait for the
// token.
//
// What src says when it fails reaches the caller as one line of at most 512 bytes, in which tokens
// that are known and what stands behind OAuth's names for secrets (client_secret=, "refresh_token":
// and so on) are redacted. Of an oauth2.RetrieveError, it is the code and the description. Nothing
// else of the error can be reached; errors.Is finds what it finds in the original.
func Bearer(src oauth2.TokenSource) Credentials {
	return Credentials{&credentials{shared: transport.FromSource(transport.Bearer(), src)}}
}
