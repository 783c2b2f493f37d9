package activity_test

import (
	"log/slog"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/settings"
)

func TestOptionsRefuse(t *testing.T) {
	var noLimiter *rate.Limiter
	var noTransport *http.Transport
	for name, opt := range map[string]activity.Option{
		"empty base URL":      activity.WithBaseURL(" "),
		"nil transport":       activity.WithTransport(nil),
		"nil pointer":         activity.WithTransport(noTransport),
		"nil middleware":      activity.WithMiddleware(func(rt http.RoundTripper) http.RoundTripper { return rt }, nil),
		"negative attempts":   activity.WithRetry(activity.RetryPolicy{MaxAttempts: -1}),
		"negative wait":       activity.WithRetry(activity.RetryPolicy{MinWait: -1}),
		"negative limit":      activity.WithRetry(activity.RetryPolicy{MaxRetryAfter: -1}),
		"waits crossed":       activity.WithRetry(activity.RetryPolicy{MinWait: 2, MaxWait: 1}),
		"no time":             activity.WithAttemptTimeout(0),
		"nil limiter":         activity.WithRateLimiter(nil),
		"nil limiter pointer": activity.WithRateLimiter(noLimiter),
		"rate of zero":        activity.WithRateLimit(0, 1),
		"rate of NaN":         activity.WithRateLimit(rate.Limit(math.NaN()), 1),
		"burst of zero":       activity.WithRateLimit(1, 0),
		"nil logger":          activity.WithLogger(nil),
		"empty product":       activity.WithUserAgent(""),
		"product of two":      activity.WithUserAgent("a\r\nX: b"),
		"no bytes":            activity.WithMaxResponseBytes(0),
		"negative prefetch":   activity.WithPrefetch(-1),
	} {
		t.Run(name, func(t *testing.T) {
			s := settings.Default()
			err := opt(&s)
			require.ErrorIs(t, err, activity.ErrInvalid)
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.NotEmpty(t, e.Message)
		})
	}
}

func apply(t *testing.T, opts ...activity.Option) settings.Settings {
	t.Helper()
	s := settings.Default()
	for _, opt := range opts {
		require.NoError(t, opt(&s))
	}
	return s
}

func TestDefaults(t *testing.T) {
	s := apply(t)
	assert.Equal(t, settings.Retry{MaxAttempts: 5, MinWait: 500 * time.Millisecond, MaxWait: 30 * time.Second, MaxRetryAfter: 5 * time.Minute}, s.Retry)
	assert.Equal(t, time.Minute, s.AttemptTimeout)
	assert.EqualValues(t, 128<<20, s.MaxResponseBytes)
	assert.Zero(t, s.Prefetch)
	assert.Nil(t, s.Limiter)
	assert.False(t, s.InsecureHTTP)
}

func TestOptionsApply(t *testing.T) {
	limiter := activity.NewWindowLimiter(1, time.Second)
	logger := slog.New(slog.DiscardHandler)
	transport := &http.Transport{}
	keep := func(rt http.RoundTripper) http.RoundTripper { return rt }
	s := apply(t, activity.WithBaseURL("https://x"), activity.WithTransport(transport), activity.WithMiddleware(keep), activity.WithMiddleware(keep, keep),
		activity.WithAttemptTimeout(time.Second), activity.WithRateLimiter(limiter), activity.WithLogger(logger), activity.WithUserAgent(" siem/1 "),
		activity.WithMaxResponseBytes(7), activity.WithPrefetch(3), activity.WithInsecureHTTP())
	assert.Equal(t, "https://x", s.BaseURL)
	assert.Same(t, transport, s.Transport)
	assert.Len(t, s.Middleware, 3)
	assert.Equal(t, time.Second, s.AttemptTimeout)
	assert.Same(t, limiter, s.Limiter)
	assert.Same(t, logger, s.Logger)
	assert.Equal(t, "siem/1 activity-sdk-go", s.UserAgent)
	assert.EqualValues(t, 7, s.MaxResponseBytes)
	assert.Equal(t, 3, s.Prefetch)
	assert.True(t, s.InsecureHTTP)

	bucket, ok := apply(t, activity.WithRateLimit(2, 5)).Limiter.(*rate.Limiter)
	require.True(t, ok)
	assert.Equal(t, rate.Limit(2), bucket.Limit())
	assert.Equal(t, 5, bucket.Burst())
}

func TestRetryPolicyDefaults(t *testing.T) {
	for _, tt := range []struct {
		policy activity.RetryPolicy
		want   settings.Retry
	}{
		{activity.RetryPolicy{}, settings.Default().Retry},
		{activity.RetryPolicy{MaxAttempts: 1}, settings.Retry{MaxAttempts: 1, MinWait: 500 * time.Millisecond, MaxWait: 30 * time.Second, MaxRetryAfter: 5 * time.Minute}},
		{activity.RetryPolicy{MaxWait: time.Millisecond}, settings.Retry{MaxAttempts: 5, MinWait: time.Millisecond, MaxWait: time.Millisecond, MaxRetryAfter: 5 * time.Minute}},
		{activity.RetryPolicy{MinWait: time.Minute}, settings.Retry{MaxAttempts: 5, MinWait: time.Minute, MaxWait: time.Minute, MaxRetryAfter: 5 * time.Minute}},
		{activity.RetryPolicy{MinWait: 1, MaxWait: 2, MaxRetryAfter: 3}, settings.Retry{MaxAttempts: 5, MinWait: 1, MaxWait: 2, MaxRetryAfter: 3}},
	} {
		assert.Equal(t, tt.want, apply(t, activity.WithRetry(tt.policy)).Retry)
	}
}

// Options can be used for several clients at once.
func TestOptionsAreShared(t *testing.T) {
	options := []activity.Option{
		activity.WithBaseURL("https://example.com"), activity.WithTransport(http.DefaultTransport),
		activity.WithMiddleware(func(rt http.RoundTripper) http.RoundTripper { return rt }), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}),
		activity.WithAttemptTimeout(time.Second), activity.WithRateLimiter(rate.NewLimiter(1, 1)), activity.WithLogger(slog.Default()),
		activity.WithUserAgent("test"), activity.WithTenant("acme"), activity.WithMaxResponseBytes(1 << 20), activity.WithPrefetch(2), activity.WithInsecureHTTP(),
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var s settings.Settings
			for _, option := range options {
				assert.NoError(t, option(&s))
			}
			assert.Equal(t, 1, s.Retry.MaxAttempts)
		})
	}
	all.Wait()
}
