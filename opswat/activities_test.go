package opswat_test

import (
	"fmt"
	"net/http"
	"sync"
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
		{"one row", 1, 1, nil},
		{"almost a page", 9, 1, nil},
		{"a full page", 10, 2, nil},
		{"a full page, then an empty array", 10, 2, []opswattest.Option{opswattest.WithEmptyPageAtEnd()}},
		{"a page and a row", 11, 2, nil},
		{"several pages", 45, 5, nil},
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
	assert.Equal(t, pagesOf(50, 2), bodies(server))
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
		assert.True(t, len(page.Raw) > 2 && page.Raw[0] == '[')
		sizes = append(sizes, len(page.Items))
		if at = page.Next; at == "" {
			break
		}
	}
	assert.Equal(t, []int{3, 3, 1}, sizes)

	server.DeleteFunc(func(opswat.Activity) bool { return true })
	page, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, activity.Page[opswat.Activity]{Total: -1, Date: page.Date}, page, "413")
	assert.WithinDuration(t, time.Now(), page.Date, 2*time.Second, "the end of a list has a date, too")
}

func TestEarlyBreak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Add(rows(30, time.Now())...)
		list := server.Client().Activities(opswat.ActivityQuery{PageSize: 10})
		n := 0
		for _, err := range list.All(t.Context()) {
			require.NoError(t, err)
			if n++; n == 10 {
				break
			}
		}
		assert.Equal(t, pagesOf(10, 1), bodies(server), "the last row of a page costs no further request")

		got, err := list.Collect(t.Context(), 11)
		require.NoError(t, err)
		assert.Len(t, got, 11)
		assert.Len(t, server.APIRequests(), 1+2)
	})
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
				assert.Len(t, server.APIRequests(), min(pages+ahead, 5), "prefetch %d", prefetch)
			}
			assert.Equal(t, 5, pages)
		})
	}
}

func TestErrorInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Add(rows(30, time.Now())...)
		server.Fail(opswattest.Fault{}, opswattest.Fault{Status: http.StatusForbidden})
		list := server.Client().Activities(opswat.ActivityQuery{PageSize: 10})
		errors := 0
		n := 0
		for a, err := range list.All(t.Context()) {
			if err != nil {
				errors++
				require.ErrorIs(t, err, activity.ErrForbidden)
				assert.Zero(t, a)
				continue
			}
			n++
		}
		assert.Equal(t, 10, n)
		assert.Equal(t, 1, errors)
		assert.Len(t, server.APIRequests(), 2)

		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 30, "the next range is not troubled by the last")
	})
}

// Only an empty or short page ends a list; a failure in its place is repeated or reported.
func TestFailureIsNotTheEnd(t *testing.T) {
	faults := map[string]opswattest.Fault{
		"500":                    {Status: 500, Body: "[]"},
		"503 HTML":               {Status: 503, Body: "<html><title>Maintenance</title></html>"},
		"empty 200":              {Status: 200},
		"cut body":               {CutBody: 100},
		"truncated body":         {Truncate: 100},
		"reset":                  {Reset: true},
		"429":                    {Status: 429},
		"408":                    {Status: 408},
		"413 that breaks off":    {Status: 413, Body: `{"error":"too large"}`, CutBody: 5},
		"stalled":                {Delay: 2 * time.Minute},
		"expired token":          {Status: 401},
		"429 with a retry after": {Status: 429, Header: http.Header{"Retry-After": {"30"}}},
	}
	for name, fault := range faults {
		for place := range 4 {
			t.Run(fmt.Sprint(name, " at page ", place+1), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := opswattest.NewServer()
					want := rows(35, time.Now())
					server.Add(want...)
					for range place {
						server.Fail(opswattest.Fault{})
					}
					server.Fail(fault)
					got, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
					require.NoError(t, err)
					assert.Equal(t, deviceIDs(want), deviceIDs(got))
					assert.Len(t, server.APIRequests(), 5)
				})
			})
		}
	}
}

// The status of an earlier attempt stays in an error, but 413 ends a list only if it is what the call came to.
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

func TestConcurrentRanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		want := rows(45, time.Now())
		server.Add(want...)
		list := server.Client(activity.WithPrefetch(1)).Activities(opswat.ActivityQuery{PageSize: 10})
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				got, err := list.Collect(t.Context(), 0)
				assert.NoError(t, err)
				assert.Equal(t, deviceIDs(want), deviceIDs(got))
			})
		}
		wg.Wait()
		assert.Len(t, server.APIRequests(), 8*5)
		assert.Len(t, server.Requests(), 8*5+1, "one token for all")
	})
}

func TestShapesThatAreNoPage(t *testing.T) {
	tests := map[string]struct{ body, says string }{
		"null":            {`null`, "body is null, want an array"},
		"object":          {`{"error":"no"}`, "body is an object, want an array"},
		"text":            {`"[]"`, "body is a string, want an array"},
		"more than one":   {`[] []`, "JSON cannot be read at byte 3"},
		"broken":          {`[{"action":}]`, "JSON cannot be read"},
		"nested too deep": {deepArray(), "JSON cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, serving(200, tt.body), credentials())
			got, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
			assert.Empty(t, got)
			require.ErrorIs(t, err, activity.ErrMalformed)
			assert.Contains(t, err.Error(), tt.says)
			assert.Equal(t, 1, kindOf(t, err).Attempts)
		})
	}
}

func deepArray() string {
	deep := make([]byte, 20_001)
	for i := range deep {
		deep[i] = '['
	}
	return string(deep)
}
