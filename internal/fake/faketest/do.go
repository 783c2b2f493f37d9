// Package faketest sends requests to a fake without the SDK, for the fakes' own tests.
package faketest

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Do sends a request and returns the response and its body. An error ends the test.
func Do(t *testing.T, rt http.RoundTripper, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := rt.RoundTrip(r)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp, string(body)
}
