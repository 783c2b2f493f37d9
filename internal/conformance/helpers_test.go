package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
)

// readAll reads a list to its end and returns the ids of its records.
func readAll(t *testing.T, l list) []int {
	t.Helper()
	ids, err := readIDs(t.Context(), l, "")
	require.NoError(t, err)
	return ids
}

// readIDs reads a list to its end or its error.
func readIDs(ctx context.Context, l list, from activity.Cursor) (ids []int, err error) {
	for r, err := range l.All(ctx, from) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, r.id)
	}
	return ids, nil
}

// descending returns the numbers from one down to another.
func descending(from, to int) []int {
	var ids []int
	for id := from; id >= to; id-- {
		ids = append(ids, id)
	}
	return ids
}

func idsOf(records []record) []int {
	var ids []int
	for _, r := range records {
		ids = append(ids, r.id)
	}
	return ids
}

// countIDs returns how often each id is among the records.
func countIDs(records []record) map[int]int {
	times := map[int]int{}
	for _, r := range records {
		times[r.id]++
	}
	return times
}

// assertEachOnce checks that n records were stored, each once.
func assertEachOnce(t *testing.T, s *followtest.Store, n int) {
	t.Helper()
	assert.Len(t, s.Keys, n)
	for key, times := range s.Keys {
		assert.Equal(t, 1, times, key)
	}
}

// asError returns the *activity.Error that every failed call returns.
func asError(t *testing.T, a *adapter, err error) *activity.Error {
	t.Helper()
	var e *activity.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, a.vendor, e.Vendor)
	require.NotEmpty(t, e.Op)
	return e
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// logTo has a client log to w as text, from a level on.
func logTo(w io.Writer, level slog.Level) activity.Option {
	return activity.WithLogger(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})))
}

// countGoroutines calls a function and returns the number of goroutines that it left running. It
// counts only those that the function started, directly or indirectly.
func countGoroutines(t *testing.T, do func(ctx context.Context)) int {
	t.Helper()
	started := 0
	pprof.Do(t.Context(), pprof.Labels("counted", t.Name()), func(ctx context.Context) {
		do(ctx)
		synctest.Wait()
		var profile bytes.Buffer
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&profile, 1))
		for _, group := range regexp.MustCompile(`(?m)^(\d+) @.*\n# labels: (.*)$`).FindAllStringSubmatch(profile.String(), -1) {
			if strings.Contains(group[2], strconv.Quote(t.Name())) {
				n, err := strconv.Atoi(group[1])
				require.NoError(t, err)
				started += n
			}
		}
	})
	return started - 1 // the caller
}

// roundTripper is a function that stands for a transport.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// beforeEach returns middleware that calls a function before each request.
func beforeEach(call func(req *http.Request)) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			call(req)
			return next.RoundTrip(req)
		})
	}
}

// changeEach returns middleware that sends a changed copy of each request.
func changeEach(change func(req *http.Request)) activity.Option {
	return activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			change(req)
			return next.RoundTrip(req)
		})
	})
}

// isTokenForm reports whether a request is one for a token.
func isTokenForm(req *http.Request) bool {
	return req.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
}

// response returns a response with a body. headers are names and values, in turns.
func response(status int, contentType, body string, headers ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {oneLine(contentType)}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], oneLine(headers[i+1]))
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune { return max(r, ' ') }, s)
}

// grantToken answers a request for a token.
func grantToken(*http.Request, string) (*http.Response, error) {
	return response(200, "application/json", `{"access_token":"`+grantedToken+`","refresh_token":"`+rotatedToken+`","expires_in":3600}`)
}
