package snaplogictest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

const list = "/api/1/rest/public/activities/Example%20Organization"

// get sends a valid request, which change may modify.
func get(t *testing.T, server *snaplogictest.Server, target string, change func(r *http.Request)) (status int, body string, header http.Header) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.com"+target, nil)
	require.NoError(t, err)
	request.SetBasicAuth(snaplogictest.User, snaplogictest.Password)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(request)
	}
	response, body := faketest.Do(t, server.Transport(), request)
	return response.StatusCode, body, response.Header
}

func set(name, value string) func(r *http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func basic(user, password string) func(r *http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(user, password) }
}

// refusal returns the message of an error body, which must have the form of the service.
func refusal(t *testing.T, status int, body string) string {
	t.Helper()
	var answer struct {
		Status   int `json:"http_status_code"`
		Response struct {
			List []struct{ Message string } `json:"error_list"`
		} `json:"response_map"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer), body)
	assert.Equal(t, status, answer.Status)
	require.Len(t, answer.Response.List, 1, body)
	return answer.Response.List[0].Message
}

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithTokenLifetime(10 * time.Minute))
		source := server.TokenSource()
		token, err := source.Token()
		require.NoError(t, err)
		assert.Equal(t, time.Now().Add(10*time.Minute), token.Expiry)
		status := func(token string) int {
			status, _, _ := get(t, server, list, set("Authorization", "Bearer "+token))
			return status
		}
		assert.Equal(t, http.StatusOK, status(token.AccessToken))
		<-time.After(10*time.Minute - time.Nanosecond)
		assert.Equal(t, http.StatusOK, status(token.AccessToken))
		<-time.After(time.Nanosecond)
		assert.Equal(t, http.StatusUnauthorized, status(token.AccessToken))

		next, err := source.Token()
		require.NoError(t, err)
		assert.NotEqual(t, token.AccessToken, next.AccessToken)
		assert.Equal(t, http.StatusOK, status(next.AccessToken))
		server.ExpireTokens()
		assert.Equal(t, http.StatusUnauthorized, status(next.AccessToken))
	})
}

func TestBasicDisabled(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithBasicDisabled(), snaplogictest.WithRows(3))
	status, body, _ := get(t, server, list, nil)
	assert.Equal(t, http.StatusForbidden, status)
	assert.Contains(t, refusal(t, status, body), "basic authentication is disabled")

	basic, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = basic.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrForbidden)

	got, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err, "the fake's own client has a token instead")
	assert.Len(t, got, 3)
}

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := snaplogictest.NewServer(snaplogictest.WithQuota(2, time.Minute))
		for range 2 {
			status, _, _ := get(t, server, list, nil)
			assert.Equal(t, http.StatusOK, status)
		}
		<-time.After(30*time.Second + time.Millisecond)
		status, body, header := get(t, server, list, nil)
		assert.Equal(t, http.StatusTooManyRequests, status)
		assert.Equal(t, "too many requests", refusal(t, status, body))
		assert.Equal(t, "30", header.Get("Retry-After"))
		<-time.After(30 * time.Second)
		status, _, _ = get(t, server, list, nil)
		assert.Equal(t, http.StatusOK, status)
	})
}

// A status in a header, with an empty list.
func TestFaultHeader(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Header: http.Header{"X-SL-StatusCode": {"403"}}})
	status, body, header := get(t, server, list, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"entries": []`)
	assert.Equal(t, "403", header.Get("X-SL-StatusCode"))
	assert.True(t, slices.Equal([]string{}, listed(t, server, "")), "the fault applies once")
}

func TestClient(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithOrganization("Zoë & Co/Nord"), snaplogictest.WithRows(1))
	got, err := server.Client(activity.WithUserAgent("x/1")).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
	require.Len(t, server.Requests(), 1)
	assert.Equal(t, "/api/1/rest/public/activities/Zo%C3%AB%20&%20Co%2FNord", server.Requests()[0].Path)
	status, _, _ := get(t, server, list, nil)
	assert.Equal(t, http.StatusNotFound, status, "there is no other organization")
	assert.PanicsWithValue(t, "snaplogictest: the client cannot be made: snaplogic: Zoë & Co/Nord: new client: invalid request: WithLogger: the logger is nil",
		func() { server.Client(activity.WithLogger(nil)) })
}

