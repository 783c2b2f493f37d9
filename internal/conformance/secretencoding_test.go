package conformance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
)

// encodings are the ways in which a service may write a secret.
var encodings = map[string]func(string) string{
	"plain":         func(s string) string { return s },
	"query":         url.QueryEscape,
	"path":          url.PathEscape,
	"lower percent": func(s string) string { return eachByte("%%%02x", s) },
	"query, twice":  func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"JSON":          func(s string) string { return strings.Trim(toJSON(s), `"`) },
	"JSON, solidus": func(s string) string {
		return strings.NewReplacer(`"`, `\"`, "/", `\/`, "+", `\u002B`, "é", `\u00E9`).Replace(s)
	},
	"UTF-16":          func(s string) string { return eachUnit(`\u%04X`, s) },
	"Go":              func(s string) string { return fmt.Sprintf("%+q", s) },
	"HTML":            html.EscapeString,
	"HTML names":      strings.NewReplacer("&", "&amp;", `"`, "&quot;", "'", "&#x27;", "<", "&lt;", "é", "&eacute;").Replace,
	"HTML, query":     func(s string) string { return url.QueryEscape(html.EscapeString(s)) },
	"HTML numbers":    func(s string) string { return eachUnit("&#x%X;", s) },
	"hexadecimal":     func(s string) string { return hex.EncodeToString([]byte(s)) },
	"upper case":      func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"base64":          func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64, shifted": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("u:" + s + ":x")) },
	"zero bytes":      func(s string) string { return strings.Join(strings.Split(s, ""), "\x00") },
}

func eachByte(format, s string) string {
	var text strings.Builder
	for _, b := range []byte(s) {
		fmt.Fprintf(&text, format, b)
	}
	return text.String()
}

func eachUnit(format, s string) string {
	var text strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&text, format, u)
	}
	return text.String()
}

// echoSecrets is a service that answers with all secrets that it received, each after a mark.
type echoSecrets struct {
	atToken bool // echo in the response for a token, or else in the one for a page
	encode  func(string) string
	limit   int // the first secret crosses this position; 0: the body is full of secrets
	size    int // of a body that is full of secrets
	body    func(text, first string) (contentType, body string)
	secrets []string
}

const mark = "~~"

func (p *echoSecrets) RoundTrip(req *http.Request) (*http.Response, error) {
	p.secrets = append(p.secrets, sentSecrets(req)...)
	if req.PostForm.Has("grant_type") && !p.atToken {
		return grantToken(req, "")
	}
	var text strings.Builder
	for _, secret := range p.secrets {
		text.WriteString(mark + p.encode(secret) + " ")
	}
	repeated := text.String()
	if p.limit > 0 {
		repeated = strings.Repeat("x ", max(p.limit-len(p.encode(p.secrets[0]))/2, 0)/2) + repeated
	} else {
		repeated = strings.Repeat(repeated, 1+p.size/len(repeated)) // long enough to be cut
	}
	contentType, body := p.body(repeated, mark+p.encode(p.secrets[0]))
	return response(400, contentType, body, "X-Request-Id", strings.ReplaceAll(text.String(), "\x00", ""))
}

// positions are where an error reads text in a response, with the lengths at which the text is cut:
// of a line, of Error.Body, and of what is read.
var positions = []struct {
	name   string
	size   int // of a long body
	limits []int
	body   func(text, first string) (contentType, body string)
}{
	{"text", 80 << 10, []int{0, 512, 4 << 10, 64 << 10}, func(text, _ string) (string, string) { return "text/plain", text }},
	{"HTML", 80 << 10, []int{64 << 10}, func(text, _ string) (string, string) { return "text/html", "<title>" + text }},
	{"JSON", 8 << 10, []int{0, 64, 512}, func(text, first string) (string, string) {
		text = toJSON(text)
		return "application/json", `{"code":` + text + `,"detail":` + text + `,"errors":{` + toJSON(first) + `:` + text + `}}`
	}},
}

// redacted matches what may follow a mark: nothing of the secret, nor of the prefix that an
// encoding put before it.
var redacted = regexp.MustCompile(`^(?:u:|dT?p?|\\*"|"|&#34;)*(?:…|\[(?:…|r|$)|$)`)

