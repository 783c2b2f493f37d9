package transport_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestRequest(t *testing.T) {
	s := &script{steps: []step{answer(200, things)}}
	client := newClient(t, s, activity.WithUserAgent("siem/2"))
	got, err := do(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, things, string(got.Body))
	assert.Equal(t, 200, got.StatusCode)
	require.Len(t, s.sent(), 1)
	req := s.sent()[0].req
	assert.Equal(t, "GET", req.Method)
	assert.Equal(t, "https://api.example.com/v1/things?limit=2", req.URL.String())
	assert.Equal(t, http.Header{
		"Accept":        {"application/json"},
		"Authorization": {"Bearer " + key},
		"User-Agent":    {"siem/2 activity-sdk-go"},
	}, req.Header)
}

func TestRequestWithBodyIsSentWholeEachTime(t *testing.T) {
	s := &script{steps: []step{answer(500, ""), answer(200, things)}}
	client := newClient(t, s, activity.WithRetry(activity.RetryPolicy{MinWait: 1, MaxWait: 1}))
	call := list()
	call.Method, call.Body, call.ContentType = http.MethodPost, []byte(`{"page":1}`), "application/json"
	_, err := client.Do(t.Context(), call)
	require.NoError(t, err)
	require.Len(t, s.sent(), 2)
	for _, r := range s.sent() {
		assert.Equal(t, `{"page":1}`, r.body)
		assert.Equal(t, "application/json", r.req.Header.Get("Content-Type"))
		assert.EqualValues(t, 10, r.req.ContentLength)
	}
}

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		base string
		want error
		text string
	}{
		{"http", "http://api.example.com", activity.ErrInsecureURL, "https"},
		{"user info", "https://user:" + key + "@api.example.com", activity.ErrInvalid, "user name or password"},
		{"query", "https://api.example.com?x=" + key, activity.ErrInvalid, "query"},
		{"bare question mark", "https://api.example.com?", activity.ErrInvalid, "query"},
		{"fragment", "https://api.example.com#" + key, activity.ErrInvalid, "fragment"},
		{"empty fragment", "https://api.example.com#", activity.ErrInvalid, "fragment"},
		{"no scheme", "api.example.com", activity.ErrInvalid, "scheme"},
		{"other scheme", "ftp://api.example.com", activity.ErrInvalid, "scheme"},
		{"no host", "https:///x", activity.ErrInvalid, "host"},
		{"opaque", "https:api.example.com", activity.ErrInvalid, "scheme and a host"},
		{"dot segments", "https://api.example.com/a/../b", activity.ErrInvalid, "dot segments"},
		{"unparsable", "https://api.example.com/%zz" + key, activity.ErrInvalid, "parsed"},
		{"control characters", "https://api.example.com/\n", activity.ErrInvalid, "parsed"},
		{"white space", "  ", activity.ErrInvalid, "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://x.example.com",
				Credentials: transport.Static(transport.Bearer(), key)}, activity.WithBaseURL(tt.base))
			e := asError(t, err)
			require.ErrorIs(t, err, tt.want)
			assert.Contains(t, e.Message, tt.text)
			assert.Equal(t, "acme", e.Vendor)
			assert.Zero(t, e.StatusCode)
			assert.NotContains(t, err.Error(), key)
		})
	}
}

func TestNewRefusesMiddlewareThatGivesNothing(t *testing.T) {
	nothing := func(http.RoundTripper) http.RoundTripper { return nil }
	keep := func(next http.RoundTripper) http.RoundTripper { return next }
	_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://x.example.com",
		Credentials: transport.Static(transport.Bearer(), key)}, activity.WithMiddleware(keep, nothing, keep))
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.ErrorContains(t, err, "WithMiddleware: number 2 gives no RoundTripper")
}

