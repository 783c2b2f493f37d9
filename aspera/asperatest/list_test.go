package asperatest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// pages follows the links of a list of transfers and returns the UUIDs of each page.
func pages(t *testing.T, s *asperatest.Server, size int) (out [][]string) {
	t.Helper()
	for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: size}).Pages(t.Context()) {
		require.NoError(t, err)
		var uuids []string
		for _, transfer := range page.Items {
			uuids = append(uuids, transfer.UUID)
		}
		out = append(out, uuids)
	}
	return out
}

// numbered adds transfers "0" to "n-1", the first of which is the newest.
func numbered(s *asperatest.Server, n int) {
	for i := range n {
		s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon.Add(-time.Duration(i) * time.Second)})
	}
}

// A link to the next page is valid only with its filters. A link to the first page has no filters.
func TestLinks(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(30))
	const target = "/analytics/v2/nodes/7/transfers"
	_, body := send(t, s, "GET", target+"?limit=2&direction=send&start_time=2024-01-01T00:00:00Z", "", nil)
	var page struct {
		OrganizationID int    `json:"organization_id"`
		StartTime      string `json:"start_time"`
		Total          int    `json:"total_transfers"`
		First, Next    struct{ Href string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &page))
	assert.Equal(t, 1023, page.OrganizationID)
	assert.Equal(t, "2024-01-01T00:00:00.000000000Z", page.StartTime)
	assert.Greater(t, page.Total, 2)
	assert.Equal(t, base+target+"?limit=2", page.First.Href)
	next, err := url.Parse(page.Next.Href)
	require.NoError(t, err)
	query := next.Query()
	token := query.Get("next")
	assert.Equal(t, base+target, "https://"+next.Host+next.Path)
	query.Del("next")
	assert.Equal(t, "direction=send&limit=2&start_time=2024-01-01T00%3A00%3A00Z", query.Encode())

	for change, status := range map[string]int{
		"?direction=send&limit=2&start_time=2024-01-01T00:00:00Z&next=": 200,
		"?direction=send&start_time=2024-01-01T00:00:00Z&next=":         200, // the size may change
		"?limit=2&next=": 400,
		"?direction=receive&limit=2&start_time=2024-01-01T00:00:00Z&next=": 400,
	} {
		got, _ := send(t, s, "GET", target+change+token, "", nil)
		assert.Equal(t, status, got, change)
	}
	got, _ := send(t, s, "GET", "/analytics/v2/nodes/8/transfers?direction=send&start_time=2024-01-01T00:00:00Z&next="+token, "", nil)
	assert.Equal(t, 400, got)
}

func TestDefaultPageSizes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(200))
	for target, want := range map[string]int{
		"transfers": 25, "application_events": 50, "egress_throughputs": 60, "ingress_throughputs": 60, "file_access": 20,
		"file_access/search?search=a": 10,
	} {
		_, body := send(t, s, "GET", "/analytics/v2/workspaces/9/"+target, "", nil)
		members := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal([]byte(body), &members))
		n := 0
		for _, name := range []string{strings.Split(target, "/")[0], "users", "files"} {
			var rows []json.RawMessage
			if json.Unmarshal(members[name], &rows) == nil {
				n += len(rows)
			}
		}
		assert.Equal(t, want, n, target)
	}
}

func TestPageSizes(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithPageSizes(3, 2), asperatest.WithEmptyPages())
	numbered(s, 9)
	assert.Equal(t, [][]string{{"0", "1", "2"}, nil, {"3", "4"}, nil, {"5", "6", "7"}, nil, {"8"}}, pages(t, s, 3))
}

// The next page begins after the last row, in any order, even if that row was deleted.
func TestOrder(t *testing.T) {
	monday := time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)
	for order, want := range map[asperatest.Order][]string{
		asperatest.NewestFirst:    {"d", "c", "b", "a", "none"},
		asperatest.OldestFirst:    {"a", "b", "c", "d", "none"},
		asperatest.WeeksAscending: {"b", "a", "d", "c", "none"},
	} {
		for _, gone := range []int{-1, 0, 1, 2} {
			s := asperatest.NewServer(asperatest.WithOrder(order))
			s.Add(aspera.Transfer{UUID: "none"})
			for i, uuid := range []string{"a", "b", "c", "d"} {
				s.Add(aspera.Transfer{UUID: uuid, SessionStart: monday.AddDate(0, 0, i-2)})
			}
			var got []string
			for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: 1}).Pages(t.Context()) {
				require.NoError(t, err)
				for _, item := range page.Items {
					got = append(got, item.UUID)
				}
				if len(got)-1 == gone {
					s.Delete(got[gone])
				}
			}
			assert.Equal(t, want, got, "order %d, row %d gone", order, gone)
		}
	}
}

