package conformance_test

import (
	"net/http"
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
