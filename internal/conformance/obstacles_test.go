package conformance_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// obstacles are what a client may find in place of its service, and how often it tries then, of
// three times.
var obstacles = map[string]struct {
	meet     tripper
	attempts int
}{
	"an untrusted certificate":  {fails(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), 1},
	"no TLS":                    {fails(tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}), 1},
	"no such host":              {fails(&net.DNSError{Err: "no such host", Name: "api", IsNotFound: true}), 1},
	"a name server that is out": {fails(&net.DNSError{Err: "server misbehaving", Name: "api", IsTemporary: true}), 3},
	"nobody listens":            {fails(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), 3},
	"a lost connection":         {fails(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), 3},
	"a deadline of the network": {fails(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), 3},
	"an end":                    {fails(io.ErrUnexpectedEOF), 3},
	"a login page":              {answers(200, "text/html", "<html><title>Sign in"), 3},
	"a maintenance page":        {answers(503, "text/html", "<html><title>503"), 3},
	"an empty answer":           {answers(200, "application/json", ""), 3},
	"no JSON":                   {answers(200, "application/json", "OK"), 1},
	"another shape":             {answers(200, "application/json", `{"a":1}`), 1},
	"a status that is none":     {answers(0, "application/json", `[]`), 1},
	"a refusal":                 {answers(403, "application/json", `{"message":"no"}`), 1},
	"a failure":                 {answers(500, "application/json", `{"message":"no"}`), 3},
	"too much":                  {answers(200, "application/json", "["+strings.Repeat(" ", 5000)+"]"), 1},
	"a redirect":                {answers(302, "text/html", ""), 1},
}

func fails(err error) tripper {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func answers(status int, contentType, body string) tripper {
	return func(*http.Request) (*http.Response, error) { return reply(status, contentType, body) }
}

// Temporary agrees with how often a request was tried, for every kind of failure. None looks like a
// list or a feed without records.
func TestTemporary(t *testing.T) {
	for name, c := range obstacles {
		t.Run(name, func(t *testing.T) {
			eachReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s, sent := a.fill(3), 0
				meet := func(next http.RoundTripper) http.RoundTripper {
					return tripper(func(req *http.Request) (*http.Response, error) {
						sent++
						return c.meet(req)
					})
				}
				records, err := r.all(t, s, 5, activity.WithMiddleware(meet), activity.WithMaxResponseBytes(2000),
					activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3}))
				e := failure(t, a, err)
				assert.Empty(t, records)
				assert.Equal(t, c.attempts, e.Attempts, "%v", err)
				assert.Equal(t, c.attempts, sent)
				assert.Equal(t, c.attempts > 1, e.Temporary(), "%v", err)
			})
		})
	}
}

// A secret that is a word of the errors themselves changes no decision, and leaves no hole in what
// the SDK says.
func TestShortSecrets(t *testing.T) {
	for _, secret := range []string{"text", "proxy", "tls", "a", "certificate", "context canceled"} {
		for name, c := range obstacles {
			t.Run(secret+", "+name, func(t *testing.T) {
				eachShortLogin(t, secret, func(t *testing.T, a *adapter, l login) {
					sent := 0
					transport := tripper(func(req *http.Request) (*http.Response, error) {
						if isTokenForm(req) {
							return grants(req, "")
						}
						sent++
						return c.meet(req)
					})
					client, err := a.newClient(l.credentials(), activity.WithTransport(transport), activity.WithMaxResponseBytes(2000),
						activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3}))
					require.NoError(t, err)
					_, err = client.list(query{}).Page(t.Context(), "")
					e := failure(t, a, err)
					assert.Equal(t, c.attempts, sent)
					assert.Equal(t, c.attempts > 1, e.Temporary(), "%v", err)
					assert.NotContains(t, e.Message, "[redacted]")
				})
			})
		}
		t.Run(secret+", the context's end", func(t *testing.T) {
			eachShortLogin(t, secret, func(t *testing.T, a *adapter, l login) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				hangs := tripper(func(req *http.Request) (*http.Response, error) {
					if isTokenForm(req) {
						return grants(req, "")
					}
					<-req.Context().Done()
					return nil, fmt.Errorf("proxy: tls: %w", req.Context().Err())
				})
				client, err := a.newClient(l.credentials(), activity.WithTransport(hangs))
				require.NoError(t, err)
				_, err = client.list(query{}).Page(ctx, "")
				require.ErrorIs(t, err, context.Canceled)
				assert.Equal(t, time.Second, time.Since(start()))
				assert.Contains(t, err.Error(), "context canceled")
			})
		})
	}
}

// start is when the time in a synctest bubble begins.
func start() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

func isTokenForm(req *http.Request) bool {
	return req.Header.Get("Content-Type") == "application/x-www-form-urlencoded"
}

// eachShortLogin runs a test for each login of each vendor, all with the same secret.
func eachShortLogin(t *testing.T, secret string, test func(t *testing.T, a *adapter, l login)) {
	t.Helper()
	s := secrets{password: secret, token: strings.ReplaceAll(secret, " ", ""), refreshToken: secret, apiKey: strings.ReplaceAll(secret, " ", ""),
		privateKey: privateKey(t)}
	for _, a := range adapters {
		if a.name != "activities" && a.name != "transfers" {
			continue // the vendor's other list is read in the same way
		}
		for _, l := range a.logins(s) {
			if l.fails {
				continue
			}
			synctest.Test(t, func(t *testing.T) { test(t, a, l) })
		}
	}
}
