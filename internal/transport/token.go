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

// cached keeps a token until shortly before it expires. One fetch at a time gets the next one, for
// all who wait.
type cached struct {
	fetch  fetch
	hidden []string // secrets that the fetch uses
	// keep: a token without an expiry is kept until it is refused. Otherwise it is asked for each
	// time.
	keep bool
	// uncancelled: a fetch continues when nobody waits for it any longer, since it cannot be
	// cancelled, or since its token would be lost.
	uncancelled bool

	mu      sync.Mutex
	current Token
	// generation counts how often tokens were refused. A token that was requested before another
	// was refused may have become invalid together with it.
	generation int
	flights    []*flight // the first is running
}

// FromSource are credentials whose tokens the user's source provides. Token is called once at a
// time. A token with an expiry is kept until shortly before it. One without is asked for each time,
// since only its source knows when it changes. New refuses a source that is nil, or an interface
// around a nil pointer.
func FromSource(scheme Scheme, src oauth2.TokenSource) *Credentials {
	if v := reflect.ValueOf(src); !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.Func) && v.IsNil() {
		return InvalidCredentials("the token source is nil")
	}
	return newCredentials(scheme, &cached{fetch: fromSource(src), uncancelled: true})
}

// Granted are credentials whose tokens the SDK requests itself. The secrets are those that the
// fetch uses. A fetch is cancelled when nobody waits for its token any longer.
func Granted(scheme Scheme, f func(ctx context.Context, via *Client) (string, time.Time, error), secrets ...string) *Credentials {
	return newCredentials(scheme, &cached{fetch: f, hidden: secrets, keep: true})
}

// Rotating are [Granted] credentials whose fetch gets each answer only once, as with a refresh
// token that each request replaces. A fetch is not cancelled, and never runs twice at the same
// time.
func Rotating(scheme Scheme, f func(ctx context.Context, via *Client) (string, time.Time, error), secrets ...string) *Credentials {
	return newCredentials(scheme, &cached{fetch: f, hidden: secrets, keep: true, uncancelled: true})
}

func (c *cached) secrets() []string { return c.hidden }

// token returns the current token or waits for a new one until ctx ends.
func (c *cached) token(ctx context.Context, via *Client, since int) (Token, error) {
	c.mu.Lock()
	if c.current.Value != "" && !c.current.stale() && c.current.generation >= since {
		defer c.mu.Unlock()
		return c.current, nil
	}
	if c.isFetching(ctx) {
		defer c.mu.Unlock()
		return Token{}, via.Fail("get token", activity.ErrInvalid, usesItself)
	}
	f := c.join(ctx, via, since)
	c.mu.Unlock()
	select {
	case <-f.done:
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

// isFetching reports whether it is called from within the fetch of a token. The caller holds the
// lock.
func (c *cached) isFetching(ctx context.Context) bool {
	return ctx.Value(fetching{c}) != nil || len(c.flights) > 0 && c.flights[0].goroutine == goroutine()
}

// CheckWait returns an error if the caller must not wait for another call of the client, which may
// wait for the token that the caller is fetching.
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

// renew drops the current token, unless it is newer than the first refusal of the refused one.
func (c *cached) renew(refused Token) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation = max(c.generation, refused.generation+1)
	if c.current.generation <= refused.generation {
		c.current = Token{}
	}
	return true
}

// staleFrom returns when a token becomes stale: before it expires, by a tenth of its remaining
// lifetime, at most a minute. So no token expires on its way to the service.
func staleFrom(expiry time.Time) time.Time {
	if expiry.IsZero() {
		return time.Time{}
	}
	return expiry.Add(-min(time.Minute, max(time.Until(expiry)/10, 0)))
}

// fromSource asks a user's token source.
func fromSource(src oauth2.TokenSource) fetch {
	return func(_ context.Context, via *Client) (string, time.Time, error) {
		token, err := src.Token()
		switch {
		case err != nil:
			return "", time.Time{}, sourceError(via, err)
		case token == nil || token.AccessToken == "":
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized, "the token source returned an empty token")
		case strings.ContainsFunc(token.AccessToken, unprintable):
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized,
				"the token source returned a token with white space or control characters")
		case len(token.AccessToken) > maxToken, len(token.RefreshToken) > maxToken:
			return "", time.Time{}, via.Fail("get token", activity.ErrUnauthorized, "the token source returned a token of more than 16 KiB")
		}
		via.credentials.recent.add(token.AccessToken, token.RefreshToken)
		return token.AccessToken, token.Expiry, nil
	}
}

func unprintable(r rune) bool { return r <= ' ' || r >= 0x7f }