func TestShuffledTies(t *testing.T) {
	walk := func(size int, opts ...asperatest.Option) (got [][]string) {
		s := asperatest.NewServer(opts...)
		for i := range 5 {
			s.Add(aspera.Transfer{UUID: fmt.Sprint(i), SessionStart: noon})
		}
		for range 10 {
			var all []string
			for _, page := range pages(t, s, size) {
				all = append(all, page...)
			}
			assert.ElementsMatch(t, []string{"0", "1", "2", "3", "4"}, all, "each comes once")
			got = append(got, all)
		}
		return got
	}
	one := asperatest.WithShuffledTies(1)
	again := walk(2, one)
	assert.Equal(t, walk(2, one), again)
	assert.NotEqual(t, walk(5, one), walk(5, asperatest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(5, one)[0], walk(5, one)[1])
	assert.Equal(t, walk(5)[0], walk(5)[1], "without the option")
}

func TestFilters(t *testing.T) {
	s := asperatest.NewServer()
	at := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	s.Add(
		aspera.Transfer{UUID: "a", SessionStart: at, Status: "completed", Direction: "send"},
		aspera.Transfer{UUID: "b", SessionStart: at.Add(time.Hour), Status: "failed", Direction: "receive"},
		aspera.Transfer{Raw: json.RawMessage(`{"uuid":"c","session_start_time":"2024-03-05T11:00:00Z","status":"queued","direction":"send"}`)},
		aspera.Transfer{UUID: "timeless"},
	)
	r := s.Client().Organization(asperatest.OrganizationID)
	for name, c := range map[string]struct {
		query aspera.TransferQuery
		want  string
	}{
		"none":                 {aspera.TransferQuery{}, "c b a timeless"},
		"start":                {aspera.TransferQuery{Start: at.Add(time.Hour)}, "c b timeless"},
		"just after the start": {aspera.TransferQuery{Start: at.Add(time.Hour + time.Millisecond)}, "c timeless"},
		"stop":                 {aspera.TransferQuery{Stop: at.Add(time.Hour)}, "b a timeless"},
		"both":                 {aspera.TransferQuery{Start: at.Add(1), Stop: at.Add(2*time.Hour - time.Second)}, "b a timeless"},
		"status":               {aspera.TransferQuery{Status: "failed"}, "b"},
		"status of a row":      {aspera.TransferQuery{Status: "queued"}, "c"},
		"direction":            {aspera.TransferQuery{Direction: "send"}, "c a"},
	} {
		var got []string
		for transfer, err := range r.Transfers(c.query).All(t.Context()) {
			require.NoError(t, err, name)
			got = append(got, transfer.UUID)
		}
		assert.Equal(t, c.want, strings.Join(got, " "), name)
	}

	s.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", CreatedAt: at}, aspera.ApplicationEvent{EventID: "2", CreatedAt: at.Add(time.Hour)})
	events, err := r.ApplicationEvents(aspera.EventQuery{Start: at.Add(time.Minute)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, events, 1)
	assert.Equal(t, "2", events[0].EventID)

	assert.Equal(t, 4, s.Len())
	assert.Equal(t, 2, s.Delete("a", "c"))
	assert.Equal(t, 2, s.Len())
	assert.Equal(t, 1, s.DeleteApplicationEvents("2"))
}

func TestSearch(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithSearchParameter("q"))
	s.AddMatches(
		aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "1", Name: "Reel.mov", Path: "/dailies/Reel.mov"}},
		aspera.FileAccessMatch{User: &aspera.FileAccessUser{ID: "2", Name: "Ada", Email: "ada@example.com"}},
		aspera.FileAccessMatch{Raw: json.RawMessage(`{"id":3,"label":"REEL"}`)},
	)
	r := s.Client().Organization(asperatest.OrganizationID)
	for term, want := range map[string]int{"reel": 2, "EXAMPLE": 1, "dailies": 1, "nothing": 0} {
		got, err := r.SearchFileAccess(aspera.FileAccessSearch{Extra: url.Values{"q": {term}}}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, want, term)
	}
	_, err := r.SearchFileAccess(aspera.FileAccessSearch{Term: "x"}).Page(t.Context(), "")
	require.ErrorContains(t, err, `unknown parameter "search"`)
}

func TestSpan(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithSpan(5*time.Minute, 180*24*time.Hour))
	r := s.Client().Organization(asperatest.OrganizationID)
	at := time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC)
	for width, good := range map[time.Duration]bool{time.Minute: false, 5 * time.Minute: true, 180 * 24 * time.Hour: true, 181 * 24 * time.Hour: false} {
		_, err := r.Transfers(aspera.TransferQuery{Start: at, Stop: at.Add(width)}).Page(t.Context(), "")
		assert.Equal(t, good, err == nil, width)
	}
	_, err := r.Transfers(aspera.TransferQuery{Start: at}).Page(t.Context(), "")
	assert.NoError(t, err)
}

