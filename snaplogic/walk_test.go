package snaplogic_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The first request has the query's end. The others have the time of the first response, rounded up
// to a second.
func TestPinnedEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(5)...)
		list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2})
		<-time.After(time.Second + time.Microsecond)
		for page, err := range list.Pages(t.Context()) {
			require.NoError(t, err)
			require.NotEmpty(t, page.Items)
			<-time.After(time.Hour)
		}
		assert.Equal(t, []string{"limit=2&offset=0", "end=946684802000&limit=3&offset=1", "end=946684802000&limit=3&offset=3"},
			queries(server))

		server.ResetRequests()
		_, err := list.Collect(t.Context(), 3)
		require.NoError(t, err)
		assert.Equal(t, []string{"limit=2&offset=0", "end=946695602000&limit=3&offset=1"}, queries(server), "another walk has another end")
	})
}

// The pinned end is not after the query's own, and not before the newest row of the first page. If
// that page does not begin with its newest row, nothing is pinned.
func TestPinnedEndOfRows(t *testing.T) {
	ahead := old(5)
	ahead[0].CreateTime = bubbleStart.Add(time.Hour)
	ascending := old(5)
	slices.Reverse(ascending)
	tied := old(5)
	tied[1].CreateTime = tied[0].CreateTime
	undated := old(5)
	for i := range undated {
		undated[i].CreateTime = time.Time{}
	}
	for name, c := range map[string]struct {
		rows       []snaplogic.Activity
		end, clock time.Time // of the query; of the service, if it has another one
		want       string    // of the second request
	}{
		"the clock is ahead":        {rows: old(5), clock: bubbleStart.Add(time.Minute), want: "end=946684861000&limit=3&offset=1"},
		"the clock is behind":       {rows: old(5), clock: bubbleStart.Add(-time.Minute), want: "end=946684741000&limit=3&offset=1"},
		"the query ends earlier":    {rows: old(5), end: bubbleStart.Add(-time.Minute), want: "end=946684740000&limit=3&offset=1"},
		"the query ends later":      {rows: old(5), end: bubbleStart.Add(time.Hour), want: pageQuery(3, 1)},
		"a row has a later time":    {rows: ahead, want: "end=946688400001&limit=3&offset=1"},
		"rows without a time":       {rows: undated, want: "limit=3&offset=1"},
		"rows of a single time":     {rows: tied, want: "limit=3&offset=1"},
		"the oldest first":          {rows: ascending, want: "limit=3&offset=1"},
		"oldest first, with an end": {rows: ascending, end: bubbleStart, want: "end=946684800000&limit=3&offset=1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.InsertAt(0, c.rows...)
				if !c.clock.IsZero() {
					date := http.Header{"Date": {c.clock.Format(http.TimeFormat)}}
					server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Header: date} })
				}
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 2, End: c.end}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, idsOf(c.rows), idsOf(got))
				assert.Equal(t, c.want, queries(server)[1])
			})
		})
	}
}

// A row that is dated ahead is not cut off, whatever the order and the size of the pages.
func TestRowDatedAhead(t *testing.T) {
	for pageSize := 1; pageSize <= 7; pageSize++ {
		for _, tied := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				rows := old(6)
				slices.Reverse(rows)
				if rows[5].CreateTime = time.Now().Add(10 * time.Second); tied {
					rows[1].CreateTime = rows[0].CreateTime
				}
				server := snaplogictest.NewServer()
				server.InsertAt(0, rows...)
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: pageSize}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, idsOf(rows), idsOf(got), "pages of %d", pageSize)
			})
		}
	}
}

// If the first page has only one time, the end is pinned at the first response with two.
func TestPinnedEndAfterFirstPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer()
		server.Add(old(4)...)
		got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 4)
		assert.Equal(t, []string{firstQuery(1), "limit=2&offset=0", pageQuery(2, 1), pageQuery(3, 2)}, queries(server))
	})
}

