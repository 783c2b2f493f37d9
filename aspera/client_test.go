package aspera_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestBaseURL(t *testing.T) {
	for host, want := range map[string]string{
		"acme.ibmaspera.com":         "https://api.ibmaspera.com/analytics/v2",
		"acme.qa.ibmaspera.com":      "https://api.qa.ibmaspera.com/analytics/v2",
		" ACME.IBMaspera.com\n":      "https://api.ibmaspera.com/analytics/v2",
		"a-1.example.com":            "https://api.example.com/analytics/v2",
		"api.ibmaspera.com":          "https://api.ibmaspera.com/analytics/v2",
		"":                           "",
		"acme":                       "",
		"ibmaspera.com":              "",
		"https://acme.ibmaspera.com": "",
		"acme.ibmaspera.com/":        "",
		"acme.ibmaspera.com:443":     "",
		"user@acme.ibmaspera.com":    "",
		"acme..com":                  "",
		".acme.com":                  "",
		"acme.ibmaspera.com.":        "",
		"192.0.2.1":                  "",
		"äcme.ibmaspera.com":         "",
	} {
		got, err := aspera.BaseURL(host)
		assert.Equal(t, want, got, host)
		if want == "" {
			require.ErrorIs(t, err, activity.ErrInvalid, host)
			assert.Contains(t, failure(t, err).Message, "acme.ibmaspera.com")
			continue
		}
		require.NoError(t, err, host)
		_, err = aspera.New(asperatest.NewServer().Credentials(), activity.WithBaseURL(got))
		require.NoError(t, err)
	}
}

// TestRequestsGoToTheBaseURL checks that token and organization id are requested on the host of the
// base URL.
func TestRequestsGoToTheBaseURL(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(3))
	c := s.Client(activity.WithBaseURL("https://API.qa.ibmaspera.com:8443/analytics/v2"))
	id, err := c.OrganizationID(t.Context())
	require.NoError(t, err)
	n, err := count(t.Context(), c.Organization(id).Transfers(aspera.TransferQuery{PageSize: 1}))
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	for _, r := range s.Requests() {
		assert.Equal(t, "api.qa.ibmaspera.com:8443", r.Host)
	}
	var lines []string
	for _, r := range s.Requests() {
		line, _, _ := strings.Cut(r.Line(), "&next=")
		lines = append(lines, line)
	}
	const list = "GET /analytics/v2/organizations/1023/transfers?limit=1"
	assert.Equal(t, []string{"POST /api/v1/oauth2/acme/token", "GET /api/v1/organization", list, list, list}, lines)
}

// TestOverLoopback reads a list over a socket.
func TestOverLoopback(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(5))
	t.Cleanup(s.Close)
	c, err := aspera.New(s.Credentials(), activity.WithBaseURL(s.BaseURL()), activity.WithTransport(&http.Transport{}))
	require.NoError(t, err)
	n, err := count(t.Context(), c.Organization("1023").Transfers(aspera.TransferQuery{PageSize: 2}))
	require.NoError(t, err)
	assert.Equal(t, 5, n)
}

// TestForeignTokenURL checks that credentials belong to the address of their first client, and to
// none while New fails.
func TestForeignTokenURL(t *testing.T) {
	j := asperatest.NewServer().JWTConfig()
	j.TokenURL = "https://api.ibmaspera.com/api/v1/oauth2/acme/token"
	credentials := aspera.JWT(j)
	_, err := aspera.New(credentials, activity.WithBaseURL("https://other.example.com"))
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	_, err = aspera.New(credentials)
	require.NoError(t, err)

	j.TokenURL = ""
	credentials = aspera.JWT(j)
	_, err = aspera.New(credentials, activity.WithBaseURL("https://other.example.com"))
	require.NoError(t, err)
	_, err = aspera.New(credentials)
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
}

func TestHeaders(t *testing.T) {
	s := asperatest.NewServer()
	_, err := organization(s, activity.WithUserAgent("acme-siem/1.2")).Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	r := apiRequests(s)[0]
	assert.Equal(t, "api.ibmaspera.com", r.Host)
	assert.Regexp(t, `^Bearer fake-token-1-[0-9a-f]{32}$`, r.Header.Get("Authorization"))
	assert.Equal(t, "application/json", r.Header.Get("Accept"))
	assert.Equal(t, "acme-siem/1.2 activity-sdk-go", r.Header.Get("User-Agent"))
	assert.Empty(t, r.Header.Get("Content-Type"))
	assert.Empty(t, r.Body)
}

