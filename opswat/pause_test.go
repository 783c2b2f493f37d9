package opswat_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// held makes the answer to the n-th API request carry headers.
func held(server *opswattest.Server, n int, status int, header func(now time.Time) http.Header) (answered *atomic.Pointer[time.Time]) {
	answered = new(atomic.Pointer[time.Time])
	server.FailWith(func(r opswattest.Request) *opswattest.Fault {
		if r.N != n+1 {
			return &opswattest.Fault{Delay: 2 * time.Second}
		}
		at := r.Time.Add(time.Second)
		answered.Store(&at)
		return &opswattest.Fault{Delay: time.Second, Status: status, Header: header(at)}
	})
	return answered
}

// What the service says about its quota silences every user of the credentials, not only the one who was told.
func TestServiceSilencesEverybody(t *testing.T) {
	date := func(at time.Time) string { return at.UTC().Format(http.TimeFormat) }
	tests := map[string]struct {
		status  int
		header  func(now time.Time) http.Header
		silence time.Duration
	}{
		"429, Retry-After in seconds": {429, func(time.Time) http.Header { return http.Header{"Retry-After": {"60"}} }, time.Minute},
		"429, Retry-After as a date": {429, func(now time.Time) http.Header {
			return http.Header{"Retry-After": {date(now.Add(90 * time.Second))}, "Date": {date(now)}}
		}, 90 * time.Second},
		"429, Retry-After as a date, local clock fast": {429, func(now time.Time) http.Header {
			return http.Header{"Retry-After": {date(now.Add(-time.Hour + time.Minute))}, "Date": {date(now.Add(-time.Hour))}}
		}, time.Minute},
		"429, reset in seconds": {429, func(time.Time) http.Header {
			return http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"45"}}
		}, 45 * time.Second},
		"429, reset since 1970": {429, func(now time.Time) http.Header {
			return http.Header{"X-Ratelimit-Reset-Time": {fmt.Sprint(now.Add(45 * time.Second).Unix())}, "Date": {date(now)}}
		}, 45 * time.Second},
		"200, nothing remains, reset in seconds": {0, func(time.Time) http.Header {
			return http.Header{"X-Ratelimit-Limit": {"10"}, "X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"30"}}
		}, 30 * time.Second},
		"200, nothing remains, reset since 1970": {0, func(now time.Time) http.Header {
			return http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {fmt.Sprint(now.Add(30 * time.Second).Unix())}, "Date": {date(now)}}
		}, 30 * time.Second},
		"200, something remains": {0, func(time.Time) http.Header {
			return http.Header{"X-Ratelimit-Remaining": {"1"}, "X-Ratelimit-Reset-Time": {"30"}}
		}, 0},
		"503 with Retry-After is the one call's own": {503, func(time.Time) http.Header { return http.Header{"Retry-After": {"30"}} }, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(10 * 365 * 24 * time.Hour) // a number below 1e9 is no point in time
				server := opswattest.NewServer(opswattest.WithoutQuota())
				answered := held(server, 4, tt.status, tt.header)
				client, other := twoClients(t, server)
				bursts(t, 4, 2, client, other) // one of them is told after a second, while the others are under way

				from := *answered.Load()
				var after []time.Duration
				for _, r := range server.APIRequests() {
					if r.Time.After(from) {
						after = append(after, r.Time.Sub(from))
					}
				}
				require.NotEmpty(t, after)
				first := slices.Min(after)
				assert.GreaterOrEqual(t, first, tt.silence)
				assert.LessOrEqual(t, first, tt.silence+2*time.Second, "no longer than was asked for")
			})
		})
	}
}

func twoClients(t *testing.T, server *opswattest.Server) (*opswat.Client, *opswat.Client) {
	t.Helper()
	c := server.Credentials()
	one, err := opswat.New(c, activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	two, err := opswat.New(c, activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	return one, two
}

// A pause that is longer than a call may wait ends it at once, and every other one before it sends anything.
func TestPauseBeyondPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Fail(opswattest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
		client, other := twoClients(t, server)
		_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrRateLimited)
		assert.Equal(t, time.Hour, kindOf(t, err).RetryAfter)
		assert.Equal(t, 1, kindOf(t, err).Attempts)

		_, err = other.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrRateLimited)
		assert.Equal(t, time.Hour, kindOf(t, err).RetryAfter)
		assert.Zero(t, kindOf(t, err).Attempts)
		assert.Zero(t, sinceStart())
		assert.Len(t, server.APIRequests(), 1)

		<-time.After(time.Hour)
		_, err = other.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err)
	})
}

// A service whose quota is smaller than documented is obeyed if it says so.
func TestHeadersOfASmallerQuota(t *testing.T) {
	for name, form := range map[string]opswattest.RateHeaders{"delta": opswattest.ResetInDelta, "epoch": opswattest.ResetInEpoch} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(10 * 365 * 24 * time.Hour)
				server := opswattest.NewServer(opswattest.WithQuota(4, time.Minute), opswattest.WithRateHeaders(form))
				delaying(server, latencies(1, 40))
				list := server.Client().Activities(opswat.ActivityQuery{})
				for range 40 {
					_, err := list.Page(t.Context(), "")
					require.NoError(t, err)
				}
				arrived := server.APIRequests()
				assert.Len(t, arrived, 40, "none was refused and repeated")
				assert.Equal(t, 4, opswattest.MaxInWindow(arrived, time.Minute))
			})
		})
	}
}

// A call that is given up while it waits for the quota ends at once and takes nothing from the others.
func TestCancelWhileWaitingForTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		client := server.Client()
		burst(t, 10, client)
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		_, err := client.Activities(opswat.ActivityQuery{}).Page(ctx, "")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 7*time.Second, sinceStart())
		assert.Zero(t, kindOf(t, err).Attempts)

		burst(t, 10, client)
		assert.Equal(t, time.Minute, sinceStart())
		assert.Len(t, server.APIRequests(), 20)
	})
}
