package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestPrefetch checks that prefetching returns the same pages in the same order, and cursors for
// the same positions.
func TestPrefetch(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(43)
		pages := func(prefetch int, from activity.Cursor) (ids [][]int, cursors []activity.Cursor) {
			for p, err := range s.client(t, activity.WithPrefetch(prefetch)).list(bounded(5)).Pages(t.Context(), from) {
				require.NoError(t, err)
				ids, cursors = append(ids, idsOf(p.Items)), append(cursors, p.Next)
			}
			return ids, cursors
		}
		ids, _ := pages(0, "")
		require.Len(t, ids, a.requests(43, 5))
		for _, prefetch := range []int{1, 2, 8, 100} {
			ahead, cursors := pages(prefetch, "")
			assert.Equal(t, ids, ahead)
			for i, at := range cursors[:len(cursors)-1] {
				rest, _ := pages(prefetch*(i%2), at)
				assert.Equal(t, ids[i+1:], rest)
			}
		}
	})
}

// TestPrefetchEndsWithTheRange checks that the next page is requested while the current one is
// used, and that no request is left after the reader leaves or its context ends.
func TestPrefetchEndsWithTheRange(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{1, 8} {
			s := a.fill(43)
			var inFlight atomic.Int32
			c := s.client(t, activity.WithPrefetch(prefetch), activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
				inFlight.Add(1)
				defer inFlight.Add(-1)
				return s.Transport().RoundTrip(req)
			})))
			_, err := c.list(bounded(5)).Page(t.Context(), "")
			require.NoError(t, err) // so that there is a token
			s.failAll(fake.Fault{Delay: time.Second})

			for _, err := range c.list(bounded(5)).Pages(t.Context(), "") {
				require.NoError(t, err)
				synctest.Wait()
				assert.Positive(t, inFlight.Load())
				break
			}
			assert.Zero(t, inFlight.Load())

			ctx, cancel := context.WithCancel(t.Context())
			var last error
			for _, last = range c.list(bounded(5)).Pages(ctx, "") {
				cancel()
			}
			require.ErrorIs(t, last, context.Canceled)
			assert.Zero(t, inFlight.Load())
			cancel()
		}
	})
}

// outcome is how a goroutine ended.
type outcome struct {
	panicked any
	returned bool
}

// outcomeOf runs a function in a new goroutine and returns how that ended.
func outcomeOf(run func()) (o outcome) {
	done := make(chan outcome)
	go func() {
		defer func() {
			o.panicked = recover()
			done <- o
		}()
		run()
		o.returned = true
	}()
	return <-done
}

// TestPanicWhilePrefetching checks that a panic or runtime.Goexit during a prefetch, in a hook of
// the fake, in middleware or in a transport, does the same to the range. Nothing is left running,
// also if the body of the range leaves it or panics itself.
func TestPanicWhilePrefetching(t *testing.T) {
	for how, abort := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		for where, wrap := range map[string]func(s *service, calls func()) []activity.Option{
			"hook": func(s *service, calls func()) []activity.Option {
				s.OnRequest(func(fake.Request) { calls() })
				return nil
			},
			"middleware": func(_ *service, calls func()) []activity.Option {
				return []activity.Option{activity.WithMiddleware(beforeEach(func(*http.Request) { calls() }))}
			},
			"transport": func(s *service, calls func()) []activity.Option {
				return []activity.Option{activity.WithTransport(beforeEach(func(*http.Request) { calls() })(s.Transport()))}
			},
		} {
			for _, leaves := range []string{"never", "by break", "by panic"} {
				t.Run(fmt.Sprint(how, " in a ", where, ", left ", leaves), func(t *testing.T) {
					everyVendor(t, func(t *testing.T, a *adapter) {
						for _, prefetch := range []int{1, 8} {
							s := a.fill(43)
							credentials := s.logins[0].credentials()
							_, err := s.clientWith(t, credentials).list(bounded(5)).Page(t.Context(), "")
							require.NoError(t, err) // so that there is a token
							var calls, inFlight atomic.Int32
							opts := append(wrap(s, func() {
								inFlight.Add(1)
								defer inFlight.Add(-1)
								<-time.After(time.Second)
								if calls.Add(1) == 3 {
									abort()
								}
							}), activity.WithPrefetch(prefetch))
							l, pages := s.clientWith(t, credentials, opts...).list(bounded(5)), 0
							o := outcomeOf(func() {
								for _, err := range l.Pages(t.Context(), "") {
									assert.NoError(t, err)
									<-time.After(5 * time.Second)
									switch pages++; {
									case leaves == "by break" && pages == 2:
										return
									case leaves == "by panic" && pages == 2:
										panic("the body")
									}
								}
							})
							assert.False(t, o.returned && calls.Load() >= 3, "the range went on after the panic")
							assert.Less(t, pages, 9)
							switch {
							case leaves == "by panic" && pages == 2:
								assert.Equal(t, "the body", o.panicked)
							case calls.Load() < 3:
							case how == "panic":
								assert.Equal(t, "boom", o.panicked)
							default:
								assert.Nil(t, o.panicked)
							}
							synctest.Wait()
							assert.Zero(t, inFlight.Load())
						}
					})
				})
			}
		}
	}
}
