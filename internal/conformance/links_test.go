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

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/fake"
)

var link = regexp.MustCompile(`("next":\s*(?:\{\s*"href":\s*)?)"([^"]+)"`)

// linked are the adapters of lists whose pages hold links.
func linked() []*adapter {
	return those(func(a *adapter) bool { return link.MatchString(a.answer(true)) })
}

// withoutNote keeps a parameter from the fake that it does not know.
func withoutNote(next http.RoundTripper) http.RoundTripper {
	return tripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Query().Has("note") {
			const note = "note=a%20b"
			if !strings.Contains(req.URL.RawQuery, note) {
				return nil, errors.New("the blank was not sent as it should be: " + req.URL.RawQuery)
			}
			req = req.Clone(req.Context())
			req.URL.RawQuery = strings.Trim(strings.Replace(strings.Replace(req.URL.RawQuery, note, "", 1), "&&", "&", 1), "&")
		}
		return next.RoundTrip(req)
	})
}

// A link to the next page is followed in whatever form it comes: relative to its page, without a
// path, with what has no place in an address.
func TestLinks(t *testing.T) {
	for name, change := range map[string]func(to *url.URL) string{
		"a whole address":  func(to *url.URL) string { return to.String() },
		"a path":           func(to *url.URL) string { return to.RequestURI() },
		"a query":          func(to *url.URL) string { return "?" + to.RawQuery },
		"no scheme":        func(to *url.URL) string { return "//" + to.Host + to.RequestURI() },
		"a blank":          func(to *url.URL) string { return to.RequestURI() + "&note=a b" },
		"a fragment":       func(to *url.URL) string { return to.String() + "#page" },
		"the default port": func(to *url.URL) string { to.Host += ":443"; return to.String() },
	} {
		t.Run(name, func(t *testing.T) {
			eachReading(t, linked(), func(t *testing.T, a *adapter, r reading) {
				s, links := a.fill(13), 0
				s.FailWith(func(fake.Request) *fake.Fault {
					return &fake.Fault{Damage: func(body []byte) []byte {
						return link.ReplaceAllFunc(body, func(member []byte) []byte {
							links++
							parts := link.FindSubmatch(member)
							to, err := url.Parse(string(bytes.ReplaceAll(parts[2], []byte(`\u0026`), []byte("&"))))
							require.NoError(t, err)
							return []byte(string(parts[1]) + marshaled(change(to)))
						})
					}}
				})
				records, err := r.all(t, s, 5, activity.WithMiddleware(withoutNote))
				require.NoError(t, err)
				assert.Equal(t, down(13, 1), idsOf(records))
				assert.GreaterOrEqual(t, links, 2)
			})
		})
	}
}

// A link that holds a secret is refused: it would get into errors, logs and cursors.
func TestLinksWithASecret(t *testing.T) {
	for name, change := range map[string]func(to *url.URL, secret string) string{
		"in the query": func(to *url.URL, secret string) string { return to.String() + "&at=" + url.QueryEscape(secret) },
		"in the query, escaped": func(to *url.URL, secret string) string {
			return to.String() + "&at=" + strings.ReplaceAll(fmt.Sprintf("% x", " "+secret), " ", "%")[2:]
		},
		"in the place": func(to *url.URL, secret string) string { return "?next=" + url.QueryEscape("a"+secret+"b") },
		"in the path": func(to *url.URL, secret string) string {
			return "https://" + to.Host + "/" + url.PathEscape(secret) + to.EscapedPath() + "?" + to.RawQuery
		},
	} {
		t.Run(name, func(t *testing.T) {
			everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
				if !slices.Contains(linked(), s.adapter) {
					return
				}
				var log bytes.Buffer
				c := s.clientWith(t, l.credentials(), activity.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
				_, err := c.list(bounded(5)).Page(t.Context(), "")
				require.NoError(t, err)
				_, secret, _ := strings.Cut(s.calls()[0].Header.Get("Authorization"), " ")
				require.GreaterOrEqual(t, len(secret), 8)
				s.FailWith(func(fake.Request) *fake.Fault {
					return &fake.Fault{Damage: func(body []byte) []byte {
						return link.ReplaceAllFunc(body, func(member []byte) []byte {
							parts := link.FindSubmatch(member)
							to, err := url.Parse(string(bytes.ReplaceAll(parts[2], []byte(`\u0026`), []byte("&"))))
							require.NoError(t, err)
							return []byte(string(parts[1]) + marshaled(change(to, secret)))
						})
					}}
				})
				p, err := c.list(bounded(5)).Page(t.Context(), "")
				require.ErrorIs(t, err, activity.ErrMalformed)
				assert.Empty(t, p.Next)
				for _, text := range []string{texts(err), log.String()} {
					assert.NotContains(t, text, secret)
					assert.NotContains(t, text, url.QueryEscape(secret))
				}
			})
		})
	}
}
