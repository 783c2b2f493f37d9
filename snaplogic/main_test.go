package snaplogic_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/leak"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// bubbleStart is when every synctest bubble begins. bubbleEnd is the pinned end of a walk that
// begins then, a second later, as it is sent.
var bubbleStart = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

const bubbleEnd = "946684801000"

// roundTrip is a function as a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// serving returns a transport with the same response to every request.
func serving(status int, contentType, body string) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{"Content-Type": {contentType}},
			Body:       io.NopCloser(strings.NewReader(body)),
			Request:    req,
		}, nil
	}
}

// withoutRetry sends each request once.
func withoutRetry() activity.Option { return activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}) }

// newClient returns a client that does not retry requests.
func newClient(t testing.TB, rt http.RoundTripper, opts ...activity.Option) *snaplogic.Client {
	t.Helper()
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		append([]activity.Option{activity.WithTransport(rt), withoutRetry()}, opts...)...)
	require.NoError(t, err)
	return client
}

// pageOf reads a response with this body as the first page.
func pageOf(t testing.TB, body string) (activity.Page[snaplogic.Activity], error) {
	t.Helper()
	return newClient(t, serving(http.StatusOK, "application/json", body)).Activities(snaplogic.ActivityQuery{}).Page(t.Context(), "")
}

// record reads an entry from a page.
func record(t testing.TB, entry string) snaplogic.Activity {
	t.Helper()
	page, err := pageOf(t, wrapped(1, entry))
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	return page.Items[0]
}

func wrapped(total int, entries ...string) string {
	return fmt.Sprintf(`{"response_map":{"total":%d,"offset":0,"limit":100,"entries":[%s]},"http_status_code":200}`,
		total, strings.Join(entries, ","))
}

// old returns n activities with ids from n down to 1, a second apart, the newest an hour before the
// bubble begins.
func old(n int) []snaplogic.Activity {
	rows := make([]snaplogic.Activity, n)
	for i := range rows {
		rows[i] = snaplogic.Activity{
			ID:         idAt(n - i),
			EventType:  snaplogic.EventAssetUpdate,
			CreateTime: bubbleStart.Add(-time.Hour - time.Duration(i)*time.Second),
			ByWhom:     "ada@example.com",
		}
	}
	return rows
}

func idAt(n int) string { return fmt.Sprintf("%024x", n) }

// down returns n ids, from the first down.
func down(first, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = idAt(first - i)
	}
	return ids
}

func idsOf(items []snaplogic.Activity) []string {
	ids := make([]string, len(items))
	for i, a := range items {
		ids[i] = a.ID
	}
	return ids
}

// queries returns the query of each request that the server received.
func queries(s *snaplogictest.Server) []string {
	var all []string
	for _, r := range s.Requests() {
		all = append(all, r.RawQuery)
	}
	return all
}

// firstQuery is the query for the first page, before the end of the walk is pinned.
func firstQuery(limit int) string { return fmt.Sprintf("limit=%d&offset=0", limit) }

// pageQuery is the query for a later page, of a walk that began when its bubble did.
func pageQuery(limit, offset int) string {
	return fmt.Sprintf("end=%s&limit=%d&offset=%d", bubbleEnd, limit, offset)
}

// pageQueries returns the queries for the first pages of a list that does not change. Each page
// after the first begins with the last row of the one before.
func pageQueries(pageSize, pages int) []string {
	all := []string{firstQuery(pageSize)}
	for page := 1; page < pages; page++ {
		all = append(all, pageQuery(pageSize+1, page*pageSize-1))
	}
	return all
}

func failureOf(t testing.TB, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	return e
}

// static returns a source of a token without an expiry.
func static(token string) oauth2.TokenSource {
	return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
}

// service returns a transport whose responses come from a function. n counts the requests.
func service(list func(n, offset, limit int) (total int, entries []string)) roundTrip {
	n := 0
	return func(req *http.Request) (*http.Response, error) {
		n++
		offset, err := strconv.Atoi(req.URL.Query().Get("offset"))
		if err != nil {
			return nil, errors.New("no offset")
		}
		limit, err := strconv.Atoi(req.URL.Query().Get("limit"))
		if err != nil {
			return nil, errors.New("no limit")
		}
		total, entries := list(n, offset, limit)
		body := wrapped(total, entries...)
		if total < 0 {
			body = strings.Replace(body, `"total":-1,`, "", 1)
		}
		return serving(http.StatusOK, "application/json", body)(req)
	}
}

func entriesOf(ids ...string) []string {
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = `{"_id":"` + id + `"}`
	}
	return entries
}

func part(entries []string, offset, limit int) []string {
	return entries[min(offset, len(entries)):min(offset+limit, len(entries))]
}

// before calls change when the nth request arrives.
func before(server *snaplogictest.Server, n int, change func()) {
	server.OnRequest(func(r snaplogictest.Request) {
		if r.N == n {
			change()
		}
	})
}

// newer returns n activities that are newer than those of old, and older than every walk.
func newer(n int) []snaplogic.Activity {
	rows := make([]snaplogic.Activity, n)
	for i := range rows {
		rows[i] = snaplogic.Activity{ID: idAt(1_000_000 + n - i), CreateTime: bubbleStart.Add(-time.Duration(i+1) * time.Millisecond)}
	}
	return rows
}

// offsetOf returns the offset in a request.
func offsetOf(r snaplogictest.Request) int {
	offset, _ := strconv.Atoi(r.Query().Get("offset"))
	return offset
}
