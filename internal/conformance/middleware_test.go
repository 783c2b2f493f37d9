package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// Neither a redirect nor somebody's middleware leads a request, and the credentials with it, to
// another origin.
func TestForeignOrigins(t *testing.T) {
	foreign := func(location string) fake.Fault {
		return fake.Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {location}}}
	}
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		hosts := func() map[string]bool {
			hosts := map[string]bool{}
			for _, r := range s.Requests() {
				hosts[r.Host] = true
			}
			return hosts
		}
		for _, location := range []string{"https://evil.example.com/x", "//evil.example.com", "http://evil.example.com:444/"} {
			s.Fail(foreign(location))
			_, err := idsUntil(t.Context(), s.clientWith(t, l.credentials()).list(bounded(5)), "")
			require.ErrorIs(t, err, activity.ErrForeignOrigin)
			assert.NotContains(t, failure(t, s.adapter, err).Error(), "evil")
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
			astray := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return tripper(func(req *http.Request) (*http.Response, error) {
					req = req.Clone(req.Context())
					elsewhere(req)
					return next.RoundTrip(req)
				})
			})
			_, err := idsUntil(t.Context(), s.clientWith(t, l.credentials(), astray).list(bounded(5)), "")
			require.ErrorIs(t, err, activity.ErrForeignOrigin)
			assert.Empty(t, s.calls())
		}
	})
}

// The same over plain http and a proxy, which sees where each request is to go.
func TestForeignOriginsOverAProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
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
				asked = nil
				c, err := a.clientAt("http://service.example.com", a.logins(newSecrets(t))[0].credentials(), activity.WithInsecureHTTP(),
					activity.WithTransport(over), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}),
					activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
						return tripper(func(req *http.Request) (*http.Response, error) {
							req = req.Clone(req.Context())
							elsewhere(req.URL)
							return next.RoundTrip(req)
						})
					}))
				require.NoError(t, err)
				_, err = idsUntil(t.Context(), c.list(query{}), "")
				require.ErrorIs(t, err, activity.ErrForeignOrigin)
				for _, target := range asked {
					assert.Regexp(t, "^http://service.example.com/[^@]*$", target, a.String())
				}
			}
		})
	}
}

// Middleware wraps every attempt of every request to the API, and none for a token.
func TestMiddlewareSeesEveryAttempt(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		s := a.fill(13)
		var seen []string
		watch := func(name string) func(http.RoundTripper) http.RoundTripper {
			return func(next http.RoundTripper) http.RoundTripper {
				return tripper(func(req *http.Request) (*http.Response, error) {
					seen = append(seen, name+" "+req.URL.Path)
					return next.RoundTrip(req)
				})
			}
		}
		s.Fail(fake.Fault{}, fake.Fault{Status: 503}, fake.Fault{Reset: true})
		collect(t, s.client(t, activity.WithMiddleware(watch("outer"), watch("inner"))).list(bounded(5)))
		require.Len(t, seen, 2*len(s.calls()))
		for i, r := range s.calls() {
			path := r.Path
			assert.Equal(t, "outer", seen[2*i][:5])
			assert.Equal(t, "inner", seen[2*i+1][:5])
			assert.NotContains(t, path, "token")
		}
	})
}
