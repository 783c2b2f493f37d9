package opswat_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/leak"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// roundTrip is a function as a transport.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func answer(req *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    req,
	}
}

func isTokenRequest(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/o/oauth/token") }

// serving answers token requests with a token, and all others with this response.
func serving(status int, body string) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		if isTokenRequest(req) {
			return answer(req, http.StatusOK, `{"access_token":"3f9c0de7a1","token_type":"bearer","expires_in":43199}`), nil
		}
		return answer(req, status, body), nil
	}
}

// newClient returns a client without a limiter, unless opts have one.
func newClient(t testing.TB, rt http.RoundTripper, c opswat.Credentials, opts ...activity.Option) *opswat.Client {
	t.Helper()
	client, err := opswat.New(c, append([]activity.Option{activity.WithTransport(rt), unlimited}, opts...)...)
	require.NoError(t, err)
	return client
}

var unlimited = activity.WithRateLimit(1e9, 1e9)

func credentials() opswat.Credentials {
	return opswat.ClientCredentials(opswattest.ClientKey, opswattest.ClientSecret)
}

// bodies returns the bodies of the activity requests.
func bodies(s *opswattest.Server) []string {
	var out []string
	for _, r := range s.APIRequests() {
		out = append(out, string(r.Body))
	}
	return out
}

// rows returns n different activities, newest first and a second apart.
func rows(n int, newest time.Time) []opswat.Activity {
	out := make([]opswat.Activity, n)
	for i := range out {
		out[i] = opswat.Activity{
			Timestamp: newest.Add(-time.Duration(i) * time.Second).UTC().Truncate(time.Second),
			Action:    opswat.ActionBlocked,
			DeviceID:  fmt.Sprint("D", i),
		}
	}
	return out
}

func deviceIDs(items []opswat.Activity) []string {
	out := make([]string, len(items))
	for i, a := range items {
		out[i] = a.DeviceID
	}
	return out
}

func kindOf(t testing.TB, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	return e
}

// recording records the query of each request and answers with an empty list.
func recording(queries *[]string) roundTrip {
	return func(req *http.Request) (*http.Response, error) {
		*queries = append(*queries, req.URL.RawQuery)
		return answer(req, http.StatusOK, `[]`), nil
	}
}

// static returns a source of one token without an expiry.
func static(token string) oauth2.TokenSource {
	return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})
}

// bubbleStart is the time at which every synctest bubble begins.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// sinceStart returns how long the bubble has run.
func sinceStart() time.Duration { return time.Since(bubbleStart) }

const day = 24 * time.Hour

// pagesOf returns the bodies of requests for the first n pages.
func pagesOf(limit, n int) []string {
	var out []string
	for page := range n {
		out = append(out, fmt.Sprintf(`{"limit":%d,"page":%d}`, limit, page+1))
	}
	return out
}