// Each row that stays is delivered once and in order. Rows that were inserted may be delivered.
func TestWalkWhileRowsMove(t *testing.T) {
	for name, c := range map[string]struct {
		rows, pageSize int
		change         func(s *snaplogictest.Server) // before the second request
		requests       int
	}{
		"a new row":                             {9, 3, func(s *snaplogictest.Server) { s.Add(newer(1)...) }, 5},
		"a page of new rows":                    {9, 3, func(s *snaplogictest.Server) { s.Add(newer(3)...) }, 5},
		"more new rows than a page":             {9, 3, func(s *snaplogictest.Server) { s.Add(newer(4)...) }, 6},
		"more new rows than are remembered":     {9, 3, func(s *snaplogictest.Server) { s.Add(newer(3000)...) }, 171},
		"a row that was read vanishes":          {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(9)) }, 5},
		"the row that was read last vanishes":   {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(7)) }, 5},
		"that row vanishes, another comes":      {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(7)); s.Add(newer(1)...) }, 5},
		"the next rows vanish":                  {9, 3, func(s *snaplogictest.Server) { s.Delete(idAt(6), idAt(4)) }, 4},
		"all rows that were read vanish":        {9, 3, func(s *snaplogictest.Server) { s.Delete(down(9, 3)...) }, 7},
		"all rows vanish":                       {9, 3, func(s *snaplogictest.Server) { s.Delete(down(9, 9)...) }, 4},
		"a thousand rows that were read vanish": {2500, 1100, func(s *snaplogictest.Server) { s.Delete(down(2400, 1000)...) }, 4},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer()
				server.Add(old(c.rows)...)
				before(server, 2, func() { c.change(server) })
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: c.pageSize}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.LessOrEqual(t, len(server.Requests()), c.requests)
				came := slices.DeleteFunc(idsOf(got), func(id string) bool { return id > idAt(c.rows) })
				stays := map[string]bool{}
				server.DeleteFunc(func(a snaplogic.Activity) bool { stays[a.ID] = true; return false })
				want := slices.DeleteFunc(down(c.rows, c.rows), func(id string) bool { return !stays[id] && !slices.Contains(came, id) })
				assert.Equal(t, want, came)
			})
		})
	}
}

// If a response has no rows although the service counts more, it is requested again a few times.
// Then the list ends with an error.
func TestRowsThatAreNotListed(t *testing.T) {
	empty := &snaplogictest.Fault{Body: wrapped(9)}
	for _, c := range []struct {
		name  string
		empty func(r snaplogictest.Request, offset int) bool
		got   int
		lost  bool
	}{
		{"the first response", func(r snaplogictest.Request, _ int) bool { return r.N == 1 }, 9, false},
		{"the second response", func(r snaplogictest.Request, _ int) bool { return r.N == 2 }, 9, false},
		{"two responses", func(r snaplogictest.Request, _ int) bool { return r.N == 2 || r.N == 3 }, 9, false},
		{"all responses", func(snaplogictest.Request, int) bool { return true }, 0, true},
		{"from an offset on", func(_ snaplogictest.Request, offset int) bool { return offset >= 5 }, 6, true},
		{"from the third response on", func(r snaplogictest.Request, _ int) bool { return r.N >= 3 }, 6, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer(snaplogictest.WithPageLimit(5))
				server.Add(old(9)...)
				server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
					offset, err := strconv.Atoi(r.Query().Get("offset"))
					if err == nil && c.empty(r, offset) {
						return empty
					}
					return nil
				})
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
				if c.lost {
					require.ErrorIs(t, err, activity.ErrListChanged)
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, down(9, len(got)), idsOf(got))
				assert.GreaterOrEqual(t, len(got), c.got)
				assert.Less(t, len(server.Requests()), 30)
			})
		})
	}
}

