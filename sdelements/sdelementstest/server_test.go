package sdelementstest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
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

// get sends a request as a program without the SDK would; change makes a mistake in it.
func get(t *testing.T, server *sdelementstest.Server, target string, change func(r *http.Request)) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Token "+sdelementstest.Key)
	request.Header.Set("Accept", "application/json")
	if change != nil {
		change(request)
	}
	response, err := server.Transport().RoundTrip(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text), response.Header
}

func set(name, value string) func(r *http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestMistakesInARequest(t *testing.T) {
	const list = "/api/v2/activities/?page_size=2"
	for name, c := range map[string]struct {
		target string
		change func(r *http.Request)
		status int
		says   string
	}{
		"no slash at the end":   {"/api/v2/activities?page_size=2", nil, 404, "needs a slash at its end"},
		"another path":          {"/api/v1/activities/", nil, 404, "nothing at this path"},
		"another user":          {"/api/v2/users/2/activities/", nil, 404, "nothing at this path"},
		"an id that is none":    {"/api/v2/activities/x/", nil, 404, "nothing at this path"},
		"no such activity":      {"/api/v2/activities/77/", nil, 404, `"detail":"Not found."`},
		"another method":        {list, func(r *http.Request) { r.Method = http.MethodPost }, 405, "not allowed"},
		"no Accept":             {list, func(r *http.Request) { r.Header.Del("Accept") }, 406, "application/json"},
		"another Accept":        {list, set("Accept", "*/*"), 406, "application/json"},
		"no credentials":        {list, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "credentials were not provided"},
		"two credentials":       {list, func(r *http.Request) { r.Header.Add("Authorization", "Token x") }, 401, "credentials were not provided"},
		"another key":           {list, set("Authorization", "Token secret0"), 401, `{"detail":"Invalid token."}`},
		"the key in quotes":     {list, set("Authorization", `Token "`+sdelementstest.Key+`"`), 401, "in quotes"},
		"a small t":             {list, set("Authorization", "token "+sdelementstest.Key), 401, "Want the scheme Token or Basic"},
		"a bearer token":        {list, set("Authorization", "Bearer "+sdelementstest.Key), 401, "Want the scheme Token or Basic"},
		"another password":      {list, func(r *http.Request) { r.SetBasicAuth(sdelementstest.User, "secret0") }, 401, "Invalid username/password."},
		"the key in the query":  {list + "&token=secret0", nil, 400, `unknown parameter \"token\"`},
		"a body":                {list, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")); r.ContentLength = 2 }, 400, "has a body"},
		"a content type":        {list, set("Content-Type", "text/plain"), 400, "Header Content-Type: want application/json"},
		"a referer":             {list, set("Referer", "https://example.com"), 400, "Header Referer is not wanted"},
		"a cookie":              {list, set("Cookie", "sessionid=1"), 400, "Header Cookie is not wanted"},
		"a misspelt parameter":  {list + "&projct=1", nil, 400, `{"projct":["unknown parameter`},
		"a parameter repeated":  {list + "&user=1&user=2", nil, 400, `{"user":["parameter`},
		"a parameter empty":     {list + "&user=", nil, 400, `{"user":["parameter`},
		"a user id with prefix": {list + "&user=U7", nil, 400, `{"user":["parameter`},
		"an id of zero":         {list + "&project=0", nil, 400, `{"project":["parameter`},
		"a bare standard":       {list + "&standard=21", nil, 400, `{"standard":["parameter`},
		"half a name":           {list + "&name=LoggedIn", nil, 400, `{"name":["parameter`},
		"a date without Z":      {list + "&date_from=2016-03-30T15:16:05", nil, 400, `without the Z it would be local time`},
		"a date with an offset": {list + "&date_to=2016-03-30T15:16:05%2B00:00", nil, 400, `without the Z it would be local time`},
		"a date alone":          {list + "&date_to=2016-03-30", nil, 400, `{"date_to":["parameter`},
		"no date":               {list + "&date_to=yesterdayZ", nil, 400, `want a date such as`},
		"a date too fine":       {list + "&date_to=2016-03-30T15:16:05.1234567Z", nil, 400, `in microseconds, not finer`},
		"no page size":          {"/api/v2/activities/?page_size=0", nil, 400, `{"page_size":["parameter`},
		"page zero":             {list + "&page=0", nil, 400, `{"page":["parameter`},
		"a page without a size": {"/api/v2/activities/?page=2", nil, 400, `want page_size beside it`},
		"a page past the end":   {list + "&page=4", nil, 404, `{"detail":"Invalid page."}`},
		"a cursor of a list":    {list + "&cursor=x", nil, 400, `unknown parameter \"cursor\"`},
		"a page of a stream":    {"/api/v2/users/me/activity-stream/?page_size=2&page=2", nil, 400, `unknown parameter \"page\"`},
		"another cursor":        {"/api/v2/users/me/activity-stream/?page_size=2&cursor=x!", nil, 404, "Invalid cursor"},
		"a cursor of nonsense":  {"/api/v2/users/me/activity-stream/?page_size=2&cursor=eA", nil, 404, "Invalid cursor"},
		"a filter of one":       {"/api/v2/activities/5/?page_size=2", nil, 400, `{"page_size":["unknown parameter`},
		"a malformed query":     {list + "&a=%zz", nil, 400, "malformed escape"},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer(sdelementstest.WithRows(4))
			status, body, _ := get(t, server, c.target, c.change)
			assert.Equal(t, c.status, status)
			assert.Contains(t, body, c.says)
			assert.NotContains(t, body, "secret0")
			assert.True(t, json.Valid([]byte(body)))
		})
	}
}

