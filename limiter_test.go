package activity_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
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

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
)

// elapsed is how long a synctest bubble has run.
func elapsed() time.Duration { return time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)) }

// begin takes a slot and fails the test if that takes any time.
func begin(t *testing.T, l *activity.WindowLimiter) func(activity.Attempt) {
	t.Helper()
	before := elapsed()
	done, err := l.Begin(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, elapsed(), "a slot should have been free")
	return done
}

// grantedAt waits for a slot and returns when it was granted.
func grantedAt(t *testing.T, l *activity.WindowLimiter) time.Duration {
	t.Helper()
	done, err := l.Begin(t.Context())
	require.NoError(t, err)
	done(activity.Attempt{Sent: true})
	return elapsed()
}

func TestWindowFirstSlotsAreFree(t *testing.T) {
	for _, n := range []int{1, 2, 10} {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(n, time.Minute)
			for range n {
				done := begin(t, l)
				defer done(activity.Attempt{Sent: true})
			}
			ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
			defer cancel()
			_, err := l.Begin(ctx)
			require.ErrorIs(t, err, context.DeadlineExceeded, "all slots are in use and none was finished")
		})
	}
}

// How an attempt ended decides when its slot is free again.
func TestWindowSlotIsFreeAgain(t *testing.T) {
	tests := map[string]struct {
		attempt activity.Attempt
		again   time.Duration // after it was finished
	}{
		"answered":               {activity.Attempt{Sent: true, StatusCode: 200}, time.Minute},
		"answered with an error": {activity.Attempt{Sent: true, StatusCode: 503}, time.Minute},
		"refused":                {activity.Attempt{Sent: true, StatusCode: 429}, time.Minute},
		"failed":                 {activity.Attempt{Sent: true, Err: errors.New("timeout")}, 75 * time.Second},
		"cut":                    {activity.Attempt{Sent: true, StatusCode: 200, Err: errors.New("cut")}, 75 * time.Second},
		"not sent":               {activity.Attempt{}, 0},
		"not sent, with a cause": {activity.Attempt{Err: context.Canceled}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := activity.NewWindowLimiter(1, time.Minute)
				done := begin(t, l)
				followtest.Pass(7 * time.Second)
				done(tt.attempt)
				followtest.Pass(time.Second / 2)
				assert.Equal(t, max(7*time.Second+tt.again, 7500*time.Millisecond), grantedAt(t, l))
			})
		})
	}
}

// A waiter is let through as soon as a slot is returned unused.
func TestWindowUnusedSlotWakesAWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := activity.NewWindowLimiter(2, time.Minute)
		unused, used := begin(t, l), begin(t, l)
		used(activity.Attempt{Sent: true}) // the waiter sleeps until this one is free
		time.AfterFunc(5*time.Second, func() { unused(activity.Attempt{}) })
		assert.Equal(t, 5*time.Second, grantedAt(t, l))
	})
}

func TestWindowDoneCountsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := activity.NewWindowLimiter(1, time.Minute)
		done := begin(t, l)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { done(activity.Attempt{}) })
		}
		wg.Wait()
		begin(t, l)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err := l.Begin(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded, "there is one slot, not ten")
	})
}

func TestWindowWaitCountsFromTheGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := activity.NewWindowLimiter(2, time.Minute)
		var at []time.Duration
		for range 6 {
			require.NoError(t, l.Wait(t.Context()))
			at = append(at, elapsed())
			followtest.Pass(10 * time.Second) // the request, of which the limiter knows nothing
		}
		assert.Equal(t, []time.Duration{0, 10 * time.Second, time.Minute, 70 * time.Second, 2 * time.Minute, 130 * time.Second}, at)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, l.Wait(ctx), context.DeadlineExceeded)
	})
}

func TestWindowServesInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := activity.NewWindowLimiter(2, time.Minute)
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				done, err := l.Begin(t.Context())
				assert.NoError(t, err)
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				// Unused, used and failed slots come back at different times, which must not change
				// the order.
				done(activity.Attempt{Sent: i%3 > 0, Err: map[bool]error{true: errors.New("failed")}[i%3 == 2]})
			})
			synctest.Wait() // until it stands in line
		}
		wg.Wait()
		assert.True(t, slices.IsSorted(order), order)
		assert.Len(t, order, 20)
	})
}

