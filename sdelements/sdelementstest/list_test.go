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

// listed returns the ids of the activities in an answer.
func listed(t *testing.T, server *sdelementstest.Server, target string) []int64 {
	t.Helper()
	status, body, _ := get(t, server, target, nil)
	require.Equal(t, http.StatusOK, status, body)
	var page struct{ Results []struct{ ID int64 } }
	require.NoError(t, json.Unmarshal([]byte(body), &page))
	ids := []int64{}
	for _, r := range page.Results {
		ids = append(ids, r.ID)
	}
	return ids
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

// numbered adds activities n to 1, the first of which is the newest.
func numbered(server *sdelementstest.Server, n int64) {
	for id := range n {
		server.Add(sdelements.Activity{ID: id + 1, Actor: sdelementstest.Me, Date: noon.Add(time.Duration(id) * time.Second)})
	}
}

func TestEnvelope(t *testing.T) {
	server := sdelementstest.NewServer()
	for id := range int64(5) {
		server.Add(sdelements.Activity{ID: id + 1})
	}
	for target, want := range map[string]string{
		"/api/v2/activities/": `{"results":[{"id":1},{"id":2},{"id":3},{"id":4},{"id":5}]}`,
		"/api/v2/activities/?page_size=2": `{"count":5,"next":"http://internal.example.com/api/v2/activities/?page=2&page_size=2",` +
			`"previous":null,"results":[{"id":1},{"id":2}]}`,
		"/api/v2/activities/?page_size=2&page=2": `{"count":5,"next":"http://internal.example.com/api/v2/activities/?page=3&page_size=2",` +
			`"previous":"http://internal.example.com/api/v2/activities/?page_size=2","results":[{"id":3},{"id":4}]}`,
		"/api/v2/activities/?page=3&page_size=2": `{"count":5,"next":null,` +
			`"previous":"http://internal.example.com/api/v2/activities/?page=2&page_size=2","results":[{"id":5}]}`,
		"/api/v2/activities/?page_size=5":      `{"count":5,"next":null,"previous":null,"results":[{"id":1},{"id":2},{"id":3},{"id":4},{"id":5}]}`,
		"/api/v2/activities/?page_size=5&id=9": `{"count":0,"next":null,"previous":null,"results":[]}`,
		"/api/v2/projects/1/activity-stream/?page_size=5&date_to=2016-03-30T15:16:05Z": `{"next":null,"previous":null,"date_from":null,` +
			`"date_to":"2016-03-30T15:16:05Z","results":[]}`,
		"/api/v2/activities/3/": `{"id":3}`,
	} {
		status, body, header := get(t, server, target, nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, want, body, target)
		assert.Equal(t, "application/json", header.Get("Content-Type"))
	}
}

func TestLinks(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLinkOrigin("https://198.51.100.7:8443"), sdelementstest.WithPageLimit(3),
		sdelementstest.WithRows(4))
	_, body, _ := get(t, server, "/api/v2/activities/?page_size=1000&business_unit_desc=x+y&page=1", nil)
	assert.Contains(t, body, `"count":0,"next":null`)
	_, body, _ = get(t, server, "/api/v2/activities/?page_size=1000", nil)
	assert.Contains(t, body, `"count":4,"next":"https://198.51.100.7:8443/api/v2/activities/?page=2&page_size=1000"`)
	assert.Equal(t, []int64{1}, listed(t, server, "/api/v2/activities/?page_size=1000&page=2"))
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
		assert.Equal(t, []int64{1, 2, 3, 4, 5}, all(target)[5:10], "without the option")
	}
}

