package conformance_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// Credentials belong to the first address that a client was made with. No other gets a token or a
// secret of theirs. A client that could not be made ties them to nothing.
func TestCredentialsBelongToOneOrigin(t *testing.T) {
	const home = "https://service.example.com:8443"
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		a, credentials := s.adapter, l.credentials()
		at := func(address string, opts ...activity.Option) (*client, error) {
			return a.clientAt(address, credentials, append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)...)
		}
		for _, bad := range []func() (*client, error){
			func() (*client, error) { return at("http://other.example.com") },
			func() (*client, error) { return at("https://other.example.com/a/../b") },
			func() (*client, error) {
				return at("https://other.example.com", activity.WithMiddleware(func(http.RoundTripper) http.RoundTripper { return nil }))
			},
		} {
			_, err := bad()
			require.Error(t, err)
		}
		_, err := at(home)
		require.NoError(t, err)
		for _, same := range []string{home + "/", "HTTPS://SERVICE.example.com:8443", home + "/gateway"} {
			_, err := at(same)
			require.NoError(t, err, same)
		}
		for _, other := range []string{
			"https://other.example.com:8443", "https://service.example.com", "https://service.example.com:443", "http://service.example.com:8443",
			"https://service.example.com.other.example.com:8443",
		} {
			_, err := at(other, activity.WithInsecureHTTP())
			require.ErrorIs(t, err, activity.ErrForeignOrigin, other)
			assert.NotContains(t, failure(t, a, err).Message, "example.com")
		}
		assert.Empty(t, s.Requests())
	})
}

// Of clients that are made at the same time for different addresses, those of one address get the
// credentials.
func TestCredentialsAreBoundOnce(t *testing.T) {
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		var made atomic.Int64
		credentials := l.credentials()
		readers(8, func(n int) {
			if _, err := s.adapter.clientAt(fmt.Sprintf("https://service%d.example.com", n), credentials); err == nil {
				made.Add(1)
			} else {
				assert.ErrorIs(t, err, activity.ErrForeignOrigin)
			}
		})
		assert.EqualValues(t, 1, made.Load())
	})
}
