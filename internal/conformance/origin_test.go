package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestCredentialsBelongToOneOrigin checks that credentials are bound to the address of the first
// client made with them, and that no other address gets a secret or a token. A failed New binds
// them to nothing.
func TestCredentialsBelongToOneOrigin(t *testing.T) {
	const home = "https://service.example.com:8443"
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
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
			assert.NotContains(t, asError(t, a, err).Message, "example.com")
		}
		assert.Empty(t, s.Requests())
	})
}

// TestCredentialsAreBoundOnce makes clients for different addresses at the same time. Only one of
// them gets the credentials.
func TestCredentialsAreBoundOnce(t *testing.T) {
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		var made atomic.Int64
		credentials := l.credentials()
		concurrently(8, func(n int) {
			if _, err := s.adapter.clientAt(fmt.Sprintf("https://service%d.example.com", n), credentials); err == nil {
				made.Add(1)
			} else {
				assert.ErrorIs(t, err, activity.ErrForeignOrigin)
			}
		})
		assert.EqualValues(t, 1, made.Load())
	})
}

// TestForeignOrigins checks that neither a redirect nor middleware can send a request, and the
// credentials with it, to another origin.
func TestForeignOrigins(t *testing.T) {
	foreign := func(location string) fake.Fault {
		return fake.Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {location}}}
	}
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		hosts := func() map[string]bool {
			hosts := map[string]bool{}
			for _, r := range s.Requests() {
				hosts[r.Host] = true
			}
			return hosts
		}
		for _, location := range []string{"https://evil.example.com/x", "//evil.example.com", "http://evil.example.com:444/"} {
			s.Fail(foreign(location))
			_, err := readIDs(t.Context(), s.clientWith(t, l.credentials()).list(bounded(5)), "")
			require.ErrorIs(t, err, activity.ErrForeignOrigin)
			assert.NotContains(t, asError(t, s.adapter, err).Error(), "evil")
		}
		assert.Len(t, hosts(), 1)

		for _, elsewhere := range []func(*http.Request){
			func(r *http.Request) { r.URL.Host = "evil.example.com" },
			func(r *http.Request) { r.URL.Scheme = "http" },
			func(r *http.Request) { r.Host = "evil.example.com" },
			func(r *http.Request) { r.URL.User = url.User("a") },
			func(r *http.Request) { r.URL.Opaque = "//evil.example.com/" },
			func(r *http.Request) { r.URL.Opaque = "/elsewhere" },
			func(r *http.Request) { r.URL.Path = "@evil.example.com/" },
			func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/@evil.example.com/", "%2F@evil.example.com/" },
		} {
			s.ResetRequests()
			_, err := readIDs(t.Context(), s.clientWith(t, l.credentials(), changeEach(elsewhere)).list(bounded(5)), "")
			require.ErrorIs(t, err, activity.ErrForeignOrigin)
			assert.Empty(t, s.calls())
		}
	})
}

// TestForeignOriginsOverAProxy checks the same over plain http and a proxy, which sees the target
// of each request.
func TestForeignOriginsOverAProxy(t *testing.T) {
	var targets []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		targets = append(targets, r.RequestURI)
		fmt.Fprint(w, `{"access_token":"a","expires_in":3600}`)
	}))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	over := &http.Transport{Proxy: http.ProxyURL(address)}
	defer over.CloseIdleConnections()
	for name, elsewhere := range map[string]func(*url.URL){
		"opaque":              func(u *url.URL) { u.Opaque = "//evil.example.com/x" },
		"a user":              func(u *url.URL) { u.User = url.UserPassword("a", "b") },
		"a path":              func(u *url.URL) { u.Path = "@evil.example.com/" },
		"a path that escapes": func(u *url.URL) { u.Path, u.RawPath = "/@evil.example.com/", "%2F@evil.example.com/" },
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range adapters {
				targets = nil
				c, err := a.clientAt("http://service.example.com", a.logins(newSecrets(t))[0].credentials(), activity.WithInsecureHTTP(),
					activity.WithTransport(over), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}),
					changeEach(func(req *http.Request) { elsewhere(req.URL) }))
				require.NoError(t, err)
				_, err = readIDs(t.Context(), c.list(query{}), "")
				require.ErrorIs(t, err, activity.ErrForeignOrigin)
				for _, target := range targets {
					assert.Regexp(t, "^http://service.example.com/[^@]*$", target, a.String())
				}
			}
		})
	}
}
