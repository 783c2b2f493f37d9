package sdelementstest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

const (
	everything = "/api/v2/activities/"
	stream     = "/api/v2/users/me/activity-stream/"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

// numbered adds activities n to 1, the first of which is the newest.
func numbered(server *sdelementstest.Server, n int64) {
	for id := range n {
		server.Add(sdelements.Activity{ID: id + 1, Actor: sdelementstest.Me, Date: noon.Add(time.Duration(id) * time.Second)})
	}
}

// walk follows the links of a list and returns the ids of each page.
func walk(t *testing.T, server *sdelementstest.Server, target string) (pages [][]int64) {
	t.Helper()
	for target != "" {
		require.Less(t, len(pages), 50)
		pages = append(pages, listed(t, server, target))
		_, body, _ := get(t, server, target, nil)
		var page struct{ Next string }
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		next, err := url.Parse(page.Next)
		require.NoError(t, err)
		target = next.RequestURI()
		if page.Next == "" {
			target = ""
		}
	}
	return pages
}

func TestIDsMayRepeat(t *testing.T) {
	server := sdelementstest.NewServer()
	numbered(server, 3)
	server.Add(sdelements.Activity{ID: 2, Actor: sdelementstest.Me, Date: noon})
	server.InsertAt(3, sdelements.Activity{ID: 3, Actor: sdelementstest.Me, Date: noon})
	want := [][]int64{{3}, {2}, {1}, {3}, {2}}
	assert.Equal(t, want, walk(t, server, everything+"?page_size=1"))
	assert.Equal(t, want, walk(t, server, stream+"?page_size=1"))
	_, body, _ := get(t, server, everything+"2/", nil)
	assert.Contains(t, body, "12:00:01", "the newest")
	assert.Equal(t, 2, server.Delete(2))
}

func TestShuffledTies(t *testing.T) {
	all := func(target string, opts ...sdelementstest.Option) (ids []int64) {
		server := sdelementstest.NewServer(opts...)
		numbered(server, 1)
		for id := range int64(4) {
			server.Add(sdelements.Activity{ID: id + 2, Actor: sdelementstest.Me, Date: noon.Add(-time.Second)})
		}
		for range 10 {
			got := listed(t, server, target)
			assert.EqualValues(t, 1, got[0])
			assert.ElementsMatch(t, []int64{2, 3, 4, 5}, got[1:])
			ids = append(ids, got...)
		}
		return ids
	}
	one := sdelementstest.WithShuffledTies(1)
	for _, target := range []string{everything, everything + "?page_size=9", stream + "?page_size=9"} {
		got := all(target, one)
		assert.Equal(t, got, all(target, one), target)
		assert.NotEqual(t, got, all(target, sdelementstest.WithShuffledTies(2)), target)
		assert.NotEqual(t, got[:5], got[5:10], target)
		assert.Equal(t, []int64{1, 2, 3, 4, 5}, all(target)[5:10], "not unless it is ordered")
	}
}

func TestAStreamLosesNothingWhenTiesAreShuffled(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithShuffledTies(1))
	var want, got []int64
	for id := range int64(20) {
		server.Add(sdelements.Activity{ID: id, Actor: sdelementstest.Me, Date: noon})
		want = append(want, id)
	}
	for _, page := range walk(t, server, stream+"?page_size=3") {
		got = append(got, page...)
	}
	assert.ElementsMatch(t, want, got)
	assert.NotEqual(t, want, got)
}

func TestPageSizes(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithPageSizes(3, 2))
	numbered(server, 9)
	want := [][]int64{{9, 8, 7}, {6, 5}, {4, 3, 2}, {1}}
	assert.Equal(t, want, walk(t, server, everything+"?page_size=3"))
	assert.Equal(t, want, walk(t, server, stream+"?page_size=3"))
	assert.Equal(t, [][]int64{{9, 8, 7}, {6, 5}, {4, 3, 2, 1}}, walk(t, server, everything+"?page_size=4"))
	status, _, _ := get(t, server, everything+"?page_size=4&page=4", nil)
	assert.Equal(t, http.StatusNotFound, status)
}

func TestMaxOffset(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithMaxOffset(4))
	numbered(server, 9)
	assert.Equal(t, []int64{5, 4}, listed(t, server, everything+"?page_size=2&page=3"))
	status, body, _ := get(t, server, everything+"?page_size=2&page=4", nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `{"detail":"The page begins beyond row 4."}`, body)
	assert.Len(t, listed(t, server, everything), 9)
	assert.Len(t, walk(t, server, stream+"?page_size=2"), 5)
}

