package opswat_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// pagesOf are the bodies of requests for the first n pages.
func pagesOf(limit, n int) []string {
	var out []string
	for page := range n {
		out = append(out, fmt.Sprintf(`{"limit":%d,"page":%d}`, limit, page+1))
	}
	return out
}

func TestList(t *testing.T) {
	tests := []struct {
		name     string
		rows     int
		requests int
		options  []opswattest.Option
	}{
		{"empty", 0, 1, nil},
		{"empty, answered with an empty array", 0, 1, []opswattest.Option{opswattest.WithEmptyPageAtEnd()}},
		{"one row", 1, 2, nil},
		{"almost a page", 9, 2, nil},
		{"a full page", 10, 2, nil},
		{"a full page, then an empty array", 10, 2, []opswattest.Option{opswattest.WithEmptyPageAtEnd()}},
		{"a page and a row", 11, 3, nil},
		{"several pages", 45, 6, nil},
		{"several full pages", 50, 6, nil},
	}
	for _, tt := range tests {
		for _, prefetch := range []int{0, 1, 3} {
			t.Run(fmt.Sprintf("%s, prefetch %d", tt.name, prefetch), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer(tt.options...)
					want := rows(tt.rows, time.Now())
					server.Add(want...)
					list := server.Client(activity.WithPrefetch(prefetch)).Activities(opswat.ActivityQuery{PageSize: 10})

					got, err := list.Collect(t.Context(), 0)
					require.NoError(t, err)
					assert.Equal(t, deviceIDs(want), deviceIDs(got))
					assert.Equal(t, pagesOf(10, tt.requests), bodies(server))

					again, err := list.Collect(t.Context(), 0)
					require.NoError(t, err)
					assert.Equal(t, got, again, "ranged twice")
					assert.Len(t, server.APIRequests(), 2*tt.requests)
				})
			})
		}
	}
}

func TestListDefaultPageSize(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(51, time.Now())...)
	got, err := server.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 51)
	assert.Equal(t, pagesOf(50, 3), bodies(server))
}

func TestPage(t *testing.T) {
	server := opswattest.NewServer()
	want := rows(7, time.Now())
	server.Add(want...)
	list := server.Client().Activities(opswat.ActivityQuery{PageSize: 3})

	var sizes []int
	var at activity.Cursor
	for {
		page, err := list.Page(t.Context(), at)
		require.NoError(t, err)
		assert.Equal(t, -1, page.Total)
		assert.Equal(t, page.Next != "", len(page.Raw) > 2 && page.Raw[0] == '[')
		sizes = append(sizes, len(page.Items))
		if at = page.Next; at == "" {
			break
		}
	}
	assert.Equal(t, []int{3, 3, 1, 0}, sizes)

	server.DeleteFunc(func(opswat.Activity) bool { return true })
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, activity.Page[opswat.Activity]{Total: -1, Date: page.Date}, page, "413")
	assert.WithinDuration(t, time.Now(), page.Date, 2*time.Second, "the end of a list has a date, too")
}

// With prefetching the next page is on its way while the one before is consumed, one at a time.
func TestPrefetch(t *testing.T) {
	for prefetch, ahead := range map[int]int{0: 0, 1: 1, 5: 1} {
		synctest.Test(t, func(t *testing.T) {
			server := opswattest.NewServer()
			server.Add(rows(45, time.Now())...)
			pages := 0
			for _, err := range server.Client(activity.WithPrefetch(prefetch)).Activities(opswat.ActivityQuery{PageSize: 10}).Pages(t.Context()) {
				require.NoError(t, err)
				pages++
				synctest.Wait()
				assert.Len(t, server.APIRequests(), min(pages+ahead, 6), "prefetch %d", prefetch)
			}
			assert.Equal(t, 6, pages)
		})
	}
}

// The status of an earlier attempt stays in an error, but 413 ends a list only if it is what the
// call came to.
func TestPastEndIsNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Fail(opswattest.Fault{Status: 413, Body: `{"error":"too large"}`, CutBody: 5}, opswattest.Fault{Reset: true})
		client := server.Client(activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
		_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.Error(t, err)
		e := kindOf(t, err)
		assert.Equal(t, 413, e.StatusCode)
		assert.Equal(t, 2, e.Attempts)
		assert.True(t, e.Temporary())
	})
}

// The service's pages contradict each other about 406. It is the caller's mistake, and never the
// end of a list.
func TestNotAcceptableIsNotTheEnd(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(25, time.Now())...)
	server.Fail(opswattest.Fault{}, opswattest.Fault{Status: 406, Body: `{"error":"more records than limit"}`})
	got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.Equal(t, "more records than limit", kindOf(t, err).Message)
	assert.Len(t, got, 10)
}
