package transport

import (
	"context"
	"reflect"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
)

// fetch gets one new token. It is never run twice at the same time for the same credentials. A zero
// expiry means that nobody knows.
type fetch func(ctx context.Context, via *Client) (value string, expiry time.Time, err error)

// cached keeps a token until shortly before it expires and lets one caller at a time fetch the
// next, for all who wait.
type cached struct {
	fetch  fetch
	hidden []string // secrets that the fetch works with
	// keep says what to do with a token that has no expiry: keep it until it is refused, or ask
	// again each time.
	keep bool

	mu     sync.Mutex
	now    Token
	flight *flight // nil: nobody is fetching
}

// flight is one fetch on its way.
type flight struct {
	landed chan struct{} // closed when token and err are set
	token  Token
	err    error
}

// FromSource are credentials whose tokens somebody else provides. Token is called once at a time. A
// token with an expiry is kept until shortly before it; one without is asked for anew each time,
// since only its source knows when it changes. A source that is nil, or an interface around a nil
// pointer, gives credentials that New refuses.
func FromSource(scheme Scheme, src oauth2.TokenSource) *Credentials {
	if v := reflect.ValueOf(src); !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
		return Refused("the token source is nil")
	}
	return &Credentials{scheme: scheme, source: &cached{fetch: foreign(src)}}
}

// Granted are credentials whose tokens the SDK requests itself. The secrets are those that the
// fetch works with.
func Granted(scheme Scheme, f func(ctx context.Context, via *Client) (string, time.Time, error), secrets ...string) *Credentials {
	return &Credentials{scheme: scheme, source: &cached{fetch: f, hidden: secrets, keep: true}}
}

func (c *cached) secrets() []string { return c.hidden }

// token returns the kept token or waits for a new one, at most as long as ctx lives. The fetch
// itself does not end with ctx: others may wait for it too.
func (c *cached) token(ctx context.Context, via *Client) (Token, error) {
	c.mu.Lock()
	if c.now.Value != "" && !c.now.stale() {
		defer c.mu.Unlock()
		return c.now, nil
	}
	f := c.flight
	if f == nil {
		f = &flight{landed: make(chan struct{})}
		c.flight = f
		go c.fly(context.WithoutCancel(ctx), via, f)
	}
	c.mu.Unlock()
	select {
	case <-f.landed:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, ctx.Err()
	}
}

func (c *cached) fly(ctx context.Context, via *Client, f *flight) {
	value, expiry, err := c.fetch(ctx, via)
	c.mu.Lock()
	defer c.mu.Unlock()
	f.err = err
	if err == nil {
		f.token = Token{Value: value, Stale: staleFrom(expiry)}
		if c.keep || !expiry.IsZero() {
			c.now = f.token
		}
	}
	c.flight = nil
	close(f.landed)
}

// staleFrom is a tenth of what is left of the lifetime before the expiry, at most a minute, so that
// a token does not expire on its way.
func staleFrom(expiry time.Time) time.Time {
	if expiry.IsZero() {
		return time.Time{}
	}
	return expiry.Add(-min(time.Minute, max(time.Until(expiry)/10, 0)))
}

func (c *cached) renew(refused string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now.Value == refused {
		c.now = Token{}
	}
	return true
}

// foreign asks a user's token source. The token that it returned last stays out of its errors.
func foreign(src oauth2.TokenSource) fetch {
	last := ""
	return func(_ context.Context, via *Client) (string, time.Time, error) {
		token, err := src.Token()
		switch {
		case err != nil:
			return "", time.Time{}, sourceError(via, err, append(via.credentials.secrets(), last))
		case token == nil || token.AccessToken == "":
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized, "the token source gave an empty token")
		case strings.ContainsFunc(token.AccessToken, unprintable):
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized,
				"the token source gave a token that holds white space or control characters")
		}
		last = token.AccessToken
		return last, token.Expiry, nil
	}
}

func unprintable(r rune) bool { return r <= ' ' || r >= 0x7f }
