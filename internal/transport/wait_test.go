package transport_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestPauseWithoutRetryAfterLastsAsLongAsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(429, ""), answer(200, things)}}
		client := newClient(t, s, activity.WithRetry(activity.RetryPolicy{MinWait: 7 * time.Second, MaxWait: 7 * time.Second}))
		var wg sync.WaitGroup
		wg.Go(func() { _, err := do(t.Context(), client); assert.NoError(t, err) })
		synctest.Wait()
		wg.Go(func() { _, err := do(t.Context(), client); assert.NoError(t, err) })
		wg.Wait()
		assert.Equal(t, []time.Duration{7 * time.Second, 0}, gaps(s.sent()))
	})
}

func TestExhaustedQuotaPausesAllCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(200, things, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-Time", "20"), answer(200, things)}}
		client := newClient(t, s)
		for range 2 {
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, []time.Duration{20 * time.Second}, gaps(s.sent()))
	})
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(200, things, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-Time", "60000")}}
		client := newClient(t, s, activity.WithRateLimiter(activity.NewWindowLimiter(10, time.Minute)))
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		_, err = do(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{time.Minute}, gaps(s.sent()), "no longer than the window in which the service counts")
	})
}

func TestPauseIncludesCallsInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{late(5*time.Second, answer(429, "", "Retry-After", "60")), answer(200, things)}}
		client := newClient(t, s, activity.WithRateLimit(rate.Every(10*time.Second), 1))
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _, err := do(t.Context(), client); assert.NoError(t, err) })
		}
		wg.Wait()
		require.Len(t, s.sent(), 4)
		assert.GreaterOrEqual(t, gaps(s.sent())[0], 65*time.Second)
	})
}

// recorder is an AttemptLimiter that records its calls.
type recorder struct {
	mu     sync.Mutex
	begun  int
	done   []activity.Attempt
	err    error
	noDone bool
}

func (r *recorder) Wait(context.Context) error { panic("Begin is preferred") }

func (r *recorder) Begin(context.Context) (func(activity.Attempt), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begun++
	if r.err != nil || r.noDone {
		return nil, r.err
	}
	return func(a activity.Attempt) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.done = append(r.done, a)
	}, nil
}

func TestLimiterGatesEveryAttemptAndIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reset := errors.New("connection reset")
		s := &script{steps: []step{answer(503, "", "X-A", "1"), broken(reset), cut("{"), answer(200, things)}}
		r := &recorder{}
		_, err := do(t.Context(), newClient(t, s, activity.WithRateLimiter(r)))
		require.NoError(t, err)
		require.Equal(t, 4, r.begun)
		require.Len(t, r.done, 4)
		assert.Equal(t, 503, r.done[0].StatusCode)
		assert.Equal(t, "1", r.done[0].Header.Get("X-A"))
		require.NoError(t, r.done[0].Err)
		require.ErrorIs(t, r.done[1].Err, reset)
		require.Error(t, r.done[2].Err)
		assert.Equal(t, 200, r.done[2].StatusCode)
		require.NoError(t, r.done[3].Err)
		for _, a := range r.done {
			assert.True(t, a.Sent)
		}
	})
}

// If a pause begins while a call waits for its slot, the call returns the slot.
func TestPauseKeepsNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slowLimiter{turn: make(chan struct{}, 1), takes: time.Second}
		s := &script{steps: []step{
			late(time.Second/2, answer(200, things, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-Time", "60")), answer(200, things)}}
		client := newClient(t, s, activity.WithRateLimiter(r))
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { _, err := do(t.Context(), client); assert.NoError(t, err) })
		}
		wg.Wait()
		assert.Equal(t, 3, r.begun)
		require.Len(t, r.done, 3)
		assert.Equal(t, []time.Duration{61500 * time.Millisecond}, gaps(s.sent()))
	})
}

// slowLimiter needs some time for each attempt.
type slowLimiter struct {
	recorder
	turn  chan struct{}
	takes time.Duration
}

func (l *slowLimiter) Begin(ctx context.Context) (func(activity.Attempt), error) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	pass(l.takes)
	return l.recorder.Begin(ctx)
}