// TestOutage runs the example of virtual time, which has no *testing.T to run its test with.
func TestOutage(t *testing.T) { outage(t) }

// numbered adds activities "0" to "n-1", the first of which is the newest.
func numbered(server *snaplogictest.Server, n int) {
	for i := range n {
		server.Add(snaplogic.Activity{ID: fmt.Sprint(i), CreateTime: time.UnixMilli(1_530_000_000_000 - int64(i))})
	}
}

func TestRefusedRequests(t *testing.T) {
	for name, c := range map[string]struct {
		target  string
		change  func(r *http.Request)
		status  int
		message string
	}{
		"a slash at the end":        {list + "/", nil, 404, "nothing at this path"},
		"another version":           {strings.Replace(list, "/1/", "/2/", 1), nil, 404, "nothing at this path"},
		"another organization":      {"/api/1/rest/public/activities/example", nil, 404, "want " + list},
		"no organization":           {"/api/1/rest/public/activities/", nil, 404, "nothing at this path"},
		"a plus for the blank":      {strings.Replace(list, "%20", "+", 1), nil, 404, "nothing at this path"},
		"another method":            {list, func(r *http.Request) { r.Method = http.MethodPost }, 405, "want the method GET"},
		"a body":                    {list, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")); r.ContentLength = 2 }, 400, "a body"},
		"no Accept":                 {list, func(r *http.Request) { r.Header.Del("Accept") }, 400, "header Accept: want application/json"},
		"another Accept":            {list, set("Accept", "*/*"), 400, "header Accept: want application/json"},
		"no credentials":            {list, func(r *http.Request) { r.Header.Del("Authorization") }, 401, "want Basic or Bearer"},
		"two credentials":           {list, func(r *http.Request) { r.Header.Add("Authorization", "Bearer secret0") }, 400, "want it once"},
		"another user":              {list, basic("secret0@example.com", snaplogictest.Password), 401, "wrong or expired"},
		"another password":          {list, basic(snaplogictest.User, "secret0"), 401, "wrong or expired"},
		"another token":             {list, set("Authorization", "Bearer secret0"), 401, "wrong or expired"},
		"a small b":                 {list, set("Authorization", "bearer secret0"), 401, "want Basic or Bearer"},
		"another scheme":            {list, set("Authorization", "Token secret0"), 401, "want Basic or Bearer"},
		"another header":            {list, func(r *http.Request) { r.Header.Del("Authorization"); r.Header.Set("X-Api-Key", "secret0") }, 401, "Authorization"},
		"a token in the query":      {list + "?access_token=secret0", nil, 400, `unknown parameter "access_token"`},
		"an unknown parameter":      {list + "?page=2", nil, 400, `unknown parameter "page"`},
		"a misspelt parameter":      {list + "?filter_projct=x", nil, 400, `unknown parameter "filter_projct"`},
		"another case":              {list + "?Limit=2", nil, 400, `unknown parameter "Limit"`},
		"a parameter repeated":      {list + "?limit=2&limit=2", nil, 400, `parameter "limit" occurs 2 times`},
		"a parameter empty":         {list + "?filter_user=", nil, 400, `parameter "filter_user" is empty`},
		"a limit of zero":           {list + "?limit=0", nil, 400, `parameter "limit": want an integer from 1 to 100000`},
		"a limit too high":          {list + "?limit=100001", nil, 400, `parameter "limit": want an integer from 1 to 100000`},
		"a limit that is no number": {list + "?limit=1e3", nil, 400, `parameter "limit"`},
		"an offset below zero":      {list + "?offset=-1", nil, 400, `parameter "offset"`},
		"a start in seconds":        {list + "?start=1529917200", nil, 400, `parameter "start": want Unix milliseconds`},
		"an end as text":            {list + "?end=2018-07-04", nil, 400, `parameter "end": want Unix milliseconds`},
		"an end before the start":   {list + "?start=1529917200001&end=1529917200000", nil, 400, `parameter "end" lies before "start"`},
		"a project without space":   {list + "?filter_project=x", nil, 400, `"filter_project" requires "filter_project_space"`},
		"blanks between types":      {list + "?filter_event_type=acl_add,+acl_remove", nil, 400, `parameter "filter_event_type"`},
		"a type left out":           {list + "?filter_event_type=acl_add,,acl_remove", nil, 400, `parameter "filter_event_type"`},
		"a number for a bool":       {list + "?filter_is_alert=1", nil, 400, `parameter "filter_is_alert": want one of true, false`},
		"a capital bool":            {list + "?filter_snaplogic_admin_update=True", nil, 400, `parameter "filter_snaplogic_admin_update"`},
		"another state":             {list + "?filter_alert_state=Open", nil, 400, `parameter "filter_alert_state": want one of open, closed`},
		"a malformed query":         {list + "?filter_user=%zz", nil, 400, "malformed escape"},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer(snaplogictest.WithRows(2))
			status, body, header := get(t, server, c.target, c.change)
			assert.Equal(t, c.status, status)
			assert.Contains(t, refusal(t, c.status, body), c.message)
			assert.NotContains(t, body, "secret0")
			assert.Equal(t, "application/json", header.Get("Content-Type"))
			assert.Equal(t, c.status == http.StatusMethodNotAllowed, header.Get("Allow") == http.MethodGet)
		})
	}
}

