package transport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// gaps are the times between one request and the next.
func gaps(requests []sent) []time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(requests); i++ {
		gaps = append(gaps, requests[i].at.Sub(requests[i-1].at))
	}
	return gaps
}

func TestBackoffGrowsWithinBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(500, "")}}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 9})))
		require.Error(t, err)
		least := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
			15 * time.Second, 15 * time.Second, 15 * time.Second}
		for i, gap := range gaps(s.sent()) {
			assert.GreaterOrEqual(t, gap, least[i], "wait %d", i+1)
			assert.LessOrEqual(t, gap, min(2*least[i], 30*time.Second), "wait %d", i+1)
		}
	})
}

// The backoff is random, so that programs that failed together do not retry together.
func TestBackoffDiffers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(500, "")}}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(
			activity.RetryPolicy{MaxAttempts: 20, MinWait: time.Second, MaxWait: 2 * time.Second})))
		require.Error(t, err)
		waits := gaps(s.sent())
		assert.NotEqual(t, slices.Min(waits), slices.Max(waits))
	})
}

func TestBackoffWithEqualBoundsIsExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(500, "")}}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(
			activity.RetryPolicy{MaxAttempts: 3, MinWait: time.Second, MaxWait: time.Second})))
		require.Error(t, err)
		assert.Equal(t, []time.Duration{time.Second, time.Second}, gaps(s.sent()))
	})
}

func TestRetryAfterIsNeverShortened(t *testing.T) {
	for name, tt := range map[string]struct {
		headers []string
		want    time.Duration
	}{
		"seconds":        {[]string{"Retry-After", "60"}, time.Minute},
		"date":           {[]string{"Retry-After", "Sat, 01 Jan 2000 00:02:00 GMT"}, 2 * time.Minute},
		"date and clock": {[]string{"Retry-After", "Sat, 01 Jan 2000 00:02:00 GMT", "Date", "Sat, 01 Jan 2000 00:00:30 GMT"}, 90 * time.Second},
	} {
		for _, status := range []int{429, 503, 408, 500} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // virtual time begins with the year 2000
					s := &script{steps: []step{answer(status, "", tt.headers...), answer(200, things)}}
					_, err := do(t.Context(), newClient(t, s))
					require.NoError(t, err)
					assert.Equal(t, []time.Duration{tt.want}, gaps(s.sent()))
				})
			})
		}
	}
}

func TestLongestRetryAfterIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(429, "", "Retry-After", "60"), answer(200, things)}}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(activity.RetryPolicy{MaxRetryAfter: time.Minute})))
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{time.Minute}, gaps(s.sent()))
	})
}

func TestRetryAfterBeyondTheDeadlineEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &script{steps: []step{answer(429, "", "Retry-After", "11")}}
		begun := time.Now()
		_, err := do(ctx, newClient(t, s))
		require.ErrorIs(t, err, activity.ErrRateLimited)
		assert.Equal(t, 11*time.Second, asError(t, err).RetryAfter)
		assert.Zero(t, time.Since(begun))
	})
}

func TestResetHeaderServesAsRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(429, "", "X-RateLimit-Reset-Time", "42"), answer(200, things)}}
		_, err := do(t.Context(), newClient(t, s))
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{42 * time.Second}, gaps(s.sent()))

		s = &script{steps: []step{answer(503, "", "X-RateLimit-Reset-Time", "42"), answer(200, things)}}
		_, err = do(t.Context(), newClient(t, s))
		require.NoError(t, err)
		assert.LessOrEqual(t, gaps(s.sent())[0], time.Second, "the quota is not why this failed")
	})
}

