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

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

// edited returns a cursor with another position in it.
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

// asked are the parameters of a request, from its query and its body.
func asked(t *testing.T, r fake.Request) map[string]string {
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

// instant reads a bound of time, in whatever form it is sent.
func instant(t *testing.T, text string) time.Time {
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

// Whatever bytes a cursor holds, what is asked for with it is its list: the list's path, the list's
// filters, no other filter, and pages of a usual length.
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
		path, own := s.calls()[0].Path, asked(t, s.calls()[0])
		s.ResetRequests()
		n := 0
		for _, err := range l.Pages(t.Context(), edited(t, first.Next, position)) {
			if n++; err != nil || n == 5 {
				break
			}
		}
		for _, r := range s.calls() {
			require.Equal(t, path, r.Path)
			params := asked(t, r)
			size, err := strconv.Atoi(params[a.size])
			require.NoError(t, err)
			require.LessOrEqual(t, size, a.most)
			for name, value := range own {
				switch {
				case name == a.until:
					require.False(t, instant(t, params[name]).After(instant(t, value)), "%s: %s", name, params[name])
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
