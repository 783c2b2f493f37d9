package aspera_test

import (
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

// The token goes where the API is, and so does the question who the caller is.
func TestEverythingIsOnTheBaseURLsOrigin(t *testing.T) {
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

// Over a socket, as a whole.
func TestOverLoopback(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(5))
	t.Cleanup(s.Close)
	c, err := aspera.New(s.Credentials(), activity.WithBaseURL(s.BaseURL()), activity.WithTransport(&http.Transport{}))
	require.NoError(t, err)
	n, err := count(t.Context(), c.Organization("1023").Transfers(aspera.TransferQuery{PageSize: 2}))
	require.NoError(t, err)
	assert.Equal(t, 5, n)
}

// An address that is not the token endpoint's ties the credentials to nothing. That of the first
// client does.
func TestForeignTokenURLBindsNothing(t *testing.T) {
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
