package opswattest_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestActivityRequestsAreRefused(t *testing.T) {
	with := func(name, value string) map[string]string {
		h := jsonHeader()
		h[name] = value
		maps.DeleteFunc(h, func(_, v string) bool { return v == "" })
		return h
	}
	tests := map[string]struct {
		method, path, query, body string // query: TOKEN stands for a good token
		header                    map[string]string
		status                    int
		says                      string
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
			assert.Contains(t, text, tt.says)
			assert.Contains(t, resp.Header.Get("Content-Type"), "application/json")
			if tt.status == http.StatusMethodNotAllowed {
				assert.Equal(t, "POST", resp.Header.Get("Allow"))
			}
		})
	}
}

func TestTokenRequestsAreRefused(t *testing.T) {
	const good = "client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials"
	with := func(name, value string) map[string]string {
		h := formHeader()
		h[name] = value
		return h
	}
	tests := map[string]struct {
		method, target, body string
		header               map[string]string
		status               int
		says                 string
	}{
		"GET":               {"GET", "/o/oauth/token", "", nil, 405, "POST"},
		"secret in the URL": {"POST", "/o/oauth/token?" + good, "", nil, 400, "the URL has a query"},
		"basic":             {"POST", "/o/oauth/token", good, with("Authorization", "Basic eA=="), 400, "header Authorization"},
		"referer":           {"POST", "/o/oauth/token", good, with("Referer", "https://example.com"), 400, "header Referer"},
		"JSON":              {"POST", "/o/oauth/token", "{}", jsonHeader(), 415, "want application/x-www-form-urlencoded"},
		"broken form":       {"POST", "/o/oauth/token", "a=%zz", nil, 400, "malformed escape"},
		"empty":             {"POST", "/o/oauth/token", "", nil, 401, "client_id or client_secret"},
		"wrong secret":      {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=canary&grant_type=client_credentials", nil, 401, "invalid_client"},
		"wrong key":         {"POST", "/o/oauth/token", "client_id=canary&client_secret=example-client-secret&grant_type=client_credentials", nil, 401, "invalid_client"},
		"twice":             {"POST", "/o/oauth/token", good + "&client_id=example-client-key", nil, 400, "occurs 2 times"},
		"unknown":           {"POST", "/o/oauth/token", good + "&audience=x", nil, 400, `unknown parameter \"audience\"`},
		"needless refresh":  {"POST", "/o/oauth/token", good + "&refresh_token=canary", nil, 400, `unknown parameter \"refresh_token\"`},
		"no grant":          {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret", nil, 400, "unsupported_grant_type"},
		"password grant":    {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret&grant_type=password", nil, 400, "unsupported_grant_type"},
		"unknown refresh":   {"POST", "/o/oauth/token", "client_id=example-client-key&client_secret=example-client-secret&grant_type=refresh_token&refresh_token=canary", nil, 400, "invalid_grant"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			header := tt.header
			if header == nil {
				header = formHeader()
			}
			resp, text := send(t, opswattest.NewServer(), tt.method, tt.target, tt.body, header)
			assert.Equal(t, tt.status, resp.StatusCode, text)
			assert.Contains(t, text, tt.says)
			assert.NotContains(t, text, "canary")
		})
	}
}
