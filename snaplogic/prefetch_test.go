package snaplogic_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

const latency = 50 * time.Millisecond

// distant is a server that takes its time, with n activities.
func distant(n int, opts ...snaplogictest.Option) *snaplogictest.Server {
	server := snaplogictest.NewServer(opts...)
	server.Add(old(n)...)
	server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Delay: latency} })
	return server
}

// offsetOf is the offset that a request asks for.
func offsetOf(r snaplogictest.Request) int {
	offset, _ := strconv.Atoi(r.Query().Get("offset"))
	return offset
}

// A hundred pages take the first one's time, since it says how many there are, and then one for as many pages as are loaded ahead.
func TestPrefetchHidesTheLatency(t *testing.T) {
	for _, prefetch := range []int{0, 1, 2, 3, 4, 8, 16, 33, 99, 1000} {
		synctest.Test(t, func(t *testing.T) {
			server := distant(1000)
			begun := time.Now()
			got, err := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(1000, 1000), idsOf(got))
			n := max(prefetch, 1)
			assert.Equal(t, time.Duration(1+(99+n-1)/n)*latency, time.Since(begun), "prefetch %d", prefetch)
			assert.ElementsMatch(t, pageQueries(10, 100), queries(server))
		})
	}
}

// A consumer that needs as long as the service waits for the first page only.
func TestPrefetchBesideAConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		for _, err := range distant(1000).Client(activity.WithPrefetch(1)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
			require.NoError(t, err)
			<-time.After(latency)
		}
		assert.Equal(t, 101*latency, time.Since(begun))
	})
}

// However slow the consumer is, no more pages are held than were asked for.
func TestPrefetchIsBounded(t *testing.T) {
	for _, prefetch := range []int{0, 1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			server := distant(300)
			pages := 0
			for _, err := range server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
				require.NoError(t, err)
				<-time.After(time.Hour)
				pages++
				assert.Len(t, server.Requests(), min(pages+prefetch, 30))
			}
		})
	}
}

// Pages, their totals and their cursors are the same however they are loaded, and each cursor leads to the same rest.
func TestPrefetchChangesNothing(t *testing.T) {
	for name, opts := range map[string][]snaplogictest.Option{
		"pages as asked for": nil,
		"shorter pages":      {snaplogictest.WithPageLimit(6)},
		"pages of one row":   {snaplogictest.WithPageLimit(2)},
		"no total":           {snaplogictest.WithoutTotal()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(45, opts...)
				read := func(prefetch int, from activity.Cursor) (pages []activity.Page[snaplogic.Activity], requests []string) {
					server.ResetRequests()
					list := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10, End: bubbleStart})
					for page, err := range list.From(from).Pages(t.Context()) {
						require.NoError(t, err)
						page.Date = time.Time{} // which tells when it was read
						pages = append(pages, page)
					}
					return pages, slices.Sorted(slices.Values(queries(server)))
				}
				want, requests := read(0, "")
				for _, prefetch := range []int{1, 2, 4, 16} {
					got, sent := read(prefetch, "")
					require.Equal(t, want, got, "prefetch %d", prefetch)
					assert.Equal(t, requests, sent, "prefetch %d", prefetch)
				}
				for i, page := range want[:len(want)-1] {
					got, _ := read(4, page.Next)
					require.Equal(t, want[i+1:], got)
				}
			})
		})
	}
}

// A page that comes short in the middle is filled from where it stopped; the pages that were loaded ahead fit behind it.
func TestPrefetchFillsAShortPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := distant(100)
		short := wrapped(100, entriesOf(down(71, 4)...)...) // the row delivered last, and three of ten
		server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
			f := &snaplogictest.Fault{Delay: latency}
			if offsetOf(r) == 29 {
				f.Body = short
			}
			return f
		})
		begun := time.Now()
		got, err := server.Client(activity.WithPrefetch(4)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(100, 100), idsOf(got))
		assert.ElementsMatch(t, append(pageQueries(10, 10), pageQuery(8, 32)), queries(server))
		assert.Equal(t, 4*latency, time.Since(begun))
	})
}

