package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// tokens returns token-1, token-2, … with a lifetime, each after a delay.
type tokens struct {
	lifetime, delay time.Duration
	issued          atomic.Int32
}

func (s *tokens) fetch(ctx context.Context, _ *transport.Client) (string, time.Time, error) {
	select {
	case <-time.After(s.delay):
	case <-ctx.Done():
		return "", time.Time{}, ctx.Err()
	}
	return fmt.Sprintf("token-%d", s.issued.Add(1)), time.Now().Add(s.lifetime), nil
}

// tokensOf returns the tokens of the requests, in order.
func tokensOf(requests []sent) []string {
	var values []string
	for _, r := range requests {
		values = append(values, strings.TrimPrefix(r.req.Header.Get("Authorization"), "Bearer "))
	}
	return values
}

func TestTokenIsKeptAndRenewedAheadOfExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Hour}
		s := &script{steps: []step{answer(200, things)}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s)
		for _, wait := range []time.Duration{0, 58 * time.Minute, 59 * time.Second, time.Second} {
			pass(wait)
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"token-1", "token-1", "token-1", "token-2"}, tokensOf(s.sent()))
	})
}

func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Hour}
		r := &recorder{}
		s := &script{steps: []step{answer(401, ""), answer(200, things)}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s, activity.WithRateLimiter(r))
		begun := time.Now()
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, []string{"token-1", "token-2"}, tokensOf(s.sent()))
		assert.Equal(t, 2, r.begun, "gated like any attempt")
		assert.Zero(t, time.Since(begun), "but without a wait")
	})
}

// A call that may change something on the service is sent once, even if it fails.
func TestWritesAreSentOnce(t *testing.T) {
	for _, status := range []int{401, 429, 503} {
		source := &tokens{lifetime: time.Hour}
		s := &script{steps: []step{answer(status, ""), answer(200, things)}}
		call := list()
		call.Read = false
		_, err := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s).Do(t.Context(), call)
		assert.Equal(t, status, asError(t, err).StatusCode)
		assert.Len(t, s.sent(), 1)
	}
}

func TestRenewalIsPossibleAgainAfterAnotherAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Hour}
		s := &script{steps: []step{answer(401, ""), answer(503, ""), answer(401, ""), answer(200, things)}}
		_, err := do(t.Context(), newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s))
		require.NoError(t, err)
		assert.Equal(t, []string{"token-1", "token-2", "token-2", "token-3"}, tokensOf(s.sent()))
	})
}

// A late refusal of a token that was replaced meanwhile does not replace it again.
func TestLateRefusalKeepsTheNewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Hour}
		s := &script{steps: []step{late(time.Second, answer(401, "")), late(3*time.Second, answer(401, "")), answer(200, things)}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { _, err := do(t.Context(), client); assert.NoError(t, err) })
		}
		wg.Wait()
		assert.Equal(t, []string{"token-1", "token-1", "token-2", "token-2"}, tokensOf(s.sent()))
	})
}

// An error does not show a token that was replaced during the call.
func TestReplacedTokenIsNotShown(t *testing.T) {
	source := &tokens{lifetime: time.Hour}
	s := &script{steps: []step{answer(401, ""), answer(400, `{"message":"neither token-1 nor token-2"}`)}}
	_, err := do(t.Context(), newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s))
	assert.Equal(t, "neither [redacted] nor [redacted]", asError(t, err).Message)
}

// Calls that waited for the same token get separate errors.
func TestTokenErrorIsNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClientWith(t, transport.Granted(transport.Bearer(), func(context.Context, *transport.Client) (string, time.Time, error) {
			pass(time.Second)
			return "", time.Time{}, &activity.Error{Kind: activity.ErrUnauthorized}
		}), &script{})
		var failures [2]error
		var wg sync.WaitGroup
		for i := range failures {
			wg.Go(func() { _, failures[i] = do(t.Context(), client) })
		}
		wg.Wait()
		assert.NotSame(t, asError(t, failures[0]), asError(t, failures[1]))
	})
}

func TestTokenThatGoesStaleInTheQueueIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Minute}
		s := &script{steps: []step{answer(200, things)}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s,
			activity.WithRateLimiter(activity.NewWindowLimiter(1, 10*time.Minute)))
		for range 2 {
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"token-1", "token-2"}, tokensOf(s.sent()), "token-1 was good before the wait, and stale after it")
	})
}

func TestFailedTokenKeepsNoSlot(t *testing.T) {
	r := &recorder{}
	fetch := func(context.Context, *transport.Client) (string, time.Time, error) {
		return "", time.Time{}, errors.New("vault sealed")
	}
	_, err := do(t.Context(), newClientWith(t, transport.Granted(transport.Bearer(), fetch), &script{}, activity.WithRateLimiter(r)))
	require.ErrorContains(t, err, "vault sealed")
	assert.Zero(t, r.begun, "token, then wait")
}

// source is a user's token source.
type source func() (*oauth2.Token, error)

func (f source) Token() (*oauth2.Token, error) { return f() }

func TestTokenSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		expiry := time.Time{}
		credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			asked++
			return &oauth2.Token{AccessToken: fmt.Sprint("t", asked), Expiry: expiry}, nil
		}))
		s := &script{steps: []step{answer(200, things)}}
		client := newClientWith(t, credentials, s)
		for range 2 {
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, 2, asked, "without an expiry only the source knows")
		expiry = time.Now().Add(time.Hour)
		for range 3 {
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, 3, asked, "with an expiry the token is kept")
		assert.Equal(t, []string{"t1", "t2", "t3", "t3", "t3"}, tokensOf(s.sent()))
	})
}

func TestTokenSourceWithTheSameTokenAgain(t *testing.T) {
	s := &script{steps: []step{answer(401, "")}}
	_, err := do(t.Context(), newClientWith(t,
		transport.FromSource(transport.Bearer(), oauth2.StaticTokenSource(&oauth2.Token{AccessToken: key})), s))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.Len(t, s.sent(), 1, "the same token would be refused again")
	assert.Equal(t, 401, asError(t, err).StatusCode)
}

func TestTokenSourceFails(t *testing.T) {
	for name, tt := range map[string]struct {
		token *oauth2.Token
		err   error
		want  error
	}{
		"no token":        {nil, nil, activity.ErrUnauthorized},
		"empty token":     {&oauth2.Token{}, nil, activity.ErrUnauthorized},
		"unusable token":  {&oauth2.Token{AccessToken: key + "\n"}, nil, activity.ErrUnauthorized},
		"refused":         {nil, &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, Body: []byte(key), ErrorCode: "invalid_grant", ErrorDescription: key}, activity.ErrUnauthorized},
		"server":          {nil, fmt.Errorf("wrapped: %w", &oauth2.RetrieveError{Response: &http.Response{StatusCode: 503}, Body: []byte(key)}), activity.ErrServer},
		"no response":     {nil, &oauth2.RetrieveError{ErrorCode: key + " " + key}, activity.ErrUnauthorized},
		"unreachable":     {nil, fmt.Errorf("wrapped: %w", &url.Error{Op: "Post", URL: "https://id.example.com/?secret=" + key, Err: errors.New("refused")}), nil},
		"own words":       {nil, errors.New("exec: helper not found"), nil},
		"one of our kind": {nil, &activity.Error{Kind: activity.ErrForbidden}, activity.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{}
			credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) { return tt.token, tt.err }))
			_, err := do(t.Context(), newClientWith(t, credentials, s))
			e := asError(t, err)
			assert.Equal(t, tt.want, e.Kind)
			assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), key)
			assert.Empty(t, s.sent())
		})
	}
}

func TestHangingSourceBlocksNoCancelledCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			<-release
			return &oauth2.Token{AccessToken: key}, nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := do(ctx, newClientWith(t, credentials, &script{}))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		close(release)
	})
}
