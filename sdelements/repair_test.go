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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// If activities vanished, the page and the one before it are read again in one request.
func TestRepairAfterDelete(t *testing.T) {
	for name, c := range map[string]struct {
		request int // before which they are deleted
		gone    []int64
		want    []int64
		pages   []string
	}{
		"before the second page":     {2, []int64{8}, down(8, 1), []string{"1x2", "2x2", "1x4", "3x2", "4x2"}},
		"before the third page":      {3, []int64{7}, down(8, 1), []string{"1x2", "2x2", "3x2", "1x6", "4x2"}},
		"before the fourth page":     {4, []int64{6}, down(8, 1), []string{"1x2", "2x2", "3x2", "4x2", "2x4"}},
		"after what was read":        {2, []int64{1}, down(8, 2), []string{"1x2", "2x2", "1x4", "3x2", "4x2"}},
		"so that the last page does": {4, []int64{2, 1}, down(8, 3), []string{"1x2", "2x2", "3x2", "4x2", "2x4"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serverOf(newestFirst(8))
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

// If the service has no larger pages, the page before is read again.
func TestRepairWithoutLargerPages(t *testing.T) {
	usual := []string{"1x2", "2x2", "1x4", "1x2", "3x2"}
	for name, c := range map[string]struct {
		server sdelementstest.Option
		client activity.Option
		at     int // the request before which the newest is deleted
		pages  []string
	}{
		"they are shortened": {sdelementstest.WithPageLimit(2), nil, 2, usual},
		"they are refused":   {nil, nil, 2, usual},
		"they are too large": {nil, activity.WithMaxResponseBytes(900), 2, usual},
		"pages are short":    {sdelementstest.WithPageSizes(1, 2), nil, 3, []string{"1x2", "2x2", "3x2", "2x2"}},
	} {
		t.Run(name, func(t *testing.T) {
			items := newestFirst(6)
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
			assert.Equal(t, down(6, 1), ids(got))
			assert.Equal(t, c.pages, asked(server))
		})
	}
}

// counted returns the body of a page with a count; next 0 means no link.
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

// The list ends with ErrListChanged if activities may be missing.
func TestListChanged(t *testing.T) {
	const (
		further = "activities moved further than the pages that were read again"
		gone    = ""
	)
	short := counted(8, 2, 9) // a short page rules out wide pages
	for name, c := range map[string]struct {
		says    string
		answers []string
	}{
		"no row of the page before": {further, []string{
			counted(8, 2, 9, 8), counted(7, 3, 6, 5), counted(7, 3, 6, 5, 4, 3)}},
		"a row of an earlier page": {further, []string{
			counted(8, 2, 19, 18), counted(8, 3, 17, 16), counted(8, 4, 15, 14), counted(7, 5, 12, 11),
			counted(7, 0, 15, 19, 14, 12)}},
		"not counted": {further, []string{
			`{"next":"?page=2","results":[{"id":9},{"id":8}]}`, `{"next":"?page=3","results":[{"id":8},{"id":7}]}`,
			`{"next":null,"results":[{"id":9},{"id":8},{"id":8},{"id":7}]}`}},
		// One activity came in, so one of the two before the third page was read and the other one
		// was not.
		"one before it was not read": {further, []string{
			counted(8, 2, 19, 18), counted(9, 3, 18, 17), counted(9, 4, 16, 15), counted(9, 0, 15, 14), counted(9, 0, 16, 15, 14, 13)}},
		"one before it was not read, and a page is gone": {further, []string{
			counted(8, 2, 19, 18), counted(9, 3, 18, 17), counted(9, 4, 16, 15), gone, counted(9, 0, 16, 15, 14, 13)}},
		"one before it was not read, and another vanished": {further, []string{
			counted(20, 2, 19, 18), counted(21, 3, 18, 17), counted(20, 4, 16, 15), counted(20, 4, 19, 18, 17, 16, 15, 14),
			counted(20, 5, 13, 12), counted(20, 6, 12, 11), counted(20, 0, 13, 12, 12, 11, 10, 9)}},
		"one vanishes where others came again": {further, []string{
			counted(20, 2, 19, 18), counted(20, 3, 18, 17), counted(20, 3, 19, 18, 17, 16), counted(20, 4, 15, 14),
			counted(19, 5, 13, 12), counted(19, 0, 15, 14, 13, 12)}},
		"came again":     {"activities came again although none came in", []string{short, counted(8, 3, 9, 8)}},
		"nothing left":   {"nothing is left of the page that was read before", []string{short, counted(7, 3, 7, 6), counted(7, 2, 8)}},
		"same instant":   {"two pages meet among activities of the same instant", []string{short, counted(7, 3, 8, 7), counted(7, 2, 9, 8)}},
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

type inserts map[int]sdelements.Activity

// again returns the activity with this id in newestFirst(8); another returns a different one.
func again(id int64) sdelements.Activity { return sdelements.Activity{ID: id, Date: ago(int(8 - id))} }

func another(id int64) sdelements.Activity {
	return sdelements.Activity{ID: id, Date: ago(int(8 - id)), Text: "another"}
}

// An id that the service lists twice is delivered once, and no other activity is lost.
func TestRepeatedID(t *testing.T) {
	for name, c := range map[string]struct {
		at    inserts // inserted at these indexes
		pages []string
	}{
		"same, at a page boundary":      {inserts{2: again(8)}, []string{"1x2", "2x2", "1x4", "3x2", "4x2", "5x2"}},
		"same, further down":            {inserts{4: again(8)}, []string{"1x2", "2x2", "3x2", "1x6", "4x2", "5x2"}},
		"same, at a later boundary":     {inserts{6: again(3)}, []string{"1x2", "2x2", "3x2", "4x2", "2x4", "5x2"}},
		"same, on one page":             {inserts{1: again(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"different, at a page boundary": {inserts{2: another(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"different, further down":       {inserts{7: another(8)}, []string{"1x2", "2x2", "3x2", "4x2", "5x2"}},
		"different, then same":          {inserts{1: another(8), 2: again(8)}, []string{"1x2", "2x2", "1x4", "3x2", "4x2", "5x2"}},
		"different, then a later id":    {inserts{1: another(8), 6: again(4)}, []string{"1x2", "2x2", "3x2", "4x2", "2x4", "5x2"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := serverOf(newestFirst(8))
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

// A wide page at the beginning of the list has no rows before it that could be missing.
func TestRepeatedIDAfterDelete(t *testing.T) {
	server := serverOf(newestFirst(8))
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

// Activities without an id are recognized by their bytes when pages are read again.
func TestRepairOfActivitiesWithoutIDs(t *testing.T) {
	for name, c := range map[string]struct {
		opts  []sdelementstest.Option
		pages []string
	}{
		"at once":    {nil, []string{"1x3", "2x3", "1x6", "3x3"}},
		"one by one": {[]sdelementstest.Option{sdelementstest.WithPageLimit(3)}, []string{"1x3", "2x3", "1x6", "1x3", "3x3"}},
	} {
		t.Run(name, func(t *testing.T) {
			items := newestFirst(8)
			items[2] = sdelements.Activity{Text: "without an id", Date: items[2].Date}
			server := serverOf(items, c.opts...)
			before(server, 2, func() { server.Delete(8) })
			got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Equal(t, []int64{8, 7, 0, 5, 4, 3, 2, 1}, ids(got))
			assert.Equal(t, c.pages, asked(server))
		})
	}
}

// Two pages that are read one by one show the list at two moments. What came in between moves rows
// from the page that is read second to the one that was read first.
func TestActivitiesBetweenTheRepairsRequests(t *testing.T) {
	server := serverOf(newestFirst(8), sdelementstest.WithPageLimit(2))
	server.OnRequest(func(r sdelementstest.Request) {
		switch r.N {
		case 2:
			server.Delete(8)
		case 4:
			server.Add(late(99)...)
		}
	})
	got, err := collect(t, server)
	require.ErrorIs(t, err, activity.ErrListChanged)
	assert.ErrorContains(t, err, "activities came in between the requests for the two pages")
	assert.Equal(t, []int64{8, 7}, got)
	assert.Equal(t, []string{"1x2", "2x2", "1x4", "1x2"}, asked(server))
}

// A cursor remembers one page. What moved there from the page before may have been delivered.
func TestRepairAfterACursor(t *testing.T) {
	change := func() (*sdelementstest.Server, func()) {
		server := serverOf(newestFirst(12))
		return server, func() { server.Add(late(99)...); server.Delete(1, 2) }
	}
	server, changed := change()
	before(server, 3, changed)
	got, err := collect(t, server)
	require.NoError(t, err)
	assert.Equal(t, []int64{12, 11, 10, 9, 99, 8, 7, 6, 5, 4, 3}, got)

	server, changed = change()
	before(server, 3, changed)
	got, err = pageByPage(t, server)
	require.ErrorIs(t, err, activity.ErrListChanged)
	assert.ErrorContains(t, err, "activities may have moved here from a page that is not remembered")
	assert.Equal(t, []int64{12, 11, 10, 9}, got)
}

// A cursor also remembers what moved beyond the pages that were read again, although the service's
// count hides how much that is.
func TestCursorAfterRepair(t *testing.T) {
	server := serverOf(newestFirst(12))
	server.OnRequest(func(r sdelementstest.Request) {
		switch r.N {
		case 2:
			server.Add(late(101, 102)...)
			server.Delete(1)
		case 3:
			server.Add(late(103)...)
		}
	})
	got, err := pageByPage(t, server)
	require.NoError(t, err)
	assert.Equal(t, []int64{12, 11, 101, 102, 103, 10, 9, 8, 7, 6, 5, 4, 3, 2}, got)
}

// Rows that moved beyond the pages that are read again are expected on the pages after them.
func TestRepairAfterLateActivities(t *testing.T) {
	server := serverOf(newestFirst(8))
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