func TestExclusiveBounds(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithExclusiveBounds())
	numbered(server, 4)
	server.Add(sdelements.Activity{ID: 7})
	const from, to = "date_from=2024-03-05T12:00:01Z", "date_to=2024-03-05T12:00:03Z"
	assert.Equal(t, []int64{4, 3, 7}, listed(t, server, everything+"?"+from))
	assert.Equal(t, []int64{3, 2, 1, 7}, listed(t, server, everything+"?"+to))
	assert.Equal(t, []int64{3, 7}, listed(t, server, everything+"?"+from+"&"+to))
}

func TestStreamSpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight of 2000-01-01
		server := sdelementstest.NewServer(sdelementstest.WithStreamSpan(24 * time.Hour))
		for hours := range int64(5) {
			server.Add(sdelements.Activity{ID: hours + 1, Actor: sdelementstest.Me, Date: time.Now().Add(-time.Duration(hours) * 12 * time.Hour)})
		}
		for query, want := range map[string]struct {
			ids      []int64
			from, to string
		}{
			"":                                {[]int64{1, 2, 3}, "1999-12-31T00:00:00.000000Z", "2000-01-01T00:00:00.000000Z"},
			"&date_from=1999-12-30T00:00:00Z": {[]int64{1, 2, 3}, "1999-12-31T00:00:00.000000Z", "2000-01-01T00:00:00.000000Z"},
			"&date_from=1999-12-31T12:00:00Z": {[]int64{1, 2}, "1999-12-31T12:00:00Z", "2000-01-01T00:00:00.000000Z"},
			"&date_to=1999-12-31T11:00:00Z":   {[]int64{3}, "1999-12-31T00:00:00.000000Z", "1999-12-31T11:00:00Z"},
		} {
			assert.Equal(t, want.ids, listed(t, server, stream+"?page_size=9"+query), query)
			_, body, _ := get(t, server, stream+"?page_size=9"+query, nil)
			assert.Contains(t, body, `"date_from":"`+want.from+`","date_to":"`+want.to+`"`, query)
		}
		assert.Len(t, listed(t, server, everything+"?page_size=9"), 5, "other lists cover all")
		assert.Equal(t, [][]int64{{1}, {2}, {3}}, walk(t, server, stream+"?page_size=1"))
		got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 3)
	})
}

func TestRawIsServedAsItIs(t *testing.T) {
	server := sdelementstest.NewServer()
	raw := "{\"id\":3,\"text\":\"a\tb\xe9\"}"
	server.Add(sdelements.Activity{ID: 3, Raw: json.RawMessage(raw)})
	_, body, _ := get(t, server, everything, nil)
	assert.Equal(t, `{"results":[`+raw+`]}`, body)
	_, body, _ = get(t, server, everything+"3/", nil)
	assert.Equal(t, raw, body)
}

// What clients send according to the vendor, and blanks in both forms.
func TestContentTypeAndBlanks(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(sdelements.Activity{ID: 3, Data: sdelements.Data{ProjectDesc: "two words"}})
	for _, blank := range []string{"%20", "+"} {
		assert.Equal(t, []int64{3}, listed(t, server, everything+"?project_desc=two"+blank+"words"))
	}
	status, _, _ := get(t, server, everything, set("Content-Type", "application/json"))
	assert.Equal(t, http.StatusOK, status)
}

func TestMaxPageSize(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithMaxPageSize(3))
	numbered(server, 9)
	assert.Len(t, listed(t, server, everything+"?page_size=3"), 3)
	for _, target := range []string{everything, stream} {
		status, body, _ := get(t, server, target+"?page_size=4", nil)
		assert.Equal(t, http.StatusBadRequest, status)
		assert.Contains(t, body, `{"page_size":["parameter`)
	}
}

func TestEmptyPastEnd(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithEmptyPastEnd())
	numbered(server, 2)
	_, body, _ := get(t, server, everything+"?page_size=1&page=5", nil)
	assert.Contains(t, body, `{"count":2,"next":null,`)
	assert.Contains(t, body, `"results":[]}`)
	assert.Equal(t, [][]int64{{2}, {1}}, walk(t, server, everything+"?page_size=1"))
}

func TestUnfilteredCount(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithUnfilteredCount())
	numbered(server, 4)
	server.Add(sdelements.Activity{ID: 9})
	for target, want := range map[string]string{
		everything + "?page_size=9&id=2":                   `{"count":5,"next":null,`,
		everything + "?page_size=9":                        `{"count":5,"next":null,`,
		"/api/v2/users/me/activities/?page_size=1&id=2":    `{"count":4,"next":null,`,
		"/api/v2/projects/42/activities/?page_size=1&id=2": `{"count":0,"next":null,`,
	} {
		_, body, _ := get(t, server, target, nil)
		assert.Contains(t, body, want, target)
	}
}

