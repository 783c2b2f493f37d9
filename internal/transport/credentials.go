package transport

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/turn"
)

// Credentials are what a vendor package's opaque Credentials value points at: how a secret is
// attached, where it comes from, and what all clients made with that value share.
type Credentials struct {
	scheme  Scheme
	source  source
	limiter activity.RateLimiter // the vendor's default, or nil
	pause   *pause
	line    *turn.Line // of requests with the credentials' own limiter, or with none
	recent  recentSecrets
	forms   formCache
	origin  atomic.Pointer[url.URL] // the only one that gets the secret; nil: no client was made yet
	problem string                  // why New refuses them; "" if it does not
}

// Scheme attaches a secret to a request, which then only the user's transport sees.
type Scheme interface {
	attach(req *http.Request, secret string)
}

// source returns the secret to attach.
type source interface {
	// token returns the current secret, of generation since or later. via sends the request for a
	// new one.
	token(ctx context.Context, via *Client, since int) (Token, error)
	// renew drops a secret that the service refused, and reports whether there may be another, of
	// the next generation.
	renew(refused Token) bool
	// secrets returns what must not be shown, besides the current token.
	secrets() []string
}

// Token is a secret that is used until it is stale.
type Token struct {
	Value string
	Stale time.Time // zero: never

	generation int  // how often tokens had been refused when this one was asked for
	kept       bool // for further calls, until it is stale or refused
}

func (t Token) stale() bool { return !t.Stale.IsZero() && !time.Now().Before(t.Stale) }

// Bearer is "Authorization: Bearer …".
func Bearer() Scheme { return headerPrefix("Bearer ") }

// TokenKey is "Authorization: Token …", as in Django REST framework.
func TokenKey() Scheme { return headerPrefix("Token ") }

// QueryToken is a parameter of the URL's query.
func QueryToken(name string) Scheme { return queryParameter(name) }

type headerPrefix string

func (prefix headerPrefix) attach(req *http.Request, secret string) {
	req.Header.Set("Authorization", string(prefix)+secret)
}

type queryParameter string

func (name queryParameter) attach(req *http.Request, secret string) {
	u := *req.URL
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += url.QueryEscape(string(name)) + "=" + url.QueryEscape(secret)
	req.URL = &u
}

type none struct{}

func (none) attach(*http.Request, string) {}

func newCredentials(scheme Scheme, s source) *Credentials {
	return &Credentials{scheme: scheme, source: s, pause: new(pause), line: new(turn.Line)}
}

// NoCredentials are for requests that carry their secret in the form.
func NoCredentials() *Credentials {
	return newCredentials(none{}, &fixed{})
}

// Static are credentials that never change. Further secrets are parts of the value that must not be
// shown on their own either.
func Static(scheme Scheme, secret string, further ...string) *Credentials {
	return newCredentials(scheme, &fixed{secret: secret, further: further})
}

// Basic is HTTP Basic with a user and a password, written as they are (RFC 7617). New refuses the
// credentials if either is unusable, or if the user name contains a colon.
func Basic(user, password string) *Credentials {
	problem := cmp.Or(Unusable("the user name", user), Unusable("the password", password))
	if problem == "" && strings.Contains(user, ":") {
		problem = "the user name holds a colon, which HTTP Basic cannot carry"
	}
	if problem != "" {
		return InvalidCredentials(problem)
	}
	return basic(user, password)
}

func basic(user, password string) *Credentials {
	return Static(headerPrefix("Basic "), base64.StdEncoding.EncodeToString([]byte(user+":"+password)), password)
}

// Unusable returns why a value cannot be a part of credentials, as a sentence that begins with the
// value's name, or "" if it can be. Refused are values that are empty, that begin or end with white
// space or invisible characters, or that contain control characters: they were read or copied
// wrongly. Blanks inside are allowed. Unusable does not trim, since the mistake is in the program
// that stores the value.
func Unusable(name, value string) string {
	switch {
	case value == "":
		return name + " is empty"
	case strings.TrimFunc(value, invisible) == "":
		return name + " is empty: it holds only white space"
	case !utf8.ValidString(value):
		return name + " is not UTF-8: save the file that it was read from as UTF-8"
	case strings.HasSuffix(value, "\n"), strings.HasSuffix(value, "\r"):
		return name + " ends with a line break: trim what was read from a file"
	case strings.TrimFunc(value, invisible) != value:
		return name + " has white space or invisible characters around it: trim them off"
	case strings.ContainsFunc(value, unicode.IsControl):
		return name + " holds a line break or another control character"
	}
	return ""
}

// invisible reports whether nobody sees the character: white space, control characters, a byte
// order mark and the like.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// InvalidCredentials returns credentials for which New fails with this problem. The functions that
// make credentials return no error.
func InvalidCredentials(problem string) *Credentials {
	return &Credentials{scheme: none{}, source: &fixed{}, problem: problem}
}

// Limited sets the limiter that clients with these credentials share, unless an option sets
// another.
func (c *Credentials) Limited(l activity.RateLimiter) *Credentials {
	c.limiter = l
	return c
}

// secrets returns all that must not be shown, besides the current token.
func (c *Credentials) secrets() []string {
	return slices.Concat(c.source.secrets(), c.recent.list())
}

// fixed is always used through a pointer: where fmt cannot call a method, it follows one pointer,
// but not two.
type fixed struct {
	secret  string
	further []string
}

func (f *fixed) token(context.Context, *Client, int) (Token, error) {
	return Token{Value: f.secret}, nil
}

func (f *fixed) renew(Token) bool  { return false }
func (f *fixed) secrets() []string { return append([]string{f.secret}, f.further...) }

// Hidden is the text form of all credentials.
const Hidden = "[credentials]"

// Format keeps the secrets out of fmt, whatever the verb.
func (c *Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Hidden)) }

// LogValue keeps the secrets out of log/slog.
func (c *Credentials) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText keeps the secrets out of JSON and other encodings.
func (c *Credentials) MarshalText() ([]byte, error) { return []byte(Hidden), nil }
