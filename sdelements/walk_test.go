package sdelements_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// asked returns the requested pages, each as number and size.
func asked(server *sdelementstest.Server) []string {
	var pages []string
	for _, r := range server.Requests() {
		number := r.Query().Get("page")
		if number == "" {
			number = "1"
		}
		pages = append(pages, number+"x"+r.Query().Get("page_size"))
	}
	return pages
}

// before calls change before the n-th request is answered.
func before(server *sdelementstest.Server, n int, change func()) {
	server.OnRequest(func(r sdelementstest.Request) {
		if r.N == n {
			change()
		}
	})
}

// late returns activities that are listed late: their date is in the past, yet after
// newestFirst(n).
func late(ids ...int64) []sdelements.Activity {
	items := make([]sdelements.Activity, len(ids))
	for i, id := range ids {
		items[i] = sdelements.Activity{ID: id, Date: ago(-1)}
	}
	return items
}

// collect reads the whole list in pages of two.
func collect(t *testing.T, server *sdelementstest.Server, opts ...activity.Option) ([]int64, error) {
	t.Helper()
	got, err := server.Client(opts...).Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	return ids(got), err
}

// pageByPage reads the whole list in pages of two, each by a new walk.
func pageByPage(t *testing.T, server *sdelementstest.Server) (got []int64, err error) {
	t.Helper()
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
	for at := activity.Cursor(""); ; {
		page, err := list.Page(t.Context(), at)
		if got = append(got, ids(page.Items)...); err != nil || page.Next == "" {
			return got, err
		}
		at = page.Next
	}
}

// Pages after the first are bounded by the time of the first response.
func TestPinnedEnd(t *testing.T) {
	ascending := newestFirst(5)
	for i := range ascending {
		ascending[i].Date = ago(-i)
	}
	noonHTTP := noon.Format(http.TimeFormat)
	for name, c := range map[string]struct {
		date        string
		to          time.Time
		items       []sdelements.Activity
		first, then string
	}{
		"the service's clock":         {date: ago(-60).Format(http.TimeFormat), items: newestFirst(5), then: "2024-05-06T12:01:01Z"},
		"an activity of that second":  {date: noonHTTP, items: newestFirst(5), then: "2024-05-06T12:00:01Z"},
		"an activity after that":      {date: ago(60).Format(http.TimeFormat), items: newestFirst(5), then: "2024-05-06T12:00:00.000001Z"},
		"an activity without a date":  {date: noonHTTP, items: append(newestFirst(1), make([]sdelements.Activity, 4)...), then: "2024-05-06T12:00:01Z"},
		"the local clock":             {items: nil, then: "2000-01-01T00:00:01Z"},
		"the query's end, if earlier": {date: noonHTTP, to: noon, items: newestFirst(5), first: "2024-05-06T12:00:00Z", then: "2024-05-06T12:00:00Z"},
		"not the query's, if later": {date: noonHTTP, to: noon.AddDate(0, 0, 1), items: newestFirst(5), first: "2024-05-07T12:00:00Z",
			then: "2024-05-06T12:00:01Z"},
		"none, if others may follow": {date: noonHTTP, items: ascending},
		"none, with an activity without a date": {date: noonHTTP, items: []sdelements.Activity{
			{ID: 1, Date: ago(9)}, {ID: 2}, {ID: 3, Date: ago(8)}, {ID: 4}, {ID: 5}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := sdelementstest.NewServer()
				if server.InsertAt(0, c.items...); c.items == nil {
					for i := range 5 {
						server.Add(sdelements.Activity{ID: int64(i + 1), Date: time.Now().Add(-time.Hour)})
					}
				}
				answerWithDate(server, c.date)
				got, err := server.Client().Activities(sdelements.ActivityQuery{DateTo: c.to, PageSize: 3}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Len(t, got, 5)
				for i, r := range server.Requests() {
					if want := c.then; i > 0 {
						assert.Equal(t, want, r.Query().Get("date_to"))
					} else {
						assert.Equal(t, c.first, r.Query().Get("date_to"))
					}
				}
				assert.Equal(t, []string{"1x3", "2x3"}, asked(server))
			})
		})
	}
}

// Activities that happen while a list is read move no row and are not delivered.
func TestNewActivitiesDuringWalk(t *testing.T) {
	server := serverOf(newestFirst(5))
	answerWithDate(server, noon.Format(http.TimeFormat))
	before(server, 2, func() {
		server.Add(sdelements.Activity{ID: 90, Date: ago(-2)}, sdelements.Activity{ID: 91, Date: ago(-3)})
	})
	got, err := collect(t, server)
	require.NoError(t, err)
	assert.Equal(t, down(5, 1), got)
	assert.Equal(t, []string{"1x2", "2x2", "3x2"}, asked(server))
}