func TestNewAccepts(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.example.com":        "https://api.example.com/things?limit=2",
		"https://API.example.com:8443/":  "https://api.example.com:8443/things?limit=2",
		"https://api.example.com/a%2Fb/": "https://api.example.com/a%2Fb/things?limit=2",
		"http://127.0.0.1:80":            "http://127.0.0.1:80/things?limit=2",
		"http://localhost":               "http://localhost/things?limit=2",
		"http://[::1]:1":                 "http://[::1]:1/things?limit=2",
		"https://[FE80::1%25Eth0]:8080":  "https://[fe80::1%25Eth0]:8080/things?limit=2",
		"https://[fe80::1%25a%20b]/x":    "https://[fe80::1%25a%20b]/x/things?limit=2",
	} {
		t.Run(base, func(t *testing.T) {
			s := &script{steps: []step{answer(200, things)}}
			client := newClient(t, s, activity.WithBaseURL(base))
			_, err := do(t.Context(), client)
			require.NoError(t, err)
			assert.Equal(t, want, s.sent()[0].req.URL.String())
		})
	}
	s := &script{steps: []step{answer(200, things)}}
	_, err := do(t.Context(), newClient(t, s, activity.WithInsecureHTTP(), activity.WithBaseURL("http://api.example.com")))
	require.NoError(t, err)
}

func TestNewRefusesMissingParts(t *testing.T) {
	good := transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Static(transport.Bearer(), key)}
	_, err := transport.New(good, nil)
	require.ErrorIs(t, err, activity.ErrInvalid)

	none := good
	none.Credentials = nil
	_, err = transport.New(none)
	require.ErrorContains(t, err, "credentials are missing")

	refused := good
	refused.Credentials = transport.InvalidCredentials("the key is empty")
	_, err = transport.New(refused)
	require.ErrorContains(t, err, "the key is empty")

	fixed := good
	fixed.FixedBase = true
	_, err = transport.New(fixed, activity.WithBaseURL("https://other.example.com"))
	require.ErrorIs(t, err, activity.ErrInvalid)

	_, err = transport.New(good, activity.WithTransport(nil))
	assert.Equal(t, "acme", asError(t, err).Vendor)
}

func TestAtOrigin(t *testing.T) {
	client := newClient(t, &script{})
	assert.Equal(t, "https://api.example.com/things", client.AtOrigin().Address("/things"))
	assert.Equal(t, "https://api.example.com/v1/things", client.Address("/things"))
}

func TestReject(t *testing.T) {
	client := newClient(t, &script{})
	e := asError(t, client.Reject("list things", &activity.Error{Kind: activity.ErrInvalid, Message: "too many"}))
	assert.Equal(t, "acme: list things: invalid request: too many", e.Error())
	e = asError(t, client.Reject("list things", io.EOF))
	require.ErrorIs(t, e, activity.ErrInvalid)
	require.ErrorIs(t, e, io.EOF)
}

func TestOnlyReadsAreRepeated(t *testing.T) {
	s := &script{steps: []step{broken(errors.New("reset"))}}
	call := list()
	call.Read = false
	_, err := newClient(t, s).Do(t.Context(), call)
	assert.Equal(t, 1, asError(t, err).Attempts)
	assert.Len(t, s.sent(), 1)
}

func TestUnbuildableAddress(t *testing.T) {
	call := list()
	call.Query = "a=\x7f"
	s := &script{}
	_, err := newClient(t, s).Do(t.Context(), call)
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.Empty(t, s.sent())
}