func TestStreamCursors(t *testing.T) {
	server := sdelementstest.NewServer()
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for id := range int64(6) {
		server.Add(sdelements.Activity{ID: id, Actor: sdelementstest.Me, Date: at.Add(time.Duration(id) * time.Second)})
	}
	next := func(target string) string {
		_, body, _ := get(t, server, target, nil)
		var page struct{ Next string }
		require.NoError(t, json.Unmarshal([]byte(body), &page))
		u, err := url.Parse(page.Next)
		require.NoError(t, err)
		return u.RequestURI()
	}
	second := next("/api/v2/users/me/activity-stream/?page_size=2")
	server.Add(sdelements.Activity{ID: 9, Actor: sdelementstest.Me, Date: at.Add(time.Hour)})
	assert.Equal(t, []int64{3, 2}, listed(t, server, second))
	third := next(second)
	assert.Equal(t, 3, server.Delete(2, 1, 9))
	assert.Equal(t, []int64{0}, listed(t, server, third), "the last row of the page before was deleted")
	server.Delete(0)
	assert.Empty(t, listed(t, server, third))
}

func TestStreamShuffledTies(t *testing.T) {
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

// streamed is an answer of a stream: its ids and the bounds that it contains.
type streamed struct {
	ids      []int64
	from, to string // as JSON
}

// assertStream compares the answers of a stream, by query.
func assertStream(t *testing.T, server *sdelementstest.Server, answers map[string]streamed) {
	t.Helper()
	for query, want := range answers {
		assert.Equal(t, want.ids, listed(t, server, stream+"?page_size=9"+query), query)
		_, body, _ := get(t, server, stream+"?page_size=9"+query, nil)
		assert.Contains(t, body, `"date_from":`+want.from+`,"date_to":`+want.to, query)
	}
}

func TestStreamSpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight of 2000-01-01
		server := sdelementstest.NewServer(sdelementstest.WithStreamSpan(24 * time.Hour))
		for hours := range int64(5) {
			server.Add(sdelements.Activity{ID: hours + 1, Actor: sdelementstest.Me, Date: time.Now().Add(-time.Duration(hours) * 12 * time.Hour)})
		}
		assertStream(t, server, map[string]streamed{
			"":                                {[]int64{1, 2, 3}, `"1999-12-31T00:00:00.000000Z"`, `"2000-01-01T00:00:00.000000Z"`},
			"&date_from=1999-12-30T00:00:00Z": {[]int64{1, 2, 3}, `"1999-12-31T00:00:00.000000Z"`, `"2000-01-01T00:00:00.000000Z"`},
			"&date_from=1999-12-31T12:00:00Z": {[]int64{1, 2}, `"1999-12-31T12:00:00Z"`, `"2000-01-01T00:00:00.000000Z"`},
			"&date_to=1999-12-31T11:00:00Z":   {[]int64{3}, `"1999-12-31T00:00:00.000000Z"`, `"1999-12-31T11:00:00Z"`},
		})
		assert.Len(t, listed(t, server, everything+"?page_size=9"), 5, "other lists have no limit")
		assert.Equal(t, [][]int64{{1}, {2}, {3}}, walk(t, server, stream+"?page_size=1"))
		got, err := server.Client().UserActivityStream(sdelements.ActivityQuery{PageSize: 1}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Len(t, got, 3)
	})
}

func TestStreamDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // at midnight of 2000-01-01
		server := sdelementstest.NewServer(sdelementstest.WithStreamDefault(24 * time.Hour))
		for days := range int64(3) {
			server.Add(sdelements.Activity{ID: days + 1, Actor: sdelementstest.Me, Date: time.Now().Add(-time.Duration(days) * 24 * time.Hour)})
		}
		assertStream(t, server, map[string]streamed{
			"":                                {[]int64{1, 2}, `"1999-12-31T00:00:00.000000Z"`, `"2000-01-01T00:00:00.000000Z"`},
			"&date_to=1999-12-31T12:00:00Z":   {[]int64{2}, `"1999-12-31T00:00:00.000000Z"`, `"1999-12-31T12:00:00Z"`},
			"&date_from=1990-01-01T00:00:00Z": {[]int64{1, 2, 3}, `"1990-01-01T00:00:00Z"`, `null`},
		})
		assert.Equal(t, [][]int64{{1}, {2}}, walk(t, server, stream+"?page_size=1"))
	})
}

