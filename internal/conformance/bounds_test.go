package conformance_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// beyond is longer than any duration may be.
const beyond = 366*24*time.Hour + 1

// Options with absurd values are refused when the client is made.
func TestAbsurdOptions(t *testing.T) {
	for name, opt := range map[string]activity.Option{
		"prefetch":           activity.WithPrefetch(257),
		"prefetch, most":     activity.WithPrefetch(math.MaxInt),
		"least wait":         activity.WithRetry(activity.RetryPolicy{MinWait: beyond}),
		"least wait, most":   activity.WithRetry(activity.RetryPolicy{MinWait: math.MaxInt64}),
		"longest wait":       activity.WithRetry(activity.RetryPolicy{MaxWait: beyond}),
		"longest wait, most": activity.WithRetry(activity.RetryPolicy{MaxWait: math.MaxInt64}),
		"Retry-After":        activity.WithRetry(activity.RetryPolicy{MaxRetryAfter: beyond}),
		"Retry-After, most":  activity.WithRetry(activity.RetryPolicy{MaxRetryAfter: math.MaxInt64}),
		"attempt":            activity.WithAttemptTimeout(beyond),
		"attempt, most":      activity.WithAttemptTimeout(math.MaxInt64),
		"a rate of nothing":  activity.WithRateLimit(math.SmallestNonzeroFloat64, 1),
		"a rate below zero":  activity.WithRateLimit(rate.Limit(math.Inf(-1)), 1),
		"bytes":              activity.WithMaxResponseBytes(math.MinInt64),
	} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				_, err := a.newClient(a.fill(0).logins[0].credentials(), opt)
				require.ErrorIs(t, err, activity.ErrInvalid)
				assert.NotEmpty(t, failure(t, a, err).Message)
			})
		})
	}
}

// The most that options may say works: nothing overflows, in a good call and in one that is
// repeated.
func TestExtremeOptions(t *testing.T) {
	for name, opt := range map[string]activity.Option{
		"prefetch": activity.WithPrefetch(256),
		"waits":    activity.WithRetry(activity.RetryPolicy{MinWait: beyond - 1, MaxWait: beyond - 1, MaxRetryAfter: beyond - 1}),
		"attempts": activity.WithRetry(activity.RetryPolicy{MaxAttempts: math.MaxInt}),
		"attempt":  activity.WithAttemptTimeout(beyond - 1),
		"a rate":   activity.WithRateLimit(rate.Inf, math.MaxInt),
		"a burst":  activity.WithRateLimit(rate.Limit(math.MaxFloat64), math.MaxInt),
		"bytes":    activity.WithMaxResponseBytes(math.MaxInt64),
	} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				s := a.fill(13)
				assert.Equal(t, down(13, 1), collect(t, s.client(t, opt).list(bounded(5))))
				s.Fail(fake.Fault{Status: 503})
				assert.Equal(t, down(13, 1), collect(t, s.client(t, opt).list(bounded(5))))
			})
		})
	}
}

// Queries and feeds with absurd values are refused before anything is sent.
func TestAbsurdQueries(t *testing.T) {
	year := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	for name, q := range map[string]query{
		"page size":          {pageSize: 100_001},
		"page size, most":    {pageSize: math.MaxInt},
		"page size, least":   {pageSize: math.MinInt},
		"from ahead":         {from: year(10_000), to: year(10_001)},
		"from, most":         {from: time.Unix(math.MaxInt64, 0), to: time.Unix(math.MaxInt64, 1)},
		"from before Christ": {from: year(-1), to: year(2000)},
		"to, most":           {from: year(2000), to: time.Unix(1<<60, 0)},
		"to, just beyond":    {from: year(2000), to: year(10_000).Add(-1)},
	} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				_, err := s.client(t).list(q).Page(t.Context(), "")
				if name == "to, just beyond" && a.vendor == "snaplogic" {
					return // which counts in milliseconds, and has one more
				}
				require.ErrorIs(t, err, activity.ErrInvalid)
				assert.Empty(t, s.Requests())
			})
		})
	}
	for name, o := range map[string]activity.FollowOptions{
		"every":                  {Every: beyond},
		"every, most":            {Every: math.MaxInt64},
		"lookback":               {Lookback: beyond},
		"lookback, most":         {Lookback: math.MaxInt64},
		"settle":                 {Settle: beyond},
		"settle, most":           {Settle: math.MaxInt64},
		"since the beginning":    {Since: time.Time{}.Add(1)},
		"since before 1970":      {Since: time.Unix(-1, 0)},
		"since after the end":    {Since: year(10_000)},
		"since after all of it":  {Since: time.Unix(1<<60, 0)},
		"every, less than none":  {Every: math.MinInt64},
		"a sum beyond the limit": {Lookback: math.MaxInt64, Settle: math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
				s := a.fill(3)
				if o.Since.IsZero() {
					o.Since = newest()
				}
				for b, err := range s.client(t).feed(query{}).Follow(t.Context(), activity.Checkpoint{}, o) {
					require.ErrorIs(t, err, activity.ErrInvalid)
					_ = failure(t, a, err)
					assert.Empty(t, b.Records)
				}
				assert.Empty(t, s.Requests())
			})
		})
	}
}

// The most that a feed's options may say works.
func TestExtremeFollowOptions(t *testing.T) {
	for name, o := range map[string]activity.FollowOptions{
		"lookback":     {Since: newest().AddDate(0, 0, -2), Lookback: beyond - 1, Settle: -1},
		"none of both": {Since: newest().AddDate(0, 0, -2), Lookback: math.MinInt64, Settle: math.MinInt64},
		"long ago":     {Since: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), Settle: -1},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, those(func(a *adapter) bool { return !a.noFeed }), func(t *testing.T, a *adapter) {
				records, err := roundOf(t.Context(), a.fill(13).client(t).feed(query{}), o)
				require.NoError(t, err)
				assert.Len(t, setOf(records), 13)
			})
		})
	}
}
