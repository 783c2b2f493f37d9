package opswattest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

const base = "https://gears.opswat.com"

// send sends a request as it is, past the SDK.
func send(t *testing.T, s *opswattest.Server, method, target, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, base+target, strings.NewReader(body))
	require.NoError(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := s.Transport().RoundTrip(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp, string(text)
}

func jsonHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/json"}
}

func formHeader() map[string]string {
	return map[string]string{"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
}

// list posts a body for activities with a good token.
func list(t *testing.T, s *opswattest.Server, body string) (*http.Response, string) {
	t.Helper()
	return send(t, s, "POST", "/o/api/v3/activities?access_token="+s.AccessToken(), body, jsonHeader())
}

func ids(items []opswat.Activity) string {
	var out []string
	for _, a := range items {
		out = append(out, a.DeviceID)
	}
	return strings.Join(out, " ")
}
