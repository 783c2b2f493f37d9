package sdelements_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
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

// asked returns which pages were asked for, each as its number and size.
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

// before calls change when the n-th request arrives.
func before(server *sdelementstest.Server, n int, change func()) {
	server.OnRequest(func(r sdelementstest.Request) {
		if r.N == n {
			change()
		}
	})
}

// late makes activities that are listed now with a date in the past: before all of natural(n).
func late(ids ...int64) []sdelements.Activity {
	items := make([]sdelements.Activity, len(ids))
	for i, id := range ids {
		items[i] = sdelements.Activity{ID: id, Date: ago(-1)}
	}
	return items
}

// collect reads the whole list of a server in pages of two.
func collect(t *testing.T, server *sdelementstest.Server, opts ...activity.Option) ([]int64, error) {
	t.Helper()
	got, err := server.Client(opts...).Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	return idsOf(got), err
}

// pageByPage reads the whole list of a server in pages of two, each by a walk of its own.
func pageByPage(t *testing.T, server *sdelementstest.Server) (got []int64, err error) {
	t.Helper()
	list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
	for at := activity.Cursor(""); ; {
		page, err := list.Page(t.Context(), at)
		if got = append(got, idsOf(page.Items)...); err != nil || page.Next == "" {
			return got, err
		}
		at = page.Next
	}
}

// serverOf is a server that has these activities.
func serverOf(items []sdelements.Activity, opts ...sdelementstest.Option) *sdelementstest.Server {
	server := sdelementstest.NewServer(opts...)
	server.Add(items...)
	return server
}