// Activities that are listed late move others to later pages, where they are recognized.
func TestLateActivities(t *testing.T) {
	for n, c := range map[int]struct {
		want  []int64
		pages []string
	}{
		1: {down(6, 1), []string{"1x2", "2x2", "3x2", "4x2"}},
		2: {down(6, 1), []string{"1x2", "2x2", "3x2", "4x2"}},
		// More than a page holds: those after the first page are delivered.
		5: {[]int64{6, 5, 98, 97, 96, 4, 3, 2, 1}, []string{"1x2", "2x2", "3x2", "4x2", "5x2", "6x2"}},
	} {
		for reading, read := range map[string]func(t *testing.T, server *sdelementstest.Server) ([]int64, error){
			"at once":      func(t *testing.T, server *sdelementstest.Server) ([]int64, error) { return collect(t, server) },
			"page by page": pageByPage,
		} {
			t.Run(fmt.Sprint(n, " ", reading), func(t *testing.T) {
				server := serverOf(newestFirst(6))
				before(server, 2, func() { server.Add(late(down(100, int64(101-n))...)...) })
				got, err := read(t, server)
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				assert.Equal(t, c.pages, asked(server))
			})
		}
	}
}

// If more activities come in than the walk remembers, it cannot recognize all that moved.
func TestMoreLateActivitiesThanRemembered(t *testing.T) {
	for n, kind := range map[int]error{2: nil, 3: activity.ErrListChanged} {
		server := serverOf(newestFirst(8))
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
		page := secondPage(t, list)
		server.Add(late(down(100, int64(101-n))...)...)
		got, err := list.From(page.Next).Collect(t.Context(), 0) // the cursor holds two keys
		if kind == nil {
			require.NoError(t, err)
			assert.Equal(t, down(4, 1), ids(got))
			continue
		}
		require.ErrorIs(t, err, kind)
		assert.ErrorContains(t, err, "more activities came in between two pages than are remembered")
	}
}

// Activities without an id are recognized by their bytes, and only where they can have moved.
func TestActivitiesWithoutIDs(t *testing.T) {
	text := func(i int) string { return fmt.Sprintf("activity %d", i) }
	for name, c := range map[string]struct {
		alike bool
		late  int
		want  int
	}{
		"unchanged":               {false, 0, 6},
		"unchanged, all the same": {true, 0, 6},
		"moved":                   {false, 1, 6},
		"moved far":               {false, 3, 7}, // one of the late ones
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			for i := range 6 {
				a := sdelements.Activity{Text: text(i), Date: ago(i)}
				if c.alike {
					a = sdelements.Activity{Text: "same", Date: noon}
				}
				server.Add(a)
			}
			before(server, 2, func() { server.Add(late(down(100, int64(101-c.late))...)...) })
			got, err := collect(t, server)
			require.NoError(t, err)
			assert.Len(t, got, c.want)
		})
	}
}

// Streams page by cursors: the walk neither bounds nor counts, and reads nothing again.
func TestStreamWhileRowsMove(t *testing.T) {
	server := serverOf(mine(6))
	before(server, 2, func() {
		server.Delete(6)
		server.Add(sdelements.Activity{ID: 90, Actor: sdelementstest.Me, Date: ago(-1)})
	})
	got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(6, 1), ids(got))
	require.Len(t, server.Requests(), 3)
	for _, r := range server.Requests() {
		assert.False(t, r.Query().Has("date_to"))
	}
}

func TestStreamRepeatsActivity(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(faults(`{"next":"?cursor=b","results":[{"id":3},{"id":2}]}`, `{"next":null,"results":[{"id":2},{"id":1}]}`)...)
	got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(3, 1), ids(got))
	assert.Len(t, server.Requests(), 2)
}

// A stream that covers less time than was asked for delivers what it has, and ends with an error.
func TestStreamCoversLess(t *testing.T) {
	year := 366 * 24 * time.Hour
	for name, c := range map[string]struct {
		from, to time.Duration // from now; 0: none
		echo     string        // replaces the bounds that the fake answers with
		warned   bool
		kind     error
	}{
		"no bounds":                     {0, 0, "", true, nil},
		"within":                        {-time.Hour, 0, "", false, nil},
		"a longer time":                 {-2 * year, 0, "", true, activity.ErrInvalid},
		"an end ahead":                  {-time.Hour, time.Hour, `"date_to":"2000-01-01T00:00:00Z",`, false, nil},
		"an end long before":            {-time.Hour, time.Hour, `"date_to":"1999-12-31T23:30:00Z",`, true, activity.ErrInvalid},
		"a bound as it is":              {-time.Hour, -time.Minute, `"date_from":"1999-12-31T23:00:00Z","date_to":"1999-12-31T23:59:00Z",`, false, nil},
		"what cannot be read":           {-time.Hour, -time.Minute, `"date_from":"soon","date_to":7,`, false, nil},
		"a microsecond later":           {-time.Hour, 0, `"date_from":"1999-12-31T23:00:00.000001Z",`, false, nil},
		"two microseconds":              {-time.Hour, 0, `"date_from":"1999-12-31T23:00:00.000002Z",`, true, activity.ErrInvalid},
		"an end that was not asked for": {0, 0, `"date_to":"1999-12-31T23:00:00Z",`, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				now := time.Now()
				server := sdelementstest.NewServer(sdelementstest.WithStreamSpan(year))
				for i := range 5 {
					server.Add(sdelements.Activity{ID: int64(5 - i), Actor: sdelementstest.Me, Date: now.Add(-2*time.Minute - time.Duration(i)*time.Second)})
				}
				if c.echo != "" {
					server.Fail(faults(`{"next":"?cursor=b",`+c.echo+`"results":[{"id":5},{"id":4}]}`,
						`{"next":null,`+c.echo+`"results":[{"id":3},{"id":2},{"id":1}]}`)...)
				}
				q := sdelements.ActivityQuery{PageSize: 2}
				if c.from != 0 {
					q.DateFrom = now.Add(c.from)
				}
				if c.to != 0 {
					q.DateTo = now.Add(c.to)
				}
				var log bytes.Buffer
				list := server.Client(activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))).UserActivityStream(q)
				got, err := list.Collect(t.Context(), 0)
				require.ErrorIs(t, err, c.kind)
				assert.Equal(t, down(5, 1), ids(got), "everything that the service has")
				want := 0
				if c.warned {
					want = 1
				}
				assert.Equal(t, want, strings.Count(log.String(), "the service covers less time than was asked for"), log.String())
			})
		})
	}
}

