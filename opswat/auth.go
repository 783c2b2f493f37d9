package opswat

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials are what a client proves itself with. They are opaque: no text form of the value
// shows a secret, alone or inside another. Make them with [ClientCredentials], [RefreshToken] or
// [AccessToken]; [New] refuses the zero value.
//
// A value also holds what its clients share: the current access token, the limiter of ten requests
// a minute, and the pause after the service answered 429. Use one value for all clients of an
// account. It belongs to the address (scheme, host and port) of the first of them, since a token
// that one requested is used by all: [New] refuses another with [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder, whatever the verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, which JSON and logs show too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// ClientCredentials are the client key and the client secret of an OAuth application, with which
// the SDK requests access tokens itself (grant client_credentials): one when the first request
// needs it, the next shortly before that expires, and another when the service refuses it. Key and
// secret are sent in the form of a POST, never in a URL. Nothing is trimmed: [New] refuses a key or
// a secret that is empty, has a line break, blanks or other white space around it, or control
// characters in it.
//
// The request for a token does not end with the context of the call that needs it while other calls
// wait for the same token. When the last of them has ended, so does the request.
func ClientCredentials(key, secret string) Credentials {
	if problem := clientProblem(key, secret); problem != "" {
		return Credentials{transport.InvalidCredentials(problem)}
	}
	fetch := func(ctx context.Context, via *transport.Client) (string, time.Time, error) {
		granted, err := requestToken(ctx, via, url.Values{
			"client_id":     {key},
			"client_secret": {secret},
			"grant_type":    {"client_credentials"},
		})
		return granted.AccessToken, granted.Expiry, err
	}
	return withQuota(transport.Granted(tokenInQuery(), fetch, key, secret))
}

// RefreshToken are the client key and secret of an OAuth application together with a refresh token
// that a person's consent gave it.
//
// The service may replace the refresh token whenever it is used, and then takes the old one no
// more. Each new one is given to rotated before it is used and before the access token that came
// with it is: store it where the next start of the program reads it from, or that start cannot log
// in. rotated is called once for each new token. If it fails, so does the call that needed the
// token, with an [*activity.Error] around rotated's error; the new token is kept in memory, and the
// next call begins with giving it to rotated again. The caller gets the text of rotated's error,
// without tokens, and errors.Is finds what it finds in the original.
//
// rotated is never called twice at the same time. Its context carries the values of the call that
// needed a token, but does not end with it, since other calls wait for the same token: set a
// deadline where storing can hang. Do not use a client of these credentials in it: that would wait
// for itself, and fails with [activity.ErrInvalid]. If rotated panics or calls runtime.Goexit, so
// do the calls that wait for the token.
//
// If the service rotates the token and its answer is lost on the way, the new token is lost too,
// and [activity.ErrUnauthorized] follows: then a person has to consent again. [New] refuses a nil
// rotated, which would lose the first rotation. Nothing is trimmed: it also refuses a key, a secret
// or a token that is empty, has a line break, blanks or other white space around it, or control
// characters in it.
func RefreshToken(key, secret, token string, rotated func(ctx context.Context, refreshToken string) error) Credentials {
	problem := cmp.Or(clientProblem(key, secret), transport.Unusable("the refresh token", token))
	if problem == "" && rotated == nil {
		problem = "the function that stores a rotated refresh token is nil: without it the first rotation would lock the program out at its next start"
	}
	if problem != "" {
		return Credentials{transport.InvalidCredentials(problem)}
	}
	r := &rotation{key: key, secret: secret, token: token, rotated: rotated}
	return withQuota(transport.Rotating(tokenInQuery(), r.fetch, key, secret, token))
}

// AccessToken are access tokens that src provides. A token with an expiry is kept until shortly
// before it; one without is asked for before each request, so wrap a slow source in
// oauth2.ReuseTokenSource. When the service refuses a token, src is asked for another once. src is
// called by one goroutine at a time. [New] refuses a nil src.
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
func AccessToken(src oauth2.TokenSource) Credentials {
	return withQuota(transport.FromSource(tokenInQuery(), src))
}

// tokenInQuery is where the service wants the access token.
func tokenInQuery() transport.Scheme { return transport.QueryToken("access_token") }

// The quota that the service documents for this API.
const (
	quotaRequests = 10
	quotaWindow   = time.Minute
)

func withQuota(c *transport.Credentials) Credentials {
	return Credentials{c.Limited(activity.NewWindowLimiter(quotaRequests, quotaWindow))}
}

func clientProblem(key, secret string) string {
	return cmp.Or(transport.Unusable("the client key", key), transport.Unusable("the client secret", secret))
}

// requestToken posts a form to the token endpoint, which stands beside the API.
func requestToken(ctx context.Context, via *transport.Client, form url.Values) (transport.GrantedToken, error) {
	endpoint, err := url.Parse(via.Address("/o/oauth/token"))
	if err != nil {
		return transport.GrantedToken{}, via.Fail(opGetToken, activity.ErrInvalid, "the address of the token endpoint cannot be built")
	}
	return transport.Grant{URL: endpoint, Form: form, Secrets: form["refresh_token"]}.Request(ctx, via)
}

const opGetToken = "get token"
