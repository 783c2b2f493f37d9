package asperatest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestRefusedRequests(t *testing.T) {
	const transfers = "/analytics/v2/organizations/1023/transfers"
	for name, c := range map[string]struct {
		target string
		method string
		body   string
		header http.Header
		status int
		want   string
	}{
		"unknown parameter":      {target: transfers + "?directions=send", status: 400, want: `unknown parameter \"directions\"`},
		"repeated parameter":     {target: transfers + "?limit=1&limit=2", status: 400, want: `\"limit\" occurs 2 times`},
		"empty parameter":        {target: transfers + "?status=", status: 400, want: `\"status\" is empty`},
		"malformed query":        {target: transfers + "?limit=%zz", status: 400, want: "malformed escape"},
		"time with an offset":    {target: transfers + "?start_time=2024-01-01T00:00:00%2B01:00", status: 400, want: "start_time"},
		"time with nanoseconds":  {target: transfers + "?stop_time=2024-01-01T00:00:00.000000001Z", status: 400, want: "stop_time"},
		"a date":                 {target: transfers + "?start_time=2024-01-01", status: 400, want: "start_time"},
		"stop before start":      {target: transfers + "?start_time=2024-01-02T00:00:00Z&stop_time=2024-01-01T00:00:00Z", status: 400, want: "before"},
		"limit zero":             {target: transfers + "?limit=0", status: 400, want: "limit"},
		"unknown status":         {target: transfers + "?status=complete", status: 400, want: "status"},
		"unknown direction":      {target: transfers + "?direction=up", status: 400, want: "direction"},
		"next of nobody":         {target: transfers + "?next=abc", status: 400, want: "next"},
		"token in the query":     {target: transfers + "?access_token=x", status: 400, want: "access_token"},
		"limit where none is":    {target: "/analytics/v2/organizations/1023/volume_usage?limit=1", status: 400, want: "limit"},
		"volume stop":            {target: "/analytics/v2/users/1/volume_usage?start_time=2024-01-02T00:00:00Z&stop_time=2024-01-01T00:00:00Z", status: 400, want: "before"},
		"status where none is":   {target: "/analytics/v2/organizations/1023/application_events?status=completed", status: 400, want: "status"},
		"search without a term":  {target: "/analytics/v2/organizations/1023/file_access/search", status: 400, want: "search"},
		"query at one transfer":  {target: transfers + "/1?limit=1", status: 400, want: "want none"},
		"query at self":          {target: "/api/v1/self?x=1", status: 400, want: "want none"},
		"no such transfer":       {target: transfers + "/1", status: 404, want: "no such transfer"},
		"no such organization":   {target: "/analytics/v2/organizations/acme/transfers", status: 404, want: "want the id 1023"},
		"no such kind":           {target: "/analytics/v2/organization/1023/transfers", status: 404, want: "organizations|users"},
		"no such endpoint":       {target: "/analytics/v2/organizations/1023/transfer", status: 404, want: "endpoint"},
		"files of nothing":       {target: "/analytics/v2/organizations/1023/files", status: 404, want: "endpoint"},
		"a part of a transfer":   {target: transfers + "/1/parts", status: 404, want: "endpoint"},
		"trailing slash":         {target: transfers + "/", status: 404, want: "no such path"},
		"without the base path":  {target: "/organizations/1023/transfers", status: 404, want: "/analytics/v2"},
		"POST":                   {method: "POST", target: transfers, status: 405, want: "GET"},
		"a body":                 {target: transfers, body: "{}", status: 400, want: "body"},
		"Accept":                 {target: transfers, header: http.Header{"Accept": {"text/html"}}, status: 400, want: "Accept"},
		"no token":               {target: transfers, header: http.Header{"Authorization": nil}, status: 401, want: "Bearer"},
		"Basic":                  {target: transfers, header: http.Header{"Authorization": {"Basic eA=="}}, status: 401, want: "Bearer"},
		"unknown token":          {target: transfers, header: http.Header{"Authorization": {"Bearer x"}}, status: 401, want: "unknown"},
		"self without a token":   {target: "/api/v1/self", header: http.Header{"Authorization": nil}, status: 401, want: "Bearer"},
		"an API outside of this": {target: "/api/v1/users", status: 404, want: "no such path"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = http.MethodGet
			}
			status, body := send(t, asperatest.NewServer(), c.method, c.target, c.body, c.header)
			assert.Equal(t, c.status, status)
			var said struct{ Code, Message string }
			require.NoError(t, json.Unmarshal([]byte(body), &said))
			assert.NotEmpty(t, said.Code)
			assert.Contains(t, body, c.want)
			assert.Contains(t, body, `"request_id":"fake-request-1"`)
		})
	}
}

func TestWithoutFileAccess(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithoutFileAccess())
	for _, name := range []string{"file_access", "file_access/search?search=a"} {
		status, _ := send(t, s, http.MethodGet, "/analytics/v2/users/1/"+name, "", nil)
		assert.Equal(t, http.StatusNotFound, status, name)
	}
}
