package conformance_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestContextEndsAWait checks that the end of the context ends every kind of wait with the
// context's error, and does not affect the next call.
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
		status int // of the last response, as in the error
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
			applies := adaptersWhere(func(a *adapter) bool { return name != "a token" || fetchesTokenFirst(a) })
			everyOf(t, applies, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				list := s.client(t, c.setup(s)...).list(bounded(5))
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(7*time.Second, cancel)
				start := time.Now()
				_, err := readIDs(ctx, list, "")
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, 7*time.Second, time.Since(start))
				e := asError(t, a, err)
				assert.Equal(t, c.status, e.StatusCode)
				assert.False(t, e.Temporary())
				assert.Equal(t, []int{3, 2, 1}, readAll(t, list))
			})
		})
	}
}

// TestContextEndsAWalk checks that the end of the context ends a list between two pages, also if
// the next page has arrived. A context that has ended before the first request sends nothing.
func TestContextEndsAWalk(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
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
			assert.Equal(t, descending(13, 9), ids, "the records before it")

			s.ResetRequests()
			_, err := readIDs(ctx, list, "")
			require.ErrorIs(t, err, context.Canceled)
			assert.Empty(t, s.calls())
			cancel()
		}
	})
}

// hookAtEnd calls a function when the last bytes of a body are read.
type hookAtEnd struct {
	io.ReadCloser
	then func()
}

func (b hookAtEnd) Read(p []byte) (int, error) {
	n, err := io.ReadFull(b.ReadCloser, p)
	if err == io.ErrUnexpectedEOF || err == io.EOF {
		b.then()
		return n, io.EOF // together with the last bytes
	}
	return n, err
}

// afterBody returns a transport that calls a function when the body of a response, for a token or
// for a page, was read and is about to be decoded.
func afterBody(next http.RoundTripper, token bool, then func(req *http.Request)) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil && isTokenForm(req) == token {
			resp.Body = hookAtEnd{resp.Body, func() { then(req) }}
		}
		return resp, err
	})
}

// TestContextEndsDecoding checks that the end of the context ends the decoding of a page.
func TestContextEndsDecoding(t *testing.T) {
	everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
		s := a.fill(13)
		ctx, cancel := context.WithCancel(t.Context())
		transport := afterBody(s.Transport(), false, func(*http.Request) { cancel() })
		records, err := r.read(ctx, s.client(t, activity.WithTransport(transport)), 5)
		require.ErrorIs(t, err, context.Canceled)
		e := asError(t, a, err)
		assert.Equal(t, 200, e.StatusCode)
		assert.Equal(t, 1, e.Attempts)
		assert.False(t, e.Temporary())
		assert.Empty(t, records)
		assert.Len(t, s.calls(), 1)
	})
}

// TestAttemptTimeoutCoversDecoding checks that the timeout of an attempt includes decoding, for
// pages and tokens, and that such an attempt is repeated.
func TestAttemptTimeoutCoversDecoding(t *testing.T) {
	for name, token := range map[string]bool{"a page": false, "a token": true} {
		t.Run(name, func(t *testing.T) {
			applies := adaptersWhere(func(a *adapter) bool { return !token || fetchesTokenFirst(a) })
			everyReading(t, applies, func(t *testing.T, a *adapter, r reading) {
				s, slow := a.fill(13), 2
				transport := afterBody(s.Transport(), token, func(*http.Request) {
					if slow--; slow >= 0 {
						<-time.After(time.Minute + 1)
					}
				})
				opts := []activity.Option{activity.WithTransport(transport), activity.WithAttemptTimeout(time.Minute),
					activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})}
				records, err := r.all(t, s, 5, opts...)
				require.NoError(t, err)
				assert.Equal(t, descending(13, 1), idsOf(records))

				slow = 3
				s.ResetRequests()
				records, err = r.all(t, s, 5, opts...)
				require.ErrorIs(t, err, os.ErrDeadlineExceeded)
				assert.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's context is alive")
				e := asError(t, a, err)
				assert.Equal(t, 3, e.Attempts)
				assert.True(t, e.Temporary())
				assert.Empty(t, records)
			})
		})
	}
}