func TestErrorBody(t *testing.T) {
	_, body, _ := get(t, snaplogictest.NewServer(), list, basic(snaplogictest.User, "another"))
	assert.Equal(t, `{"http_status_code":401,"response_map":{"error_list":[{"message":"the credentials are wrong or expired"}]}}`, body)
}

// A client has to send a Content-Type, and may send a blank in both forms.
func TestContentTypeAndBlanks(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{ID: "a", AssetLabel: "two words"})
	for _, query := range []string{"filter_asset=two%20words", "filter_asset=two+words"} {
		assert.Equal(t, []string{"a"}, listed(t, server, query), query)
	}
	for value, want := range map[string]int{"application/json": 200, "application/json; charset=utf-8": 200, "text/plain": 400, "": 400} {
		status, _, _ := get(t, server, list, set("Content-Type", value))
		assert.Equal(t, want, status, value)
	}
}

func TestPages(t *testing.T) {
	server := snaplogictest.NewServer()
	for n := range 5 {
		server.Add(snaplogic.Activity{ID: fmt.Sprint(n)})
	}
	for query, want := range map[string]string{
		"limit=2":                   `{"total": 5, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`,
		"limit=2&offset=0":          `{"total": 5, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`,
		"limit=2&offset=3":          `{"total": 5, "offset": 3, "limit": 2, "entries": [{"_id":"3"}, {"_id":"4"}]}`,
		"limit=2&offset=4":          `{"total": 5, "offset": 4, "limit": 2, "entries": [{"_id":"4"}]}`,
		"limit=100000&offset=5":     `{"total": 5, "offset": 5, "limit": 100000, "entries": []}`,
		"limit=1&offset=7":          `{"total": 5, "offset": 7, "limit": 1, "entries": []}`,
		"limit=1&filter_asset=none": `{"total": 0, "offset": 0, "limit": 1, "entries": []}`,
		"offset=4":                  `{"total": 5, "offset": 4, "limit": 100, "entries": [{"_id":"4"}]}`,
	} {
		status, body, header := get(t, server, list+"?"+query, nil)
		assert.Equal(t, http.StatusOK, status)
		assert.Equal(t, `{"response_map": `+want+`, "http_status_code": 200}`, body, query)
		assert.Equal(t, "application/json", header.Get("Content-Type"))
	}
	assert.Len(t, listed(t, snaplogictest.NewServer(snaplogictest.WithRows(101)), ""), 100, "without a limit")
}

