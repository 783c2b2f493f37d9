package sdelements_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
)

const tenant = "https://tenant.example.com"

func TestNewInvalid(t *testing.T) {
	good := sdelements.Token("c0ffee")
	for name, c := range map[string]struct {
		base        string
		credentials sdelements.Credentials
		opts        []activity.Option
		kind        error
		says        string
	}{
		"no address":          {"", good, nil, activity.ErrInvalid, "needs a scheme and a host"},
		"no scheme":           {"tenant.example.com", good, nil, activity.ErrInvalid, "needs a scheme and a host"},
		"another scheme":      {"ftp://tenant.example.com", good, nil, activity.ErrInvalid, "needs a scheme and a host"},
		"user info":           {"https://u:c0ffee@tenant.example.com", good, nil, activity.ErrInvalid, "must not hold a user name"},
		"a query":             {tenant + "?c0ffee", good, nil, activity.ErrInvalid, "must not have a query"},
		"a fragment":          {tenant + "#c0ffee", good, nil, activity.ErrInvalid, "must not have a fragment"},
		"the API's path":      {tenant + "/api/v2/", good, nil, activity.ErrInvalid, "must end before /api/v2"},
		"plain http":          {"http://tenant.example.com", good, nil, activity.ErrInsecureURL, "must be https"},
		"an option":           {tenant, good, []activity.Option{activity.WithBaseURL(tenant)}, activity.ErrInvalid, "first argument of New"},
		"a nil option":        {tenant, good, []activity.Option{nil}, activity.ErrInvalid, "option is nil"},
		"no credentials":      {tenant, sdelements.Credentials{}, nil, activity.ErrInvalid, "credentials are missing"},
		"empty key":           {tenant, sdelements.Token(""), nil, activity.ErrInvalid, "key is empty"},
		"key in quotes":       {tenant, sdelements.Token(`"c0ffee"`), nil, activity.ErrInvalid, "without them"},
		"key in curly quotes": {tenant, sdelements.Token("“c0ffee”"), nil, activity.ErrInvalid, "without them"},
		"key with its scheme": {tenant, sdelements.Token("Token c0ffee"), nil, activity.ErrInvalid, "without the word Token"},
		"key with a line break": {tenant, sdelements.Token("c0ffee\n"), nil, activity.ErrInvalid,
			"the key ends with a line break: trim what was read from a file"},
		"key with blanks around": {tenant, sdelements.Token(" c0ffee"), nil, activity.ErrInvalid, "the key has white space or invisible"},
		"key with a blank":       {tenant, sdelements.Token("c0f fee"), nil, activity.ErrInvalid, "white space"},
		"key beyond ASCII":       {tenant, sdelements.Token("c0ffeé"), nil, activity.ErrInvalid, "characters that no key has"},
		"connection string without a key": {tenant, sdelements.Token("@tenant.example.com"), nil, activity.ErrInvalid,
			"no key before its @"},
		"connection string with a line break": {tenant, sdelements.Token("c0ffee@tenant.example.com\r\n"), nil, activity.ErrInvalid,
			"the key ends with a line break: trim what was read from a file"},
		"no user":           {tenant, sdelements.Basic("", "c0ffee"), nil, activity.ErrInvalid, "user name is empty"},
		"no password":       {tenant, sdelements.Basic("auditor", ""), nil, activity.ErrInvalid, "password is empty"},
		"user with a colon": {tenant, sdelements.Basic("audi:tor", "c0ffee"), nil, activity.ErrInvalid, "colon"},
		"password with a break": {tenant, sdelements.Basic("auditor", "c0ffee\n"), nil, activity.ErrInvalid,
			"the password ends with a line break: trim what was read from a file"},
		"user with a break":     {tenant, sdelements.Basic("auditor\n", "c0ffee"), nil, activity.ErrInvalid, "the user name ends with a line break"},
		"password with a blank": {tenant, sdelements.Basic("auditor", "c0ffee "), nil, activity.ErrInvalid, "the password has white space"},
		"password with a NUL":   {tenant, sdelements.Basic("auditor", "c0ff\x00ee"), nil, activity.ErrInvalid, "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := sdelements.New(c.base, c.credentials, c.opts...)
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, client)
			assert.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "c0ff")
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "sdelements", e.Vendor)
			assert.Zero(t, e.StatusCode)
		})
	}
}

func TestBaseURLWithPath(t *testing.T) {
	server := sdelementstest.NewServer()
	page := `{"results":[],"next":"http://internal.example.com/api/v2/activities/?page=2"}`
	date := http.Header{"Date": {noon.Format(http.TimeFormat)}}
	server.Fail(sdelementstest.Fault{Body: page, Header: date}, sdelementstest.Fault{Body: `{"results":[]}`}, sdelementstest.Fault{Body: `{"id":4}`})
	client, err := sdelements.New("https://gateway.example.com/sde/", sdelements.Token("key"), activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	_, err = client.Activity(t.Context(), 4)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"GET /sde/api/v2/activities/?page_size=100",
		"GET /sde/api/v2/activities/?date_to=2024-05-06T12%3A00%3A01Z&page=2&page_size=100",
		"GET /sde/api/v2/activities/4/",
	}, lines(server))
}