func TestGatewayPath(t *testing.T) {
	s := asperatest.NewServer()
	answer(s, `{"transfers":[],"next":{"href":"https://gateway.example.com/aoc/analytics/v2/organizations/1023/transfers?next=B"}}`)
	c := s.Client(activity.WithBaseURL("https://gateway.example.com/aoc/analytics/v2/"))
	p, err := c.Organization("1023").Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	_, err = c.Organization("1023").Transfers(aspera.TransferQuery{}).Page(t.Context(), p.Next)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"GET /aoc/analytics/v2/organizations/1023/transfers",
		"GET /aoc/analytics/v2/organizations/1023/transfers?next=B",
	}, apiLines(s))
}

// TestErrors checks the forms of error bodies that other APIs on the host have.
func TestErrors(t *testing.T) {
	for body, want := range map[string]activity.Error{
		`{"code":"bad_range","message":"want 5 minutes to 6 months","request_id":"r-1"}`: {Code: "bad_range", Message: "want 5 minutes to 6 months", RequestID: "r-1"},
		`{"error":{"user_message":"no such node","code":7}}`:                             {Code: "7", Message: "no such node"},
		`{"errors":[{"message":"a"},{"message":"b"}]}`:                                   {Message: "a; b"},
	} {
		s := asperatest.NewServer()
		s.Fail(asperatest.Fault{Status: 400, Body: body})
		_, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		e := failure(t, err)
		assert.Equal(t, "list application events", e.Op)
		assert.Equal(t, "/analytics/v2/organizations/1023/application_events", e.Path)
		assert.Equal(t, want, activity.Error{Code: e.Code, Message: e.Message, RequestID: e.RequestID})
	}
}

// TestErrorFields checks that an error has the parameters that its body names.
func TestErrorFields(t *testing.T) {
	for body, want := range map[string]map[string][]string{
		`{"param":"limit","code":"invalid_parameter_value","message":"invalid value","request_id":"r-1"}`:         {"limit": {"invalid value"}},
		`{"params":["colour","size"],"code":"unpermitted_parameters","message":"not permitted","request_id":"r"}`: {"colour": {"not permitted"}, "size": {"not permitted"}},
		`{"errors":{"stop_time":"is missing"}}`: {"stop_time": {"is missing"}},
		`{"code":"too_many","message":"m"}`:     nil,
	} {
		s := asperatest.NewServer()
		s.Fail(asperatest.Fault{Status: 422, Body: body})
		_, err := organization(s).ApplicationEvents(aspera.EventQuery{}).Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.Equal(t, want, failure(t, err).Fields, body)
	}
}

// TestTenantIsTheOrganization checks that a JWT's organization is the tenant: a cursor of one's own
// organization does not fit another.
func TestTenantIsTheOrganization(t *testing.T) {
	server := asperatest.NewServer(asperatest.WithRows(5))
	config := server.JWTConfig()
	client := func(organization string, opts ...activity.Option) *aspera.Client {
		config.Organization = organization
		client, err := aspera.New(aspera.JWT(config), append(opts, activity.WithTransport(server.Transport()))...)
		require.NoError(t, err)
		return client
	}
	page, err := client(asperatest.Organization).OwnOrganization().Transfers(aspera.TransferQuery{PageSize: 2}).Page(t.Context(), "")
	require.NoError(t, err)
	server.ResetRequests()

	_, err = client("other").OwnOrganization().Transfers(aspera.TransferQuery{}).Page(t.Context(), page.Next)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	require.ErrorContains(t, err, `made for tenant "acme", and this list is of tenant "other"`)
	failure, ok := errors.AsType[*activity.Error](err)
	require.True(t, ok)
	assert.Equal(t, "other", failure.Tenant)
	assert.Empty(t, server.Requests())

	bearer, err := aspera.New(aspera.Bearer(server.TokenSource()), activity.WithTransport(server.Transport()), activity.WithTenant("acme"))
	require.NoError(t, err)
	_, err = bearer.OwnOrganization().Transfers(aspera.TransferQuery{}).Page(t.Context(), page.Next)
	require.NoError(t, err, "the same account, with another login")
}
