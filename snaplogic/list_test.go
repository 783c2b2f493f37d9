package snaplogic_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A list at rest of k rows costs k / PageSize requests, rounded up, and one more to see the end where the service does not say how many
// there are.
func TestList(t *testing.T) {
	for _, c := range []struct{ rows, pages int }{{0, 1}, {1, 1}, {9, 1}, {10, 1}, {11, 2}, {20, 2}, {45, 5}} {
		for _, prefetch := range []int{0, 1, 3} {
			for _, totalless := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d rows, prefetch %d, without total: %v", c.rows, prefetch, totalless), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var options []snaplogictest.Option
						want := pageQueries(10, c.pages)
						if totalless {
							options = append(options, snaplogictest.WithoutTotal())
							if c.rows > 0 {
								want = append(want, pageQuery(11, c.rows-1))
							}
						}
						server := snaplogictest.NewServer(options...)
						server.Add(old(c.rows)...)
						list := server.Client(activity.WithPrefetch(prefetch)).Activities(snaplogic.ActivityQuery{PageSize: 10})
						got, err := list.Collect(t.Context(), 0)
						require.NoError(t, err)
						assert.Equal(t, down(c.rows, c.rows), idsOf(got))
						assert.ElementsMatch(t, want, queries(server), "side by side they can arrive in any order")

						again, err := list.Collect(t.Context(), 0)
						require.NoError(t, err)
						assert.Equal(t, got, again, "ranged twice")
						assert.ElementsMatch(t, append(want, want...), queries(server))
					})
				})
			}
		}
	}
}

func TestListInBareEnvelopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithBareEnvelope())
		server.Add(old(25)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(25, 25), idsOf(got))
		assert.Equal(t, pageQueries(10, 3), queries(server))
	})
}

// A service that gives fewer rows than it was asked for loses none.
func TestListOfShortPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithPageLimit(4))
		server.Add(old(11)...)
		var sizes []int
		for page, err := range server.Client().Activities(snaplogic.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
			require.NoError(t, err)
			assert.Equal(t, 11, page.Total)
			sizes = append(sizes, len(page.Items))
		}
		assert.Equal(t, []int{4, 3, 3, 1}, sizes)
		assert.Equal(t, []string{pageQuery(10, 0), pageQuery(11, 3), pageQuery(11, 6), pageQuery(11, 9)}, queries(server))
	})
}

func TestDefaultPageSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(1001)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(1001, 1001), idsOf(got))
		assert.Equal(t, pageQueries(1000, 2), queries(server))
	})
}

func TestErrorInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(5)...)
		server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{Body: `{"http_status_code":403,"response_map":{"error_list":[{"message":"No."}]}}`})
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2})
		var pages [][]string
		var next activity.Cursor
		var failure error
		for page, err := range list.Pages(t.Context()) {
			if failure = err; err != nil {
				continue
			}
			pages, next = append(pages, idsOf(page.Items)), page.Next
		}
		require.ErrorIs(t, failure, activity.ErrForbidden)
		assert.Equal(t, [][]string{down(5, 2)}, pages)
		assert.Len(t, server.Requests(), 2)

		got, err := list.From(next).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, down(3, 3), idsOf(got), "goes on where it failed")

		server.Fail(snaplogictest.Fault{}, snaplogictest.Fault{Body: `{"response_map":{"total":5}}`})
		got, err = list.Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrMalformed)
		assert.Equal(t, down(5, 2), idsOf(got))
	})
}

func TestEarlyBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(30)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 10})
		n := 0
		for _, err := range list.All(t.Context()) {
			require.NoError(t, err)
			if n++; n == 10 {
				break
			}
		}
		assert.Equal(t, pageQueries(10, 1), queries(server), "the last row of a page costs no further request")
		got, err := list.Collect(t.Context(), 11)
		require.NoError(t, err)
		assert.Equal(t, down(30, 11), idsOf(got))
		assert.Len(t, server.Requests(), 3)
	})
}

func TestCancelledWalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(5)...)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var got []string
		var last error
		for a, err := range server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2}).All(ctx) {
			if last = err; err == nil {
				got = append(got, a.ID)
			}
			cancel()
		}
		require.ErrorIs(t, last, context.Canceled)
		assert.Equal(t, down(5, 2), got)
		assert.Len(t, server.Requests(), 1)
	})
}

func TestConcurrentRanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(25)...)
		list := server.Client(activity.WithPrefetch(1)).Activities(snaplogic.ActivityQuery{PageSize: 10})
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				got, err := list.Collect(t.Context(), 0)
				assert.NoError(t, err)
				assert.Equal(t, down(25, 25), idsOf(got))
			})
		}
		all.Wait()
		assert.Len(t, server.Requests(), 8*3)
	})
}

// Page by page, each read on its own by the cursor of the one before.
func TestPageByCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(7)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 3})
		var got []string
		var at activity.Cursor
		for {
			page, err := list.Page(t.Context(), at)
			require.NoError(t, err)
			assert.Equal(t, 7, page.Total)
			assert.Contains(t, string(page.Raw), `"http_status_code": 200`)
			got = append(got, idsOf(page.Items)...)

			rest, err := list.From(at).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(7-len(got)+len(page.Items), 7-len(got)+len(page.Items)), idsOf(rest))
			if at = page.Next; at == "" {
				break
			}
			<-time.After(time.Hour)
		}
		assert.Equal(t, down(7, 7), got)
		for _, query := range queries(server) {
			assert.Contains(t, query, "end="+bubbleEnd+"&", "the end stays that of the first page")
		}
	})
}

// Nothing that the caller does to the query afterwards matters.
func TestQueryIsCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
		q := snaplogic.ActivityQuery{
			EventTypes: []snaplogic.EventType{snaplogic.ACLAdd, snaplogic.ACLRemove},
			IsAlert:    new(true), AdminUpdate: new(false), Extra: url.Values{"x": {"1", "2"}},
		}
		list := server.Client().Activities(q)
		q.EventTypes[0], q.User = "changed", "changed"
		*q.IsAlert, *q.AdminUpdate = false, true
		q.Extra["x"][0] = "changed"
		q.Extra.Set("y", "changed")
		for range 2 {
			_, err := list.Collect(t.Context(), 0)
			require.NoError(t, err)
		}
		const want = "end=" + bubbleEnd + "&filter_event_type=acl_add%2Cacl_remove&filter_is_alert=true&filter_snaplogic_admin_update=false" +
			"&limit=1000&offset=0&x=1&x=2"
		assert.Equal(t, []string{want, want}, queries(server))
	})
}