func TestCancelIsPromptAndKeepsTheLastStatus(t *testing.T) {
	tests := map[string]struct {
		steps  []step
		opt    func() activity.Option // made inside the bubble, since a limiter holds channels
		status int
	}{
		"in the body":       {[]step{drip}, func() activity.Option { return activity.WithAttemptTimeout(time.Hour) }, 200},
		"waiting for a try": {[]step{answer(503, ""), silence}, func() activity.Option { return activity.WithAttemptTimeout(time.Hour) }, 503},
		"in the limiter":    {[]step{answer(503, "")}, func() activity.Option { return activity.WithRateLimiter(activity.NewWindowLimiter(1, time.Hour)) }, 503},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Minute, cancel)
				begun := time.Now()
				_, err := do(ctx, newClient(t, &script{steps: tt.steps}, tt.opt()))
				require.ErrorIs(t, err, context.Canceled)
				e := asError(t, err)
				assert.Equal(t, tt.status, e.StatusCode)
				assert.False(t, e.Temporary())
				assert.Equal(t, time.Minute, time.Since(begun))
			})
		})
	}
}

func TestDeadlineDuringBackoffIsAContextError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1200*time.Millisecond)
		defer cancel()
		_, err := do(ctx, newClient(t, &script{steps: []step{answer(503, "")}}))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, 503, asError(t, err).StatusCode)
	})
}

// idling is a transport that counts how often its idle connections are to be closed.
type idling struct {
	script
	closed int
}

func (t *idling) CloseIdleConnections() { t.closed++ }

// Other clients may share the user's transport and its connections.
func TestFailureClosesNoIdleConnections(t *testing.T) {
	rt := &idling{script: script{steps: []step{broken(errors.New("reset"))}}}
	_, err := do(t.Context(), newClient(t, rt, once))
	require.Error(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = do(ctx, newClient(t, rt))
	require.Error(t, err)
	assert.Zero(t, rt.closed)
}

// If the caller's context ends in the last attempt, its error is the call's.
func TestCancelOfTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := do(ctx, newClient(t, &script{steps: []step{silence}}, once))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

// Middleware may return while the next round tripper still runs, which then shares nothing with
// further attempts.
func TestAttemptsShareNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: time.Hour}
		s := &script{steps: []step{
			answer(401, ""),
			func(req *http.Request) (*http.Response, error) {
				return nil, errors.New("no connection for " + req.URL.String())
			},
			answer(200, things),
		}}
		n := 0
		hedge := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				req.Header.Add("X-Attempt", strconv.Itoa(n))
				if n++; n > 4 {
					return next.RoundTrip(req)
				}
				for range 2 {
					go func() {
						runtime.Gosched()
						resp, err := next.RoundTrip(req)
						if err == nil {
							_ = resp.Body.Close()
						}
					}()
				}
				return answer([]int{503, 401, 200, 503}[n-1], "")(req)
			})
		})
		_, err := do(t.Context(), newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s, hedge))
		require.NoError(t, err)
		synctest.Wait()
		for _, r := range s.sent() {
			assert.Len(t, r.req.Header.Values("X-Attempt"), 1)
		}
	})
}

