package paging_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// linkServer answers each request with the next of its links, and records the requests.
type linkServer struct {
	links    []string
	requests []string
}

func (s *linkServer) RoundTrip(req *http.Request) (*http.Response, error) {
	s.requests = append(s.requests, req.URL.RequestURI())
	body := s.links[len(s.requests)-1]
	return &http.Response{StatusCode: 200, Header: http.Header{"Date": {"Sun, 01 Mar 2026 10:00:00 GMT"}},
		Body: io.NopCloser(strings.NewReader(`"` + body + `"`)), ContentLength: -1}, nil
}

var things = cursor.For("acme", settings.Tenant{}, "things", "/things", nil)

// place is what a cursor contains.
type place struct {
	Query string `json:"q"`
}

func linksOn(t *testing.T, s *linkServer) activity.List[int] {
	t.Helper()
	client, err := transport.New(transport.Config{Vendor: "acme", BaseURL: "https://api.example.com/v1",
		Credentials: transport.Static(transport.Bearer(), "canary")}, activity.WithTransport(s))
	require.NoError(t, err)
	links := paging.Links[int]{
		Places: transport.Places{Client: client, Path: "/things", Params: url.Values{"user": {"7"}}, Filters: []string{"user", "status"}},
		List:   things, Op: "list things",
		Decode: func(r *wire.Reader) (paging.Linked[int], error) {
			return paging.Linked[int]{Items: []int{1}, Next: strings.Trim(string(r.Body()), `"`), Total: -1}, nil
		},
	}
	return activity.NewList(links.Source())
}

func TestLinks(t *testing.T) {
	s := &linkServer{links: []string{"?page=2&user=8&status=x", "/gateway/v1/things/?page=3&more=y", ""}}
	var places []place
	for page, err := range linksOn(t, s).Pages(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), page.Date)
		if page.Next != "" {
			at, err := cursor.Position[place](things, page.Next)
			require.NoError(t, err)
			places = append(places, at)
		}
	}
	assert.Equal(t, []string{"/v1/things?user=7", "/v1/things?page=2&user=7", "/v1/things?more=y&page=3&user=7"}, s.requests)
	assert.Equal(t, []place{{"page=2"}, {"more=y&page=3"}}, places)
}

// A cursor that the SDK did not write cannot change anything that a link could not.
func TestLinksTamperedCursor(t *testing.T) {
	for _, at := range []place{{""}, {"page=2#x"}, {"page= 2"}, {"page=2&user=8"}, {"page=2&user=7"}, {"status=x"}, {"%zz"}, {"page=2;user=8"}} {
		s := &linkServer{}
		c, err := cursor.At(things, at)
		require.NoError(t, err)
		_, err = linksOn(t, s).Page(t.Context(), c)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
		assert.Empty(t, s.requests)
	}
}
