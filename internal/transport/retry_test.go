package transport_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

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

// Programs that failed together do not come back together.
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

func TestExhaustedQuotaPausesEverybody(t *testing.T) {
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

func TestPauseReachesThoseInTheLimitersQueue(t *testing.T) {
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

// recorder is an AttemptLimiter that notes what it is told.
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

// A pause that begins while a call waits for its slot gives the slot back.
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

// slowLimiter takes a while for each attempt.
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

// With no attempt left, the caller's end still is what ends a call.
func TestCancelOfTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := do(ctx, newClient(t, &script{steps: []step{silence}}, once))
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
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

// Callers are served in the order in which they came, whatever pauses come in between and however
// many attempts have to be repeated.
func TestCallersKeepTheirTurn(t *testing.T) {
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
					synctest.Wait() // they come one after the other
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

// While a token is asked for, the slot that was waited for is free for others.
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

// However the service mixes its failures, what is sent for one call is bounded: its attempts and
// its requests for tokens together are at most twice the attempts of the policy.
func TestRequestsOfACallAreBounded(t *testing.T) {
	for attempts, most := range map[int]int{1: 4, 2: 4, 3: 6, 5: 10, 20: 40} {
		for _, failures := range [][]int{{401}, {401, 503}, {503, 401}, {401, 401, 503}, {503, 503, 401}} {
			for _, tokenFailures := range []int{0, 1, 3, 100} {
				synctest.Test(t, func(t *testing.T) {
					calls, grants := 0, 0
					s := &script{steps: []step{func(req *http.Request) (*http.Response, error) {
						if req.Method == http.MethodPost {
							if grants++; grants%(tokenFailures+1) != 0 {
								return answer(503, "")(req)
							}
							return answer(200, `{"access_token":"`+strconv.Itoa(grants)+`"}`)(req)
						}
						calls++
						return answer(failures[calls%len(failures)], "")(req)
					}}}
					client := newClientWith(t, transport.Granted(transport.Bearer(), request), s,
						activity.WithRetry(activity.RetryPolicy{MaxAttempts: attempts}))
					_, err := do(t.Context(), client)
					require.Error(t, err)
					assert.LessOrEqual(t, len(s.sent()), most, "%d attempts, answers %v, %d failures of each token", attempts, failures, tokenFailures)
					assert.LessOrEqual(t, asError(t, err).Attempts, attempts)
				})
			}
		}
	}
}

// Middleware may return while its next is still under way. What that sees is its own.
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

// A policy without an end is one: the bound on the requests of a call does not overflow.
func TestAttemptsWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps := slices.Repeat([]step{answer(503, "")}, 20)
		s := &script{steps: append(steps, answer(200, things))}
		_, err := do(t.Context(), newClient(t, s, activity.WithRetry(activity.RetryPolicy{MaxAttempts: math.MaxInt})))
		require.NoError(t, err)
		assert.Len(t, s.sent(), 21)
	})
}
