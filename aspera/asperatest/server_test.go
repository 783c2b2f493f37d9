package asperatest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/fake/faketest"
)

const base = "https://api.ibmaspera.com"

// send sends a request with a valid token, unless header has other credentials.
func send(t *testing.T, s *asperatest.Server, method, target string, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	token, err := s.TokenSource().Token()
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Accept", "application/json")
	maps.Copy(req.Header, header)
	resp, text := faketest.Do(t, s.Transport(), req)
	return resp.StatusCode, text
}

func organization(s *asperatest.Server) aspera.Resource {
	return s.Client().Organization(asperatest.OrganizationID)
}

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // since the client retries
		s := asperatest.NewServer()
		s.Close()
		_, err := s.Client().OrganizationID(t.Context())
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		assert.Empty(t, s.Requests())
	})
}

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := asperatest.NewServer(asperatest.WithTokenLifetime(time.Minute))
		token, err := s.TokenSource().Token()
		require.NoError(t, err)
		assert.Equal(t, time.Minute, time.Until(token.Expiry))
		header := http.Header{"Authorization": {"Bearer " + token.AccessToken}}
		status, _ := send(t, s, "GET", "/api/v1/self", "", header)
		assert.Equal(t, 200, status)
		<-time.NewTimer(time.Minute).C
		status, _ = send(t, s, "GET", "/api/v1/self", "", header)
		assert.Equal(t, 401, status)
	})
}

func TestConcurrentUse(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(50))
	r := s.Client().Organization(asperatest.OrganizationID)
	var users sync.WaitGroup
	for range 8 {
		users.Go(func() {
			s.Add(aspera.Transfer{UUID: "x"})
			_, err := r.Transfers(aspera.TransferQuery{PageSize: 7}).Collect(t.Context(), 0)
			assert.NoError(t, err)
			s.Delete("x")
		})
	}
	users.Wait()
	s.Delete("x")
	assert.Equal(t, 50, s.Len())
}

// TestNightOfTokens runs the example of virtual time, which has no *testing.T to run its test with.
func TestNightOfTokens(t *testing.T) { nightOfTokens(t) }

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
		"unknown parameter":     {target: transfers + "?directions=send", status: 400, want: `unknown parameter \"directions\"`},
		"repeated parameter":    {target: transfers + "?limit=1&limit=2", status: 400, want: `\"limit\" occurs 2 times`},
		"empty parameter":       {target: transfers + "?status=", status: 400, want: `\"status\" is empty`},
		"malformed query":       {target: transfers + "?limit=%zz", status: 400, want: "malformed escape"},
		"time with an offset":   {target: transfers + "?start_time=2024-01-01T00:00:00%2B01:00", status: 400, want: "start_time"},
		"time with nanoseconds": {target: transfers + "?stop_time=2024-01-01T00:00:00.000000001Z", status: 400, want: "stop_time"},
		"a date":                {target: transfers + "?start_time=2024-01-01", status: 400, want: "start_time"},
		"stop before start":     {target: transfers + "?start_time=2024-01-02T00:00:00Z&stop_time=2024-01-01T00:00:00Z", status: 400, want: "before"},
		"limit zero":            {target: transfers + "?limit=0", status: 400, want: "limit"},
		"unknown status":        {target: transfers + "?status=complete", status: 400, want: "status"},
		"unknown direction":     {target: transfers + "?direction=up", status: 400, want: "direction"},
		"invalid next":          {target: transfers + "?next=abc", status: 400, want: "next"},
		"token in the query":    {target: transfers + "?access_token=x", status: 400, want: "access_token"},
		"unexpected limit":      {target: "/analytics/v2/organizations/1023/volume_usage?limit=1", status: 400, want: "limit"},
		"volume stop":           {target: "/analytics/v2/users/1/volume_usage?start_time=2024-01-02T00:00:00Z&stop_time=2024-01-01T00:00:00Z", status: 400, want: "before"},
		"unexpected status":     {target: "/analytics/v2/organizations/1023/application_events?status=completed", status: 400, want: "status"},
		"search without a term": {target: "/analytics/v2/organizations/1023/file_access/search", status: 400, want: "search"},
		"query at one transfer": {target: transfers + "/1?limit=1", status: 400, want: "want none"},
		"query at self":         {target: "/api/v1/self?x=1", status: 400, want: "want none"},
		"no such transfer":      {target: transfers + "/1", status: 404, want: "no such transfer"},
		"no such organization":  {target: "/analytics/v2/organizations/acme/transfers", status: 404, want: "want the id 1023"},
		"no such kind":          {target: "/analytics/v2/organization/1023/transfers", status: 404, want: "organizations|users"},
		"no such endpoint":      {target: "/analytics/v2/organizations/1023/transfer", status: 404, want: "endpoint"},
		"files of nothing":      {target: "/analytics/v2/organizations/1023/files", status: 404, want: "endpoint"},
		"a part of a transfer":  {target: transfers + "/1/parts", status: 404, want: "endpoint"},
		"trailing slash":        {target: transfers + "/", status: 404, want: "no such path"},
		"without the base path": {target: "/organizations/1023/transfers", status: 404, want: "/analytics/v2"},
		"POST":                  {method: "POST", target: transfers, status: 405, want: "GET"},
		"a body":                {target: transfers, body: "{}", status: 400, want: "body"},
		"Accept":                {target: transfers, header: http.Header{"Accept": {"text/html"}}, status: 400, want: "Accept"},
		"no token":              {target: transfers, header: http.Header{"Authorization": nil}, status: 401, want: "Bearer"},
		"Basic":                 {target: transfers, header: http.Header{"Authorization": {"Basic eA=="}}, status: 401, want: "Bearer"},
		"unknown token":         {target: transfers, header: http.Header{"Authorization": {"Bearer x"}}, status: 401, want: "unknown"},
		"self without a token":  {target: "/api/v1/self", header: http.Header{"Authorization": nil}, status: 401, want: "Bearer"},
		"another API":           {target: "/api/v1/users", status: 404, want: "no such path"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = http.MethodGet
			}
			status, body := send(t, asperatest.NewServer(), c.method, c.target, c.body, c.header)
			assert.Equal(t, c.status, status)
			var answer struct{ Code, Message string }
			require.NoError(t, json.Unmarshal([]byte(body), &answer))
			assert.NotEmpty(t, answer.Code)
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
