package snaplogic_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestRequestHeaders(t *testing.T) {
	server := snaplogictest.NewServer()
	for name, c := range map[string]struct {
		credentials snaplogic.Credentials
		want        string
	}{
		// The header for "auditor@example.com:example-password".
		"Basic":        {server.Credentials(), "Basic YXVkaXRvckBleGFtcGxlLmNvbTpleGFtcGxlLXBhc3N3b3Jk"},
		"Basic, colon": {snaplogic.Basic("ü", "a:b"), "Basic w7w6YTpi"},
		"Bearer":       {snaplogic.Bearer(static("eyJhbGciOi.JSUzI1.NiJ9-_")), "Bearer eyJhbGciOi.JSUzI1.NiJ9-_"},
	} {
		t.Run(name, func(t *testing.T) {
			server := snaplogictest.NewServer()
			server.FailWith(func(snaplogictest.Request) *snaplogictest.Fault { return &snaplogictest.Fault{Body: wrapped(0)} })
			client, err := snaplogic.New(snaplogictest.Organization, c.credentials, activity.WithTransport(server.Transport()),
				activity.WithUserAgent("acme-siem/1.2"))
			require.NoError(t, err)
			_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
			require.NoError(t, err)

			require.Len(t, server.Requests(), 1)
			r := server.Requests()[0]
			assert.Equal(t, "elastic.snaplogic.com", r.Host)
			assert.Equal(t, []string{c.want}, r.Header.Values("Authorization"))
			assert.Equal(t, "application/json", r.Header.Get("Accept"))
			assert.Equal(t, []string{"application/json"}, r.Header.Values("Content-Type"))
			assert.True(t, strings.HasPrefix(r.Header.Get("User-Agent"), "acme-siem/1.2 "), r.Header.Get("User-Agent"))
			for _, name := range []string{"Referer", "Cookie"} {
				assert.NotContains(t, r.Header, name)
			}
		})
	}
}

func TestBasicDisabled(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithBasicDisabled())
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithTransport(server.Transport()))
	require.NoError(t, err)
	_, err = client.Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
	require.ErrorIs(t, err, activity.ErrForbidden)
	assert.Equal(t, "basic authentication is disabled for this organization", failureOf(t, err).Message)
	assert.Len(t, server.Requests(), 1)
}
