package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// A token that was requested before another was refused may have become invalid together with it. A
// call that was refused waits for a newer one; other calls use it.
func TestTokenOlderThanARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &tokens{lifetime: 10 * time.Minute, delay: 30 * time.Second}
		s := &script{steps: []step{
			answer(200, things),
			late(40*time.Second, answer(401, "")), // to token-1, while token-2 is being fetched
			func(req *http.Request) (*http.Response, error) {
				if req.Header.Get("Authorization") == "Bearer token-2" {
					return answer(401, "")(req)
				}
				return answer(200, things)(req)
			},
		}}
		client := newClientWith(t, transport.Granted(transport.Bearer(), source.fetch), s)
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		var all sync.WaitGroup
		for _, wait := range []time.Duration{8*time.Minute + 50*time.Second, 9*time.Minute + 5*time.Second} { // before and after token-1 is stale
			all.Go(func() {
				pass(wait)
				_, err := do(t.Context(), client)
				assert.NoError(t, err)
			})
		}
		all.Wait()
		assert.Equal(t, []string{"token-1", "token-1", "token-2", "token-3", "token-3"}, tokensOf(s.sent()))
	})
}

// request is a fetch from a token endpoint.
func request(ctx context.Context, via *transport.Client) (string, time.Time, error) {
	endpoint := via.Origin()
	endpoint.Path = "/oauth"
	granted, err := transport.Grant{URL: endpoint, Form: url.Values{}}.Request(ctx, via)
	return granted.AccessToken, granted.Expiry, err
}

// fetching returns credentials whose fetch gets the number of the fetch.
func fetching(f func(n int) (string, error)) *transport.Credentials {
	n := 0
	return transport.Granted(transport.Bearer(), func(context.Context, *transport.Client) (string, time.Time, error) {
		n++
		token, err := f(n)
		return token, time.Time{}, err
	})
}

// A panic or Goexit in a fetch continues in all goroutines that wait for the token. The next call
// fetches again.
func TestFetchThatDoesNotReturn(t *testing.T) {
	boom := errors.New("boom")
	for name, end := range map[string]func(){
		"panic":  func() { panic(boom) },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []step{answer(200, things)}}
				client := newClientWith(t, fetching(func(n int) (string, error) {
					pass(time.Second)
					if n == 1 {
						end()
					}
					return "token", nil
				}), s)
				var panics, exits atomic.Int32
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						returned := false
						defer func() {
							if v := recover(); v != nil {
								panics.Add(1)
								err, _ := v.(error)
								assert.ErrorIs(t, err, boom)
								assert.ErrorContains(t, err, "flight_test.go", "the stack of where it happened")
							} else if !returned {
								exits.Add(1)
							}
						}()
						_, _ = do(t.Context(), client)
						returned = true
					})
				}
				all.Wait()
				if name == "panic" {
					assert.Equal(t, int32(3), panics.Load())
				} else {
					assert.Equal(t, int32(3), exits.Load())
				}
				_, err := do(t.Context(), client)
				require.NoError(t, err)
			})
		})
	}
}

// The same holds for a panic or Goexit in the transport of a token request.
func TestTransportThatDoesNotReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		credentials := transport.Granted(transport.Bearer(), request)
		client := newClientWith(t, credentials, &script{steps: []step{func(*http.Request) (*http.Response, error) { panic("boom") }}})
		for range 2 {
			assert.PanicsWithError(t, "boom", func() {
				defer func() {
					v, _ := recover().(error)
					require.Error(t, v)
					panic(errors.New(v.Error()[:4]))
				}()
				_, _ = do(t.Context(), client)
			})
		}
	})
}

// A panic in a fetch that nobody waits for is only logged.
func TestPanicThatNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			pass(time.Minute)
			panic("boom")
		}))
		client := newClientWith(t, credentials, &script{}, activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := do(ctx, client)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		pass(time.Hour)
		synctest.Wait()
		assert.Contains(t, log.String(), "the function that provides or stores a token did not return")
		assert.NotContains(t, log.String(), "boom")
	})
}

// A token source that uses a client that waits for this very token would wait forever. It gets an
// error.
func TestSourceThatWaitsForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var client *transport.Client
		asked := 0
		client = newClientWith(t, transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			asked++
			_, err := do(context.Background(), client)
			return nil, err
		})), &script{steps: []step{answer(200, things)}})
		_, err := do(t.Context(), client)
		require.ErrorContains(t, err, "uses a client that needs this token")
		assert.Equal(t, 1, asked)
	})
	synctest.Test(t, func(t *testing.T) { // from another goroutine, but with the context of the fetch
		var client *transport.Client
		client = newClientWith(t, transport.Rotating(transport.Bearer(), func(ctx context.Context, _ *transport.Client) (string, time.Time, error) {
			failed := make(chan error)
			go func() {
				_, err := do(ctx, client)
				failed <- err
			}()
			return "", time.Time{}, <-failed
		}), &script{steps: []step{answer(200, things)}})
		_, err := do(t.Context(), client)
		require.ErrorContains(t, err, "uses a client that needs this token")
		require.ErrorIs(t, err, activity.ErrInvalid)
	})
	synctest.Test(t, func(t *testing.T) { // a client with other credentials may be used
		s := &script{steps: []step{answer(200, things)}}
		other := newClientWith(t, fetching(func(int) (string, error) { return "first", nil }), s)
		client := newClientWith(t, transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			_, err := do(t.Context(), other)
			return &oauth2.Token{AccessToken: "second"}, err
		})), s)
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, []string{"first", "second"}, tokensOf(s.sent()))
	})
}