func TestLimiterIsToldWhatWasNotSent(t *testing.T) {
	r := &recorder{}
	call := list()
	call.Query = "\x7f"
	_, err := newClient(t, &script{}, activity.WithRateLimiter(r)).Do(t.Context(), call)
	require.Error(t, err)
	assert.Equal(t, []activity.Attempt{{}}, r.done)

	r = &recorder{}
	boom := activity.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
		return roundTripper(func(*http.Request) (*http.Response, error) { panic("boom") })
	})
	assert.PanicsWithValue(t, "boom", func() { _, _ = do(t.Context(), newClient(t, &script{}, activity.WithRateLimiter(r), boom)) })
	require.Len(t, r.done, 1)
	require.Error(t, r.done[0].Err)

	r = &recorder{}
	astray := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.URL.Host = "elsewhere.example.com"
			return next.RoundTrip(req)
		})
	})
	_, err = do(t.Context(), newClient(t, &script{}, activity.WithRateLimiter(r), astray))
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	require.Len(t, r.done, 1)
	assert.False(t, r.done[0].Sent)
}

func TestLimiterMayRefuse(t *testing.T) {
	s := &script{steps: []step{answer(200, things)}}
	_, err := do(t.Context(), newClient(t, s, activity.WithRateLimiter(&recorder{err: errors.New("redis is away")})))
	require.ErrorIs(t, err, activity.ErrRateLimited)
	require.ErrorContains(t, err, "redis is away")

	_, err = do(t.Context(), newClient(t, s, activity.WithRateLimiter(&recorder{err: context.DeadlineExceeded})))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Empty(t, s.sent())

	_, err = do(t.Context(), newClient(t, s, activity.WithRateLimiter(&recorder{noDone: true})))
	require.NoError(t, err)
}

func TestPlainLimiterWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []step{answer(503, ""), answer(200, things)}}
		client := newClient(t, s, activity.WithRateLimit(rate.Every(time.Minute), 1),
			activity.WithRetry(activity.RetryPolicy{MinWait: time.Second, MaxWait: time.Second}))
		for range 2 {
			_, err := do(t.Context(), client)
			require.NoError(t, err)
		}
		assert.Equal(t, []time.Duration{time.Minute, time.Minute}, gaps(s.sent()))
	})
}

// Calls are sent in the order in which they came, also with pauses and repeated attempts.
func TestCallsKeepTheirOrder(t *testing.T) {
	for name, limiter := range map[string]func() activity.RateLimiter{
		"window": func() activity.RateLimiter { return activity.NewWindowLimiter(10, time.Minute) },
		"bucket": func() activity.RateLimiter { return rate.NewLimiter(rate.Every(6*time.Second), 1) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				answers := 0
				var served []int // callers whose request was answered with 200
				s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					if answers++; answers%10 == 0 {
						return answer(429, "", "Retry-After", "30")(req)
					}
					caller, err := strconv.Atoi(req.URL.RawQuery)
					served = append(served, caller)
					if err != nil {
						return nil, err
					}
					return answer(200, things)(req)
				}}}
				client := newClient(t, s, activity.WithRateLimiter(limiter()))
				var all sync.WaitGroup
				for i := range 200 {
					all.Go(func() {
						call := list()
						call.Query = strconv.Itoa(i)
						_, err := client.Do(t.Context(), call)
						assert.NoError(t, err)
					})
					synctest.Wait() // so that they come one after the other
				}
				all.Wait()
				require.Len(t, served, 200)
				for place, caller := range served {
					assert.LessOrEqual(t, place-caller, 10, "caller %d was served as number %d", caller, place)
				}
			})
		})
	}
}

// During a token request, the slot is free for other calls.
func TestTokenRequestHoldsNoSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slowLimiter{turn: make(chan struct{}, 1), takes: 2 * time.Minute}
		source := &tokens{lifetime: time.Minute}
		s := &script{steps: []step{answer(200, things)}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), func(ctx context.Context, via *transport.Client) (string, time.Time, error) {
			assert.Len(t, r.done, r.begun, "slots are held")
			if r.begun > 0 {
				r.takes = time.Second
			}
			return source.fetch(ctx, via)
		}), s, activity.WithRateLimiter(r))
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, int32(2), source.issued.Load())
		assert.Equal(t, []bool{false, true}, []bool{r.done[0].Sent, r.done[1].Sent})
	})
}

// A source whose tokens have always expired by this machine's clock is asked a few times, and its
// token is used, as it is without a limiter.
func TestTokenOfASourceThatIsAlwaysStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			asked++
			return &oauth2.Token{AccessToken: "stale", Expiry: time.Now().Add(-time.Hour)}, nil
		}))
		s := &script{steps: []step{answer(200, things)}}
		client := newClientWith(t, credentials, s, activity.WithRateLimiter(activity.NewWindowLimiter(10, time.Minute)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := do(ctx, client)
		require.NoError(t, err)
		assert.Less(t, asked, 5)
		assert.Len(t, s.sent(), 1)
	})
}
