package conformance_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestQuota checks that a limiter never lets more requests through than it may, for all clients and
// goroutines that share it and with requests that fail, and that it leaves no slot unused.
func TestQuota(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(3)
		limit := activity.WithRateLimiter(activity.NewWindowLimiter(5, time.Minute))
		patient := activity.WithRetry(activity.RetryPolicy{MaxAttempts: 50, MaxWait: time.Second})
		clients := []*client{s.client(t, limit, patient), s.client(t, limit, patient, activity.WithPrefetch(2))}
		failed := atomic.Int32{}
		s.FailWith(func(r fake.Request) *fake.Fault {
			if !isTokenRequest(r) && r.N%3 == 0 { // callers take turns
				failed.Add(1)
				return &fake.Fault{Status: 503}
			}
			return nil
		})
		start := time.Now()
		concurrently(4, func(i int) {
			for range 6 {
				_, err := clients[i%2].list(bounded(5)).Page(t.Context(), "")
				assert.NoError(t, err)
			}
		})
		calls := s.calls()
		assert.Len(t, calls, 24+int(failed.Load()))
		assert.Equal(t, 5, fake.MaxInWindow(calls, time.Minute))
		assert.LessOrEqual(t, time.Since(start), time.Duration(len(calls)/5+1)*time.Minute)
	})
}

// TestPauseIsShared checks that after a 429 all clients that share the credentials wait until
// Retry-After has passed, and no other client does. X-RateLimit headers count where the vendor
// documents them, but no longer than its quota needs to recover, so that a single answer cannot
// stop an account for years.
func TestPauseIsShared(t *testing.T) {
	left := func(reset string) http.Header {
		return http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {reset}}
	}
	for name, fault := range map[string]fake.Fault{
		"429":                           {Status: 429, Header: http.Header{"Retry-After": {"60"}}},
		"429 that was cut":              {Status: 429, Header: http.Header{"Retry-After": {"60"}}, Body: `{"message":"wait"}`, CutBody: 5},
		"429 that is no gzip":           refusal(falseEncodings["no gzip"], 429, "60"),
		"nothing is left":               {Header: left("60")},
		"nothing is left for an hour":   {Header: left("3600")},
		"nothing is left for centuries": {Header: left("253402300799")},
	} {
		t.Run(name, func(t *testing.T) {
			everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
				pause := time.Minute
				if fault.Status != 429 {
					pause = s.adapter.quotaWindow
				}
				credentials := l.credentials()
				first, second, stranger := s.clientWith(t, credentials), s.clientWith(t, credentials), s.clientWith(t, l.credentials())
				for _, c := range []*client{first, second, stranger} {
					_, err := c.list(bounded(20)).Page(t.Context(), "")
					require.NoError(t, err)
				}
				s.Fail(fault)
				start := time.Now()
				_, err := first.list(bounded(20)).Page(t.Context(), "")
				require.NoError(t, err)
				concurrently(3, func(int) {
					_, err := second.list(bounded(20)).Page(t.Context(), "")
					assert.NoError(t, err)
				})
				assert.Equal(t, pause, time.Since(start))

				s.Fail(fault)
				start = time.Now()
				var waited, unaffected time.Duration
				concurrently(2, func(i int) {
					if i == 0 {
						_, err := first.list(bounded(20)).Page(t.Context(), "")
						assert.NoError(t, err)
						_, err = first.list(bounded(20)).Page(t.Context(), "")
						assert.NoError(t, err)
						waited = time.Since(start)
						return
					}
					<-time.After(time.Second)
					_, err := stranger.list(bounded(20)).Page(t.Context(), "")
					assert.NoError(t, err)
					unaffected = time.Since(start)
				})
				assert.Equal(t, pause, waited)
				assert.Equal(t, time.Second, unaffected)
			})
		})
	}
}

// TestPausesAreNeverShortened checks that a later and shorter Retry-After does not end a longer
// pause.
func TestPausesAreNeverShortened(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		c := s.clientWith(t, l.credentials())
		readAll(t, c.list(bounded(20)))
		s.ResetRequests()
		pause := func(seconds string) http.Header { return http.Header{"Retry-After": {seconds}} }
		s.Fail(fake.Fault{Status: 429, Header: pause("60"), Delay: time.Second}, fake.Fault{Status: 429, Header: pause("5"), Delay: 2 * time.Second})
		begun := time.Now()
		concurrently(2, func(int) {
			_, err := c.list(bounded(20)).Page(t.Context(), "")
			assert.NoError(t, err)
		})
		require.Len(t, s.calls(), 4)
		for i, r := range s.calls() {
			assert.Equal(t, i > 1, r.Time.Sub(begun) >= time.Minute, "request %d after %v", i, r.Time.Sub(begun))
		}
	})
}

// TestPauseTooLong checks that a pause which is longer than a call may wait ends that call at once,
// and later calls before they send a request.
func TestPauseTooLong(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		credentials := l.credentials()
		var log bytes.Buffer
		logger := logTo(&log, slog.LevelWarn)
		s.Fail(fake.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
		_, err := readIDs(t.Context(), s.clientWith(t, credentials, logger).list(bounded(20)), "")
		require.ErrorIs(t, err, activity.ErrRateLimited)
		assert.Contains(t, log.String(), "the service asks for a pause, in which nothing is sent")
		assert.Contains(t, log.String(), "wait=1h0m0s")
		sent := len(s.Requests())
		<-time.After(10 * time.Minute)
		_, err = readIDs(t.Context(), s.clientWith(t, credentials).list(bounded(20)), "")
		require.ErrorIs(t, err, activity.ErrRateLimited)
		e := asError(t, s.adapter, err)
		assert.Equal(t, 50*time.Minute, e.RetryAfter)
		assert.Zero(t, e.Attempts)
		assert.Len(t, s.Requests(), sent)
		<-time.After(50 * time.Minute)
		readAll(t, s.clientWith(t, credentials).list(bounded(20)))
	})
}

// TestSlotOfForeignRequests checks that an attempt whose request went nowhere costs nothing of the
// limiter's quota, and that an attempt does cost a slot if middleware sent a request before the one
// that was refused.
func TestSlotOfForeignRequests(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, followed := range []bool{false, true} {
			s := a.fill(3)
			astray := func(next http.RoundTripper) http.RoundTripper {
				return roundTripper(func(req *http.Request) (*http.Response, error) {
					if followed { // a redirect, say
						resp, err := next.RoundTrip(req)
						require.NoError(t, err)
						require.NoError(t, resp.Body.Close())
					}
					req = req.Clone(req.Context())
					req.URL.Host, req.Host = "elsewhere.example.com", ""
					return next.RoundTrip(req)
				})
			}
			limit := activity.WithRateLimiter(activity.NewWindowLimiter(1, time.Hour))
			c := s.client(t, limit, activity.WithMiddleware(astray))
			start := time.Now()
			for n := range 3 {
				_, err := c.list(bounded(5)).Page(t.Context(), "")
				require.ErrorIs(t, err, activity.ErrForeignOrigin)
				assert.Contains(t, err.Error(), "; this request was not sent")
				if followed {
					assert.Len(t, s.calls(), n+1)
					assert.GreaterOrEqual(t, time.Since(start), time.Duration(n)*time.Hour)
				} else {
					assert.Empty(t, s.calls())
					assert.Zero(t, time.Since(start))
				}
			}
		}
	})
}
