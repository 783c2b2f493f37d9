package opswattest_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake/faketest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

const base = "https://gears.opswat.com"

// send sends a request.
func send(t *testing.T, s *opswattest.Server, method, target, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return faketest.Do(t, s.Transport(), req)
}

func jsonHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/json"}
}

func formHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
}

// list sends a request for activities with a valid token.
func list(t *testing.T, s *opswattest.Server, body string) (*http.Response, string) {
	t.Helper()
	return send(t, s, "POST", "/o/api/v3/activities?access_token="+s.AccessToken(), body, jsonHeader())
}

func ids(items []opswat.Activity) string {
	var out []string
	for _, a := range items {
		out = append(out, a.DeviceID)
	}
	return strings.Join(out, " ")
}

func TestClient(t *testing.T) {
	s := opswattest.NewServer()
	assert.PanicsWithValue(t, "opswattest: the client cannot be made: opswat: new client: invalid request: "+
		"WithLogger: the logger is nil", func() { s.Client(activity.WithLogger(nil)) })

	source := opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), func(context.Context, string) error { return nil })
	client, err := opswat.New(source, activity.WithTransport(s.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, s.Requests(), 2)
	assert.Len(t, s.APIRequests(), 1)
}

func TestURL(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithRows(60))
	defer s.Close()
	client, err := opswat.New(s.Credentials(), activity.WithBaseURL(s.URL()))
	require.NoError(t, err)
	got, err := client.Activities(everything()).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 60)
}

func TestQuota(t *testing.T) {
	tests := map[string]struct {
		options []opswattest.Option
		lets    int
	}{
		"default": {nil, 10},
		"another": {[]opswattest.Option{opswattest.WithQuota(3, time.Minute)}, 3},
		"none":    {[]opswattest.Option{opswattest.WithoutQuota()}, 25},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := opswattest.NewServer(append(tt.options, opswattest.WithEmptyPageAtEnd())...)
				passed := 0
				for range 25 {
					resp, text := list(t, s, "{}")
					if resp.StatusCode == 200 {
						passed++
						continue
					}
					assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
					assert.Equal(t, `{"error":"the quota of this API is used up"}`, text)
					assert.Empty(t, resp.Header.Get("Retry-After"), "the vendor does not mention it")
				}
				assert.Equal(t, tt.lets, passed)
				<-time.After(time.Minute)
				resp, _ := list(t, s, "{}")
				assert.Equal(t, 200, resp.StatusCode)
				assert.Equal(t, 25, opswattest.MaxInWindow(s.APIRequests(), time.Minute))
			})
		})
	}
}

func TestRateHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		resp, _ := list(t, opswattest.NewServer(), "{}")
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset-Time"} {
			assert.Empty(t, resp.Header.Values(name))
		}
		for _, form := range []opswattest.RateHeaders{opswattest.ResetInDelta, opswattest.ResetInEpoch} {
			s := opswattest.NewServer(opswattest.WithQuota(2, time.Minute), opswattest.WithRateHeaders(form))
			begun := time.Now()
			for i, remaining := range []string{"1", "0", "0"} {
				resp, _ := list(t, s, "{}")
				assert.Equal(t, "2", resp.Header.Get("X-RateLimit-Limit"))
				assert.Equal(t, remaining, resp.Header.Get("X-RateLimit-Remaining"))
				reset, err := strconv.Atoi(resp.Header.Get("X-RateLimit-Reset-Time"))
				require.NoError(t, err)
				if form == opswattest.ResetInDelta {
					assert.Equal(t, 60-10*i, reset)
				} else {
					assert.EqualValues(t, begun.Add(time.Minute).Unix(), reset)
				}
				<-time.After(10 * time.Second)
			}
		}
	})
}

// TestKeepsTheQuota and TestFixedWindows run the examples of virtual time, which have no *testing.T
// to run their tests with.
func TestKeepsTheQuota(t *testing.T) { keepsTheQuota(t) }

func TestFixedWindows(t *testing.T) { fixedWindows(t) }

var noon = time.Date(2018, time.May, 10, 12, 0, 0, 0, time.UTC)

// read returns the ids of a page, or "" for a page past the end.
func read(t *testing.T, s *opswattest.Server, members string) string {
	t.Helper()
	resp, text := list(t, s, `{"start_date":"01/01/2000","end_date":"05/18/2018"`+members+`}`)
	if resp.StatusCode == http.StatusRequestEntityTooLarge {
		return ""
	}
	require.Equal(t, http.StatusOK, resp.StatusCode, text)
	var got []opswat.Activity
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	return ids(got)
}

// numbered adds activities 0 to n-1, the first of which is the newest.
func numbered(s *opswattest.Server, n int) {
	for i := range n {
		s.Add(opswat.Activity{DeviceID: strconv.Itoa(i), Timestamp: noon.Add(-time.Duration(i) * time.Second)})
	}
}

func replaceToken(query string, s *opswattest.Server) string {
	return strings.ReplaceAll(query, "TOKEN", s.AccessToken())
}