func TestWindowCancel(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(1, time.Minute)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for range 100 {
				done, err := l.Begin(ctx)
				require.ErrorIs(t, err, context.Canceled, "though a slot is free")
				assert.Nil(t, done)
			}
			begin(t, l)
		})
	})
	// If one of five waiters cancels, it returns at once, and the others are served as if it had
	// never waited.
	for k := range 5 {
		t.Run(fmt.Sprintf("number %d in line", k+1), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := activity.NewWindowLimiter(1, time.Minute)
				begin(t, l)(activity.Attempt{Sent: true})
				ctx, cancel := context.WithCancel(t.Context())
				granted := make([]time.Duration, 5)
				var wg sync.WaitGroup
				for i := range granted {
					wg.Go(func() {
						mine := t.Context()
						if i == k {
							mine = ctx
						}
						done, err := l.Begin(mine)
						granted[i] = elapsed()
						if i == k {
							assert.ErrorIs(t, err, context.Canceled)
							return
						}
						assert.NoError(t, err)
						done(activity.Attempt{Sent: true})
					})
					synctest.Wait()
				}
				followtest.Pass(10 * time.Second)
				cancel()
				wg.Wait()
				assert.Equal(t, 10*time.Second, granted[k])
				want := []time.Duration{time.Minute, 2 * time.Minute, 3 * time.Minute, 4 * time.Minute}
				assert.Equal(t, want, slices.Delete(granted, k, k+1))
			})
		})
	}
	// The context ends at the very moment at which the slot is free: either way the slot is not
	// lost.
	t.Run("at the same moment", func(t *testing.T) {
		for range 50 {
			synctest.Test(t, func(t *testing.T) {
				l := activity.NewWindowLimiter(1, time.Minute)
				begin(t, l)(activity.Attempt{Sent: true})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if done, err := l.Begin(ctx); err == nil {
					done(activity.Attempt{})
				}
				assert.Equal(t, time.Minute, grantedAt(t, l))
			})
		}
	})
}

func TestWindowObeysHeaders(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := make(http.Header)
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	const remaining, reset = "X-RateLimit-Remaining", "X-RateLimit-Reset-Time"
	tests := map[string]struct {
		header func(now time.Time) http.Header
		wait   time.Duration
	}{
		"none":             {func(time.Time) http.Header { return nil }, 0},
		"something left":   {func(time.Time) http.Header { return header(remaining, "1", reset, "30") }, 0},
		"nothing left":     {func(time.Time) http.Header { return header(remaining, "0", reset, "30") }, 30 * time.Second},
		"beyond the span":  {func(time.Time) http.Header { return header(remaining, "0", reset, "300") }, time.Minute},
		"no reset":         {func(time.Time) http.Header { return header(remaining, "0") }, 0},
		"no remaining":     {func(time.Time) http.Header { return header(reset, "30") }, 0},
		"noise":            {func(time.Time) http.Header { return header(remaining, "none", reset, "soon") }, 0},
		"negative":         {func(time.Time) http.Header { return header(remaining, "-1", reset, "30") }, 0},
		"a fraction":       {func(time.Time) http.Header { return header(remaining, "0", reset, "29.2") }, 30 * time.Second},
		"over already":     {func(time.Time) http.Header { return header(remaining, "0", reset, "0") }, 0},
		"since 1970":       {func(now time.Time) http.Header { return header(remaining, "0", reset, unix(now.Add(30*time.Second))) }, 30 * time.Second},
		"since 1970, past": {func(now time.Time) http.Header { return header(remaining, "0", reset, unix(now.Add(-time.Hour))) }, 0},
		"the server's clock is late": {func(now time.Time) http.Header {
			server := now.Add(-time.Hour)
			return header(remaining, "0", reset, unix(server.Add(30*time.Second)), "Date", server.UTC().Format(http.TimeFormat))
		}, 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				followtest.Pass(10 * 365 * 24 * time.Hour) // a number below 1e9 is no point in time
				l := activity.NewWindowLimiter(3, time.Minute)
				first := begin(t, l)
				from := elapsed()
				first(activity.Attempt{Sent: true, StatusCode: 200, Header: tt.header(time.Now())})
				assert.Equal(t, tt.wait, grantedAt(t, l)-from, "two slots are free")
				assert.Equal(t, tt.wait, grantedAt(t, l)-from)
			})
		})
	}

	t.Run("those who wait already", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(2, time.Minute)
			slow := begin(t, l)
			begin(t, l)(activity.Attempt{Sent: true})
			time.AfterFunc(50*time.Second, func() {
				slow(activity.Attempt{Sent: true, StatusCode: 200, Header: header(remaining, "0", reset, "40")})
			})
			assert.Equal(t, 90*time.Second, grantedAt(t, l), "not after 60 s, when a slot is free")
		})
	})
	t.Run("a shorter one does not undo a longer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(3, time.Minute)
			one, two := begin(t, l), begin(t, l)
			one(activity.Attempt{Sent: true, Header: header(remaining, "0", reset, "40")})
			two(activity.Attempt{Sent: true, Header: header(remaining, "0", reset, "10")})
			assert.Equal(t, 40*time.Second, grantedAt(t, l))
		})
	})
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func TestWindowSizesBelowOne(t *testing.T) {
	for _, n := range []int{0, -1, -1 << 30} {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(n, time.Minute)
			assert.Equal(t, time.Duration(0), grantedAt(t, l))
			assert.Equal(t, time.Minute, grantedAt(t, l), "counts as one")
		})
	}
	for _, per := range []time.Duration{0, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			l := activity.NewWindowLimiter(1, per)
			for range 100 {
				assert.Equal(t, time.Duration(0), grantedAt(t, l), "no span: one at a time, and no wait")
			}
		})
	}
}