func TestPath(t *testing.T) {
	const template = "/api/{organization}/files/{file_id}/"
	for name, tt := range map[string]struct {
		values []string
		want   string
		text   string
	}{
		"plain":             {[]string{"acme", "7"}, "/api/acme/files/7/", ""},
		"escaped":           {[]string{"a b", "x?y#z%"}, "/api/a%20b/files/x%3Fy%23z%25/", ""},
		"slash":             {[]string{"a/b", "7"}, "/api/a%2Fb/files/7/", ""},
		"dots inside":       {[]string{"a.b", "..."}, "/api/a.b/files/.../", ""},
		"unicode":           {[]string{"é", "7"}, "/api/%C3%A9/files/7/", ""},
		"empty":             {[]string{"", "7"}, "", "organization is empty"},
		"blank":             {[]string{"a", " "}, "", "file id is empty"},
		"dot":               {[]string{".", "7"}, "", "segment"},
		"climbs":            {[]string{"a/../b", "7"}, "", "segment"},
		"climbs backwards":  {[]string{`a\..\b`, "7"}, "", "segment"},
		"climbs, encoded":   {[]string{"a%2f..%2Fb", "7"}, "", "segment"},
		"climbs, twice":     {[]string{"%252e%252e", "7"}, "", "segment"},
		"climbs, capitals":  {[]string{"a/%252E%252e%2Fb", "7"}, "", "segment"},
		"path parameters":   {[]string{"a/..;x=1/b", "7"}, "", "segment"},
		"both, encoded":     {[]string{"a%2F..%3B%2Fb", "7"}, "", "segment"},
		"behind no escape":  {[]string{"100%/%2e%2e/b", "7"}, "", "segment"},
		"control":           {[]string{"a\nb", "7"}, "", "control"},
		"invalid UTF-8":     {[]string{"a\xff", "7"}, "", "control"},
		"percent, harmless": {[]string{"100%", "7"}, "/api/100%25/files/7/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			path, err := transport.Path(template, tt.values...)
			if tt.text == "" {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, activity.ErrInvalid)
				require.ErrorContains(t, err, tt.text)
			}
			assert.Equal(t, tt.want, path)
		})
	}
}

func FuzzPath(f *testing.F) {
	for _, seed := range []string{"acme", "a b", "a/../b", "..%2f", "%2e%2e", "é\x00", `\..\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		path, err := transport.Path("/api/{x}/end", value)
		if err != nil {
			require.ErrorIs(t, err, activity.ErrInvalid)
			return
		}
		require.Equal(t, 3, strings.Count(path, "/"), "%q", path)
		require.NotContains(t, path, "/../")
		s := &script{steps: []step{answer(200, things)}}
		call := list()
		call.Path = path
		_, err = newClient(t, s).Do(t.Context(), call)
		require.NoError(t, err)
		require.Equal(t, "/v1/api/"+value+"/end", s.sent()[0].req.URL.Path)
	})
}

func TestContentTypeOfEveryRequest(t *testing.T) {
	s := &script{steps: []step{answer(200, things)}}
	client, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", ContentType: "application/json",
		Credentials: transport.Static(transport.Bearer(), key)}, activity.WithTransport(s))
	require.NoError(t, err)
	_, err = do(t.Context(), client)
	require.NoError(t, err)
	assert.Equal(t, "application/json", s.sent()[0].req.Header.Get("Content-Type"))

	call := list()
	call.Method, call.Body, call.ContentType = http.MethodPost, []byte("a=b"), "application/x-www-form-urlencoded"
	_, err = client.Do(t.Context(), call)
	require.NoError(t, err)
	assert.Equal(t, []string{"application/x-www-form-urlencoded"}, s.sent()[1].req.Header["Content-Type"])
}

func TestEncode(t *testing.T) {
	params := url.Values{"b": {"two words", "1+1"}, "a name": {"%20"}}
	query := transport.Encode(params)
	assert.Equal(t, "a%20name=%2520&b=two%20words&b=1%2B1", query)
	decoded, err := url.ParseQuery(query)
	require.NoError(t, err)
	assert.Equal(t, params, decoded)
}

func TestParams(t *testing.T) {
	type wireQuery struct {
		Start string `url:"start,omitempty"`
		Limit int    `url:"limit"`
		Types string `url:"types,omitempty"`
	}
	extra := map[string][]string{"new": {"1", "2"}}
	params, err := transport.Params(wireQuery{Limit: 3}, extra)
	require.NoError(t, err)
	assert.Equal(t, "limit=3&new=1&new=2", params.Encode())
	extra["new"][0] = "changed"
	assert.Equal(t, "limit=3&new=1&new=2", params.Encode(), "the parameters share nothing with Extra")

	for _, name := range []string{"start", "limit", "types", ""} {
		_, err := transport.Params(wireQuery{}, map[string][]string{name: {"1"}})
		require.ErrorIs(t, err, activity.ErrInvalid, name)
	}
}
