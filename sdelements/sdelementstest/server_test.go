package sdelementstest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

// get sends a valid request, which change may modify.
func get(t *testing.T, server *sdelementstest.Server, target string, change func(r *http.Request)) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Token "+sdelementstest.Key)
	request.Header.Set("Accept", "application/json")
	if change != nil {
		change(request)
	}
	response, body := faketest.Do(t, server.Transport(), request)
	return response.StatusCode, body, response.Header
}

func set(name, value string) func(r *http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestClient(t *testing.T) {
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

func TestQuota(t *testing.T) {
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

// TestMaintenanceAtNight runs the example of virtual time, which has no *testing.T to run its test
// with.
func TestMaintenanceAtNight(t *testing.T) { maintenanceAtNight(t) }

func TestRefusedRequests(t *testing.T) {
	const list = "/api/v2/activities/?page_size=2"
	for name, c := range map[string]struct {
		target  string
		change  func(r *http.Request)
		status  int
		message string
	}{
		"no slash at the end":   {"/api/v2/activities?page_size=2", nil, 404, "needs a slash at its end"},
		"another path":          {"/api/v1/activities/", nil, 404, "nothing at this path"},
		"another user":          {"/api/v2/users/2/activities/", nil, 404, "nothing at this path"},
		"an invalid id":         {"/api/v2/activities/x/", nil, 404, "nothing at this path"},
		"an unknown id":         {"/api/v2/activities/77/", nil, 404, `"detail":"Not found."`},
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
			assert.Contains(t, body, c.message)
			assert.NotContains(t, body, "secret0")
			assert.True(t, json.Valid([]byte(body)))
		})
	}
}

// A client may send a Content-Type, and a blank in both forms.
func TestContentTypeAndBlanks(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(sdelements.Activity{ID: 3, Data: sdelements.Data{ProjectDesc: "two words"}})
	for _, blank := range []string{"%20", "+"} {
		assert.Equal(t, []int64{3}, listed(t, server, everything+"?project_desc=two"+blank+"words"))
	}
	status, _, _ := get(t, server, everything, set("Content-Type", "application/json"))
	assert.Equal(t, http.StatusOK, status)
}