// The log says why a request is repeated, without the service's words.
func TestReasonInTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		first step
		says  string
	}{
		"a refusal":      {answer(http.StatusServiceUnavailable, "c0ffee"), `reason="service failure"`},
		"half an answer": {answer(http.StatusOK, `{"c0ffee":`), `reason="malformed response: the answer's JSON ends early: unexpected EOF"`},
		"a broken body":  {cut(`{"c0ffee":`), `reason="unexpected EOF"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				s := &script{steps: []step{c.first, bodyOf(bytes.NewReader(jsonOf(100)), -1)}}
				_, err := do(t.Context(), newClient(t, s, activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))))
				require.NoError(t, err)
				assert.Contains(t, log.String(), c.says)
				assert.NotContains(t, log.String(), "c0ffee")
			})
		})
	}
}

func TestAttemptTimeoutIncludesTheBodyButNoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{drip, answer(200, things)}}
		begun := time.Now()
		_, err := do(t.Context(), newClient(t, s, activity.WithAttemptTimeout(10*time.Second),
			activity.WithRetry(activity.RetryPolicy{MinWait: 20 * time.Second, MaxWait: 20 * time.Second})))
		require.NoError(t, err)
		assert.Equal(t, 30*time.Second, time.Since(begun))
	})
}

// drip answers at once, then sends a byte every two seconds.
func drip(req *http.Request) (*http.Response, error) {
	a, err := answer(200, things)(req)
	a.Body = io.NopCloser(&slowReader{req.Context(), strings.NewReader(strings.Repeat(" ", 1000))})
	return a, err
}

type slowReader struct {
	ctx context.Context
	r   io.Reader
}

func (s *slowReader) Read(p []byte) (int, error) {
	select {
	case <-time.After(2 * time.Second):
		return s.r.Read(p[:1])
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

func TestMiddlewareMayMisbehave(t *testing.T) {
	broke := func(f func(req *http.Request, next http.RoundTripper) (*http.Response, error)) activity.Option {
		return activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) { return f(req, next) })
		})
	}
	s := &script{steps: []step{answer(200, things)}}
	_, err := do(t.Context(), newClient(t, s, once, broke(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, nil })))
	require.ErrorContains(t, err, "neither an answer nor an error")

	_, err = do(t.Context(), newClient(t, s, once, broke(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		return next.RoundTrip(req.WithContext(context.Background()))
	})))
	require.ErrorContains(t, err, "context")

	bodiless := func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 500}, nil }
	_, err = do(t.Context(), newClient(t, &script{steps: []step{bodiless}}, once))
	require.ErrorIs(t, err, activity.ErrServer)
	assert.Empty(t, s.sent())
}

func TestRequest(t *testing.T) {
	s := &script{steps: []step{answer(200, things)}}
	client := newClient(t, s, activity.WithUserAgent("siem/2"))
	got, err := do(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, things, string(got.Body))
	assert.Equal(t, 200, got.StatusCode)
	require.Len(t, s.sent(), 1)
	req := s.sent()[0].req
	assert.Equal(t, "GET", req.Method)
	assert.Equal(t, "https://api.example.com/v1/things?limit=2", req.URL.String())
	assert.Equal(t, http.Header{
		"Accept":        {"application/json"},
		"Authorization": {"Bearer " + key},
		"User-Agent":    {"siem/2 activity-sdk-go"},
	}, req.Header)
}

func TestRequestWithBodyIsSentWholeEachTime(t *testing.T) {
	s := &script{steps: []step{answer(500, ""), answer(200, things)}}
	client := newClient(t, s, activity.WithRetry(activity.RetryPolicy{MinWait: 1, MaxWait: 1}))
	call := list()
	call.Method, call.Body, call.ContentType = http.MethodPost, []byte(`{"page":1}`), "application/json"
	_, err := client.Do(t.Context(), call)
	require.NoError(t, err)
	require.Len(t, s.sent(), 2)
	for _, r := range s.sent() {
		assert.Equal(t, `{"page":1}`, r.body)
		assert.Equal(t, "application/json", r.req.Header.Get("Content-Type"))
		assert.EqualValues(t, 10, r.req.ContentLength)
	}
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	s := &script{steps: []step{broken(errors.New("reset"))}}
	call := list()
	call.Read = false
	_, err := newClient(t, s).Do(t.Context(), call)
	assert.Equal(t, 1, asError(t, err).Attempts)
	assert.Len(t, s.sent(), 1)
}

func TestUnbuildableAddress(t *testing.T) {
	call := list()
	call.Query = "a=\x7f"
	s := &script{}
	_, err := newClient(t, s).Do(t.Context(), call)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.Empty(t, s.sent())
}

func TestContentTypeOfEveryRequest(t *testing.T) {
	s := &script{steps: []step{answer(200, things)}}
	client, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", ContentType: "application/json",
		Credentials: transport.Static(transport.Bearer(), key)}, activity.WithTransport(s))
	require.NoError(t, err)
	_, err = do(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, "application/json", s.sent()[0].req.Header.Get("Content-Type"))

	call := list()
	call.Method, call.Body, call.ContentType = http.MethodPost, []byte("a=b"), "application/x-www-form-urlencoded"
	_, err = client.Do(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, []string{"application/x-www-form-urlencoded"}, s.sent()[1].req.Header["Content-Type"])
}
