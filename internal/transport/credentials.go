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
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/turn"
)

// Credentials are what a vendor package's opaque Credentials value points at: how a secret is
// attached, where it comes from, and what all clients that were made with that value share.
type Credentials struct {
	scheme  Scheme
	source  source
	limiter activity.RateLimiter // the vendor's default, or nil
	pause   *pause
	line    *turn.Line // of the requests that have the credentials' limiter, or none
	learnt  learnt
	forms   formCache
	origin  atomic.Pointer[url.URL] // the only one to which they go; nil: no client was made yet
	problem string                  // why New has to refuse them; "" if there is nothing wrong
}

// Scheme attaches a secret to a request that nobody but the transport sees afterwards.
type Scheme interface {
	attach(req *http.Request, secret string)
}

// source gives the secret to attach.
type source interface {
	// token returns the current secret, of that generation or a later one. via sends the request
	// for a new one.
	token(ctx context.Context, via *Client, since int) (Token, error)
	// renew forgets a secret that the service refused, and reports whether there may be another, of
	// the next generation.
	renew(refused Token) bool
	// secrets are what must not be seen, beside the current token.
	secrets() []string
}

// Token is a secret with the time from which it should not be used any more; the zero time means
// never.
type Token struct {
	Value string
	Stale time.Time

	generation int  // how often tokens had been refused when this one was asked for
	kept       bool // until it is stale or refused
}

func (t Token) stale() bool { return !t.Stale.IsZero() && !time.Now().Before(t.Stale) }

// Bearer is "Authorization: Bearer …".
func Bearer() Scheme { return headerPrefix("Bearer ") }

// TokenKey is "Authorization: Token …", as Django REST framework has it.
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
// seen on their own either.
func Static(scheme Scheme, secret string, further ...string) *Credentials {
	return newCredentials(scheme, &fixed{secret: secret, further: further})
}

// Basic is HTTP Basic with a user and a password, written as they are (RFC 7617). New refuses the
// credentials if either is unusable, or if the user name holds a colon.
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
// value's name, or "" if it can be. No service has a name or a secret that is empty, or has white
// space or invisible characters around it, or control characters in it: such a value was read or
// copied with too much. Blanks inside are legal. Nothing is trimmed here, since the program that
// stores the value is where the mistake is.
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

// invisible: white space, and what else a copied text may begin or end with unseen, such as a byte
// order mark.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// InvalidCredentials returns credentials for which New fails with this problem. The functions that
// make credentials return no error.
func InvalidCredentials(problem string) *Credentials {
	return &Credentials{scheme: none{}, source: &fixed{}, problem: problem}
}

// Limited sets the limiter that clients with these credentials share unless an option names
// another.
func (c *Credentials) Limited(l activity.RateLimiter) *Credentials {
	c.limiter = l
	return c
}

// secrets are all that must not be seen, beside the token in use.
func (c *Credentials) secrets() []string {
	return slices.Concat(c.source.secrets(), c.learnt.list())
}

// learnt are secrets that became known while the credentials were in use: tokens, and what they were
// requested with. An error may quote one long after it was replaced. The newest are kept; those
// that are used again count as new.
type learnt struct {
	mu     sync.Mutex
	values []string
}

// All together have at most maxLearnt bytes, where each counts as minLearnt at least.
const (
	maxLearnt = 64 << 10
	minLearnt = 1 << 10
)

func (l *learnt) add(secrets ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, secret := range secrets {
		l.values = slices.DeleteFunc(l.values, func(known string) bool { return known == secret })
		if secret != "" {
			l.values = append(l.values, secret)
		}
	}
	room := maxLearnt
	for i, secret := range slices.Backward(l.values) {
		if room -= max(len(secret), minLearnt); room < 0 {
			l.values = slices.Delete(l.values, 0, i+1)
			break
		}
	}
}

func (l *learnt) list() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.values)
}

// fixed is always used through a pointer: where fmt cannot call a method, it prints what one
// pointer leads to, but not what two do.
type fixed struct {
	secret  string
	further []string
}

func (f *fixed) token(context.Context, *Client, int) (Token, error) {
	return Token{Value: f.secret}, nil
}

func (f *fixed) renew(Token) bool  { return false }
func (f *fixed) secrets() []string { return append([]string{f.secret}, f.further...) }

// Hidden is what every text form of credentials says.
const Hidden = "[credentials]"

// Format keeps the secrets out of fmt, whatever the verb.
func (c *Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Hidden)) }

// LogValue keeps the secrets out of log/slog.
func (c *Credentials) LogValue() slog.Value { return slog.StringValue(Hidden) }

// MarshalText keeps the secrets out of JSON and other encodings.
func (c *Credentials) MarshalText() ([]byte, error) { return []byte(Hidden), nil }