// listed gives the ids that a query leaves of a server's list.
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

func TestEveryFilter(t *testing.T) {
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
	assert.Equal(t, []int64{5, 2, 1}, listed(t, server, "/api/v2/users/me/activities/"))
	assert.Equal(t, []int64{2, 1}, listed(t, server, "/api/v2/users/me/activity-stream/?date_to=2016-03-31T00:00:00Z"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activities/"))
	assert.Equal(t, []int64{10}, listed(t, server, "/api/v2/projects/3/activity-stream/?page_size=1"))
	assert.Empty(t, listed(t, server, "/api/v2/projects/4/activities/?page_size=1"))
}

func TestTheEnvelope(t *testing.T) {
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

func TestLinksAndPagesAsOrdered(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithLinkOrigin("https://198.51.100.7:8443"), sdelementstest.WithPageLimit(3),
		sdelementstest.WithRows(4))
	_, body, _ := get(t, server, "/api/v2/activities/?page_size=1000&business_unit_desc=x+y&page=1", nil)
	assert.Contains(t, body, `"count":0,"next":null`)
	_, body, _ = get(t, server, "/api/v2/activities/?page_size=1000", nil)
	assert.Contains(t, body, `"count":4,"next":"https://198.51.100.7:8443/api/v2/activities/?page=2&page_size=1000"`)
	assert.Equal(t, []int64{1}, listed(t, server, "/api/v2/activities/?page_size=1000&page=2"))
}

func TestAStreamIsNotDisturbed(t *testing.T) {
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
	assert.Equal(t, []int64{0}, listed(t, server, third), "also if the one where it stopped is gone")
	server.Delete(0)
	assert.Empty(t, listed(t, server, third))
}

func TestRowsComeAndGo(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(2))
	assert.Equal(t, 2, server.Len())
	raw := json.RawMessage("{ \"id\" : 4, \"date\":\"2016-04-01T00:00:00\" }")
	server.Add(sdelements.Activity{Raw: raw}, sdelements.Activity{Raw: json.RawMessage(`"odd"`)})
	raw[3] = 'x' // a copy is served
	assert.Equal(t, []int64{5, 4, 3}, listed(t, server, "/api/v2/activities/?date_from=2016-01-01T00:00:00Z&page_size=3"))
	_, body, _ := get(t, server, "/api/v2/activities/4/", nil)
	assert.Equal(t, "{ \"id\" : 4, \"date\":\"2016-04-01T00:00:00\" }", body)
	server.InsertAt(1, sdelements.Activity{ID: 8}, sdelements.Activity{ID: 7})
	assert.Equal(t, 1, server.Delete(0), "the odd one")
	assert.Equal(t, []int64{5, 8, 7, 4, 3}, listed(t, server, "/api/v2/activities/"))
	assert.Equal(t, 2, server.Delete(8, 7, 6))
	assert.Equal(t, 3, server.Len())
	assert.PanicsWithValue(t, "sdelementstest: an activity has no JSON form: record has a field that JSON cannot express: \"date\"", func() {
		server.Add(sdelements.Activity{Date: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)})
	})
}

