package opswat_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// latencies returns n latencies between 0.1 and 3 s.
func latencies(seed uint64, n int) []time.Duration {
	r := rand.New(rand.NewPCG(seed, 2))
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = 100*time.Millisecond + time.Duration(r.Int64N(int64(2900*time.Millisecond)+1))
	}
	return out
}

// leastTime returns how long a perfect scheduler needs for requests of these latencies, and when it
// sends each. Each worker sends one request after the other. A slot is free again a minute after
// its request finished or, with fromSent, after it was sent. The latter is the bare quota, for a
// client that knows that requests arrive immediately.
func leastTime(latency []time.Duration, workers int, fromSent bool) (total time.Duration, sent []time.Duration) {
	worker, slot := make([]time.Duration, workers), make([]time.Duration, 10)
	earliest := func(of []time.Duration) int { return slices.Index(of, slices.Min(of)) }
	for _, l := range latency {
		w, s := earliest(worker), earliest(slot)
		at := max(worker[w], slot[s])
		sent = append(sent, at)
		worker[w], slot[s] = at+l, at+time.Minute
		if !fromSent {
			slot[s] += l
		}
		total = max(total, at+l)
	}
	return total, sent
}

// delaying delays the n-th request to the API by the n-th latency. The token request comes first.
func delaying(server *opswattest.Server, latency []time.Duration) {
	server.FailWith(func(r opswattest.Request) *opswattest.Fault {
		return &opswattest.Fault{Delay: latency[min(max(r.N-2, 0), len(latency)-1)]}
	})
}

func TestQuotaIsKeptAndUsed(t *testing.T) {
	const requests = 1000
	for _, workers := range []int{1, 8} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%d goroutines, seed %d", workers, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer()
					latency := latencies(seed, requests)
					delaying(server, latency)
					list := server.Client().Activities(opswat.ActivityQuery{})
					var wg sync.WaitGroup
					for range workers {
						wg.Go(func() {
							for range requests / workers {
								_, err := list.Page(t.Context(), "")
								assert.NoError(t, err)
							}
						})
					}
					wg.Wait()
					total := sinceStart()

					arrived := server.APIRequests()
					require.Len(t, arrived, requests)
					assert.Equal(t, 10, opswattest.MaxInWindow(arrived, time.Minute))
					for _, r := range arrived {
						require.NotEqual(t, http.StatusTooManyRequests, r.Status)
					}
					byRule, sent := leastTime(latency, workers, false)
					for i := range 10 {
						assert.Equal(t, sent[i], arrived[i].Time.Sub(bubbleStart), "the first ten do not wait")
					}
					byQuota, _ := leastTime(latency, workers, true)
					assert.LessOrEqual(t, float64(total), 1.05*float64(byRule))
					assert.LessOrEqual(t, float64(total), 1.05*float64(byQuota))
					t.Logf("%v: %.4f of the least by the rule, %.4f of the least by the bare quota", total,
						total.Seconds()/byRule.Seconds(), total.Seconds()/byQuota.Seconds())
				})
			})
		}
	}
}

// A walk sends 200 requests from one goroutine, the last of them past the end.
func TestQuotaOfWalk(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			server := opswattest.NewServer()
			server.Add(rows(199, time.Now())...)
			latency := latencies(9, 200)
			delaying(server, latency)
			got, err := server.Client(activity.WithPrefetch(prefetch)).Activities(opswat.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, got, 199)
			arrived := server.APIRequests()
			assert.Len(t, arrived, 200)
			assert.Equal(t, 10, opswattest.MaxInWindow(arrived, time.Minute))
			least, _ := leastTime(latency, 1, false)
			assert.Equal(t, least, sinceStart())
		})
	}
}

// network is between client and server. Requests arrive after up to two seconds. A request that was
// given up arrives too, up to 15 seconds later.
type network struct {
	server http.RoundTripper
	mu     sync.Mutex
	rand   *rand.Rand
	late   sync.WaitGroup
	strays atomic.Int32
}

func (n *network) upTo(d time.Duration) time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	return time.Duration(n.rand.Int64N(int64(d) + 1))
}

func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	way := n.upTo(2 * time.Second)
	if n.upTo(99) < 3 {
		way = time.Hour // stuck
	}
	sent := func(ctx context.Context) (*http.Response, error) {
		out := req.Clone(ctx)
		out.Body = io.NopCloser(bytes.NewReader(body))
		return n.server.RoundTrip(out)
	}
	select {
	case <-time.After(way):
		return sent(req.Context())
	case <-req.Context().Done():
	}
	n.strays.Add(1)
	n.late.Go(func() {
		<-time.After(n.upTo(15 * time.Second))
		if resp, err := sent(context.WithoutCancel(req.Context())); err == nil {
			_ = resp.Body.Close()
		}
	})
	return nil, req.Context().Err()
}

