package opswat_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

// The token endpoint has the same base URL as the API.
func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"https://gears-beta.opswat.com":        "https://gears-beta.opswat.com",
		"https://GW.example.com:8443/opswat/":  "https://gw.example.com:8443/opswat",
		"https://gw.example.com/a%2Fb/x":       "https://gw.example.com/a%2Fb/x",
		"http://127.0.0.1:9":                   "http://127.0.0.1:9",
		"https://product.my.us.opswat.com:443": "https://product.my.us.opswat.com:443",
	} {
		var urls []string
		rt := roundTrip(func(req *http.Request) (*http.Response, error) {
			urls = append(urls, req.URL.String())
			return serving(200, "[]")(req)
		})
		_, err := newClient(t, rt, credentials(), activity.WithBaseURL(base)).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []string{want + "/o/oauth/token", want + "/o/api/v3/activities?access_token=3f9c0de7a1"}, urls)
	}
}

func TestRequestHeaders(t *testing.T) {
	server := opswattest.NewServer()
	client := server.Client(activity.WithUserAgent("acme-siem/1.2"))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)

	requests := server.Requests()
	require.Len(t, requests, 2)
	token, list := requests[0], requests[1]
	assert.Equal(t, "POST /o/oauth/token", token.Line())
	assert.Equal(t, "client_id=example-client-key&client_secret=example-client-secret&grant_type=client_credentials", string(token.Body))
	assert.Equal(t, "application/x-www-form-urlencoded", token.Header.Get("Content-Type"))

	assert.Equal(t, "gears.opswat.com", list.Host)
	assert.Regexp(t, `^POST /o/api/v3/activities\?access_token=opswat-1-[0-9a-f]{32}$`, list.Line())
	assert.Equal(t, "application/json", list.Header.Get("Content-Type"))
	for _, r := range requests {
		assert.Equal(t, "application/json", r.Header.Get("Accept"))
		assert.True(t, strings.HasPrefix(r.Header.Get("User-Agent"), "acme-siem/1.2 "), r.Header.Get("User-Agent"))
		for name := range r.Header {
			assert.NotContains(t, []string{"Authorization", "Referer", "Cookie"}, name)
		}
	}
}
