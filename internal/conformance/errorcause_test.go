package conformance_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
)

// requestHolder is an error that holds the failed request, as the errors of some transports do.
type requestHolder struct {
	Request *http.Request
	inner   any
}

func (*requestHolder) Error() string { return "canary refused" }

// causes are errors that contain what nobody may see. Each is, or wraps, errBelow.
var causes = map[string]func(req *http.Request) error{
	"a certificate with many names": func(*http.Request) error {
		names := make([]string, 1000)
		for i := range names {
			names[i] = fmt.Sprintf("\x1b[31m%d\r\nERROR forged line.example.com", i)
		}
		err := x509.HostnameError{Certificate: &x509.Certificate{DNSNames: names}, Host: "api.example.com"}
		return fmt.Errorf("%w: %w", errBelow, &tls.CertificateVerificationError{Err: err})
	},
	"a status line of a megabyte": func(*http.Request) error {
		return fmt.Errorf("%w: malformed HTTP response %q", errBelow, strings.Repeat("\x00\n", 1<<20))
	},
	"a request in it": func(req *http.Request) error {
		return fmt.Errorf("%w: %w", errBelow, &requestHolder{req, []any{map[string]any{"canary": req}}})
	},
	"an error of this SDK": func(req *http.Request) error {
		return &activity.Error{Kind: errors.Join(errBelow, &requestHolder{Request: req}), Message: strings.Repeat("x\n", 1<<10), Body: []byte("canary"),
			Path: "/canary", Err: &requestHolder{Request: req}}
	},
}

var errBelow = errors.New("below")

type limiter func(ctx context.Context) error

func (f limiter) Wait(ctx context.Context) error { return f(ctx) }

// TestCausesAreTextOnly checks that an error from a transport, middleware, a limiter or a token
// source becomes one short line of text. errors.Is finds what it was, and nothing that it holds can
// be reached.
func TestCausesAreTextOnly(t *testing.T) {
	s := newSecrets(t)
	s.password, s.token, s.refreshToken, s.apiKey = "canary-password", "canary-token", "canary-refresh-token", "canary-key"
	secret := &http.Request{Header: http.Header{"Authorization": {"Bearer canary-token"}}}
	for name, cause := range causes {
		below := map[string][]activity.Option{
			"a transport": {activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
				if sentSecrets(req); req.PostForm.Has("grant_type") {
					return grantToken(req, "")
				}
				return nil, cause(req)
			}))},
			"a transport of a token request": {activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) { return nil, cause(req) }))},
			"middleware": {activity.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
				return roundTripper(func(req *http.Request) (*http.Response, error) { return nil, cause(secret) })
			})},
			"a limiter": {activity.WithRateLimiter(limiter(func(context.Context) error { return cause(secret) }))},
		}
		for where, opts := range below {
			t.Run(name+" of "+where, func(t *testing.T) {
				for _, a := range adapters {
					for _, l := range a.logins(s) {
						if l.fails {
							continue
						}
						synctest.Test(t, func(t *testing.T) {
							opts := append([]activity.Option{activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) { return grantToken(req, "") })),
								activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2})}, opts...)
							c, err := a.newClient(l.credentials(), opts...)
							require.NoError(t, err)
							_, err = readIDs(t.Context(), c.list(query{}), "")
							assertTextOnly(t, asError(t, a, err))
						})
					}
				}
			})
		}
		t.Run(name+" of a token source", func(t *testing.T) {
			everyOf(t, adaptersWhere(takesTokenSource), func(t *testing.T, a *adapter) {
				c, err := a.newClient(a.bearer(tokenSource(func() (*oauth2.Token, error) { return nil, cause(secret) })))
				require.NoError(t, err)
				_, err = readIDs(t.Context(), c.list(query{}), "")
				assertTextOnly(t, asError(t, a, err))
			})
		})
	}
}

// assertTextOnly checks that nothing can be reached from an error except text without secrets.
func assertTextOnly(t *testing.T, e *activity.Error) {
	t.Helper()
	require.ErrorIs(t, e, errBelow)
	var held *requestHolder
	require.NotErrorAs(t, e, &held)
	var host x509.HostnameError
	require.NotErrorAs(t, e, &host)
	assert.LessOrEqual(t, len(e.Error()), 2<<10)
	assert.Equal(t, -1, strings.IndexFunc(e.Error(), func(c rune) bool { return !unicode.IsPrint(c) }), "%q", e.Error())
	visitStrings(reflect.ValueOf(e), map[any]bool{}, func(text string) {
		require.NotContains(t, strings.ReplaceAll(text, "canary refused", ""), word)
	})
}

// visitStrings calls a function for each string that can be reached from a value.
func visitStrings(v reflect.Value, seen map[any]bool, visit func(text string)) {
	switch v.Kind() {
	case reflect.String:
		visit(v.String())
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Pointer {
			if seen[v.Pointer()] {
				return
			}
			seen[v.Pointer()] = true
		}
		if !v.IsNil() {
			visitStrings(v.Elem(), seen, visit)
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			visitStrings(field, seen, visit)
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			visit(string(v.Bytes()))
			return
		}
		for i := range v.Len() {
			visitStrings(v.Index(i), seen, visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			visitStrings(key, seen, visit)
			visitStrings(v.MapIndex(key), seen, visit)
		}
	default: // numbers and functions
	}
}