// The pages behind the first end where the list ended when the first was read.
func TestTheEndOfAWalk(t *testing.T) {
	ascending := natural(5)
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
		"the service's clock":         {date: ago(-60).Format(http.TimeFormat), items: natural(5), then: "2024-05-06T12:01:01Z"},
		"an activity of that second":  {date: noonHTTP, items: natural(5), then: "2024-05-06T12:00:01Z"},
		"an activity behind that":     {date: ago(60).Format(http.TimeFormat), items: natural(5), then: "2024-05-06T12:00:00.000001Z"},
		"an activity without a date":  {date: noonHTTP, items: append(natural(1), make([]sdelements.Activity, 4)...), then: "2024-05-06T12:00:01Z"},
		"the local clock":             {items: nil, then: "2000-01-01T00:00:01Z"},
		"the query's end, if earlier": {date: noonHTTP, to: noon, items: natural(5), first: "2024-05-06T12:00:00Z", then: "2024-05-06T12:00:00Z"},
		"not the query's, if later": {date: noonHTTP, to: noon.AddDate(0, 0, 1), items: natural(5), first: "2024-05-07T12:00:00Z",
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
				dated(server, c.date)
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

// What happens while a list is read moves nothing, and is not in the list.
func TestWhatHappensDuringAWalk(t *testing.T) {
	server := serverOf(natural(5))
	dated(server, noon.Format(http.TimeFormat))
	before(server, 2, func() {
		server.Add(sdelements.Activity{ID: 90, Date: ago(-2)}, sdelements.Activity{ID: 91, Date: ago(-3)})
	})
	got, err := collect(t, server)
	require.NoError(t, err)
	assert.Equal(t, down(5, 1), got)
	assert.Equal(t, []string{"1x2", "2x2", "3x2"}, asked(server))
}

// Activities that are listed late push others on, which are then left out.
func TestActivitiesListedLate(t *testing.T) {
	for n, c := range map[int]struct {
		want  []int64
		pages []string
	}{
		1: {down(6, 1), []string{"1x2", "2x2", "3x2", "4x2"}},
		2: {down(6, 1), []string{"1x2", "2x2", "3x2", "4x2"}},
		// More than a page holds: those behind the first page are delivered.
		5: {[]int64{6, 5, 98, 97, 96, 4, 3, 2, 1}, []string{"1x2", "2x2", "3x2", "4x2", "5x2", "6x2"}},
	} {
		for reading, read := range map[string]func(t *testing.T, server *sdelementstest.Server) ([]int64, error){
			"at once":      func(t *testing.T, server *sdelementstest.Server) ([]int64, error) { return collect(t, server) },
			"page by page": pageByPage,
		} {
			t.Run(fmt.Sprint(n, " ", reading), func(t *testing.T) {
				server := serverOf(natural(6))
				before(server, 2, func() { server.Add(late(down(100, int64(101-n))...)...) })
				got, err := read(t, server)
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				assert.Equal(t, c.pages, asked(server))
			})
		}
	}
}

// Where more come in than the walk remembers, those that were pushed on cannot all be known.
func TestMoreListedLateThanAreRemembered(t *testing.T) {
	for n, kind := range map[int]error{2: nil, 3: activity.ErrListChanged} {
		server := serverOf(natural(8))
		list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
		page, err := list.Page(t.Context(), "")
		require.NoError(t, err)
		page, err = list.Page(t.Context(), page.Next)
		require.NoError(t, err)
		server.Add(late(down(100, int64(101-n))...)...)
		got, err := list.From(page.Next).Collect(t.Context(), 0) // which knows of two
		if kind == nil {
			require.NoError(t, err)
			assert.Equal(t, down(4, 1), idsOf(got))
			continue
		}
		require.ErrorIs(t, err, kind)
		assert.ErrorContains(t, err, "more activities came in between two pages than are remembered")
	}
}

// Where activities vanished, both pages around the joint are read again at once.
func TestActivitiesThatVanish(t *testing.T) {
	for name, c := range map[string]struct {
		request int // before which
		gone    []int64
		want    []int64
		pages   []string
	}{
		"in front of the second page": {2, []int64{8}, down(8, 1), []string{"1x2", "2x2", "1x4", "3x2", "4x2"}},
		"in front of the third page":  {3, []int64{7}, down(8, 1), []string{"1x2", "2x2", "3x2", "1x6", "4x2"}},
		"in front of the fourth page": {4, []int64{6}, down(8, 1), []string{"1x2", "2x2", "3x2", "4x2", "2x4"}},
		"behind what was read":        {2, []int64{1}, down(8, 2), []string{"1x2", "2x2", "1x4", "3x2", "4x2"}},
		"so that the last page does":  {4, []int64{2, 1}, down(8, 3), []string{"1x2", "2x2", "3x2", "4x2", "2x4"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serverOf(natural(8))
			before(server, c.request, func() { server.Delete(c.gone...) })
			var log bytes.Buffer
			got, err := collect(t, server, activity.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.pages, asked(server))
			assert.Equal(t, 1, strings.Count(log.String(), "rows moved while the list was read"), log.String())
		})
	}
}

// A service that has no larger pages is asked for both pages one by one.
func TestVanishedWithoutLargerPages(t *testing.T) {
	usual := []string{"1x2", "2x2", "1x4", "1x2", "3x2"}
	for name, c := range map[string]struct {
		server sdelementstest.Option
		client activity.Option
		at     int // the request before which the newest vanishes
		pages  []string
	}{
		"they are shortened": {sdelementstest.WithPageLimit(2), nil, 2, usual},
		"they are refused":   {nil, nil, 2, usual},
		"they are too large": {nil, activity.WithMaxResponseBytes(900), 2, usual},
		"pages are short":    {sdelementstest.WithPageSizes(1, 2), nil, 3, []string{"1x2", "2x2", "3x2", "2x2"}},
	} {
		t.Run(name, func(t *testing.T) {
			items := natural(6)
			for i := range items {
				items[i].Text = strings.Repeat("x", 200)
			}
			server := sdelementstest.NewServer()
			if c.server != nil {
				server = sdelementstest.NewServer(c.server)
			}
			server.Add(items...)
			server.FailWith(func(r sdelementstest.Request) *sdelementstest.Fault {
				if c.server == nil && c.client == nil && r.Query().Get("page_size") == "4" {
					return &sdelementstest.Fault{Status: http.StatusBadRequest, Body: `{"page_size":["Too large."]}`}
				}
				return nil
			})
			before(server, c.at, func() { server.Delete(6) })
			client := server.Client()
			if c.client != nil {
				client = server.Client(c.client)
			}
			got, err := client.Activities(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, down(6, 1), idsOf(got))
			assert.Equal(t, c.pages, asked(server))
		})
	}
}

// counted is a page of a service that counts.
func counted(count, next int, ids ...int) string {
	var rows []string
	for _, id := range ids {
		rows = append(rows, fmt.Sprintf(`{"id":%d,"date":"2024-05-06T11:00:%02dZ"}`, id, id))
	}
	link := "null"
	if next > 0 {
		link = fmt.Sprintf(`"?page=%d"`, next)
	}
	return fmt.Sprintf(`{"count":%d,"next":%s,"results":[%s]}`, count, link, strings.Join(rows, ","))
}

// A list that moved in a way which nothing explains ends, since activities may be missing.
func TestMovedBeyondRepair(t *testing.T) {
	const (
		further = "activities moved further than the pages that were read again"
		gone    = ""
	)
	short := counted(8, 2, 9) // so that no page spans others
	for name, c := range map[string]struct {
		says    string
		answers []string
	}{
		"none of the old ones is there": {further, []string{
			counted(8, 2, 9, 8), counted(7, 3, 6, 5), counted(7, 3, 6, 5, 4, 3)}},
		"an earlier one is there": {further, []string{
			counted(8, 2, 19, 18), counted(8, 3, 17, 16), counted(8, 4, 15, 14), counted(7, 5, 12, 11),
			counted(7, 0, 15, 19, 14, 12)}},
		"not counted": {further, []string{
			`{"next":"?page=2","results":[{"id":9},{"id":8}]}`, `{"next":"?page=3","results":[{"id":8},{"id":7}]}`,
			`{"next":null,"results":[{"id":9},{"id":8},{"id":8},{"id":7}]}`}},
		// One came in, so that the two in front of the third page are one that was read and one
		// that was not.
		"one in front was not read": {further, []string{
			counted(8, 2, 19, 18), counted(9, 3, 18, 17), counted(9, 4, 16, 15), counted(9, 0, 15, 14), counted(9, 0, 16, 15, 14, 13)}},
		"one in front was not read, and a page is gone": {further, []string{
			counted(8, 2, 19, 18), counted(9, 3, 18, 17), counted(9, 4, 16, 15), gone, counted(9, 0, 16, 15, 14, 13)}},
		"one in front was not read, and another vanished": {further, []string{
			counted(20, 2, 19, 18), counted(21, 3, 18, 17), counted(20, 4, 16, 15), counted(20, 4, 19, 18, 17, 16, 15, 14),
			counted(20, 5, 13, 12), counted(20, 6, 12, 11), counted(20, 0, 13, 12, 12, 11, 10, 9)}},
		"one vanishes where others came again": {further, []string{
			counted(20, 2, 19, 18), counted(20, 3, 18, 17), counted(20, 3, 19, 18, 17, 16), counted(20, 4, 15, 14),
			counted(19, 5, 13, 12), counted(19, 0, 15, 14, 13, 12)}},
		"came again":     {"activities came again although none came in", []string{short, counted(8, 3, 9, 8)}},
		"nothing left":   {"nothing is left of the page that was read before", []string{short, counted(7, 3, 7, 6), counted(7, 2, 8)}},
		"one instant":    {"activities of one instant stand on both pages", []string{short, counted(7, 3, 8, 7), counted(7, 2, 9, 8)}},
		"a link to none": {"the service links to a page that it does not have", []string{short, gone, counted(1, 2, 9)}},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			for _, body := range c.answers {
				fault := sdelementstest.Fault{Body: body}
				if body == gone {
					fault = sdelementstest.Fault{Status: http.StatusNotFound, Body: `{"detail":"Invalid page."}`}
				}
				server.Fail(fault)
			}
			_, err := collect(t, server)
			require.ErrorIs(t, err, activity.ErrListChanged)
			assert.ErrorContains(t, err, c.says+"; what was delivered is good")
			assert.Len(t, server.Requests(), len(c.answers))
		})
	}
}