func TestRefusedRequests(t *testing.T) {
	with := func(name, value string) map[string]string {
		h := jsonHeader()
		h[name] = value
		maps.DeleteFunc(h, func(_, v string) bool { return v == "" })
		return h
	}
	tests := map[string]struct {
		method, path, query, body string // query: TOKEN is replaced with a valid token
		header                    map[string]string
		status                    int
		message                   string
	}{
		"slash":             {"POST", "/o/api/v3/activities/", "access_token=TOKEN", "{}", nil, 404, "nothing at this path"},
		"another version":   {"POST", "/o/api/v2/activities", "access_token=TOKEN", "{}", nil, 404, "nothing at this path"},
		"GET":               {"GET", "/o/api/v3/activities", "access_token=TOKEN", "", nil, 405, "POST"},
		"no token":          {"POST", "/o/api/v3/activities", "", "{}", nil, 401, "access_token is missing"},
		"unknown token":     {"POST", "/o/api/v3/activities", "access_token=abc", "{}", nil, 401, "unknown or expired"},
		"empty token":       {"POST", "/o/api/v3/activities", "access_token=", "{}", nil, 400, "access_token"},
		"token twice":       {"POST", "/o/api/v3/activities", "access_token=TOKEN&access_token=TOKEN", "{}", nil, 400, "occurs 2 times"},
		"parameter in URL":  {"POST", "/o/api/v3/activities", "access_token=TOKEN&limit=20", "{}", nil, 400, `unknown parameter \"limit\"`},
		"misspelt token":    {"POST", "/o/api/v3/activities", "accesstoken=TOKEN", "{}", nil, 400, `unknown parameter \"accesstoken\"`},
		"broken escape":     {"POST", "/o/api/v3/activities", "access_token=%zz", "{}", nil, 400, "malformed escape"},
		"token in header":   {"POST", "/o/api/v3/activities", "access_token=TOKEN", "{}", with("Authorization", "Bearer x"), 400, "header Authorization is not wanted"},
		"referer":           {"POST", "/o/api/v3/activities", "access_token=TOKEN", "{}", with("Referer", "https://example.com/"), 400, "header Referer"},
		"cookie":            {"POST", "/o/api/v3/activities", "access_token=TOKEN", "{}", with("Cookie", "a=b"), 400, "header Cookie"},
		"form":              {"POST", "/o/api/v3/activities", "access_token=TOKEN", "limit=1", with("Content-Type", "application/x-www-form-urlencoded"), 415, "want application/json"},
		"no type":           {"POST", "/o/api/v3/activities", "access_token=TOKEN", "{}", with("Content-Type", ""), 415, "want application/json"},
		"no accept":         {"POST", "/o/api/v3/activities", "access_token=TOKEN", "{}", with("Accept", ""), 400, "header Accept"},
		"no body":           {"POST", "/o/api/v3/activities", "access_token=TOKEN", "", nil, 400, "not a JSON object"},
		"array":             {"POST", "/o/api/v3/activities", "access_token=TOKEN", "[]", nil, 400, "not a JSON object"},
		"broken JSON":       {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":1`, nil, 400, "not valid JSON"},
		"unknown member":    {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"actions":["blocked"]}`, nil, 400, "unknown member /actions"},
		"case of a member":  {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"Limit":1}`, nil, 400, "unknown member /Limit"},
		"token in body":     {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"access_token":"x"}`, nil, 400, "unknown member /access_token"},
		"member twice":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":1,"limit":1}`, nil, 400, "occurs twice"},
		"limit as a string": {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":"1"}`, nil, 400, "/limit"},
		"limit 1.5":         {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":1.5}`, nil, 400, "/limit"},
		"limit null":        {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":null}`, nil, 400, "member limit is empty"},
		"limit 0":           {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":0}`, nil, 406, "from 1 to 50"},
		"limit 51":          {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"limit":51}`, nil, 406, "from 1 to 50"},
		"page 0":            {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"page":0}`, nil, 400, "member page"},
		"start as ISO":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"start_date":"2018-05-18"}`, nil, 400, "member start_date: want a date as MM/DD/YYYY"},
		"start without 0":   {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"start_date":"5/18/2018"}`, nil, 400, "member start_date"},
		"start DD/MM":       {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"start_date":"18/05/2018"}`, nil, 400, "member start_date"},
		"end no day":        {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"end_date":"02/30/2018"}`, nil, 400, "member end_date: want a date"},
		"end empty":         {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"end_date":""}`, nil, 400, "member end_date is empty"},
		"end equals start":  {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"start_date":"05/18/2018","end_date":"05/18/2018"}`, nil, 400, "greater than start_date"},
		"end before start":  {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"start_date":"05/18/2018","end_date":"05/17/2018"}`, nil, 400, "greater than start_date"},
		"age 0":             {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"age":0}`, nil, 400, "member age"},
		"age in words":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"age":"5h"}`, nil, 400, "/age"},
		"action as string":  {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"action":"blocked"}`, nil, 400, "/action"},
		"no actions":        {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"action":[]}`, nil, 400, "member action is empty"},
		"empty action":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"action":[""]}`, nil, 400, "member action"},
		"action Blocked":    {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"action":["Blocked"]}`, nil, 400, "member action: want an action such as"},
		"empty search":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"search":""}`, nil, 400, "member search is empty"},
		"past the end":      {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{}`, nil, 413, "exceeds the number of pages"},
		"far past the end":  {"POST", "/o/api/v3/activities", "access_token=TOKEN", `{"page":9223372036854775807}`, nil, 413, "exceeds"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := opswattest.NewServer()
			header := tt.header
			if header == nil {
				header = jsonHeader()
			}
			resp, text := send(t, s, tt.method, tt.path+"?"+replaceToken(tt.query, s), tt.body, header)
			assert.Equal(t, tt.status, resp.StatusCode, text)
			assert.Contains(t, text, tt.message)
			assert.Contains(t, resp.Header.Get("Content-Type"), "application/json")
			if tt.status == http.StatusMethodNotAllowed {
				assert.Equal(t, "POST", resp.Header.Get("Allow"))
			}
		})
	}
}

// The header is refused if the URL has a token.
func TestHeaderToken(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithHeaderToken(), opswattest.WithEmptyPageAtEnd())
	for authorization, want := range map[string][2]int{
		"Bearer " + s.AccessToken(): {200, 400},
		"Bearer x":                  {401, 400},
		"Bearer ":                   {400, 400},
		"Basic eA==":                {400, 400},
	} {
		header := jsonHeader()
		header["Authorization"] = authorization
		resp, text := send(t, s, "POST", "/o/api/v3/activities", "{}", header)
		assert.Equal(t, want[0], resp.StatusCode, text)
		resp, text = send(t, s, "POST", "/o/api/v3/activities?access_token="+s.AccessToken(), "{}", header)
		assert.Equal(t, want[1], resp.StatusCode, text)
		assert.Contains(t, text, "header Authorization is not wanted")
	}
}

func TestPages(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota())
	empty := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithEmptyPageAtEnd())
	for i := range 55 {
		a := opswat.Activity{DeviceID: strconv.Itoa(i), Timestamp: time.Now().Add(-time.Duration(i) * time.Second)}
		s.Add(a)
		empty.Add(a)
	}
	sizes := func(s *opswattest.Server, body string) (int, int) {
		resp, text := list(t, s, body)
		var got []opswat.Activity
		_ = json.Unmarshal([]byte(text), &got)
		return resp.StatusCode, len(got)
	}
	for _, tt := range []struct {
		body         string
		status, rows int
	}{
		{`{}`, 200, 50}, {`{"page":2}`, 200, 5}, {`{"page":3}`, 413, 0}, {`{"limit":20}`, 200, 20}, {`{"limit":20,"page":3}`, 200, 15},
		{`{"limit":11,"page":5}`, 200, 11}, {`{"limit":11,"page":6}`, 413, 0}, {`{"limit":1,"page":55}`, 200, 1},
	} {
		status, rows := sizes(s, tt.body)
		assert.Equal(t, tt.status, status, tt.body)
		assert.Equal(t, tt.rows, rows, tt.body)
		status, rows = sizes(empty, tt.body)
		assert.Equal(t, 200, status, tt.body)
		assert.Equal(t, tt.rows, rows, tt.body)
	}
}

func TestPageSizes(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithPageSizes(3, 2))
	numbered(s, 9)
	for page, want := range []string{"0 1 2", "3 4", "5 6 7", "8", ""} {
		assert.Equal(t, want, read(t, s, `,"limit":3,"page":`+strconv.Itoa(page+1)))
	}
	assert.Equal(t, "5 6 7 8", read(t, s, `,"page":3`))
	assert.Empty(t, read(t, s, `,"page":9223372036854775807`))
}

func TestMaxOffset(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithMaxOffset(4))
	numbered(s, 9)
	assert.Equal(t, "4 5", read(t, s, `,"limit":2,"page":3`))
	resp, text := list(t, s, `{"limit":2,"page":4}`)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Equal(t, `{"error":"the page begins beyond row 4"}`, text)
}

func TestShuffledTies(t *testing.T) {
	walk := func(opts ...opswattest.Option) (got []string) {
		s := opswattest.NewServer(append(opts, opswattest.WithoutQuota())...)
		numbered(s, 1)
		for i := range 4 {
			s.Add(opswat.Activity{DeviceID: strconv.Itoa(i + 1), Timestamp: noon.Add(-time.Hour)})
		}
		for range 10 {
			page := read(t, s, "")
			assert.Regexp(t, `^0( [1-4]){4}$`, page)
			got = append(got, page)
		}
		return got
	}
	one := opswattest.WithShuffledTies(1)
	again := walk(one)
	assert.Equal(t, walk(one), again)
	assert.NotEqual(t, walk(one), walk(opswattest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(one)[0], walk(one)[1])
	assert.Equal(t, walk()[0], walk()[1], "without the option")
}