func TestFilters(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(4))
	server.Add(
		sdelements.Activity{ID: 10, Name: sdelements.AddedNoteActivity, Actor: 7, Data: sdelements.Data{Application: 2, ApplicationDesc: "App",
			Project: 3, ProjectDesc: "Pro", Standard: "CT3", StandardDesc: "CT3: Own", User: "7"}},
		sdelements.Activity{ID: 11, Raw: json.RawMessage(`{"id":11,"data":{"user":7,"project_desc":"Pro"}}`)},
	)
	for query, want := range map[string][]int64{
		"":                                      {5, 3, 2, 1, 10, 11},
		"actor=7":                               {3, 10},
		"application=2":                         {10},
		"application_desc=App":                  {10},
		"business_unit=5":                       {3},
		"business_unit_desc=Example+BU+500":     {3},
		"id=2":                                  {2},
		"name=LoggedInActivity":                 {1},
		"project=3":                             {10},
		"project_desc=Pro":                      {10, 11},
		"standard=CT3":                          {10},
		"standard_desc=CT3:+Own":                {10},
		"user=7":                                {2, 10, 11},
		"user=77":                               {},
		"user=7&project=3":                      {10},
		"date_from=2016-03-30T15:16:05.659610Z": {5, 3, 2, 10, 11},
		"date_from=2016-03-30T15:16:05.659611Z": {5, 3, 10, 11},
		"date_to=2016-03-30T15:16:05.65961Z":    {2, 1, 10, 11},
		"date_to=2016-03-30T15:16:05.659609Z":   {1, 10, 11},
		"date_from=2016-03-30T15:16:05.65961Z&date_to=2016-03-30T15:16:05.65961Z&id=2": {2},
	} {
		assert.Equal(t, want, listed(t, server, "/api/v2/activities/?"+query), query)
	}
	assert.Equal(t, []int64{5, 2}, listed(t, server, "/api/v2/users/me/activities/"))
	assert.Equal(t, []int64{2}, listed(t, server, "/api/v2/users/me/activity-stream/?date_to=2016-03-31T00:00:00Z"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activities/"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activity-stream/?page_size=1"))
	assert.Empty(t, listed(t, server, "/api/v2/projects/4/activities/?page_size=1"))
}

// The lists of a user have what others did to the user, and no log-ins.
func TestActivitiesOfMe(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(
		sdelements.Activity{ID: 1, Name: sdelements.LoggedInActivity, Actor: sdelementstest.Me},
		sdelements.Activity{ID: 2, Name: sdelements.LoggedOutActivity, Actor: sdelementstest.Me},
		sdelements.Activity{ID: 3, Name: sdelements.DeactivatedUserActivity, Actor: 7, Data: sdelements.Data{User: "U1"}},
		sdelements.Activity{ID: 4, Name: sdelements.DeactivatedUserActivity, Actor: 7, Data: sdelements.Data{User: "U11"}},
	)
	assert.Equal(t, []int64{3}, listed(t, server, "/api/v2/users/me/activities/"))
	assert.Equal(t, []int64{3}, listed(t, server, "/api/v2/users/me/activity-stream/"))
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

func TestIgnoredParameters(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithIgnoredParameters())
	numbered(server, 3)
	assert.Equal(t, []int64{3, 2, 1}, listed(t, server, everything+"?odd=1&odd=2&name__in="))
	assert.Equal(t, []int64{2}, listed(t, server, everything+"?odd=1&id=2"))
	_, body, _ := get(t, server, everything+"2/?odd=1", nil)
	assert.Contains(t, body, `"id":2`)
	status, _, _ := get(t, server, everything+"?odd=1&id=x", nil)
	assert.Equal(t, http.StatusBadRequest, status, "known parameters are verified")
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
	assert.Equal(t, http.StatusBadRequest, status, "without the option")
}

func TestRepeatedParameters(t *testing.T) {
	several := sdelementstest.NewServer(sdelementstest.WithSeveralValues(), sdelementstest.WithRows(4))
	last := sdelementstest.NewServer(sdelementstest.WithLastValue(), sdelementstest.WithRows(4))
	assert.Equal(t, []int64{5, 2}, listed(t, several, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=2&id=5"))
	assert.Equal(t, []int64{5}, listed(t, last, everything+"?id=x&id=5"), "only the last value is verified")
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
