package asperatest_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
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
)

const base = "https://api.ibmaspera.com"

// send sends one request by hand, with a good token unless the request has credentials of its own.
func send(t *testing.T, s *asperatest.Server, method, target string, body string, header http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	token, err := s.TokenSource().Token()
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+token.AccessToken)
	req.Header.Set("Accept", "application/json")
	maps.Copy(req.Header, header)
	resp, err := s.Transport().RoundTrip(req)
	require.NoError(t, err)
	defer func() { assert.NoError(t, resp.Body.Close()) }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func TestEveryMistakeIsRefused(t *testing.T) {
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

// A link is good with its filters only, and the first page's link has none.
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
		"none":            {aspera.TransferQuery{}, "c b a timeless"},
		"start":           {aspera.TransferQuery{Start: at.Add(time.Hour)}, "c b timeless"},
		"start, just not": {aspera.TransferQuery{Start: at.Add(time.Hour + time.Millisecond)}, "c timeless"},
		"stop":            {aspera.TransferQuery{Stop: at.Add(time.Hour)}, "b a timeless"},
		"both":            {aspera.TransferQuery{Start: at.Add(1), Stop: at.Add(2*time.Hour - time.Second)}, "b a timeless"},
		"status":          {aspera.TransferQuery{Status: "failed"}, "b"},
		"status of a row": {aspera.TransferQuery{Status: "queued"}, "c"},
		"direction":       {aspera.TransferQuery{Direction: "send"}, "c a"},
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

func TestRowsAreRealistic(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(400))
	r := s.Client().Organization(asperatest.OrganizationID)
	transfers, err := r.Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, transfers, 400)
	assert.Equal(t, 400, s.Len())
	var running, failed, nulls, blanks int
	sides, identities := map[string]int{}, map[string]bool{}
	for i, transfer := range transfers {
		require.Empty(t, transfer.Problems)
		if i > 0 {
			assert.False(t, transfer.SessionStart.After(transfers[i-1].SessionStart))
		}
		if !transfer.Done() {
			running++
			nulls += strings.Count(string(transfer.Raw), `"session_stop_time":null`)
			blanks += strings.Count(string(transfer.Raw), `"session_stop_time":""`)
		}
		if transfer.Status == aspera.StatusFailed {
			failed++
			assert.NotZero(t, transfer.ErrorCode)
		}
		assert.Regexp(t, `"session_start_time":"[-0-9]{10}T[:0-9]{8}\.\d{9}Z"`, string(transfer.Raw))
		assert.Regexp(t, `"file_id":\d+`, string(transfer.Raw))
		sides[transfer.UUID]++
		identities[transfer.UUID+string(transfer.Direction)] = true
	}
	assert.Less(t, len(sides), 400)                // a session comes twice
	assert.Greater(t, len(identities), len(sides)) // once in each direction
	assert.Positive(t, running)
	assert.Positive(t, nulls)
	assert.Positive(t, blanks)
	assert.Less(t, nulls+blanks, running)
	assert.Positive(t, failed)

	one, err := r.Transfer(t.Context(), transfers[17].UUID)
	require.NoError(t, err)
	assert.Equal(t, transfers[17].UUID, one.UUID)
	files, err := r.TransferFiles(transfers[17].UUID, aspera.FileQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.NotEmpty(t, files)
	report, err := r.VolumeUsage(t.Context(), aspera.VolumeQuery{})
	require.NoError(t, err)
	assert.Len(t, report.Volumes, 5)

	first, second, other := raws(t, asperatest.NewServer(asperatest.WithRows(20))), raws(t, asperatest.NewServer(asperatest.WithRows(20))),
		raws(t, asperatest.NewServer(asperatest.WithRows(20), asperatest.WithSeed(2)))
	assert.Equal(t, first, second)
	assert.NotEqual(t, first, other)
}

func raws(t *testing.T, s *asperatest.Server) []string {
	t.Helper()
	transfers, err := s.Client().User(asperatest.UserID).Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	var out []string
	for _, transfer := range transfers {
		out = append(out, string(transfer.Raw))
	}
	return out
}

// Page sizes differ by list where none is asked for.
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

// Many at once, rows coming and going.
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

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the client tries again and again
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

func TestWhatHasNoJSONPanics(t *testing.T) {
	assert.Panics(t, func() { asperatest.NewServer().Add(aspera.Transfer{Throughput: positive() / 0}) })
}

func positive() float64 { return 1 }