func TestIgnoredParameters(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithIgnoredParameters())
	numbered(server, 3)
	assert.Equal(t, []int64{3, 2, 1}, listed(t, server, everything+"?odd=1&odd=2&name__in="))
	assert.Equal(t, []int64{2}, listed(t, server, everything+"?odd=1&id=2"))
	_, body, _ := get(t, server, everything+"2/?odd=1", nil)
	assert.Contains(t, body, `"id":2`)
	status, _, _ := get(t, server, everything+"?odd=1&id=x", nil)
	assert.Equal(t, http.StatusBadRequest, status, "what is known must be right")
}

func TestLookups(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLookups(), sdelementstest.WithRows(4))
	for query, want := range map[string][]int64{
		"id__in=2,5": {5, 2},
		"id__in=2":   {2},
		"name__in=LoggedInActivity,UserCreatedActivity":             {2, 1},
		"name__in=LoggedInActivity,UserCreatedActivity&id__in=2,77": {2},
	} {
		assert.Equal(t, want, listed(t, server, everything+"?"+query), query)
	}
	for _, query := range []string{"id__in=2,", "id__in=x", "name__in=x", "id__in=", "id__in=1&id__in=2", "actor__in=1", "id__gte=1"} {
		status, _, _ := get(t, server, everything+"?"+query, nil)
		assert.Equal(t, http.StatusBadRequest, status, query)
	}
	status, _, _ := get(t, sdelementstest.NewServer(), everything+"?id__in=1", nil)
	assert.Equal(t, http.StatusBadRequest, status, "not unless it is ordered")
}

func TestSeveralValues(t *testing.T) {
	several := sdelementstest.NewServer(sdelementstest.WithSeveralValues(), sdelementstest.WithRows(4))
	last := sdelementstest.NewServer(sdelementstest.WithLastValue(), sdelementstest.WithRows(4))
	assert.Equal(t, []int64{5, 2}, listed(t, several, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=x&id=5"), "only the last is looked at")
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?page_size=3&page_size=1"))
	for _, query := range []string{"id=2&id=x", "page_size=3&page_size=1"} {
		status, _, _ := get(t, several, everything+"?"+query, nil)
		assert.Equal(t, http.StatusBadRequest, status, query)
	}
}

func TestLocalTime(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLocalTime(time.FixedZone("", -4*60*60)))
	numbered(server, 3)
	for query, want := range map[string][]int64{
		"date_from=2024-03-05T08:00:01":        {3, 2},
		"date_from=2024-03-05T08:00:00.000001": {3, 2},
		"date_to=2024-03-05T08:00:01":          {2, 1},
		"date_from=2024-03-05T12:00:01Z":       {3, 2},
		"date_from=2024-03-05T12:00:01":        {},
	} {
		assert.Equal(t, want, listed(t, server, everything+"?"+query), query)
	}
	for _, value := range []string{"2024-03-05", "2024-03-05T08:00:00.0000001", "2024-03-05T08:00:00%2B00:00"} {
		status, _, _ := get(t, server, everything+"?date_from="+value, nil)
		assert.Equal(t, http.StatusBadRequest, status, value)
	}
}

func TestStreamDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight of 2000-01-01
		server := sdelementstest.NewServer(sdelementstest.WithStreamDefault(24 * time.Hour))
		for days := range int64(3) {
			server.Add(sdelements.Activity{ID: days + 1, Actor: sdelementstest.Me, Date: time.Now().Add(-time.Duration(days) * 24 * time.Hour)})
		}
		for query, want := range map[string]struct {
			ids    []int64
			bounds string
		}{
			"":                                {[]int64{1, 2}, `"date_from":"1999-12-31T00:00:00.000000Z","date_to":"2000-01-01T00:00:00.000000Z"`},
			"&date_to=1999-12-31T12:00:00Z":   {[]int64{2}, `"date_from":"1999-12-31T00:00:00.000000Z","date_to":"1999-12-31T12:00:00Z"`},
			"&date_from=1990-01-01T00:00:00Z": {[]int64{1, 2, 3}, `"date_from":"1990-01-01T00:00:00Z","date_to":null`},
		} {
			assert.Equal(t, want.ids, listed(t, server, stream+"?page_size=9"+query), query)
			_, body, _ := get(t, server, stream+"?page_size=9"+query, nil)
			assert.Contains(t, body, want.bounds, query)
		}
		assert.Equal(t, [][]int64{{1}, {2}}, walk(t, server, stream+"?page_size=1"))
	})
}