func TestLoopbackServer(t *testing.T) {
	server := sdelementstest.NewServer(sdelementstest.WithRows(30))
	defer server.Close()
	client, err := sdelements.New(server.URL(), server.Credentials())
	require.NoError(t, err)
	got, err := client.Activities(sdelements.ActivityQuery{PageSize: 20}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 30)
	assert.Len(t, server.Requests(), 2)
	assert.True(t, strings.HasPrefix(server.Requests()[1].Host, "127.0.0.1:") || strings.HasPrefix(server.Requests()[1].Host, "[::1]:"),
		"not the host of the link")
}

// Without WithTenant, the tenant is the host of the address with its path.
func TestDefaultTenant(t *testing.T) {
	server := sdelementstest.NewServer()
	server.Add(mine(5)...)
	for address, want := range map[string]string{
		"https://acme.sdelements.com":      "acme.sdelements.com",
		"HTTPS://Acme.SDElements.com:443/": "acme.sdelements.com",
		"https://acme.sdelements.com:8443": "acme.sdelements.com:8443",
		"https://gateway.example.com/acme": "gateway.example.com/acme",
		"https://[::1]:8443":               "[::1]:8443",
	} {
		client, err := sdelements.New(address, server.Credentials(), activity.WithTransport(server.Transport()))
		require.NoError(t, err, address)
		_, err = client.Activities(sdelements.ActivityQuery{PageSize: -1}).Collect(t.Context(), 0)
		failure, ok := errors.AsType[*activity.Error](err)
		require.True(t, ok)
		assert.Equal(t, want, failure.Tenant)
	}
	_, err := sdelements.New("https://acme.sdelements.com", server.Credentials(), activity.WithPrefetch(-1))
	require.ErrorIs(t, err, activity.ErrInvalid)
}

// withoutRetry returns an option that sends each request once.
func withoutRetry() activity.Option { return activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}) }

func TestErrorResponses(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sdelementstest.Fault
		kind    error
		message string
		fields  map[string][]string
	}{
		"400 of a field": {sdelementstest.Fault{Status: 400, Body: `{"date_from":["Enter a valid date/time."]}`}, activity.ErrInvalid,
			"date_from: Enter a valid date/time.", map[string][]string{"date_from": {"Enter a valid date/time."}}},
		"400 of two fields": {sdelementstest.Fault{Status: 400, Body: `{"user":["A.","B."],"actor":["C."]}`}, activity.ErrInvalid,
			"actor: C.; user: A. B.", map[string][]string{"actor": {"C."}, "user": {"A.", "B."}}},
		"400 of a gateway": {sdelementstest.Fault{Status: 400, Body: `{"param":"page_size","code":"c","message":"Too large."}`},
			activity.ErrInvalid, "Too large.", map[string][]string{"page_size": {"Too large."}}},
		"422 of a gateway": {sdelementstest.Fault{Status: 422, Body: `{"errors":{"user":"is unknown"}}`}, activity.ErrInvalid,
			"user: is unknown", map[string][]string{"user": {"is unknown"}}},
		"400 of all": {sdelementstest.Fault{Status: 400, Body: `{"non_field_errors":["A and B exclude each other."]}`}, activity.ErrInvalid,
			"A and B exclude each other.", map[string][]string{"non_field_errors": {"A and B exclude each other."}}},
		"400 of a parser": {sdelementstest.Fault{Status: 400, Body: `{"detail":"Bad."}`}, activity.ErrInvalid, "Bad.", nil},
		"404":             {sdelementstest.Fault{Status: 404, Body: `{"detail":"Not found."}`}, activity.ErrNotFound, "Not found.", nil},
		"404 in HTML": {sdelementstest.Fault{Status: 404, Body: `<html><head><title>Page not found</title>`}, activity.ErrNotFound,
			"Page not found", nil},
		"405": {sdelementstest.Fault{Status: 405, Body: `{"detail":"Method \"GET\" not allowed."}`}, activity.ErrInvalid,
			`Method "GET" not allowed.`, nil},
		"429": {sdelementstest.Fault{Status: 429, Body: `{"detail":"Request was throttled."}`}, activity.ErrRateLimited,
			"Request was throttled.", nil},
		"503 of the proxy": {sdelementstest.Maintenance(), activity.ErrServer, "Down for maintenance", nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			client := server.Client(withoutRetry())
			server.FailWith(func(sdelementstest.Request) *sdelementstest.Fault { return &c.fault })
			for path, list := range lists {
				got, err := list(client, sdelements.ActivityQuery{}).Collect(t.Context(), 0)
				assert.Empty(t, got)
				require.ErrorIs(t, err, c.kind, path)
				if c.fault.Status == 429 {
					return // the next request would wait
				}
			}
			_, err := client.Activity(t.Context(), 3)
			require.ErrorIs(t, err, c.kind)
			var e *activity.Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "sdelements", e.Vendor)
			assert.Equal(t, "get activity", e.Op)
			assert.Equal(t, "/api/v2/activities/3/", e.Path)
			assert.Equal(t, max(c.fault.Status, 200), e.StatusCode)
			assert.Contains(t, e.Message, c.message)
			assert.Equal(t, c.fields, e.Fields)
		})
	}
}
