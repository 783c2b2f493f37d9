package opswat_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

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

func TestDefaultPageSize(t *testing.T) {
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
	assert.WithinDuration(t, time.Now(), page.Date, 2*time.Second, "the page at the end has a date too")
}

// With prefetching, one page is requested while the one before it is used.
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

// An error keeps the status of an earlier attempt, but only the last attempt can end a list with
// 413.
func TestPastEndOfEarlierAttempt(t *testing.T) {
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

// 406 is an error, and never the end of a list.
func TestNotAcceptable(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(25, time.Now())...)
	server.Fail(opswattest.Fault{}, opswattest.Fault{Status: 406, Body: `{"error":"more records than limit"}`})
	got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.Equal(t, "more records than limit", kindOf(t, err).Message)
	assert.Len(t, got, 10)
}

// A short page is not taken for the last one.
func TestShortPage(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			server, kept := opswattest.NewServer(opswattest.WithPageSizes(50, 49)), followtest.NewStore()
			want := rows(149, time.Now().Add(-time.Minute))
			server.Add(want...)
			client := server.Client(activity.WithPrefetch(prefetch))
			got, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, deviceIDs(want), deviceIDs(got))
			assert.Equal(t, pagesOf(50, 4), bodies(server))

			followtest.CatchUp(t, kept, client.ActivityFeed(opswat.ActivityQuery{}),
				activity.FollowOptions{Since: time.Now().Add(-time.Hour), Settle: -1})
			assert.Len(t, kept.Keys, 149)
		})
	}
}

// Equal short pages end a list as early as full ones.
func TestLoopOfShortPages(t *testing.T) {
	requests := 0
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		if !isTokenRequest(req) {
			requests++
		}
		return serving(http.StatusOK, `[{"device_id":"D"}]`)(req)
	})
	got, err := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrCursorLoop)
	assert.Len(t, got, 10)
	assert.Equal(t, 11, requests)
}

// After k new rows between two requests, the later page begins with the last k of the earlier one.
func TestRepeatsAfterInsert(t *testing.T) {
	server := opswattest.NewServer()
	server.Add(rows(6, time.Now())...)
	server.OnRequest(func(r opswattest.Request) {
		if strings.Contains(string(r.Body), `"page":2`) {
			server.InsertAt(0, opswat.Activity{DeviceID: "new1"}, opswat.Activity{DeviceID: "new2"})
		}
	})
	got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"D0", "D1", "D2", "D1", "D2", "D3", "D4", "D5"}, deviceIDs(got))
}

// A service that ignores the page number would have no last page.
func TestLoop(t *testing.T) {
	for _, size := range []int{1, 10, 50} {
		t.Run(fmt.Sprint("size ", size), func(t *testing.T) {
			full := "[" + strings.Repeat(`{"device_id":"D"},`, size-1) + `{"device_id":"D"}]`
			requests := 0
			rt := roundTrip(func(req *http.Request) (*http.Response, error) {
				if !isTokenRequest(req) {
					requests++
				}
				return serving(200, full)(req)
			})
			list := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{PageSize: size})
			for range 2 {
				requests = 0
				got, err := list.Collect(t.Context(), 2000)
				require.ErrorIs(t, err, activity.ErrCursorLoop)
				assert.Equal(t, "opswat: list activities: the list leads back to an earlier page: "+
					"the service answers every page number with the same rows", err.Error())
				assert.Len(t, got, 500, "what came before is delivered")
				assert.Equal(t, 500/size+1, requests)
			}
		})
	}
}

// A service may ignore the page size as well.
func TestLoopOfLargePages(t *testing.T) {
	full := "[" + strings.Repeat(`{"device_id":"D"},`, 49) + `{"device_id":"D"}]`
	got, err := newClient(t, serving(200, full), opswat.AccessToken(static("x"))).Activities(opswat.ActivityQuery{PageSize: 1}).Collect(t.Context(), 2000)
	require.ErrorIs(t, err, activity.ErrCursorLoop)
	assert.Len(t, got, 500)
}

// Equal pages that are not in a row do not end a list.
func TestEqualPagesAreNoLoop(t *testing.T) {
	full := "[" + strings.Repeat("{},", 49) + "{}]"
	other := `[{"device_id":"x"},` + strings.Repeat("{},", 48) + "{}]"
	n := 0
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		if isTokenRequest(req) {
			return serving(200, "")(req)
		}
		switch n++; {
		case n == 100:
			return answer(req, 200, "[]"), nil
		case n%10 == 0:
			return answer(req, 200, other), nil
		}
		return answer(req, 200, full), nil
	})
	got, err := newClient(t, rt, credentials()).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 99*50)
}
