package opswat_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

type pointerSource struct{}

func (*pointerSource) Token() (*oauth2.Token, error) { return nil, errors.New("never called") }

func TestNewRefuses(t *testing.T) {
	stored := func(context.Context, string) error { return nil }
	tests := []struct {
		name string
		c    opswat.Credentials
		opts []activity.Option
		kind error
		says string
	}{
		{"no credentials", opswat.Credentials{}, nil, activity.ErrInvalid, "the credentials are missing"},
		{"empty key", opswat.ClientCredentials("", "s"), nil, activity.ErrInvalid, "the client key is empty"},
		{"empty secret", opswat.ClientCredentials("canary", " \n"), nil, activity.ErrInvalid, "the client secret is empty"},
		{"key with a line break", opswat.ClientCredentials("canary\n", "canary"), nil, activity.ErrInvalid,
			"the client key ends with a line break: trim what was read from a file"},
		{"secret with a line break", opswat.ClientCredentials("canary", "canary\r\n"), nil, activity.ErrInvalid,
			"the client secret ends with a line break: trim what was read from a file"},
		{"secret with a blank", opswat.ClientCredentials("canary", " canary"), nil, activity.ErrInvalid,
			"the client secret has white space or invisible characters around it: trim them off"},
		{"secret with a control character", opswat.ClientCredentials("canary", "can\x00ary"), nil, activity.ErrInvalid,
			"the client secret holds a line break or another control character"},
		{"refresh: key with a line break", opswat.RefreshToken("canary\n", "canary", "canary", stored), nil, activity.ErrInvalid,
			"the client key ends with a line break"},
		{"refresh: secret with a line break", opswat.RefreshToken("canary", "canary\n", "canary", stored), nil, activity.ErrInvalid,
			"the client secret ends with a line break"},
		{"refresh: token with a line break", opswat.RefreshToken("canary", "canary", "canary\n", stored), nil, activity.ErrInvalid,
			"the refresh token ends with a line break"},
		{"refresh: empty key", opswat.RefreshToken("", "canary", "canary", stored), nil, activity.ErrInvalid, "the client key is empty"},
		{"refresh: empty secret", opswat.RefreshToken("canary", "", "canary", stored), nil, activity.ErrInvalid, "the client secret is empty"},
		{"refresh: empty token", opswat.RefreshToken("canary", "canary", "", stored), nil, activity.ErrInvalid, "the refresh token is empty"},
		{"refresh: no callback", opswat.RefreshToken("canary", "canary", "canary", nil), nil, activity.ErrInvalid,
			"rotated refresh token is nil: without it the first rotation would lock the program out at its next start"},
		{"no source", opswat.AccessToken(nil), nil, activity.ErrInvalid, "the token source is nil"},
		{"source that is a nil pointer", opswat.AccessToken((*pointerSource)(nil)), nil, activity.ErrInvalid, "the token source is nil"},
		{"nil option", credentials(), []activity.Option{nil}, activity.ErrInvalid, "an option is nil"},
		{"http", credentials(), []activity.Option{activity.WithBaseURL("http://gears.example.com")}, activity.ErrInsecureURL, "must be https"},
		{"user info", credentials(), []activity.Option{activity.WithBaseURL("https://u:canary@example.com")}, activity.ErrInvalid, "user name"},
		{"query", credentials(), []activity.Option{activity.WithBaseURL("https://example.com?access_token=canary")}, activity.ErrInvalid, "query"},
		{"fragment", credentials(), []activity.Option{activity.WithBaseURL("https://example.com/#canary")}, activity.ErrInvalid, "fragment"},
		{"no address", credentials(), []activity.Option{activity.WithBaseURL("gears.opswat.com")}, activity.ErrInvalid, "scheme and a host"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, err := opswat.New(tt.c, tt.opts...)
			assert.Nil(t, client)
			require.ErrorIs(t, err, tt.kind)
			assert.Contains(t, err.Error(), tt.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, "opswat", kindOf(t, err).Vendor)
		})
	}
}

// The token endpoint stands below the same base as the API, whatever path that has.
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

func TestTokenIsRenewedAheadOfExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer(opswattest.WithTokenLifetime(time.Hour))
		list := server.Client().Activities(opswat.ActivityQuery{})
		for range 24 * 12 {
			_, err := list.Collect(t.Context(), 0)
			require.NoError(t, err)
			<-time.After(5 * time.Minute)
		}
		for _, r := range server.APIRequests() {
			require.NotEqual(t, http.StatusUnauthorized, r.Status)
		}
		tokens := len(server.Requests()) - len(server.APIRequests())
		assert.GreaterOrEqual(t, tokens, 24)
		assert.LessOrEqual(t, tokens, 27)
	})
}

