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

// cached keeps a token until shortly before it expires, and has one fetch at a time get the next,
// for all who wait.
type cached struct {
	fetch  fetch
	hidden []string // secrets that the fetch works with
	// keep says what to do with a token that has no expiry: keep it until it is refused, or ask
	// again each time.
	keep bool
	// lasting: a fetch goes on when nobody waits for it any longer. It cannot be cancelled, or what
	// it brings would be lost for good.
	lasting bool

	mu  sync.Mutex
	now Token
	// generation counts how often tokens were refused. A token that was asked for before another
	// was refused may have been made invalid together with it.
	generation int
	flights    []*flight // the first is under way
}

// FromSource are credentials whose tokens somebody else provides. Token is called once at a time. A
// token with an expiry is kept until shortly before it; one without is asked for anew each time,
// since only its source knows when it changes. A source that is nil, or an interface around a nil
// pointer, gives credentials that New refuses.
func FromSource(scheme Scheme, src oauth2.TokenSource) *Credentials {
	if v := reflect.ValueOf(src); !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
		return InvalidCredentials("the token source is nil")
	}
	return newCredentials(scheme, &cached{fetch: foreign(src), lasting: true})
}

// Granted are credentials whose tokens the SDK requests itself. The secrets are those that the
// fetch works with. When nobody waits for a token any longer, its fetch is cancelled.
func Granted(scheme Scheme, f func(ctx context.Context, via *Client) (string, time.Time, error), secrets ...string) *Credentials {
	return newCredentials(scheme, &cached{fetch: f, hidden: secrets, keep: true})
}

// Rotating are [Granted] with a fetch whose answer cannot be had again. It is not cancelled, and
// never runs twice at the same time.
func Rotating(scheme Scheme, f func(ctx context.Context, via *Client) (string, time.Time, error), secrets ...string) *Credentials {
	return newCredentials(scheme, &cached{fetch: f, hidden: secrets, keep: true, lasting: true})
}

func (c *cached) secrets() []string { return c.hidden }

// token returns the kept token or waits for a new one, at most as long as ctx lives.
func (c *cached) token(ctx context.Context, via *Client, since int) (Token, error) {
	c.mu.Lock()
	if c.now.Value != "" && !c.now.stale() && c.now.generation >= since {
		defer c.mu.Unlock()
		return c.now, nil
	}
	if c.isFetching(ctx) {
		defer c.mu.Unlock()
		return Token{}, via.Fail("get token", activity.ErrInvalid, usesItself)
	}
	f := c.join(ctx, via, since)
	c.mu.Unlock()
	select {
	case <-f.landed:
		if f.end != nil {
			f.end()
		}
		return f.token, f.err
	case <-ctx.Done():
		c.leave(f)
		return Token{}, ctx.Err()
	}
}

const usesItself = "the function that provides or stores a token uses a client that needs this token"

// isFetching reports whether it is called from within the fetch of a token. The lock is held.
func (c *cached) isFetching(ctx context.Context) bool {
	return ctx.Value(fetching{c}) != nil || len(c.flights) > 0 && c.flights[0].goroutine == goroutine()
}

// CheckWait returns an error if the caller must not wait for another call of the client: that one
// may wait for the token that the caller is fetching.
func (c *Client) CheckWait(ctx context.Context, op string) error {
	tokens, ok := c.credentials.source.(*cached)
	if !ok {
		return nil
	}
	tokens.mu.Lock()
	defer tokens.mu.Unlock()
	if tokens.isFetching(ctx) {
		return c.Fail(op, activity.ErrInvalid, usesItself)
	}
	return nil
}

// renew forgets the token, unless it was asked for after the refused one was refused first.
func (c *cached) renew(refused Token) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation = max(c.generation, refused.generation+1)
	if c.now.generation <= refused.generation {
		c.now = Token{}
	}
	return true
}

// staleFrom is a tenth of what is left of the lifetime before the expiry, at most a minute, so that
// a token does not expire on its way.
func staleFrom(expiry time.Time) time.Time {
	if expiry.IsZero() {
		return time.Time{}
	}
	return expiry.Add(-min(time.Minute, max(time.Until(expiry)/10, 0)))
}

// foreign asks a user's token source.
func foreign(src oauth2.TokenSource) fetch {
	return func(_ context.Context, via *Client) (string, time.Time, error) {
		token, err := src.Token()
		switch {
		case err != nil:
			return "", time.Time{}, sourceError(via, err)
		case token == nil || token.AccessToken == "":
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized, "the token source gave an empty token")
		case strings.ContainsFunc(token.AccessToken, unprintable):
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized,
				"the token source gave a token that holds white space or control characters")
		case len(token.AccessToken) > maxToken, len(token.RefreshToken) > maxToken:
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized, "the token source returned a token of more than 16 KiB")
		}
		via.credentials.recent.add(token.AccessToken, token.RefreshToken)
		return token.AccessToken, token.Expiry, nil
	}
}

func unprintable(r rune) bool { return r <= ' ' || r >= 0x7f }
