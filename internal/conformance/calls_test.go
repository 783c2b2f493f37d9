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

// noting is a limiter that takes a second for each slot, and notes what it may know.
type noting struct{ calls []activity.Call }

func (l *noting) Wait(ctx context.Context) error {
	call, ok := activity.CallFrom(ctx)
	if ok {
		l.calls = append(l.calls, call)
	}
	<-time.After(time.Second)
	return ctx.Err()
}

// Middleware and limiters learn from the context which request of which call it is, and how long it
// has waited.
func TestCallFrom(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		var calls []activity.Call
		note := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(req *http.Request) (*http.Response, error) {
				call, ok := activity.CallFrom(req.Context())
				assert.True(t, ok)
				calls = append(calls, call)
				return next.RoundTrip(req)
			})
		})
		limiter := new(noting)
		c := s.client(t, note, activity.WithRateLimiter(limiter), activity.WithTenant("acme prod"),
			activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2, MinWait: 4 * time.Second, MaxWait: 4 * time.Second}))
		s.Fail(fake.Fault{Status: 503, Delay: time.Minute / 2}, fake.Fault{Status: 503})
		_, err := idsUntil(t.Context(), c.list(bounded(5)), "")
		op := failure(t, a, err).Op
		call := func(attempt int, waited time.Duration) activity.Call {
			return activity.Call{Vendor: a.vendor, Tenant: "acme prod", Op: op, Attempt: attempt, Waited: waited}
		}
		assert.Equal(t, []activity.Call{call(1, time.Second), call(2, 5*time.Second)}, calls)
		assert.Equal(t, []activity.Call{call(1, 0), call(2, 4*time.Second)}, limiter.calls)

		_, ok := activity.CallFrom(t.Context())
		assert.False(t, ok)
	})
}

// A request that is repeated with another token is a request of its own.
func TestCallWithARenewedToken(t *testing.T) {
	everyLogin(t, func(l login) bool { return l.renews && l.asks }, func(t *testing.T, s *service, l login) {
		var attempts []int
		note := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return tripper(func(req *http.Request) (*http.Response, error) {
				call, _ := activity.CallFrom(req.Context())
				attempts = append(attempts, call.Attempt)
				return next.RoundTrip(req)
			})
		})
		c := s.clientWith(t, l.credentials(), note)
		s.Fail(fake.Fault{Status: 401})
		_, err := c.list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2}, attempts)
	})
}