func TestEnvelopes(t *testing.T) {
	for name, c := range map[string]struct {
		opts []snaplogictest.Option
		want string
	}{
		"bare": {[]snaplogictest.Option{snaplogictest.WithBareEnvelope()},
			`{"total": 3, "offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}`},
		"no total": {[]snaplogictest.Option{snaplogictest.WithoutTotal()},
			`{"response_map": {"offset": 0, "limit": 2, "entries": [{"_id":"0"}, {"_id":"1"}]}, "http_status_code": 200}`},
		"short pages": {[]snaplogictest.Option{snaplogictest.WithPageLimit(1)},
			`{"response_map": {"total": 3, "offset": 0, "limit": 2, "entries": [{"_id":"0"}]}, "http_status_code": 200}`},
		"all": {[]snaplogictest.Option{snaplogictest.WithBareEnvelope(), snaplogictest.WithoutTotal(), snaplogictest.WithPageLimit(1)},
			`{"offset": 0, "limit": 2, "entries": [{"_id":"0"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer(c.opts...)
			for n := range 3 {
				server.Add(snaplogic.Activity{ID: fmt.Sprint(n)})
			}
			_, body, _ := get(t, server, list+"?limit=2", nil)
			assert.Equal(t, c.want, body)
		})
	}
}

func TestClientReadsEachEnvelope(t *testing.T) {
	for name, opts := range map[string][]snaplogictest.Option{
		"usual":       nil,
		"bare":        {snaplogictest.WithBareEnvelope()},
		"no total":    {snaplogictest.WithoutTotal()},
		"short pages": {snaplogictest.WithPageLimit(7)},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer(append(opts, snaplogictest.WithRows(50))...)
			got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 20}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, got, 50)
		})
	}
}

func TestPageSizes(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithPageSizes(3, 2))
	numbered(server, 9)
	for query, want := range map[string][]string{
		"limit=3":          {"0", "1", "2"},
		"limit=4&offset=2": {"2", "3", "4"},
		"limit=3&offset=3": {"3", "4"},
		"limit=4&offset=4": {"4", "5"},
		"limit=3&offset=5": {"5", "6", "7"},
		"limit=9&offset=5": {"5", "6", "7", "8"},
		"limit=2&offset=4": {"4", "5"},
		"limit=1&offset=1": {"1"},
	} {
		assert.Equal(t, want, listed(t, server, query), query)
	}
}

func TestMaxOffset(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithMaxOffset(2))
	numbered(server, 4)
	assert.Equal(t, []string{"2", "3"}, listed(t, server, "offset=2"))
	status, body, _ := get(t, server, list+"?offset=3", nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `parameter "offset": want at most 2`, refusal(t, status, body))

	status, _, _ = get(t, snaplogictest.NewServer(snaplogictest.WithMaxOffset(0)), list+"?offset=1", nil)
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestShuffledTies(t *testing.T) {
	walk := func(opts ...snaplogictest.Option) (ids []string) {
		server := snaplogictest.NewServer(opts...)
		server.Add(snaplogic.Activity{ID: "newest", CreateTime: time.UnixMilli(1)})
		for i := range 4 {
			server.Add(snaplogic.Activity{ID: fmt.Sprint(i), CreateTime: time.UnixMilli(0)})
		}
		for range 10 {
			got := listed(t, server, "")
			assert.Equal(t, "newest", got[0])
			assert.ElementsMatch(t, []string{"0", "1", "2", "3"}, got[1:])
			ids = append(ids, got...)
		}
		return ids
	}
	one := snaplogictest.WithShuffledTies(1)
	again := walk(one)
	assert.Equal(t, walk(one), again)
	assert.NotEqual(t, walk(one), walk(snaplogictest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(one)[:5], walk(one)[5:10])
	assert.Equal(t, walk()[:5], walk()[5:10], "without the option")
}

func TestStatusHeader(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithStatusHeader())
	for query, want := range map[string]string{"": "200", "?limit=0": "400"} {
		_, _, header := get(t, server, list+query, nil)
		assert.Equal(t, want, header.Get("X-SL-StatusCode"), query)
		_, _, header = get(t, snaplogictest.NewServer(), list+query, nil)
		assert.Empty(t, header.Values("X-SL-StatusCode"), query)
	}
}

func TestCountedLimit(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithCountedLimit())
	numbered(server, 3)
	for query, want := range map[string]string{"": `"limit": 3,`, "?limit=2": `"limit": 2,`, "?offset=9": `"limit": 0,`} {
		_, body, _ := get(t, server, list+query, nil)
		assert.Contains(t, body, want, query)
	}
}
