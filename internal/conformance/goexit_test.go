package conformance_test

import (
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

// outcome is how a goroutine ended.
type outcome struct {
	panicked any
	returned bool
}

// ending runs a function in a goroutine of its own, and returns how that ended.
func ending(run func()) (o outcome) {
	over := make(chan outcome)
	go func() {
		defer func() {
			o.panicked = recover()
			over <- o
		}()
		run()
		o.returned = true
	}()
	return <-over
}

// What panics or ends its goroutine while a page is loaded ahead does the same to the range: in a
// fake's hook, in middleware, in a transport. Nothing is left running, also if the range's body
// leaves it or panics itself.
func TestEndingsWhilePagesAreLoadedAhead(t *testing.T) {
	for how, abort := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		for where, wrap := range map[string]func(s *service, calls func()) []activity.Option{
			"hook": func(s *service, calls func()) []activity.Option {
				s.OnRequest(func(fake.Request) { calls() })
				return nil
			},
			"middleware": func(_ *service, calls func()) []activity.Option {
				return []activity.Option{activity.WithMiddleware(before(calls))}
			},
			"transport": func(s *service, calls func()) []activity.Option {
				return []activity.Option{activity.WithTransport(before(calls)(s.Transport()))}
			},
		} {
			for _, leaves := range []string{"never", "by break", "by panic"} {
				t.Run(fmt.Sprint(how, " in a ", where, ", left ", leaves), func(t *testing.T) {
					every(t, func(t *testing.T, a *adapter) {
						for _, prefetch := range []int{1, 8} {
							s := a.fill(43)
							credentials := s.logins[0].credentials()
							_, err := s.clientWith(t, credentials).list(bounded(5)).Page(t.Context(), "")
							require.NoError(t, err) // and there is a token
							var calls, under atomic.Int32
							opts := append(wrap(s, func() {
								under.Add(1)
								defer under.Add(-1)
								<-time.After(time.Second)
								if calls.Add(1) == 3 {
									abort()
								}
							}), activity.WithPrefetch(prefetch))
							l, pages := s.clientWith(t, credentials, opts...).list(bounded(5)), 0
							o := ending(func() {
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
							assert.False(t, o.returned && calls.Load() >= 3, "it goes on as if nothing had happened")
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
							assert.Zero(t, under.Load())
						}
					})
				})
			}
		}
	}
}

// before calls a function before each request.
func before(calls func()) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(req *http.Request) (*http.Response, error) {
			calls()
			return next.RoundTrip(req)
		})
	}
}
