package paging_test

import (
	"context"
	"io"
	"iter"
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

// site answers every request with the link that it is told, and notes the requests.
type site struct {
	next     []string
	requests []string
}

func (s *site) RoundTrip(req *http.Request) (*http.Response, error) {
	s.requests = append(s.requests, req.URL.RequestURI())
	body := s.next[len(s.requests)-1]
	return &http.Response{StatusCode: 200, Header: http.Header{"Date": {"Sun, 01 Mar 2026 10:00:00 GMT"}},
		Body: io.NopCloser(strings.NewReader(`"` + body + `"`)), ContentLength: -1}, nil
}

var things = cursor.For("acme", settings.Tenant{}, "things", "/things", nil)

// place is what a cursor of a list of links holds.
type place struct {
	Query string `json:"q"`
}

func linksOn(t *testing.T, s *site) activity.List[int] {
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
	s := &site{next: []string{"?page=2&user=8&status=x", "/gateway/v1/things/?page=3&more=y", ""}}
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

// A cursor that the SDK did not write leads nowhere that a link would not.
func TestLinksOfStrangeCursors(t *testing.T) {
	for _, at := range []place{{""}, {"page=2#x"}, {"page= 2"}, {"page=2&user=8"}, {"page=2&user=7"}, {"status=x"}, {"%zz"}, {"page=2;user=8"}} {
		s := &site{}
		c, err := cursor.At(things, at)
		require.NoError(t, err)
		_, err = linksOn(t, s).Page(t.Context(), c)
		require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
		assert.Empty(t, s.requests)
	}
}

// A feed's pages say when the service answered, as those of its list do.
func TestListFeedKeepsWhatAPageSays(t *testing.T) {
	want := activity.Page[int]{Items: []int{1}, Next: "more", Total: 7, Raw: []byte("{}"), Date: time.Unix(1, 0)}
	feed := paging.ListFeed[int]{
		List: func(time.Time, time.Time) activity.List[int] {
			return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[int], error] {
				return func(yield func(activity.Page[int], error) bool) { yield(want, nil) }
			})
		},
		Record: func(n int) activity.Record[int] { return activity.Record[int]{Key: "one", Item: n} },
	}
	for page, err := range feed.Between(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		assert.Equal(t, activity.Page[activity.Record[int]]{Items: []activity.Record[int]{{Key: "one", Item: 1}},
			Next: want.Next, Total: want.Total, Raw: want.Raw, Date: want.Date}, page)
		break
	}
}