// A refused token costs one new token and one more try, whichever kind of credentials it came from.
func TestTokenIsRenewedOnceOn401(t *testing.T) {
	kinds := map[string]func(s *opswattest.Server) opswat.Credentials{
		"client credentials": func(*opswattest.Server) opswat.Credentials { return credentials() },
		"refresh token": func(s *opswattest.Server) opswat.Credentials {
			return opswat.RefreshToken(opswattest.ClientKey, opswattest.ClientSecret, s.RefreshToken(), func(context.Context, string) error { return nil })
		},
		"token source": func(s *opswattest.Server) opswat.Credentials { return opswat.AccessToken(issuing{s}) },
	}
	for name, build := range kinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswattest.NewServer()
				want := rows(15, time.Now())
				server.Add(want...)
				client := newClient(t, server.Transport(), build(server))
				server.OnRequest(func(r opswattest.Request) {
					if strings.Contains(string(r.Body), `"page":2`) && len(server.APIRequests()) == 2 {
						server.ExpireTokens()
					}
				})
				got, err := client.Activities(opswat.ActivityQuery{PageSize: 10}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, deviceIDs(want), deviceIDs(got))
				var status []int
				used := map[string]bool{}
				for _, r := range server.APIRequests() {
					status = append(status, r.Status)
					used[r.RawQuery] = true
				}
				assert.Equal(t, []int{200, 401, 200}, status)
				assert.Len(t, used, 2)

				// A service that refuses every token is given up at once.
				server.ResetRequests()
				server.FailWith(func(opswattest.Request) *opswattest.Fault {
					return &opswattest.Fault{Status: 401, Body: `{"error":"invalid_token","error_description":"no"}`}
				})
				_, err = client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
				require.ErrorIs(t, err, activity.ErrUnauthorized)
				assert.Equal(t, 1, kindOf(t, err).Attempts)
				assert.Equal(t, "invalid_token", kindOf(t, err).Code)
				assert.Len(t, server.APIRequests(), 2)
			})
		})
	}
}

// issuing is a token source that gets each token from the fake.
type issuing struct{ server *opswattest.Server }

func (s issuing) Token() (*oauth2.Token, error) {
	return &oauth2.Token{AccessToken: s.server.AccessToken(), Expiry: time.Now().Add(time.Hour)}, nil
}

func TestTokenEndpointFails(t *testing.T) {
	tests := map[string]struct {
		fault opswattest.Fault
		kind  error
		says  string
		sends int
	}{
		"wrong client":    {opswattest.Fault{Status: 401, Body: `{"error":"invalid_client","error_description":"who is that"}`}, activity.ErrUnauthorized, "who is that", 1},
		"wrong grant":     {opswattest.Fault{Status: 400, Body: `{"error":"invalid_grant"}`}, activity.ErrUnauthorized, "invalid_grant", 1},
		"HTML":            {opswattest.Fault{Body: "<html>login</html>"}, activity.ErrMalformed, "text/html, not JSON", 5},
		"no access token": {opswattest.Fault{Body: `{"token_type":"bearer"}`}, activity.ErrMalformed, "holds no access_token", 1},
		"another type":    {opswattest.Fault{Body: `{"access_token":"canary-token","refresh_token":"canary-refresh","token_type":"mac"}`}, activity.ErrMalformed, "not for a bearer token", 1},
		"cut":             {opswattest.Fault{Body: `{"access_token":"canary-token","refresh_token":"canary-refresh","tok`}, activity.ErrMalformed, "JSON ends early", 5},
		"unavailable":     {opswattest.Fault{Status: 503}, activity.ErrServer, "503", 5},
		"not there":       {opswattest.Fault{Status: 404}, activity.ErrNotFound, "404", 1},
		"elsewhere":       {opswattest.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example.com/"}}}, activity.ErrForeignOrigin, "redirects", 1},
		"hangs":           {opswattest.Fault{Delay: time.Hour}, nil, "no whole answer within 1m0s", 5},
		"unreachable":     {opswattest.Fault{Reset: true}, nil, "connection reset", 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := opswattest.NewServer()
				server.FailWith(func(opswattest.Request) *opswattest.Fault {
					tt.fault.Token = true
					return &tt.fault
				})
				_, err := server.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
				require.Error(t, err)
				e := kindOf(t, err)
				assert.Equal(t, tt.kind, e.Kind)
				assert.Equal(t, "get token", e.Op)
				assert.Equal(t, "/o/oauth/token", e.Path)
				assert.Contains(t, err.Error(), tt.says)
				assert.Len(t, server.Requests(), tt.sends)
				assert.Empty(t, server.APIRequests())
				for _, secret := range []string{opswattest.ClientKey, opswattest.ClientSecret, "canary"} {
					assert.NotContains(t, err.Error(), secret)
					assert.NotContains(t, string(e.Body), secret)
				}

				server.FailWith(nil)
				<-time.After(time.Hour)
				_, err = server.Client().Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
				require.NoError(t, err, "the next call tries again")
			})
		})
	}
}

// One caller who gives up leaves the token request to the others.
func TestTokenOutlivesItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := opswattest.NewServer()
		server.Fail(opswattest.Fault{Token: true, Delay: 10 * time.Second})
		list := server.Client().Activities(opswat.ActivityQuery{})
		leader, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := list.Collect(leader, 0)
			assert.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, time.Second, sinceStart(), "promptly")
		})
		synctest.Wait()
		for range 5 {
			wg.Go(func() {
				_, err := list.Collect(t.Context(), 0)
				assert.NoError(t, err)
			})
		}
		<-time.After(time.Second)
		cancel()
		wg.Wait()
		assert.Equal(t, 10*time.Second, sinceStart())
		assert.Len(t, server.Requests(), 1+5)
	})
}
