package conformance_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// TestResume resumes a walk from each of its cursors, with another client and other page sizes.
func TestResume(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		delivered := 0
		for p, err := range s.client(t).list(bounded(5)).Pages(t.Context(), "") {
			require.NoError(t, err)
			delivered += len(p.Items)
			if p.Next == "" {
				break
			}
			for _, size := range []int{0, 2, 5, 9} {
				rest, err := readIDs(t.Context(), s.client(t).list(bounded(size)), p.Next)
				require.NoError(t, err)
				assert.Equal(t, descending(23-delivered, 1), rest, "page size %d", size)
			}
		}
		assert.Equal(t, 23, delivered)
	})
}

// TestCursorMismatch checks that a list refuses cursors of other lists and cursors that were
// changed, before it sends a request.
func TestCursorMismatch(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		c := s.client(t)
		p, err := c.list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		s.ResetRequests()
		later, good := bounded(5), string(p.Next)
		later.from = later.from.Add(24 * time.Hour)
		refused := func(q query, at string) {
			_, err := readIDs(t.Context(), c.list(q), activity.Cursor(at))
			require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
			_ = asError(t, a, err)
			_, err = c.list(q).Page(t.Context(), activity.Cursor(at))
			require.ErrorIs(t, err, activity.ErrCursorMismatch, at)
		}
		refused(later, good)
		refused(query{pageSize: 5}, good)
		for _, at := range []string{
			"scribble", "a1.", "a1.e30", "a1.bnVsbA", "a2" + good[2:], good[:len(good)-3], good[1:], good + good[3:], good + "=",
			good + strings.Repeat("A", 32<<10),
		} {
			refused(bounded(5), at)
		}
		assert.Empty(t, s.Requests())
		_, err = c.list(bounded(5)).Page(t.Context(), p.Next)
		require.NoError(t, err, "it is not refused for another reason")
	})
}

// TestCursorHoldsNoSecret checks that a cursor is short and printable, and contains neither a host
// nor a secret.
func TestCursorHoldsNoSecret(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(23)
		p, err := s.client(t).list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		_, encoded, _ := strings.Cut(string(p.Next), ".")
		text, err := base64.RawURLEncoding.DecodeString(encoded)
		require.NoError(t, err)
		assert.Less(t, len(p.Next), 1000)
		for _, r := range s.Requests() {
			assert.NotContains(t, string(text), r.Host)
			for _, part := range []string{"token", "secret", "password", "http"} {
				assert.NotContains(t, strings.ToLower(string(text)), part)
			}
		}
	})
}

// edited returns a cursor with another position.
func edited(t *testing.T, at activity.Cursor, position string) activity.Cursor {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(string(at), "a1."))
	require.NoError(t, err)
	var parts struct {
		Endpoint    string          `json:"e"`
		Fingerprint string          `json:"f"`
		Position    json.RawMessage `json:"p"`
	}
	require.NoError(t, json.Unmarshal(text, &parts))
	text = fmt.Appendf(nil, `{"e":%q,"f":%q,"p":%s}`, parts.Endpoint, parts.Fingerprint, position)
	return activity.Cursor("a1." + base64.RawURLEncoding.EncodeToString(text))
}

// parameters returns the parameters of a request, from its query and its body.
func parameters(t *testing.T, r fake.Request) map[string]string {
	t.Helper()
	params := map[string]string{}
	for name, values := range r.Query() {
		params[name] = strings.Join(values, "\n")
	}
	if len(r.Body) > 0 {
		var members map[string]any
		require.NoError(t, json.Unmarshal(r.Body, &members))
		for name, value := range members {
			params[name] = fmt.Sprint(value)
		}
	}
	delete(params, "access_token")
	return params
}

// parseTime reads a bound of the time range in any form in which one is sent.
func parseTime(t *testing.T, text string) time.Time {
	t.Helper()
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms)
	}
	for _, layout := range []string{time.RFC3339Nano, "01/02/2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no time", text)
	return time.Time{}
}

// FuzzEditedCursors checks that any bytes in a cursor lead only to requests for its list: the
// list's path, its filters and no others, and pages of an allowed size.
func FuzzEditedCursors(f *testing.F) {
	for i := range adapters {
		for _, position := range []string{
			`{"q":"next=x"}`, `{"q":"next=x&direction=send"}`, `{"q":"next=x&start_time=2001-01-01T00:00:00Z"}`, `{"q":"next=x&limit=1000000"}`,
			`{"q":"next=x&status%5B%5D=failed"}`, `{"u":"/organizations/2/transfers","q":"next=x"}`, `{"q":"next=x#"}`, `{"q":""}`,
			`{"q":"page=2","s":2,"c":5}`, `{"q":"page=2&actor=8","s":2,"c":5}`, `{"q":"page=2&actor__in=8","s":2,"c":5}`,
			`{"q":"cursor=x&date_from=2000-01-01T00:00:00Z","s":2,"c":5}`, `{"q":"page=2","s":1000000,"c":5}`, `{"q":"page=2","s":9223372036854775807,"c":5}`,
			`{"q":"page=9223372036854775807","s":2,"c":5}`, `{"q":"page=2","s":2,"c":5,"b":"2030-01-01T00:00:00Z"}`,
			`{"q":"page=2","s":2,"c":5,"b":"1999-12-31T23:00:00Z","f":true,"p":2,"k":"CAI="}`,
			`{"o":2,"e":946682999999,"t":7,"p":2,"k":["x"]}`, `{"o":2,"e":9223372036854775807,"t":7,"p":2,"k":["x"]}`, `{"o":1000000000,"e":-1,"t":7,"p":2,"k":["x"]}`,
			`{"n":2,"s":50}`, `{"n":2,"s":51}`, `{"n":1099511627776,"s":1}`, `{}`, `null`, `[]`, `7`,
		} {
			f.Add(i, position)
		}
	}
	f.Fuzz(func(t *testing.T, i int, position string) {
		a := adapters[uint(i)%uint(len(adapters))]
		s := a.fill(9)
		l := s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})).list(bounded(2))
		first, err := l.Page(t.Context(), "")
		require.NoError(t, err)
		path, own := s.calls()[0].Path, parameters(t, s.calls()[0])
		s.ResetRequests()
		n := 0
		for _, err := range l.Pages(t.Context(), edited(t, first.Next, position)) {
			if n++; err != nil || n == 5 {
				break
			}
		}
		for _, r := range s.calls() {
			require.Equal(t, path, r.Path)
			params := parameters(t, r)
			size, err := strconv.Atoi(params[a.size])
			require.NoError(t, err)
			require.LessOrEqual(t, size, a.maxSize)
			for name, value := range own {
				switch {
				case name == a.until:
					require.False(t, parseTime(t, params[name]).After(parseTime(t, value)), "%s: %s", name, params[name])
				case !slices.Contains(a.paging, name):
					require.Equal(t, value, params[name], name)
				}
			}
			for name := range params {
				name, _, _ = strings.Cut(name, "__")
				name, _, _ = strings.Cut(name, "[")
				require.NotContains(t, a.filters, name)
			}
		}
	})
}
