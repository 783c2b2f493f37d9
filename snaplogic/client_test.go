package snaplogic_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestNewInvalid(t *testing.T) {
	good := snaplogic.Basic("auditor@example.com", "secret-password")
	for name, c := range map[string]struct {
		organization string
		credentials  snaplogic.Credentials
		message      string
	}{
		"no organization":    {"", good, "organization is empty"},
		"control characters": {"a\nb", good, "organization holds control characters"},
		"a path that climbs": {"a/../../b", good, "organization must not be or hold"},
		"no credentials":     {"a", snaplogic.Credentials{}, "redentials"},
		"no user":            {"a", snaplogic.Basic("", "secret-password"), "the user name is empty"},
		"user with a colon":  {"a", snaplogic.Basic("secret-a:b", "secret-password"), "the user name holds a colon"},
		"no token source":    {"a", snaplogic.Bearer(nil), "token source"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := snaplogic.New(c.organization, c.credentials)
			require.ErrorIs(t, err, activity.ErrInvalid)
			assert.Nil(t, client)
			assert.Contains(t, failureOf(t, err).Message, c.message)
		})
	}
}

// An organization that New refuses does not bind the credentials to an address.
func TestInvalidOrganizationBindsNothing(t *testing.T) {
	credentials := snaplogic.Basic("ada@example.com", "example-password")
	for _, name := range []string{"", "a/../b", "%2E%2e", "%252e%252E", "..;x"} {
		_, err := snaplogic.New(name, credentials, activity.WithBaseURL("https://other.example.com"))
		require.ErrorIs(t, err, activity.ErrInvalid, name)
	}
	_, err := snaplogic.New("acme", credentials)
	require.NoError(t, err)
}

func TestOrganizationInPath(t *testing.T) {
	for organization, want := range map[string]string{
		"SnapLogicCertificationOrg": "SnapLogicCertificationOrg",
		"My Organization":           "My%20Organization",
		"a/b?c#d%e":                 "a%2Fb%3Fc%23d%25e",
		"Zoë & Söhne":               "Zo%C3%AB%20&%20S%C3%B6hne",
		"a+b;c":                     "a+b%3Bc",
		"a%2Fb":                     "a%252Fb",
		"...":                       "...",
	} {
		server := snaplogictest.NewServer(snaplogictest.WithOrganization(organization))
		_, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err, organization)
		assert.Equal(t, "/api/1/rest/public/activities/"+want, server.Requests()[0].Path)
	}
}

func TestControlPlane(t *testing.T) {
	server := snaplogictest.NewServer()
	client := server.Client(activity.WithBaseURL("https://emea.snaplogic.com/"))
	_, err := client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, "emea.snaplogic.com", server.Requests()[0].Host)
	assert.Equal(t, "/api/1/rest/public/activities/Example%20Organization", server.Requests()[0].Path)
}

// The tenant is the organization unless WithTenant names another. Line breaks are not shown.
func TestDefaultTenant(t *testing.T) {
	tenant := func(organization string, opts ...activity.Option) string {
		_, err := snaplogic.New(organization, snaplogictest.NewServer().Credentials(), append(opts, activity.WithBaseURL("http://example.com"))...)
		failure, ok := errors.AsType[*activity.Error](err)
		require.True(t, ok)
		return failure.Tenant
	}
	assert.Equal(t, "Zoë & Co/Nord", tenant("Zoë & Co/Nord"))
	assert.Equal(t, "acme prod", tenant("acme\nprod"))
	assert.Equal(t, "acme-prod", tenant("Zoë & Co/Nord", activity.WithTenant("acme-prod")))
}

// The status in X-SL-StatusCode counts like that of the response, if it is valid.
func TestStatusInHeader(t *testing.T) {
	for value, kind := range map[string]error{
		"403": activity.ErrForbidden, " 404 ": activity.ErrNotFound, "503": activity.ErrServer,
		"200": nil, "": nil, "0": nil, "99": nil, "600": nil, "-403": nil, "Forbidden": nil,
	} {
		server := snaplogictest.NewServer()
		server.Add(old(1)...)
		server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault {
			return &snaplogictest.Fault{Header: http.Header{"X-Sl-Statuscode": {value}}}
		})
		page, err := server.Client(withoutRetry()).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
		if kind == nil {
			require.NoError(t, err, value)
			assert.Len(t, page.Items, 1, value)
			continue
		}
		require.ErrorIs(t, err, kind, value)
		assert.Empty(t, page.Items, value)
	}
}