// With failures, retries and requests that arrive after they were given up, no 60 seconds of the
// server's clock contain more than ten requests.
func TestQuotaUnderFaults(t *testing.T) {
	for _, workers := range []int{1, 8} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%d goroutines, seed %d", workers, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer(opswattest.WithTokenLifetime(7 * time.Minute))
					var mu sync.Mutex
					r := rand.New(rand.NewPCG(seed, 3))
					server.FailWith(func(opswattest.Request) *opswattest.Fault {
						mu.Lock()
						defer mu.Unlock()
						f := &opswattest.Fault{Delay: 100*time.Millisecond + time.Duration(r.Int64N(int64(2900*time.Millisecond)))}
						switch r.IntN(20) {
						case 0, 1:
							f.Status = 503
						case 2:
							f.Delay = 90 * time.Second
						case 3:
							f.Reset = true
						case 4:
							f.Status = 200 // and no body
						case 5:
							f.Status = 401
						}
						return f
					})
					wire := &network{server: server.Transport(), rand: rand.New(rand.NewPCG(seed, 4))}
					client, err := opswat.New(credentials(), activity.WithTransport(wire), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 14}))
					require.NoError(t, err)
					list := client.Activities(opswat.ActivityQuery{})
					var wg sync.WaitGroup
					for range workers {
						wg.Go(func() {
							for range 200 / workers {
								if _, err := list.Page(t.Context(), ""); err != nil {
									assert.ErrorIs(t, err, activity.ErrUnauthorized, "refused twice in a row")
								}
							}
						})
					}
					wg.Wait()
					wire.late.Wait()
					arrived := server.APIRequests()
					assert.Greater(t, len(arrived), 220)
					assert.Positive(t, wire.strays.Load())
					assert.Equal(t, 10, opswattest.MaxInWindow(arrived, time.Minute))
					for _, r := range arrived {
						require.NotEqual(t, http.StatusTooManyRequests, r.Status)
					}
				})
			})
		}
	}
}

// burst sends a request from each of n goroutines, which take turns with the clients.
func burst(t *testing.T, n int, clients ...*opswat.Client) { t.Helper(); bursts(t, n, 1, clients...) }

// bursts sends several requests from each of n goroutines.
func bursts(t *testing.T, n, each int, clients ...*opswat.Client) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for range each {
				_, err := clients[i%len(clients)].Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
}

func TestQuotaIsSharedByCredentials(t *testing.T) {
	kinds := map[string]func(s *opswattest.Server) opswat.Credentials{
		"client credentials": func(*opswattest.Server) opswat.Credentials { return credentials() },
		"refresh token":      func(s *opswattest.Server) opswat.Credentials { return refreshing(s, &tokenStore{}) },
		"token source":       func(s *opswattest.Server) opswat.Credentials { return opswat.AccessToken(static(s.AccessToken())) },
	}
	for name, build := range kinds {
		t.Run(name, func(t *testing.T) {
			run := func(t *testing.T, want int, sharing bool, opts ...func() activity.Option) {
				t.Helper()
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer(opswattest.WithoutQuota())
					options := []activity.Option{activity.WithTransport(server.Transport())}
					for _, opt := range opts { // a limiter belongs to the bubble in which it was made
						options = append(options, opt())
					}
					var clients []*opswat.Client
					c := build(server)
					for range 2 {
						client, err := opswat.New(c, options...)
						require.NoError(t, err)
						clients = append(clients, client)
						if !sharing {
							c = build(server)
						}
					}
					burst(t, 40, clients...)
					assert.Equal(t, want, opswattest.MaxInWindow(server.APIRequests(), time.Minute))
				})
			}
			t.Run("one value, two clients", func(t *testing.T) { run(t, 10, true) })
			t.Run("two values", func(t *testing.T) { run(t, 20, false) })
			t.Run("two values, one limiter", func(t *testing.T) {
				run(t, 3, false, func() activity.Option { return activity.WithRateLimiter(activity.NewWindowLimiter(3, time.Minute)) })
			})
			t.Run("no limit", func(t *testing.T) { run(t, 40, true, func() activity.Option { return unlimited }) })
		})
	}
}

// A smaller quota in the headers of the service is respected.
func TestRateLimitHeaders(t *testing.T) {
	for name, form := range map[string]opswattest.RateHeaders{"delta": opswattest.ResetInDelta, "epoch": opswattest.ResetInEpoch} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				<-time.After(10 * 365 * 24 * time.Hour)
				server := opswattest.NewServer(opswattest.WithQuota(4, time.Minute), opswattest.WithRateHeaders(form))
				delaying(server, latencies(1, 40))
				list := server.Client().Activities(opswat.ActivityQuery{})
				for range 40 {
					_, err := list.Page(t.Context(), "")
					require.NoError(t, err)
				}
				arrived := server.APIRequests()
				assert.Len(t, arrived, 40, "no request was refused")
				assert.Equal(t, 4, opswattest.MaxInWindow(arrived, time.Minute))
			})
		})
	}
}