// A fetch that nobody waits for any longer is cancelled. Later calls do not see the cancellation.
func TestFetchThatNobodyWaitsForIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cancelled atomic.Int32
		n := 0
		client := newClientWith(t, transport.Granted(transport.Bearer(), func(ctx context.Context, _ *transport.Client) (string, time.Time, error) {
			if n++; n > 1 {
				return "token", time.Time{}, nil
			}
			<-ctx.Done()
			pass(time.Second) // it does not notice at once
			cancelled.Add(1)
			return "", time.Time{}, ctx.Err()
		}), &script{steps: []step{answer(200, things)}})
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Millisecond)
				defer cancel()
				_, err := do(ctx, client)
				assert.ErrorIs(t, err, context.DeadlineExceeded)
			})
		}
		all.Wait()
		assert.Zero(t, cancelled.Load())
		_, err := do(t.Context(), client)
		require.NoError(t, err)
		pass(time.Second)
		synctest.Wait()
		assert.Equal(t, int32(1), cancelled.Load())
	})
}

// A rotating token is not cancelled: the next call gets it.
func TestRotationIsNotCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := newClientWith(t, transport.Rotating(transport.Bearer(), func(ctx context.Context, _ *transport.Client) (string, time.Time, error) {
			n++
			pass(10 * time.Second)
			return fmt.Sprint("token-", n), time.Time{}, ctx.Err()
		}), &script{steps: []step{answer(200, things)}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := do(ctx, client)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = do(t.Context(), client)
		require.NoError(t, err)
		assert.Equal(t, 1, n)
	})
}

// Two clients share credentials, and the settings of one of them make its token request fail. The
// other one gets the token.
func TestFetchFailsForOneClientOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := 0
		credentials := transport.Granted(transport.Bearer(), func(ctx context.Context, via *transport.Client) (string, time.Time, error) {
			fetches++
			return request(ctx, via)
		})
		s := &script{steps: []step{late(time.Second, answer(200, `{"access_token":"T","things":[]}`))}}
		impatient := newClientWith(t, credentials, s, activity.WithAttemptTimeout(50*time.Millisecond), once)
		patient := newClientWith(t, credentials, s)
		alike := newClientWith(t, credentials, s)
		begun := time.Now()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, err := do(t.Context(), impatient)
				assert.ErrorContains(t, err, "no whole answer within 50ms")
				assert.Equal(t, 50*time.Millisecond, time.Since(begun))
			})
			for _, client := range []*transport.Client{patient, alike} {
				all.Go(func() {
					pass(10 * time.Millisecond)
					_, err := do(t.Context(), client)
					assert.NoError(t, err)
				})
			}
		}
		all.Wait()
		assert.Equal(t, 2, fetches, "one for each kind of settings")
	})
}

// A refused grant is an error for all who wait.
func TestRefusedGrantIsRequestedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fetches := 0
		credentials := transport.Granted(transport.Bearer(), func(context.Context, *transport.Client) (string, time.Time, error) {
			fetches++
			pass(time.Second)
			return "", time.Time{}, &activity.Error{Kind: activity.ErrUnauthorized, StatusCode: 400}
		})
		var all sync.WaitGroup
		for i := range 3 {
			client := newClientWith(t, credentials, &script{}, activity.WithAttemptTimeout(time.Duration(i+1)*time.Second))
			all.Go(func() {
				_, err := do(t.Context(), client)
				assert.ErrorIs(t, err, activity.ErrUnauthorized)
			})
		}
		all.Wait()
		assert.Equal(t, 1, fetches)
	})
}

// A call that waits in the queue can be cancelled.
func TestQueueOfFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		credentials := transport.FromSource(transport.Bearer(), source(func() (*oauth2.Token, error) {
			pass(10 * time.Second)
			asked++
			return nil, errors.New("vault sealed")
		}))
		var all sync.WaitGroup
		for i, patience := range []time.Duration{time.Hour, time.Second, time.Hour} {
			client := newClientWith(t, credentials, &script{}, activity.WithAttemptTimeout(time.Duration(i+1)*time.Second))
			all.Go(func() {
				pass(time.Duration(i) * time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				_, err := do(ctx, client)
				assert.Error(t, err)
			})
		}
		all.Wait()
		assert.Equal(t, 2, asked, "the second one gave up while it was in the queue")
	})
}