// A failure comes behind all pages before it, and the walk can be taken up there.
func TestPrefetchDeliversWhatIsBeforeAFailure(t *testing.T) {
	for _, prefetch := range []int{0, 1, 4, 16} {
		synctest.Test(t, func(t *testing.T) {
			server := distant(100)
			server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
				switch offsetOf(r) {
				case 59: // at once, while the pages before are still on their way
					return &snaplogictest.Fault{Status: http.StatusForbidden}
				default:
					return &snaplogictest.Fault{Delay: latency}
				}
			})
			list := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10})
			var got []string
			var next activity.Cursor
			var failure error
			for page, err := range list.Pages(t.Context()) {
				if failure = err; err == nil {
					got, next = append(got, idsOf(page.Items)...), page.Next
				}
			}
			require.ErrorIs(t, failure, activity.ErrForbidden)
			assert.Equal(t, down(100, 60), got)
			server.FailWith(nil)
			rest, err := list.From(next).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(40, 40), idsOf(rest))
		})
	}
}

// Whatever ends a walk ends what is still on its way, at once. The bubble would not end if a goroutine stayed.
func TestPrefetchEndsWithTheWalk(t *testing.T) {
	for _, prefetch := range []int{1, 8} {
		t.Run(fmt.Sprint("break ", prefetch), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(1000)
				list := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10})
				var broken time.Time
				for _, err := range list.Pages(t.Context()) {
					require.NoError(t, err)
					<-time.After(latency / 2) // the next ones are half way
					broken = time.Now()
					break
				}
				assert.Zero(t, time.Since(broken))
				assert.Len(t, server.Requests(), 1+prefetch)
				<-time.After(time.Hour)
				assert.Len(t, server.Requests(), 1+prefetch)
			})
		})
		t.Run(fmt.Sprint("cancel ", prefetch), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(1000)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*latency/2, cancel)
				begun := time.Now()
				got, err := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(ctx, 0)
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, 3*latency/2, time.Since(begun))
				assert.Equal(t, down(1000, 10), idsOf(got))
				assert.Len(t, server.Requests(), 1+prefetch)
			})
		})
	}
}

// One change costs what was loaded ahead, and no more: then pages are loaded ahead again.
func TestPrefetchAfterAChange(t *testing.T) {
	for name, change := range map[string]func(s *snaplogictest.Server){
		"a row in front":       func(s *snaplogictest.Server) { s.Add(newer(1)...) },
		"many rows in front":   func(s *snaplogictest.Server) { s.Add(newer(37)...) },
		"rows behind vanish":   func(s *snaplogictest.Server) { s.Delete(down(950, 15)...) },
		"rows ahead vanish":    func(s *snaplogictest.Server) { s.Delete(down(700, 15)...) },
		"all delivered vanish": func(s *snaplogictest.Server) { s.Delete(down(1000, 200)...) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(1000)
				stays := make(map[string]bool)
				server.OnRequest(func(r snaplogictest.Request) {
					if r.N == 30 {
						change(server)
					}
				})
				begun := time.Now()
				got, err := server.Client(activity.WithPrefetch(8)).Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
				require.NoError(t, err)
				rest, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
				require.NoError(t, err)
				for _, id := range idsOf(rest) {
					stays[id] = true
				}
				moved := func(id string) bool { return !stays[id] }
				assert.Equal(t, slices.DeleteFunc(down(1000, 1000), moved), slices.DeleteFunc(idsOf(got), moved))
				assert.LessOrEqual(t, len(server.Requests()), 100+2*8+8)
				assert.Less(t, time.Since(begun), 25*latency)
			})
		})
	}
}

// The limiter and the pause after a 429 are for all requests together, however many are wanted side by side.
func TestPrefetchKeepsToTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := distant(200, snaplogictest.WithQuota(1, time.Second))
		begun := time.Now()
		client := server.Client(activity.WithPrefetch(8), activity.WithRateLimit(rate.Every(time.Second), 1))
		got, err := client.Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(200, 200), idsOf(got))
		assert.Len(t, server.Requests(), 20, "none was refused")
		assert.Equal(t, 19*time.Second+latency, time.Since(begun))
	})
	synctest.Test(t, func(t *testing.T) {
		server := distant(200)
		server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}})
		got, err := server.Client(activity.WithPrefetch(4), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).
			Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(200, 200), idsOf(got))
		requests := server.Requests()
		assert.Len(t, requests, 21)
		for _, r := range requests[5:] {
			assert.GreaterOrEqual(t, r.Time.Sub(requests[0].Time), 60*time.Second, "those that were under way already aside")
		}
	})
}
