package transport_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func TestNewRefuses(t *testing.T) {
	tests := []struct {
		name string
		base string
		want error
		text string
	}{
		{"http", "http://api.example.com", activity.ErrInsecureURL, "https"},
		{"user info", "https://user:" + key + "@api.example.com", activity.ErrInvalid, "user name or password"},
		{"query", "https://api.example.com?x=" + key, activity.ErrInvalid, "query"},
		{"bare question mark", "https://api.example.com?", activity.ErrInvalid, "query"},
		{"fragment", "https://api.example.com#" + key, activity.ErrInvalid, "fragment"},
		{"empty fragment", "https://api.example.com#", activity.ErrInvalid, "fragment"},
		{"no scheme", "api.example.com", activity.ErrInvalid, "scheme"},
		{"other scheme", "ftp://api.example.com", activity.ErrInvalid, "scheme"},
		{"no host", "https:///x", activity.ErrInvalid, "host"},
		{"opaque", "https:api.example.com", activity.ErrInvalid, "scheme and a host"},
		{"dot segments", "https://api.example.com/a/../b", activity.ErrInvalid, "dot segments"},
		{"unparsable", "https://api.example.com/%zz" + key, activity.ErrInvalid, "parsed"},
		{"control characters", "https://api.example.com/\n", activity.ErrInvalid, "parsed"},
		{"white space", "  ", activity.ErrInvalid, "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://x.example.com",
				Credentials: transport.Static(transport.Bearer(), key)}, activity.WithBaseURL(tt.base))
			e := asError(t, err)
			require.ErrorIs(t, err, tt.want)
			assert.Contains(t, e.Message, tt.text)
			assert.Equal(t, "acme", e.Vendor)
			assert.Zero(t, e.StatusCode)
			assert.NotContains(t, err.Error(), key)
		})
	}
}

func TestNewRefusesMiddlewareThatReturnsNil(t *testing.T) {
	nothing := func(http.RoundTripper) http.RoundTripper { return nil }
	keep := func(next http.RoundTripper) http.RoundTripper { return next }
	_, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://x.example.com",
		Credentials: transport.Static(transport.Bearer(), key)}, activity.WithMiddleware(keep, nothing, keep))
	require.ErrorIs(t, err, activity.ErrInvalid)
	assert.ErrorContains(t, err, "WithMiddleware: middleware 2 returned nil")
}

func TestNewAccepts(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.example.com":        "https://api.example.com/things?limit=2",
		"https://API.example.com:8443/":  "https://api.example.com:8443/things?limit=2",
		"https://api.example.com/a%2Fb/": "https://api.example.com/a%2Fb/things?limit=2",
		"http://127.0.0.1:80":            "http://127.0.0.1:80/things?limit=2",
		"http://localhost":               "http://localhost/things?limit=2",
		"http://[::1]:1":                 "http://[::1]:1/things?limit=2",
		"https://[FE80::1%25Eth0]:8080":  "https://[fe80::1%25Eth0]:8080/things?limit=2",
		"https://[fe80::1%25a%20b]/x":    "https://[fe80::1%25a%20b]/x/things?limit=2",
	} {
		t.Run(base, func(t *testing.T) {
			s := &script{steps: []step{answer(200, things)}}
			client := newClient(t, s, activity.WithBaseURL(base))
			_, err := do(t.Context(), client)
			require.NoError(t, err)
			assert.Equal(t, want, s.sent()[0].req.URL.String())
		})
	}
	s := &script{steps: []step{answer(200, things)}}
	_, err := do(t.Context(), newClient(t, s, activity.WithInsecureHTTP(), activity.WithBaseURL("http://api.example.com")))
	require.NoError(t, err)
}

func TestNewRefusesMissingParts(t *testing.T) {
	good := transport.Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: transport.Static(transport.Bearer(), key)}
	_, err := transport.New(good, nil)
	require.ErrorIs(t, err, activity.ErrInvalid)

	none := good
	none.Credentials = nil
	_, err = transport.New(none)
	require.ErrorContains(t, err, "credentials are missing")

	refused := good
	refused.Credentials = transport.InvalidCredentials("the key is empty")
	_, err = transport.New(refused)
	require.ErrorContains(t, err, "the key is empty")

	fixed := good
	fixed.FixedBase = true
	_, err = transport.New(fixed, activity.WithBaseURL("https://other.example.com"))
	require.ErrorIs(t, err, activity.ErrInvalid)

	_, err = transport.New(good, activity.WithTransport(nil))
	assert.Equal(t, "acme", asError(t, err).Vendor)
}

func TestAtOrigin(t *testing.T) {
	client := newClient(t, &script{})
	assert.Equal(t, "https://api.example.com/things", client.AtOrigin().Address("/things"))
	assert.Equal(t, "https://api.example.com/v1/things", client.Address("/things"))
}

func TestReject(t *testing.T) {
	client := newClient(t, &script{})
	e := asError(t, client.Reject("list things", &activity.Error{Kind: activity.ErrInvalid, Message: "too many"}))
	assert.Equal(t, "acme: list things: invalid request: too many", e.Error())
	e = asError(t, client.Reject("list things", io.EOF))
	require.ErrorIs(t, e, activity.ErrInvalid)
	require.ErrorIs(t, e, io.EOF)
}
