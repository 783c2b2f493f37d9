package conformance_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

var link = regexp.MustCompile(`("next":\s*(?:\{\s*"href":\s*)?)"([^"]+)"`)

// linkedLists returns the adapters of lists whose pages hold a link to the next one.
func linkedLists() []*adapter {
	return adaptersWhere(func(a *adapter) bool { return link.MatchString(a.answer(true)) })
}

// changeLinks has the fake change the links to the next page.
func (s *service) changeLinks(t *testing.T, change func(to *url.URL) string) {
	t.Helper()
	s.rewrite(func(body []byte) []byte {
		return link.ReplaceAllFunc(body, func(member []byte) []byte {
			parts := link.FindSubmatch(member)
			to, err := url.Parse(string(bytes.ReplaceAll(parts[2], []byte(`\u0026`), []byte("&"))))
			require.NoError(t, err)
			return []byte(string(parts[1]) + toJSON(change(to)))
		})
	})
}

// removeNote removes a parameter from requests that the fake does not know. It checks that the
// space in it was escaped.
func removeNote(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Query().Has("note") {
			const note = "note=a%20b"
			if !strings.Contains(req.URL.RawQuery, note) {
				return nil, errors.New("the space was not sent as %20: " + req.URL.RawQuery)
			}
			req = req.Clone(req.Context())
			req.URL.RawQuery = strings.Trim(strings.Replace(strings.Replace(req.URL.RawQuery, note, "", 1), "&&", "&", 1), "&")
		}
		return next.RoundTrip(req)
	})
}

// TestLinks follows links to the next page in every form: whole addresses, relative ones, and with
// characters that do not belong in an address.
func TestLinks(t *testing.T) {
	for name, change := range map[string]func(to *url.URL) string{
		"a whole address":  func(to *url.URL) string { return to.String() },
		"a path":           func(to *url.URL) string { return to.RequestURI() },
		"a query":          func(to *url.URL) string { return "?" + to.RawQuery },
		"no scheme":        func(to *url.URL) string { return "//" + to.Host + to.RequestURI() },
		"a space":          func(to *url.URL) string { return to.RequestURI() + "&note=a b" },
		"a fragment":       func(to *url.URL) string { return to.String() + "#page" },
		"the default port": func(to *url.URL) string { to.Host += ":443"; return to.String() },
	} {
		t.Run(name, func(t *testing.T) {
			everyReading(t, linkedLists(), func(t *testing.T, a *adapter, r reading) {
				s, links := a.fill(13), 0
				s.changeLinks(t, func(to *url.URL) string {
					links++
					return change(to)
				})
				records, err := r.all(t, s, 5, activity.WithMiddleware(removeNote))
				require.NoError(t, err)
				assert.Equal(t, descending(13, 1), idsOf(records))
				assert.GreaterOrEqual(t, links, 2)
			})
		})
	}
}

// TestLinksWithASecret checks that a link which contains a secret is refused. It would be copied to
// errors, logs and cursors.
func TestLinksWithASecret(t *testing.T) {
	for name, change := range map[string]func(to *url.URL, secret string) string{
		"in the query": func(to *url.URL, secret string) string { return to.String() + "&at=" + url.QueryEscape(secret) },
		"in the query, escaped": func(to *url.URL, secret string) string {
			return to.String() + "&at=" + strings.ReplaceAll(fmt.Sprintf("% x", " "+secret), " ", "%")[2:]
		},
		"in the position": func(to *url.URL, secret string) string { return "?next=" + url.QueryEscape("a"+secret+"b") },
		"in the path": func(to *url.URL, secret string) string {
			return "https://" + to.Host + "/" + url.PathEscape(secret) + to.EscapedPath() + "?" + to.RawQuery
		},
	} {
		t.Run(name, func(t *testing.T) {
			everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
				if !slices.Contains(linkedLists(), s.adapter) {
					return
				}
				var log bytes.Buffer
				c := s.clientWith(t, l.credentials(), logTo(&log, slog.LevelDebug))
				_, err := c.list(bounded(5)).Page(t.Context(), "")
				require.NoError(t, err)
				_, secret, _ := strings.Cut(s.calls()[0].Header.Get("Authorization"), " ")
				require.GreaterOrEqual(t, len(secret), 8)
				s.changeLinks(t, func(to *url.URL) string { return change(to, secret) })
				p, err := c.list(bounded(5)).Page(t.Context(), "")
				require.ErrorIs(t, err, activity.ErrMalformed)
				assert.Empty(t, p.Next)
				for _, text := range []string{printed(err), log.String()} {
					assert.NotContains(t, text, secret)
					assert.NotContains(t, text, url.QueryEscape(secret))
				}
			})
		})
	}
}

// TestLoop checks that a walk ends with an error if the service sends the same page again and
// again.
func TestLoop(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		for _, prefetch := range []int{0, 1, 8} {
			s := a.fill(0)
			at := newest()
			s.respond(200, a.answer(true, toJSON(a.record(2, at)), toJSON(a.record(1, at))))
			l := s.client(t, activity.WithPrefetch(prefetch)).list(bounded(2))
			for range 2 {
				s.ResetRequests()
				_, err := readIDs(t.Context(), l, "")
				var e *activity.Error
				require.ErrorAs(t, err, &e)
				assert.True(t, errors.Is(err, activity.ErrCursorLoop) || errors.Is(err, activity.ErrListChanged), "%v", err)
				assert.Less(t, len(s.calls()), 300)
			}
		}
	})
}

// TestCircleOfLinks checks that a walk ends with ErrCursorLoop if the links lead back to the same
// page, even though its records are new each time.
func TestCircleOfLinks(t *testing.T) {
	everyOf(t, linkedLists(), func(t *testing.T, a *adapter) {
		const pages = 50
		s, n := a.fill(0), 0
		s.FailWith(func(r fake.Request) *fake.Fault {
			if isTokenRequest(r) {
				return nil
			}
			n++
			return &fake.Fault{Body: a.answer(n < pages, toJSON(a.record(1000-n, newest().Add(-time.Duration(n)*time.Second))))}
		})
		_, err := readIDs(t.Context(), s.client(t).list(bounded(1)), "")
		require.ErrorIs(t, err, activity.ErrCursorLoop)
		assert.Less(t, n, pages)
	})
}
