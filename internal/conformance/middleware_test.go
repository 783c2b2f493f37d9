package conformance_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestMiddlewareSeesEveryAttempt checks that middleware wraps each attempt of each request to the
// API, and none for a token.
func TestMiddlewareSeesEveryAttempt(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		var seen []string
		watch := func(name string) func(http.RoundTripper) http.RoundTripper {
			return beforeEach(func(req *http.Request) { seen = append(seen, name+" "+req.URL.Path) })
		}
		s.Fail(fake.Fault{}, fake.Fault{Status: 503}, fake.Fault{Reset: true})
		readAll(t, s.client(t, activity.WithMiddleware(watch("outer"), watch("inner"))).list(bounded(5)))
		require.Len(t, seen, 2*len(s.calls()))
		for i, r := range s.calls() {
			path := r.Path
			assert.Equal(t, "outer", seen[2*i][:5])
			assert.Equal(t, "inner", seen[2*i+1][:5])
			assert.NotContains(t, path, "token")
		}
	})
}

// recordingLimiter takes a second for each slot and records the calls that use it.
type recordingLimiter struct{ calls []activity.Call }

func (l *recordingLimiter) Wait(ctx context.Context) error {
	call, ok := activity.CallFrom(ctx)
	if ok {
		l.calls = append(l.calls, call)
	}
	<-time.After(time.Second)
	return ctx.Err()
}

// TestCallFrom checks that middleware and limiters find in the context which attempt of which call
// a request is, and how long it waited.
func TestCallFrom(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		var calls []activity.Call
		note := activity.WithMiddleware(beforeEach(func(req *http.Request) {
			call, ok := activity.CallFrom(req.Context())
			assert.True(t, ok)
			calls = append(calls, call)
		}))
		limiter := new(recordingLimiter)
		c := s.client(t, note, activity.WithRateLimiter(limiter), activity.WithTenant("acme prod"),
			activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2, MinWait: 4 * time.Second, MaxWait: 4 * time.Second}))
		s.Fail(fake.Fault{Status: 503, Delay: time.Minute / 2}, fake.Fault{Status: 503})
		_, err := readIDs(t.Context(), c.list(bounded(5)), "")
		op := asError(t, a, err).Op
		call := func(attempt int, waited time.Duration) activity.Call {
			return activity.Call{Vendor: a.vendor, Tenant: "acme prod", Op: op, Attempt: attempt, Waited: waited}
		}
		assert.Equal(t, []activity.Call{call(1, time.Second), call(2, 5*time.Second)}, calls)
		assert.Equal(t, []activity.Call{call(1, 0), call(2, 4*time.Second)}, limiter.calls)

		_, ok := activity.CallFrom(t.Context())
		assert.False(t, ok)
	})
}

// TestCallWithARenewedToken checks that a request which is repeated with a new token counts as an
// attempt.
func TestCallWithARenewedToken(t *testing.T) {
	everyLogin(t, func(l login) bool { return l.renewsToken && l.fetchesToken }, func(t *testing.T, s *service, l login) {
		var attempts []int
		note := activity.WithMiddleware(beforeEach(func(req *http.Request) {
			call, _ := activity.CallFrom(req.Context())
			attempts = append(attempts, call.Attempt)
		}))
		c := s.clientWith(t, l.credentials(), note)
		s.Fail(fake.Fault{Status: 401})
		_, err := c.list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2}, attempts)
	})
}
