package sdelements_test

import (
	"encoding/base64"
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

func TestNewRefuses(t *testing.T) {
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
			"no key in front of its @"},
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

func TestTheHeadersOfARequest(t *testing.T) {
	for name, c := range map[string]struct {
		credentials   sdelements.Credentials
		authorization string
	}{
		"key":               {sdelements.Token(sdelementstest.Key), "Token " + sdelementstest.Key},
		"connection string": {sdelements.Token(sdelementstest.Key + "@tenant.example.com"), "Token " + sdelementstest.Key},
		"user and password": {sdelements.Basic(sdelementstest.User, sdelementstest.Password),
			"Basic " + base64.StdEncoding.EncodeToString([]byte(sdelementstest.User+":"+sdelementstest.Password))},
	} {
		t.Run(name, func(t *testing.T) {
			server := sdelementstest.NewServer()
			client, err := sdelements.New(tenant, c.credentials, activity.WithTransport(server.Transport()), activity.WithUserAgent("acme/1.2"))
			require.NoError(t, err)
			_, err = client.Activities(sdelements.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)

			require.Len(t, server.Requests(), 1)
			request := server.Requests()[0]
			assert.Equal(t, "tenant.example.com", request.Host)
			assert.Equal(t, http.Header{
				"Authorization":   {c.authorization},
				"Accept":          {"application/json"},
				"Content-Type":    {"application/json"},
				"User-Agent":      {"acme/1.2 activity-sdk-go"},
				"Accept-Encoding": {"gzip"},
			}, request.Header)
			assert.Empty(t, request.Body)
		})
	}
}

func TestAKeyWithSeveralAtSigns(t *testing.T) {
	server := sdelementstest.NewServer()
	client, err := sdelements.New(tenant, sdelements.Token("a@b@tenant.example.com"), activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activity(t.Context(), 1)
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.Equal(t, []string{"Token a@b"}, server.Requests()[0].Header["Authorization"])
}

func TestABaseWithAPath(t *testing.T) {
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

func TestOverALoopbackSocket(t *testing.T) {
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

// lines returns the request lines that arrived.
func lines(server *sdelementstest.Server) []string {
	var all []string
	for _, r := range server.Requests() {
		all = append(all, r.Line())
	}
	return all
}