// Without the service's clock, the local clock says which end is long ago.
func TestStreamCoversLessWithoutDate(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Fault{Header: http.Header{"Date": nil},
		Body: `{"date_from":"2024-01-01T00:00:00Z","date_to":"2024-02-01T00:00:00Z","next":null,"results":[]}`})
	q := sdelements.ActivityQuery{DateFrom: noon.AddDate(0, 0, -126), DateTo: noon.AddDate(0, 6, 0)}
	_, err := server.Client().UserActivityStream(q).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// Page returns the error after the last page, without a request.
func TestStreamCoversLessPageByPage(t *testing.T) {
	server := serverOf(mine(3), sdelementstest.WithStreamSpan(100*366*24*time.Hour))
	list := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2, DateFrom: noon.AddDate(-500, 0, 0)})
	first, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	last, err := list.Page(t.Context(), first.Next)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, ids(last.Items))
	require.NotEmpty(t, last.Next)
	_, err = list.Page(t.Context(), last.Next)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.ErrorContains(t, err, "list user activity stream: invalid request: the service covers less time than DateFrom and DateTo ask for")
	assert.Len(t, server.Requests(), 2)
}

// The bounds in the answers of a numbered list are compared with the pinned end, not with DateTo.
func TestNumberedListEchoesBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer()
		server.OnRequest(func(sdelementstest.Request) { <-time.After(time.Hour) })
		server.Fail(faults(`{"next":"?page=2","date_to":"2000-01-02T00:00:00Z","results":[{"id":2}]}`,
			`{"next":null,"date_to":"2000-01-01T01:00:01Z","results":[{"id":1}]}`)...)
		q := sdelements.ActivityQuery{DateTo: time.Now().AddDate(0, 0, 1)}
		got, err := server.Client(activity.WithAttemptTimeout(2*time.Hour)).Activities(q).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 2)
	})
}

// A walk from a cursor repairs what happened since the cursor was made.
func TestResumeWhileRowsMove(t *testing.T) {
	for name, c := range map[string]struct {
		change func(server *sdelementstest.Server)
		pages  []string
	}{
		"nothing happened": {func(*sdelementstest.Server) {}, []string{"3x2", "4x2"}},
		"one came in":      {func(s *sdelementstest.Server) { s.Add(late(90)...) }, []string{"3x2", "4x2", "5x2"}},
		"one vanished":     {func(s *sdelementstest.Server) { s.Delete(8) }, []string{"3x2", "2x2", "4x2"}},
	} {
		for _, size := range []int{2, 3} { // the page size of the list that continues
			t.Run(fmt.Sprint(name, " ", size), func(t *testing.T) {
				server := serverOf(newestFirst(8))
				list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
				page := secondPage(t, list)
				c.change(server)
				server.ResetRequests()
				list = server.Client().Activities(sdelements.ActivityQuery{PageSize: size})
				got, err := list.From(page.Next).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, down(4, 1), ids(got))
				assert.Equal(t, c.pages, asked(server))
			})
		}
	}
}

// A cursor of a large page holds its last keys only. They suffice if activities come in, and not if
// some vanish.
func TestResumeAfterLargePage(t *testing.T) {
	const n = 3000
	items := newestFirst(n)
	for i := range items {
		items[i].ID *= 1 << 40
	}
	for name, kind := range map[string]error{"one came in": nil, "one vanished": activity.ErrListChanged} {
		t.Run(name, func(t *testing.T) {
			server := serverOf(items)
			list := server.Client().Activities(sdelements.ActivityQuery{PageSize: n - 1})
			page, err := list.Page(t.Context(), "")
			require.NoError(t, err)
			if kind == nil {
				server.Add(late(7)...)
			} else {
				server.Delete(n << 40)
			}
			got, err := list.From(page.Next).Collect(t.Context(), 0)
			require.ErrorIs(t, err, kind)
			if kind == nil {
				assert.Equal(t, []int64{1 << 40}, ids(got))
			} else {
				assert.ErrorContains(t, err, "the page before is not remembered")
			}
		})
	}
}