// A service may count its rows at another moment than it lists them, or not at all.
func TestWrongTotals(t *testing.T) {
	letters := strings.Split("abcdefghij", "")
	for _, c := range []struct {
		name string
		list func(n, offset, limit int) (int, []string)
	}{
		{"none", func(_, offset, limit int) (int, []string) { return -1, part(letters, offset, limit) }},
		{"too small", func(_, offset, limit int) (int, []string) { return 4, part(letters, offset, limit) }},
		{"a row came between counting and listing", func(n, offset, limit int) (int, []string) {
			if n < 3 {
				return 10, part(letters, offset, limit)
			}
			return min(7+n, 11), part(append([]string{"new"}, letters...), offset, limit)
		}},
		{"a row vanished between counting and listing", func(n, offset, limit int) (int, []string) {
			switch {
			case n < 2:
				return 11, part(append([]string{"gone"}, letters...), offset, limit)
			case n == 2:
				return 11, part(letters, offset, limit)
			}
			return 10, part(letters, offset, limit)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			transport := service(func(n, offset, limit int) (int, []string) {
				requests = n
				total, ids := c.list(n, offset, limit)
				return total, entriesOf(ids...)
			})
			got, err := newClient(t, transport).Activities(snaplogic.ActivityQuery{PageSize: 5}).Collect(t.Context(), 0)
			require.NoError(t, err)
			ids := slices.DeleteFunc(idsOf(got), func(id string) bool { return id == "gone" || id == "new" })
			assert.Equal(t, letters, ids)
			assert.Less(t, requests, 12)
		})
	}
}

// A walk ends whatever the service answers.
func TestEndlessLists(t *testing.T) {
	letters := strings.Split("abcdefghij", "")
	fresh := 0
	next := func() string { fresh++; return "fresh" + strconv.Itoa(fresh) }
	for _, c := range []struct {
		name        string
		maxRequests int
		list        func(n, offset, limit int) (int, []string)
	}{
		{"always the first page", 20, func(int, int, int) (int, []string) { return 10, letters[:5] }},
		{"a huge total", 20, func(_, offset, limit int) (int, []string) { return 1_000_000_000, part(letters, offset, limit) }},
		{"empty pages and a huge total", 100, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return 10, part(letters, 0, limit)
			}
			return 1_000_000_000, nil
		}},
		{"always other rows", 3010, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return -1, part(letters, 0, limit)
			}
			return -1, []string{next()}
		}},
		{"other rows and a huge total", 3010, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return 10, part(letters, 0, limit)
			}
			return 1_000_000_000, []string{next(), next()}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			transport := service(func(n, offset, limit int) (int, []string) {
				requests = n
				total, ids := c.list(n, offset, limit)
				return total, entriesOf(ids...)
			})
			got, err := newClient(t, transport).Activities(snaplogic.ActivityQuery{PageSize: 5}).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrListChanged)
			assert.LessOrEqual(t, len(got), 10)
			assert.LessOrEqual(t, requests, c.maxRequests)
		})
	}
}

// A call ends although the service answers with the same row each time, whether it counts or not.
func TestSameRowEachTime(t *testing.T) {
	for _, total := range []int{-1, 5} {
		requests := 0
		client := newClient(t, service(func(n, _, limit int) (int, []string) {
			requests = n
			return total, slices.Repeat(entriesOf("a"), limit)
		}))
		got, err := client.Activities(snaplogic.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrListChanged)
		assert.Equal(t, []string{"a"}, idsOf(got))
		assert.Less(t, requests, 1100)
	}
}

// A list may turn out not to be sorted in a response that has to show more rows of one instant than
// there are keys.
func TestUnsortedAfterManyTies(t *testing.T) {
	const pageSize = 20
	entry := func(id, second int) string {
		return fmt.Sprintf(`{"_id":"%d","create_time":"2024-05-06T12:00:%02d.000000+00:00"}`, id, second)
	}
	var rows []string
	for i := range 3 * pageSize {
		rows = append(rows, entry(i, 59-i/pageSize))
	}
	moved := slices.Concat(rows[1:pageSize], rows[:1], rows[pageSize:])
	shown := false
	client := newClient(t, service(func(n, offset, limit int) (int, []string) {
		switch {
		case limit > pageSize+17 && limit < 1000:
			shown = true
			return -1, []string{entry(100, 1), entry(101, 2)}
		case n > 1:
			return -1, moved[min(offset, len(moved)):min(offset+limit, len(moved))]
		}
		return -1, rows[:pageSize]
	}))
	_, err := client.Activities(snaplogic.ActivityQuery{PageSize: pageSize}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrListChanged)
	assert.True(t, shown)
}
