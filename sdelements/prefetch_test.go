package sdelements_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

const latency = 50 * time.Millisecond

// distant is a server that takes its time, with n activities that every bubble can see.
func distant(n int, opts ...sdelementstest.Option) *sdelementstest.Server {
	server := sdelementstest.NewServer(opts...)
	items := mine(n)
	for i := range items {
		items[i].Date = bubbleStart.Add(-time.Hour - time.Duration(i)*time.Second)
	}
	server.Add(items...)
	server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault { return &sdelementstest.Fault{Delay: latency} })
	return server
}

var bubbleStart = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// past is a query whose list has a fixed end.
func past(pageSize int) sdelements.ActivityQuery {
	return sdelements.ActivityQuery{PageSize: pageSize, DateTo: bubbleStart.Add(-time.Second)}
}

// The first page says how many there are, and the last one is asked for in its turn; those in between are loaded side by side.
func TestPrefetchHidesTheLatency(t *testing.T) {
	for _, prefetch := range []int{0, 1, 2, 3, 8, 16, 98, 1000} {
		synctest.Test(t, func(t *testing.T) {
			server := distant(1000)
			begun := time.Now()
			got, err := server.Client(activity.WithPrefetch(prefetch)).Activities(past(10)).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(1000, 1), idsOf(got))
			n := max(prefetch, 1)
			assert.Equal(t, time.Duration(1+(98+n-1)/n+1)*latency, time.Since(begun), "prefetch %d", prefetch)
			assert.Len(t, server.Requests(), 100)
		})
	}
}

// Where the end is open, or the service does not page by numbers or does not count, one page is on its way beside the one that is used.
func TestPrefetchOfOnePage(t *testing.T) {
	open, near := past(10), past(10)
	open.DateTo = time.Time{}
	near.DateTo = bubbleStart.Add(time.Hour)
	for name, list := range map[string]func(c *sdelements.Client) activity.List[sdelements.Activity]{
		"an open end":        func(c *sdelements.Client) activity.List[sdelements.Activity] { return c.Activities(open) },
		"an end yet to come": func(c *sdelements.Client) activity.List[sdelements.Activity] { return c.Activities(near) },
		"a stream":           func(c *sdelements.Client) activity.List[sdelements.Activity] { return c.UserActivityStream(past(10)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(200)
				begun, pages := time.Now(), 0
				for _, err := range list(server.Client(activity.WithPrefetch(8))).Pages(t.Context()) {
					require.NoError(t, err)
					<-time.After(latency)
					pages++
					assert.Len(t, server.Requests(), min(pages+1, 20))
				}
				assert.Equal(t, 21*latency, time.Since(begun))
			})
		})
	}
}

// Pages and requests are the same however they are loaded, no more are held than were asked for, and each cursor leads to the same rest.
func TestPrefetchChangesNothing(t *testing.T) {
	for name, opts := range map[string][]sdelementstest.Option{"pages as asked for": nil, "shorter pages": {sdelementstest.WithPageLimit(6)}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := distant(95, opts...)
				read := func(prefetch int, from activity.Cursor) (pages [][]int64, cursors []activity.Cursor, requests []string) {
					server.ResetRequests()
					for page, err := range server.Client(activity.WithPrefetch(prefetch)).Activities(past(10)).From(from).Pages(t.Context()) {
						require.NoError(t, err)
						assert.True(t, from != "" || page.Total == 95)
						pages, cursors = append(pages, idsOf(page.Items)), append(cursors, page.Next)
						<-time.After(time.Hour)
						assert.LessOrEqual(t, len(server.Requests()), len(pages)+prefetch)
					}
					return pages, cursors, slices.Sorted(slices.Values(lines(server)))
				}
				want, _, requests := read(0, "")
				for _, prefetch := range []int{1, 2, 4, 16} {
					got, cursors, sent := read(prefetch, "")
					require.Equal(t, want, got, "prefetch %d", prefetch)
					assert.Equal(t, requests, sent, "prefetch %d", prefetch)
					for i, at := range cursors[:len(cursors)-1] {
						rest, _, _ := read(prefetch/2, at)
						require.Equal(t, want[i+1:], rest)
					}
				}
			})
		})
	}
}

// A service whose links are not as they are expected to be has pages requested in vain once.
func TestPrefetchWhereTheLinksAreOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			n := 1
			_, _ = fmt.Sscanf(r.Query().Get("page"), "%d", &n)
			body := fmt.Sprintf(`{"count":20,"results":[{"id":%d}]`, 100-n)
			if n < 39 {
				body += fmt.Sprintf(`,"next":"http://internal.example.com/?page=%d"`, n+2)
			}
			return &sdelementstest.Fault{Body: body + "}", Delay: latency}
		})
		got, err := server.Client(activity.WithPrefetch(4)).Activities(past(1)).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 20)
		assert.LessOrEqual(t, len(server.Requests()), 20+3)
	})
}

// A failure comes behind all pages before it; an end that comes early ends what is on its way.
func TestPrefetchThatEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := distant(100)
		server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
			if r.Query().Get("page") == "6" {
				return &sdelementstest.Fault{Status: http.StatusForbidden}
			}
			return &sdelementstest.Fault{Delay: latency}
		})
		got, err := server.Client(activity.WithPrefetch(8)).Activities(past(10)).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrForbidden)
		assert.Equal(t, down(100, 51), idsOf(got))
	})
	synctest.Test(t, func(t *testing.T) {
		server := distant(1000)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*latency/2, cancel)
		begun := time.Now()
		got, err := server.Client(activity.WithPrefetch(8)).Activities(past(10)).Collect(ctx, 0)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, 3*latency/2, time.Since(begun))
		assert.Equal(t, down(1000, 991), idsOf(got))
		assert.Len(t, server.Requests(), 9)
	})
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		got, err := distant(1000).Client(activity.WithPrefetch(8)).Activities(past(10)).Collect(t.Context(), 5)
		require.NoError(t, err)
		assert.Len(t, got, 5)
		assert.Equal(t, latency, time.Since(begun))
	})
}

// What a cursor says of pages that were loaded ahead is confirmed by the walk that goes on from it.
func TestACursorBehindPagesThatWereLoadedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := distant(200)
		list := server.Client(activity.WithPrefetch(4)).Activities(past(20))
		var at activity.Cursor
		for page, err := range list.Pages(t.Context()) {
			require.NoError(t, err)
			if at = page.Next; page.Items[0].ID == 160 {
				break
			}
		}
		server.Add(sdelements.Activity{ID: 1000, Date: bubbleStart.Add(-time.Minute)})
		server.Delete(1)
		_, err := list.From(at).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrListChanged, "it may have happened while the pages were on their way")

		server.Add(sdelements.Activity{ID: 1, Date: bubbleStart.Add(-24 * time.Hour)})
		got, err := list.From(at).Collect(t.Context(), 0)
		require.NoError(t, err, "one came in, as the count says")
		assert.Equal(t, down(140, 1), idsOf(got))
	})
}