type others map[int]sdelements.Activity

// again is an activity as natural(8) has it, another one with the same id.
func again(id int64) sdelements.Activity { return sdelements.Activity{ID: id, Date: ago(int(8 - id))} }

func another(id int64) sdelements.Activity {
	return sdelements.Activity{ID: id, Date: ago(int(8 - id)), Text: "another"}
}

// An id that the service repeats comes once, and costs no other activity.
func TestARepeatedID(t *testing.T) {
	for name, c := range map[string]struct {
		at    others // where they are put in
		pages []string
	}{
		"alike, at the joint":      {others{2: again(8)}, []string{"1x2", "2x2", "1x4", "3x2", "4x2", "5x2"}},
		"alike, further down":      {others{4: again(8)}, []string{"1x2", "2x2", "3x2", "1x6", "4x2", "5x2"}},
		"alike, at a later joint":  {others{6: again(3)}, []string{"1x2", "2x2", "3x2", "4x2", "2x4", "5x2"}},
		"alike, on the same page":  {others{1: again(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"another, at the joint":    {others{2: another(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"another, further down":    {others{7: another(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"another, and again":       {others{1: another(8), 2: again(8)}, []string{"1x2", "2x2", "1x4", "3x2", "4x2", "5x2"}},
		"another, and a later one": {others{1: another(8), 6: again(4)}, []string{"1x2", "2x2", "3x2", "4x2", "2x4", "5x2"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serverOf(natural(8))
			for _, i := range slices.Sorted(maps.Keys(c.at)) {
				server.InsertAt(i, c.at[i])
			}
			got, err := collect(t, server)
			require.NoError(t, err)
			assert.Equal(t, down(8, 1), got)
			assert.Equal(t, c.pages, asked(server))
		})
	}
}

// Where the list begins on the pages that were read again, nothing can be missing in front of them.
func TestARepeatedIDWhereOneVanished(t *testing.T) {
	server := serverOf(natural(8))
	server.OnRequest(func(r sdelementstest.Request) {
		switch r.N {
		case 2:
			server.Delete(1)
		case 4: // page 3; page 2 was read twice
			server.Delete(2)
			server.InsertAt(4, again(5))
		}
	})
	got, err := collect(t, server)
	require.NoError(t, err)
	assert.Equal(t, down(8, 3), got)
	assert.Equal(t, []string{"1x2", "2x2", "1x4", "3x2", "1x6", "4x2"}, asked(server))
}

// Activities without an id are known by their bytes, and only where they can have been pushed on.
func TestActivitiesWithoutIDs(t *testing.T) {
	text := func(i int) string { return fmt.Sprintf("activity %d", i) }
	for name, c := range map[string]struct {
		alike bool
		late  int
		want  int
	}{
		"at rest":            {false, 0, 6},
		"at rest, all alike": {true, 0, 6},
		"pushed on":          {false, 1, 6},
		"pushed far":         {false, 3, 7}, // one of those that came in
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			for i := range 6 {
				a := sdelements.Activity{Text: text(i), Date: ago(i)}
				if c.alike {
					a = sdelements.Activity{Text: "alike", Date: noon}
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

// Where pages are read again, activities without an id are known by their bytes as well.
func TestActivitiesWithoutIDsReadAgain(t *testing.T) {
	for name, c := range map[string]struct {
		opts  []sdelementstest.Option
		pages []string
	}{
		"at once":    {nil, []string{"1x3", "2x3", "1x6", "3x3"}},
		"one by one": {[]sdelementstest.Option{sdelementstest.WithPageLimit(3)}, []string{"1x3", "2x3", "1x6", "1x3", "3x3"}},
	} {
		t.Run(name, func(t *testing.T) {
			items := natural(8)
			items[2] = sdelements.Activity{Text: "without an id", Date: items[2].Date}
			server := serverOf(items, c.opts...)
			before(server, 2, func() { server.Delete(8) })
			got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, []int64{8, 7, 0, 5, 4, 3, 2, 1}, idsOf(got))
			assert.Equal(t, c.pages, asked(server))
		})
	}
}

// What was pushed on further than the pages that are read again reach is expected behind them.
func TestListedLateAndVanished(t *testing.T) {
	server := serverOf(natural(8))
	server.OnRequest(func(r sdelementstest.Request) {
		switch r.N {
		case 2:
			server.Add(late(down(100, 96)...)...)
		case 3:
			server.Delete(1)
		}
	})
	got, err := collect(t, server)
	require.NoError(t, err)
	assert.Equal(t, []int64{8, 7, 98, 97, 100, 99, 96, 6, 5, 4, 3, 2}, got)
	assert.Equal(t, []string{"1x2", "2x2", "3x2", "1x6", "4x2", "5x2", "6x2"}, asked(server))
}

// A stream keeps its place by itself: nothing is bounded, counted or read again.
func TestAStreamInMotion(t *testing.T) {
	server := serverOf(mine(6))
	before(server, 2, func() {
		server.Delete(6)
		server.Add(sdelements.Activity{ID: 90, Actor: sdelementstest.Me, Date: ago(-1)})
	})
	got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(6, 1), idsOf(got))
	require.Len(t, server.Requests(), 3)
	for _, r := range server.Requests() {
		assert.False(t, r.Query().Has("date_to"))
	}
}

// A stream that shows an activity again does not deliver it again.
func TestAStreamThatRepeats(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(faults(`{"next":"?cursor=b","results":[{"id":3},{"id":2}]}`, `{"next":null,"results":[{"id":2},{"id":1}]}`)...)
	got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, down(3, 1), idsOf(got))
	assert.Len(t, server.Requests(), 2)
}

// A stream that covers less time than was asked for delivers what it has, and then says so.
func TestAStreamThatCoversLess(t *testing.T) {
	year := 366 * 24 * time.Hour
	for name, c := range map[string]struct {
		from, to time.Duration // from now; 0: none
		echo     string        // instead of the fake's own
		warned   bool
		kind     error
	}{
		"no bounds":            {0, 0, "", true, nil},
		"within":               {-time.Hour, 0, "", false, nil},
		"a longer time":        {-2 * year, 0, "", true, activity.ErrInvalid},
		"an end ahead":         {-time.Hour, time.Hour, `"date_to":"2000-01-01T00:00:00Z",`, false, nil},
		"an end long before":   {-time.Hour, time.Hour, `"date_to":"1999-12-31T23:30:00Z",`, true, activity.ErrInvalid},
		"a bound as it is":     {-time.Hour, -time.Minute, `"date_from":"1999-12-31T23:00:00Z","date_to":"1999-12-31T23:59:00Z",`, false, nil},
		"what cannot be read":  {-time.Hour, -time.Minute, `"date_from":"soon","date_to":7,`, false, nil},
		"a microsecond later":  {-time.Hour, 0, `"date_from":"1999-12-31T23:00:00.000001Z",`, false, nil},
		"two microseconds":     {-time.Hour, 0, `"date_from":"1999-12-31T23:00:00.000002Z",`, true, activity.ErrInvalid},
		"an end without being": {0, 0, `"date_to":"1999-12-31T23:00:00Z",`, false, nil},
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
				assert.Equal(t, down(5, 1), idsOf(got), "all that the service has")
				want := 0
				if c.warned {
					want = 1
				}
				assert.Equal(t, want, strings.Count(log.String(), "the service covers less time than was asked for"), log.String())
			})
		})
	}
}

// Who reads page by page is told as well, behind the last page, and for nothing.
func TestAStreamThatCoversLessPageByPage(t *testing.T) {
	server := serverOf(mine(3), sdelementstest.WithStreamSpan(100*366*24*time.Hour))
	list := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 2, DateFrom: noon.AddDate(-500, 0, 0)})
	first, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	last, err := list.Page(t.Context(), first.Next)
	require.NoError(t, err)
	assert.Equal(t, []int64{1}, idsOf(last.Items))
	require.NotEmpty(t, last.Next)
	_, err = list.Page(t.Context(), last.Next)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.ErrorContains(t, err, "list user activity stream: invalid request: the service covers less time than DateFrom and DateTo ask for")
	assert.Len(t, server.Requests(), 2)
}

// A numbered list that repeats its bounds is not compared with an end that was never asked for.
func TestANumberedListThatSaysWhatItCovers(t *testing.T) {
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

// A cursor knows enough to repair what happened since it was made.
func TestResumedInMotion(t *testing.T) {
	for name, c := range map[string]struct {
		change func(server *sdelementstest.Server)
		pages  []string
	}{
		"nothing happened": {func(*sdelementstest.Server) {}, []string{"3x2", "4x2"}},
		"one came in":      {func(s *sdelementstest.Server) { s.Add(late(90)...) }, []string{"3x2", "4x2", "5x2"}},
		"one vanished":     {func(s *sdelementstest.Server) { s.Delete(8) }, []string{"3x2", "2x2", "4x2"}},
	} {
		for _, size := range []int{2, 3} { // of the list that the cursor is given to
			t.Run(fmt.Sprint(name, " ", size), func(t *testing.T) {
				server := serverOf(natural(8))
				list := server.Client().Activities(sdelements.ActivityQuery{PageSize: 2})
				page, err := list.Page(t.Context(), "")
				require.NoError(t, err)
				page, err = list.Page(t.Context(), page.Next)
				require.NoError(t, err)
				c.change(server)
				server.ResetRequests()
				list = server.Client().Activities(sdelements.ActivityQuery{PageSize: size})
				got, err := list.From(page.Next).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, down(4, 1), idsOf(got))
				assert.Equal(t, c.pages, asked(server))
			})
		}
	}
}

// Of a page that is too large for a cursor the last activities are known. That is enough for those
// that are pushed on, and not for those that vanish.
func TestResumedBehindALargePage(t *testing.T) {
	const n = 3000
	items := natural(n)
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
				assert.Equal(t, []int64{1 << 40}, idsOf(got))
			} else {
				assert.ErrorContains(t, err, "the page that was read before is not remembered")
			}
		})
	}
}

// A page of any size has a cursor, whether its activities have ids or not.
func TestALargePageWithoutIDs(t *testing.T) {
	server := sdelementstest.NewServer()
	for i := range 1001 {
		server.Add(sdelements.Activity{Text: fmt.Sprint(i), Date: ago(i)})
	}
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1001)
}