// use is the time in which a request may have arrived at the server.
type use struct{ from, to time.Duration }

// mostInWindow returns the largest number of requests in any half-open window of length per, if
// each arrived at the worst moment. It tries the windows that begin where a use ends: one of them
// is as full as any.
func mostInWindow(uses []use, per time.Duration) int {
	most := 0
	for _, first := range uses {
		n := 0
		for _, u := range uses {
			if u.to >= first.to && u.from < first.to+per {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestMostInWindow(t *testing.T) {
	assert.Zero(t, mostInWindow(nil, 60))
	assert.Equal(t, 1, mostInWindow([]use{{0, 5}, {65, 70}}, 60))
	assert.Equal(t, 2, mostInWindow([]use{{0, 5}, {64, 70}}, 60))
	assert.Equal(t, 3, mostInWindow([]use{{0, 50}, {0, 1}, {50, 52}}, 60))
}

// No window of the server holds more than n requests, whenever each arrives: between its grant and
// its end, or up to a quarter of a window later if it failed.
func TestWindowProperty(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 5))
				n := 1 + r.IntN(12)
				per := time.Duration(1+r.IntN(120)) * time.Second
				l := activity.NewWindowLimiter(n, per)
				var mu sync.Mutex
				var uses []use
				unused, cancelled := 0, 0
				draw := func(most time.Duration) time.Duration {
					mu.Lock()
					defer mu.Unlock()
					return time.Duration(r.Int64N(int64(most) + 1))
				}
				var wg sync.WaitGroup
				for range 1 + r.IntN(30) {
					wg.Go(func() {
						for range 12 {
							ctx, cancel := context.WithTimeout(t.Context(), draw(20*per)+1)
							done, err := l.Begin(ctx)
							cancel()
							if err != nil {
								mu.Lock()
								cancelled++
								mu.Unlock()
								continue
							}
							u := use{from: elapsed()}
							followtest.Pass(draw(2 * per))
							u.to = elapsed()
							attempt := activity.Attempt{Sent: true, StatusCode: 200}
							switch kind := draw(9); {
							case kind == 0:
								attempt = activity.Attempt{}
							case kind < 3:
								attempt = activity.Attempt{Sent: true, Err: errors.New("no answer")}
								u.to += per / 4
							}
							mu.Lock()
							if attempt.Sent {
								uses = append(uses, u)
							} else {
								unused++
							}
							mu.Unlock()
							done(attempt)
							followtest.Pass(draw(per / 10))
						}
					})
				}
				wg.Wait()
				assert.LessOrEqual(t, mostInWindow(uses, per), n)

				// No slot was lost on the way.
				followtest.Pass(2 * per)
				for range n {
					begin(t, l)(activity.Attempt{Sent: true})
				}
				t.Logf("n %d, per %v: %d sent, %d unused, %d cancelled, at most %d in a span", n, per, len(uses), unused, cancelled, mostInWindow(uses, per))
			})
		})
	}
}

// With real clocks and real contention, for the race detector.
func TestWindowConcurrency(t *testing.T) {
	l := activity.NewWindowLimiter(8, time.Microsecond)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for j := range 50 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				if i%4 == 0 && j%2 == 0 {
					cancel()
				}
				done, err := l.Begin(ctx)
				if err == nil {
					done(activity.Attempt{Sent: j%3 > 0, Header: http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-Time": {"0"}}})
				}
				cancel()
			}
		})
	}
	wg.Wait()
}

// A limiter of a large n needs no memory for slots that are not used.
func TestWindowOfManySlots(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l := activity.NewWindowLimiter(math.MaxInt, time.Minute)
	for range 1000 {
		require.NoError(t, l.Wait(t.Context()))
	}
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

// The cost of a slot does not grow with the number of slots.
func BenchmarkWindow(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			l := activity.NewWindowLimiter(n, time.Hour)
			for range n - 1 {
				if err := l.Wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				done, err := l.Begin(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				done(activity.Attempt{})
			}
		})
	}
}