// TestEncodedSecrets checks that no error and no log line shows a secret or a part of it, whatever
// encoding the service writes it in and wherever in the response it is.
func TestEncodedSecrets(t *testing.T) {
	s := newSecrets(t)
	leaks := &leakCheck{traces: s.traces()}
	names := slices.Sorted(maps.Keys(encodings))
	n := 0
	for _, a := range oneOfEachVendor() {
		for _, l := range a.logins(s) {
			for _, atToken := range []bool{false, true} {
				if atToken && !l.fetchesToken || !atToken && l.fails {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, for a token: %v", a, l.name, atToken), func(t *testing.T) {
					for _, name := range names {
						encode := encodings[name]
						for _, position := range positions {
							for _, limit := range position.limits {
								if n++; n%5 != 0 {
									continue // each login tests a fifth of them
								}
								t.Run(fmt.Sprint(name, " in ", position.name, " at ", limit), func(t *testing.T) {
									synctest.Test(t, func(t *testing.T) {
										checkErrors(t, leaks, a, l, &echoSecrets{atToken: atToken, encode: encode, limit: limit, size: position.size, body: position.body})
									})
								})
							}
						}
					}
				})
			}
		}
	}
}

func checkErrors(t *testing.T, leaks *leakCheck, a *adapter, l login, p *echoSecrets) {
	t.Helper()
	var log bytes.Buffer
	c, err := a.newClient(l.credentials(), activity.WithTransport(p), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}),
		logTo(&log, slog.LevelDebug))
	require.NoError(t, err)
	_, err = readIDs(t.Context(), c.list(query{}), "")
	e := asError(t, a, err)
	require.NotEmpty(t, p.secrets)
	shown := []string{e.Message, e.Code, e.RequestID, e.Error(), string(e.Body), log.String()}
	for name, messages := range e.Fields {
		shown = append(append(shown, name), messages...)
	}
	leaks.check(t, &echoServer{}, shown...)
	for _, text := range shown {
		for _, after := range strings.Split(text, mark)[1:] {
			require.Regexp(t, redacted, after, "in %q", text)
		}
	}
	assert.LessOrEqual(t, len(e.Message), 512)
	assert.LessOrEqual(t, len(e.Body), 4<<10)
}

// TestFormerTokensAreRedacted checks that a token is still redacted after another one has replaced
// it.
func TestFormerTokensAreRedacted(t *testing.T) {
	everyOf(t, adaptersWhere(takesTokenSource), func(t *testing.T, a *adapter) {
		n := 0
		source := tokenSource(func() (*oauth2.Token, error) {
			n++
			return &oauth2.Token{AccessToken: fmt.Sprintf("canary-%d-canary", n)}, nil
		})
		first := ""
		c, err := a.newClient(a.bearer(source), activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
			if first == "" {
				first = sentSecrets(req)[0]
			}
			return response(400, "text/plain", "not like "+first)
		})))
		require.NoError(t, err)
		for range 5 {
			_, err = readIDs(t.Context(), c.list(query{}), "")
			assert.Equal(t, "not like [redacted]", asError(t, a, err).Message)
		}
		assert.Greater(t, n, 1)
	})
}

// TestOverlappingSecrets checks that a token which overlaps with another secret leaves no part of
// either after redaction.
func TestOverlappingSecrets(t *testing.T) {
	for _, a := range adapters {
		for _, l := range a.logins(secrets{password: "secret-of-client", refreshToken: "refresh-token-of-user", token: "token", apiKey: "key", privateKey: privateKey(t)}) {
			if !l.fetchesToken || l.fails {
				continue
			}
			t.Run(a.String()+", "+l.name, func(t *testing.T) {
				for token, echo := range map[string]string{
					"secret-of":               "secret-of-client",
					"begin-secret-of":         "begin-secret-of-client",
					"of-client-end":           "secret-of-client-end",
					"secret-of-client-secret": "secret-of-client-secret-of-client",
				} {
					synctest.Test(t, func(t *testing.T) {
						c, err := a.newClient(l.credentials(), activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
							if sentSecrets(req); req.PostForm.Has("grant_type") {
								return response(200, "application/json", `{"access_token":"`+token+`","refresh_token":"`+token+`","expires_in":3600}`)
							}
							return response(400, "text/plain", "do not know "+echo)
						})))
						require.NoError(t, err)
						_, err = readIDs(t.Context(), c.list(query{}), "")
						assert.Equal(t, "do not know [redacted]", asError(t, a, err).Message)
					})
				}
			})
		}
	}
}
