package aspera

import (
	"net/url"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials are what [New] needs to be let in: a [JWT], or what JWT.Shared or [Bearer] returns.
// Nobody else can make one.
//
// A value belongs to the address (scheme, host and port) of the first client that is made with it:
// New refuses another with activity.ErrForeignOrigin. A [JWT] is none such, since each client has
// its own token.
type Credentials interface {
	credentials() given
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
//
// All clients that are made with the value share its kept token, and the pause after a 429.
func Bearer(src oauth2.TokenSource) Credentials {
	return given{hidden: transport.FromSource(transport.Bearer(), src)}
}

type hidden = transport.Credentials

// given is what New makes a client of. Its text forms are those of hidden, which say nothing.
type given struct {
	*hidden
	tokenURL *url.URL // nil, except for a JWT that names one: New compares it with the base URL
}

func (g given) credentials() given { return g }

// resolve returns what c stands for; for nil, nothing.
func resolve(c Credentials) given {
	if c == nil {
		return given{}
	}
	if j, ok := c.(*JWT); ok && j == nil {
		return given{}
	}
	return c.credentials()
}