func TestInventedActivities(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(3000))
	got, err := server.Client().Activities(sdelements.ActivityQuery{PageSize: 1000}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.Len(t, got, 3000)
	kinds, offsets := map[sdelements.ActivityName]int{}, map[int]int{}
	oldUsers, nobody := 0, 0
	for i, a := range got {
		require.Empty(t, a.Problems)
		require.NotEmpty(t, a.Text)
		require.Contains(t, sdelements.ActivityNames(), a.Name)
		kinds[a.Name]++
		_, offset := a.Date.Zone()
		offsets[offset]++
		if i > 0 {
			require.False(t, a.Date.After(got[i-1].Date))
		}
		if i > 4 {
			require.Less(t, a.ID, got[i-1].ID)
		}
		if a.Data.User != "" && a.Data.User[0] != 'U' {
			oldUsers++
		}
		if a.Actor == 0 {
			nobody++
		}
	}
	assert.Equal(t, int64(6), got[2999].ID)
	assert.Greater(t, len(kinds), 10)
	assert.Len(t, offsets, 2)
	assert.Positive(t, oldUsers)
	assert.Positive(t, nobody)
	projects := map[int64]string{}
	for _, a := range got {
		if id := a.Data.Project; id != 0 {
			require.Contains(t, []string{"", a.Data.ProjectDesc}, projects[id], "one name for each project")
			projects[id] = a.Data.ProjectDesc
		}
	}
	assert.Greater(t, len(projects), 10)

	same := func(opts ...sdelementstest.Option) string {
		_, body, _ := get(t, sdelementstest.NewServer(opts...), "/api/v2/activities/", nil)
		return body
	}
	assert.Equal(t, same(sdelementstest.WithRows(50)), same(sdelementstest.WithRows(50), sdelementstest.WithSeed(1)))
	assert.NotEqual(t, same(sdelementstest.WithRows(50)), same(sdelementstest.WithRows(50), sdelementstest.WithSeed(2)))
	for n := range 6 {
		assert.Equal(t, n, sdelementstest.NewServer(sdelementstest.WithRows(n)).Len())
	}
	assert.Zero(t, sdelementstest.NewServer(sdelementstest.WithRows(-1)).Len())
}

func TestTheQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := sdelementstest.NewServer(sdelementstest.WithQuota(2, time.Minute))
		for range 2 {
			status, _, _ := get(t, server, "/api/v2/activities/", nil)
			assert.Equal(t, http.StatusOK, status)
		}
		<-time.After(30*time.Second + time.Millisecond)
		status, body, header := get(t, server, "/api/v2/activities/", nil)
		assert.Equal(t, http.StatusTooManyRequests, status)
		assert.JSONEq(t, `{"detail":"Request was throttled. Expected available in 30 seconds."}`, body)
		assert.Equal(t, "30", header.Get("Retry-After"))
		<-time.After(30 * time.Second)
		status, _, _ = get(t, server, "/api/v2/activities/", nil)
		assert.Equal(t, http.StatusOK, status)
	})
}

func TestMaintenance(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Fail(sdelementstest.Maintenance())
	status, body, header := get(t, server, "/api/v2/activities/", nil)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, body, "<html>")
	assert.Equal(t, "text/html; charset=utf-8", header.Get("Content-Type"))
	assert.NotContains(t, header, "Retry-After")
}

func TestClients(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(1))
	a, err := server.Client(activity.WithUserAgent("x/1")).Activity(t.Context(), 5)
	require.NoError(t, err)
	assert.Equal(t, int64(5), a.ID)
	assert.Equal(t, "example.sdelements.example.com", server.Requests()[0].Host)
	assert.PanicsWithValue(t, "sdelementstest: the client cannot be made: sdelements: new client: invalid request: WithLogger: the logger is nil",
		func() { server.Client(activity.WithLogger(nil)) })

	client, err := sdelements.New(sdelementstest.BaseURL, sdelements.Basic(sdelementstest.User, sdelementstest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activity(t.Context(), 5)
	require.NoError(t, err)
}
