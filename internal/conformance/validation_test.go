package conformance_test

import (
	"math"
	"net/http"
	"strconv"
	"strings"
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

// TestOptionsOutOfRange checks that New refuses options with values out of range.
func TestOptionsOutOfRange(t *testing.T) {
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
			everyVendor(t, func(t *testing.T, a *adapter) {
				_, err := a.newClient(a.fill(0).logins[0].credentials(), opt)
				require.ErrorIs(t, err, activity.ErrInvalid)
				assert.NotEmpty(t, asError(t, a, err).Message)
			})
		})
	}
}

// TestLargestOptions checks that the largest values of options work, with and without a retry.
func TestLargestOptions(t *testing.T) {
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
			everyVendor(t, func(t *testing.T, a *adapter) {
				s := a.fill(13)
				assert.Equal(t, descending(13, 1), readAll(t, s.client(t, opt).list(bounded(5))))
				s.Fail(fake.Fault{Status: 503})
				assert.Equal(t, descending(13, 1), readAll(t, s.client(t, opt).list(bounded(5))))
			})
		})
	}
}

// TestQueriesOutOfRange checks that values out of range are refused in queries and in the options
// of a feed, before a request is sent.
func TestQueriesOutOfRange(t *testing.T) {
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
			everyVendor(t, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				_, err := s.client(t).list(q).Page(t.Context(), "")
				if name == "to, just beyond" && a.vendor == "snaplogic" {
					return // SnapLogic counts milliseconds: this time is in range
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
			everyFeed(t, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				if o.Since.IsZero() {
					o.Since = newest()
				}
				for b, err := range s.client(t).feed(query{}).Follow(t.Context(), activity.Checkpoint{}, o) {
					require.ErrorIs(t, err, activity.ErrInvalid)
					_ = asError(t, a, err)
					assert.Empty(t, b.Records)
				}
				assert.Empty(t, s.Requests())
			})
		})
	}
}

// TestInvalidQueries checks that an invalid query is refused before a request is sent, however the
// list or the feed is read.
func TestInvalidQueries(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		c := s.client(t)
		check := func(err error) {
			require.ErrorIs(t, err, activity.ErrInvalid)
			e := asError(t, a, err)
			assert.Zero(t, e.StatusCode)
			assert.Zero(t, e.Attempts)
			assert.False(t, e.Temporary())
		}
		for _, q := range []query{{pageSize: -1}, {from: newest(), to: newest().Add(-time.Hour)}} {
			l := c.list(q)
			for range 2 {
				_, err := readIDs(t.Context(), l, "")
				check(err)
				_, err = l.Page(t.Context(), "")
				check(err)
				_, err = readIDs(t.Context(), l, "a1.e30")
				check(err)
			}
		}
		if !a.noFeed {
			for _, q := range []query{{pageSize: -1}, {from: newest()}, {to: newest()}} {
				for b, err := range c.feed(q).Round(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: newest()}) {
					check(err)
					assert.Empty(t, b.Records)
				}
			}
		}
		assert.Empty(t, s.Requests())
	})
}

// TestLargestFollowOptions checks that the largest values of a feed's options work.
func TestLargestFollowOptions(t *testing.T) {
	for name, o := range map[string]activity.FollowOptions{
		"lookback":     {Since: newest().AddDate(0, 0, -2), Lookback: beyond - 1, Settle: -1},
		"none of both": {Since: newest().AddDate(0, 0, -2), Lookback: math.MinInt64, Settle: math.MinInt64},
		"long ago":     {Since: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), Settle: -1},
	} {
		t.Run(name, func(t *testing.T) {
			everyFeed(t, func(t *testing.T, a *adapter) {
				records, err := readRound(t.Context(), a.fill(13).client(t).feed(query{}), o)
				require.NoError(t, err)
				assert.Len(t, countIDs(records), 13)
			})
		})
	}
}

// TestSecretsWithSpaces checks that New refuses a secret with white space around it, as one read
// from a file may have. A token from a program's own source is refused when it is used, and no
// request is sent with it.
func TestSecretsWithSpaces(t *testing.T) {
	for _, around := range []string{"%s\n", "%s\r\n", "\n%s", " %s", "%s ", "\t%s"} {
		spoilt := func(secret string) string { return strings.Replace(around, "%s", secret, 1) }
		s := secrets{password: spoilt("word"), token: spoilt("word"), refreshToken: spoilt("word"), apiKey: spoilt("word"), privateKey: privateKey(t)}
		t.Run(strconv.Quote(around), func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				for _, l := range a.logins(s) {
					sent := 0
					c, err := a.newClient(l.credentials(), activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
						sent++
						return grantToken(req, "")
					})))
					if err == nil {
						require.NotNil(t, a.bearer, "%s is not refused", l.name)
						require.False(t, l.fetchesToken, "%s is not refused", l.name)
						_, err = c.list(query{}).Page(t.Context(), "")
					}
					require.Error(t, err, l.name)
					assert.Zero(t, sent, l.name)
				}
			})
		})
	}
}
