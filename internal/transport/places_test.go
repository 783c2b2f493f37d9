package transport_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

func placesOf(t *testing.T, path string) transport.Places {
	t.Helper()
	return transport.Places{Client: newClient(t, &script{}), Path: path,
		Params: url.Values{"actor": {"7"}, "x": {"1"}}, Filters: []string{"actor", "status", "limit"}}
}

// A place consists of the parameters that a link adds to the list's own.
func TestPlaces(t *testing.T) {
	for href, want := range map[string]string{
		"https://api.example.com/v1/users/7/things?next=a%2Bb": "next=a%2Bb",
		"https://API.example.com:443/v1/users/7/things?next=1": "next=1",
		"/v1/users/7/things/?next=1":                           "next=1",
		"/gateway/v1/users/7/things?next=1":                    "next=1",
		"/users/7/things?next=1":                               "next=1",
		"/v1/users/%37/things?next=1":                          "next=1",
		"?next=2":                                              "next=2",
		"things?next=2":                                        "next=2",
		"//api.example.com/v1/users/7/things?next=b":           "next=b",
		" https://api.example.com/v1/users/7/things?next=b#x ": "next=b",
		"?note=a b&next=a+b":                                   "next=a%20b&note=a%20b",
		"?note=Büro":                                           "note=B%C3%BCro",
		"?next=1&next=2&shard=3":                               "next=1&next=2&shard=3",
		"?actor=8&status=x&limit=1000&x=2&next=1":              "next=1",
		"?%61ctor=8&next=1":                                    "next=1",
		"?actor__in=8&actor[]=8&status[0]=x&x__gt=0&next=1":    "next=1",
		"https://api.example.com/v1/users/7/things?actor=7&x=1&limit=25&next=1q2%C2%B7": "next=1q2%C2%B7",
	} {
		p := placesOf(t, "/users/7/things")
		place, err := p.Of(href)
		require.NoError(t, err, href)
		assert.Equal(t, want, place, href)
		assert.True(t, p.Valid(place), href)
		query := p.Query(place)
		assert.Equal(t, "7", query.Get("actor"))
		assert.Equal(t, "1", query.Get("x"))
		assert.False(t, query.Has("status") || query.Has("limit"), href)
	}
}

func TestLinksThatAreRefused(t *testing.T) {
	for href, want := range map[string]error{
		"http://api.example.com/v1/things?next=1":            activity.ErrForeignOrigin,
		"https://api.example.com:8443/v1/things?next=1":      activity.ErrForeignOrigin,
		"https://evil.example.com/v1/things?next=1":          activity.ErrForeignOrigin,
		"https://api.example.com@evil.example.com/v1/things": activity.ErrForeignOrigin,
		"https://user@api.example.com/v1/things?next=1":      activity.ErrForeignOrigin,
		"//evil.example.com/v1/things?next=1":                activity.ErrForeignOrigin,
		"mailto:evil?next=1":                                 activity.ErrForeignOrigin,
		"https://api.example.com/v1/others?next=1":           activity.ErrMalformed,
		"https://api.example.com/v1/things/more?next=1":      activity.ErrMalformed,
		"https://api.example.com/v1/morethings?next=1":       activity.ErrMalformed,
		"https://api.example.com/v1/a/..;/things?next=1":     activity.ErrMalformed,
		"https://api.example.com/v1/%2e%2E/things?next=1":    activity.ErrMalformed,
		"https://api.example.com/v1/a/%252e%2e%2fthings":     activity.ErrMalformed,
		"https://api.example.com/%zz":                        activity.ErrMalformed,
		"../../v2/others?next=1":                             activity.ErrMalformed,
		"things?next=\n1":                                    activity.ErrMalformed,
		"?next=%zz":                                          activity.ErrMalformed,
		"?next=1;actor=8":                                    activity.ErrMalformed,
		"?actor=7":                                           activity.ErrMalformed,
		"?":                                                  activity.ErrMalformed,
		"/v1/things":                                         activity.ErrMalformed,
		"?next=" + key:                                       activity.ErrMalformed,
		"?next=a" + escaped(key):                             activity.ErrMalformed,
		"/" + key + "/v1/things?next=1":                      activity.ErrMalformed,
	} {
		p := placesOf(t, "/things")
		place, err := p.Of(href)
		require.ErrorIs(t, err, want, href)
		assert.NotContains(t, err.Error(), "evil")
		assert.NotContains(t, err.Error(), key)
		assert.Empty(t, place)
	}
}

// escaped percent-encodes every byte.
func escaped(text string) (out string) {
	for _, b := range []byte(text) {
		out += "%" + string("0123456789abcdef"[b>>4]) + string("0123456789abcdef"[b&15])
	}
	return out
}

// With AnyOrigin, only the path is compared.
func TestLinksOfAnyOrigin(t *testing.T) {
	p := placesOf(t, "/things/")
	p.AnyOrigin = true
	for _, href := range []string{"http://internal.example.com/v1/things/?page=2", "http://10.0.0.1:8080/things?page=2", "?page=2"} {
		place, err := p.Of(href)
		require.NoError(t, err, href)
		assert.Equal(t, "page=2", place)
	}
	for _, href := range []string{"http://internal.example.com/others/?page=2", "mailto:x?page=2", "http://internal.example.com?page=2"} {
		_, err := p.Of(href)
		require.ErrorIs(t, err, activity.ErrMalformed, href)
	}
}
