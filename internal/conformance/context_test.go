package conformance_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// Whatever a call waits for, it ends when its context does, and says so. The next one is not
// concerned.
func TestContextEndsAWait(t *testing.T) {
	type setup func(s *service) []activity.Option
	faulty := func(fault fake.Fault) setup {
		return func(s *service) []activity.Option {
			s.Fail(fault)
			return nil
		}
	}
	for name, c := range map[string]struct {
		setup  setup
		status int // that the error has, of the last answer
	}{
		"an answer": {faulty(fake.Fault{Delay: 50 * time.Second}), 0},
		"a token":   {faulty(fake.Fault{Delay: 50 * time.Second, Token: true}), 0},
		"a pause":   {faulty(fake.Fault{Status: 429, Header: http.Header{"Retry-After": {"50"}}}), 429},
		"a retry": {func(s *service) []activity.Option {
			s.Fail(fake.Fault{Status: 503})
			return []activity.Option{activity.WithRetry(activity.RetryPolicy{MinWait: 50 * time.Second, MaxWait: 50 * time.Second})}
		}, 503},
		"a slot": {func(s *service) []activity.Option {
			limiter := activity.NewWindowLimiter(1, 50*time.Second)
			_ = limiter.Wait(context.Background())
			return []activity.Option{activity.WithRateLimiter(limiter)}
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			concerned := those(func(a *adapter) bool { return name != "a token" || a.newService(misbehaviour{}).logins[0].asks })
			each(t, concerned, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				list := s.client(t, c.setup(s)...).list(bounded(5))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(7*time.Second, cancel)
				start := time.Now()
				_, err := idsUntil(ctx, list, "")
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, 7*time.Second, time.Since(start))
				e := failure(t, a, err)
				assert.Equal(t, c.status, e.StatusCode)
				assert.False(t, e.Temporary())
				assert.Equal(t, []int{3, 2, 1}, collect(t, list))
			})
		})
	}
}

// Between two pages, the end of the context is the end of the list, also if the next page has
// arrived. One that ended beforehand sends nothing.
func TestContextEndsAWalk(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(13)
			list := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5))
			ctx, cancel := context.WithCancel(t.Context())
			var ids []int
			var last error
			for r, err := range list.All(ctx, "") {
				if last = err; err == nil {
					ids = append(ids, r.id)
					synctest.Wait()
					cancel()
				}
			}
			require.ErrorIs(t, last, context.Canceled)
			assert.Equal(t, down(13, 9), ids, "what has come is good")

			s.ResetRequests()
			_, err := idsUntil(ctx, list, "")
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, s.calls())
			cancel()
		}
	})
}
