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

// Credentials authenticate a client. Make them with [ClientCredentials], [RefreshToken] or
// [AccessToken]; [New] refuses the zero value. They are opaque: printing, logging or marshaling the
// value never shows a secret.
//
// Use one value for all clients of an account. They share its access token and its limiter of ten
// requests a minute, and after a 429 all of them wait until Retry-After has passed. A value belongs
// to the address (scheme, host and port) of its first client, since all clients use the same token;
// for another address, [New] returns [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder for every verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, so JSON and logs show one too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// ClientCredentials returns credentials for the client key and client secret of an OAuth
// application. The client requests access tokens with them (grant client_credentials): the first
// one when a request needs it, the next one shortly before that expires, and another one if the
// service refuses it. Key and secret are sent in the body of a POST, never in a URL.
//
// Nothing is trimmed. [New] refuses a key or a secret that is empty, begins or ends with white
// space, or contains control characters.
//
// A token request ends when the contexts of all calls that wait for the token have ended.
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

// RefreshToken returns credentials for the client key and client secret of an OAuth application and
// a refresh token, which the application got when a person consented.
//
// The service may replace the refresh token whenever it is used, and then refuses the old one.
// rotated must store the new token where the next start of the program reads it; otherwise that
// start cannot log in. It is called for each new token until it succeeds, before that token or the
// access token that came with it is used.
//
// If rotated fails, the call that needed the token returns an [*activity.Error] with the text of
// rotated's error, without tokens. errors.Is matches it as it would rotated's error. The new token
// is kept in memory, and the next call begins by calling rotated again.
//
// rotated is never called twice at the same time. Its context has the values of the call that
// needed the token, but does not end with that call, since other calls wait for the same token. Set
// a deadline if storing can hang. Do not use a client of these credentials in rotated: it would
// wait for itself, so it fails with [activity.ErrInvalid]. If rotated panics or calls
// runtime.Goexit, so do the calls that wait for the token.
//
// If the service replaces the token and its response is lost, the new token is lost too. Calls then
// return [activity.ErrUnauthorized], and a person must consent again.
//
// Nothing is trimmed. [New] refuses a nil rotated, and a key, secret or token that is empty, begins
// or ends with white space, or contains control characters.
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

// AccessToken returns credentials that take access tokens from src. A token with an expiry is used
// until shortly before it. For a token without one, src is called before each request, so wrap a
// slow source in oauth2.ReuseTokenSource. If the service refuses a token, src is called once more.
// One goroutine at a time calls src. [New] refuses a nil src.
//
// A call whose context ends stops waiting for src. src.Token itself takes no context and goes on,
// so the source must limit its own time. If src panics or calls runtime.Goexit, so do the calls
// that wait for the token.
//
// src must not wait for a client of these credentials. If src itself calls the client, that call
// returns [activity.ErrInvalid]. If src waits for another goroutine that calls it, both wait
// forever.
//
// If src fails, the caller gets the text of its error in one line of at most 512 bytes, and for an
// oauth2.RetrieveError its code and description. Known tokens are redacted, as are the values after
// OAuth's names for secrets (client_secret=, "refresh_token": and so on). errors.Is matches the
// error as it would the original, which cannot be reached.
func AccessToken(src oauth2.TokenSource) Credentials {
	return withQuota(transport.FromSource(tokenInQuery(), src))
}

// tokenInQuery sends the access token in the URL's query, where the service wants it.
func tokenInQuery() transport.Scheme { return transport.QueryToken("access_token") }

// The documented quota of this API.
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

// requestToken posts a form to the token endpoint, which is on the same host as the API.
func requestToken(ctx context.Context, via *transport.Client, form url.Values) (transport.GrantedToken, error) {
	endpoint, err := url.Parse(via.Address("/o/oauth/token"))
	if err != nil {
		return transport.GrantedToken{}, via.Fail(opGetToken, activity.ErrInvalid, "the address of the token endpoint cannot be built")
	}
	return transport.Grant{URL: endpoint, Form: form, Secrets: form["refresh_token"]}.Request(ctx, via)
}

const opGetToken = "get token"