// The time of one bound changes neither the other bound nor other lists.
func TestBounds(t *testing.T) {
	times := map[asperatest.TransferTime]time.Time{
		asperatest.SessionStart: noon, asperatest.SessionStop: noon.Add(time.Minute), asperatest.UpdatedAt: noon.Add(time.Hour),
	}
	for start, from := range times {
		for stop, to := range times {
			s := asperatest.NewServer(asperatest.WithBounds(start, stop))
			s.Add(aspera.Transfer{UUID: "1", SessionStart: noon, SessionStop: noon.Add(time.Minute), UpdatedAt: noon.Add(time.Hour),
				Direction: aspera.DirectionSend, TransferredBytes: 7})
			s.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", CreatedAt: noon})
			for _, c := range []struct {
				start, stop time.Time
				want        int
			}{
				{start: from, want: 1}, {start: from.Add(time.Millisecond)},
				{stop: to, want: 1}, {stop: to.Add(-time.Millisecond)},
			} {
				got, err := organization(s).Transfers(aspera.TransferQuery{Start: c.start, Stop: c.stop}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Len(t, got, c.want)
				_, _, down := volume(t, s, c.start, c.stop)
				assert.EqualValues(t, 7*c.want, down)
			}
			events, err := organization(s).ApplicationEvents(aspera.EventQuery{Start: noon, Stop: noon}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, events, 1)
		}
	}
}

// A running transfer has no stop time, so that it is in every span by that time.
func TestBoundsOfARunningTransfer(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStop))
	s.Add(aspera.Transfer{UUID: "1", SessionStart: noon})
	got, err := organization(s).Transfers(aspera.TransferQuery{Start: noon.Add(time.Hour), Stop: noon.Add(2 * time.Hour)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

func TestExclusiveBounds(t *testing.T) {
	for want, opts := range map[string][]asperatest.Option{"0 1 2 ": nil, "1 ": {asperatest.WithExclusiveBounds()}} {
		s := asperatest.NewServer(opts...)
		numbered(s, 4)
		for i := range 4 {
			at := noon.Add(-time.Duration(i) * time.Second)
			s.AddApplicationEvents(aspera.ApplicationEvent{EventID: fmt.Sprint(i), CreatedAt: at})
		}
		start, stop := noon.Add(-2*time.Second), noon
		transfers, events := "", ""
		for transfer, err := range organization(s).Transfers(aspera.TransferQuery{Start: start, Stop: stop}).All(t.Context()) {
			require.NoError(t, err)
			transfers += transfer.UUID + " "
		}
		for event, err := range organization(s).ApplicationEvents(aspera.EventQuery{Start: start, Stop: stop}).All(t.Context()) {
			require.NoError(t, err)
			events += event.EventID + " "
		}
		assert.Equal(t, want, transfers)
		assert.Equal(t, want, events)
	}
}

// Other mistakes are refused even by a lenient service.
func TestLenientQuery(t *testing.T) {
	const transfers = "/analytics/v2/users/1/transfers"
	s := asperatest.NewServer(asperatest.WithLenientQuery(), asperatest.WithGreatestLimit(100), asperatest.WithRows(60))
	for target, status := range map[string]int{
		transfers + "?limit=x": 200, transfers + "?limit=0": 200, transfers + "?limit=-1": 200, transfers + "?other=1": 200,
		transfers + "?limit=100": 200, transfers + "?limit=101": 400, transfers + "?limit=1&limit=2": 400,
		transfers + "?status=nonsense": 400, transfers + "?start_time=today": 400, transfers + "?next=x": 400,
		"/analytics/v2/users/1/volume_usage?limit=1": 200, "/analytics/v2/users/1/volume_usage?start_time=x": 400,
	} {
		got, body := send(t, s, http.MethodGet, target, "", nil)
		assert.Equal(t, status, got, "%s: %s", target, body)
	}
}

// Ignored filters are verified, and the links to pages still work.
func TestIgnoredFilters(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithIgnoredFilters(), asperatest.WithRows(60))
	got, err := organization(s).Transfers(aspera.TransferQuery{Status: aspera.StatusFailed, PageSize: 25}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 60)
	status, body := send(t, s, http.MethodGet, "/analytics/v2/users/1/transfers?status=nonsense", "", nil)
	assert.Equal(t, http.StatusBadRequest, status, body)
}
