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
	"github.com/activity-sdk/activity/internal/fake"
)

// statuses are those of refusals, with the kind of the error and the number of attempts, of three,
// that a client makes.
var statuses = []struct {
	status    int
	kind      error
	attempts  int
	temporary bool
}{
	{400, activity.ErrInvalid, 1, false},
	{401, activity.ErrUnauthorized, 1, false},
	{403, activity.ErrForbidden, 1, false},
	{404, activity.ErrNotFound, 1, false},
	{405, activity.ErrInvalid, 1, false},
	{406, activity.ErrInvalid, 1, false},
	{408, nil, 3, true},
	{409, nil, 1, false},
	{415, activity.ErrInvalid, 1, false},
	{422, activity.ErrInvalid, 1, false},
	{429, activity.ErrRateLimited, 3, true},
	{500, activity.ErrServer, 3, true},
	{501, activity.ErrServer, 1, false},
	{502, activity.ErrServer, 3, true},
	{503, activity.ErrServer, 3, true},
	{504, activity.ErrServer, 3, true},
}

// TestStatuses checks for each status the kind of the error, whether the request is repeated, and
// what the error holds of the service's answer.
func TestStatuses(t *testing.T) {
	for _, c := range statuses {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			everyVendor(t, func(t *testing.T, a *adapter) {
				s := a.fill(3)
				body := `{"code":"E7","message":"no such luck"}`
				s.FailWith(func(fake.Request) *fake.Fault {
					return &fake.Fault{Status: c.status, Body: body, Header: http.Header{"X-Request-Id": {"r-1"}}}
				})
				_, err := readIDs(t.Context(), s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).list(query{}), "")
				e := asError(t, a, err)
				assert.Equal(t, c.kind, e.Kind)
				assert.Equal(t, c.status, e.StatusCode)
				assert.Equal(t, "E7", e.Code)
				assert.Equal(t, "no such luck", e.Message)
				assert.Equal(t, "r-1", e.RequestID)
				assert.Equal(t, c.attempts, e.Attempts)
				assert.Equal(t, c.temporary, e.Temporary())
				assert.Equal(t, body, string(e.Body))
				calls := s.calls()
				assert.Equal(t, calls[0].Method, e.Method)
				assert.Equal(t, calls[0].Path, e.Path)
				if c.status != 401 { // 401 may be repeated with another token
					assert.Len(t, calls, c.attempts)
				}
			})
		})
	}
}

// falseEncodings are answers that declare a compression and do not use it. Nobody can read them.
var falseEncodings = map[string]fake.Fault{
	"no gzip":    {Body: `{"message":"no such luck"}`, Header: http.Header{"Content-Encoding": {"gzip"}}},
	"no deflate": {Body: "no such luck", Header: http.Header{"Content-Encoding": {"deflate"}}},
}

// TestStatusesWithUnreadableBodies checks that a refusal whose body cannot be decompressed counts
// by its status all the same.
func TestStatusesWithUnreadableBodies(t *testing.T) {
	for _, c := range statuses {
		for name, fault := range falseEncodings {
			t.Run(fmt.Sprint(c.status, ", ", name), func(t *testing.T) {
				everyVendor(t, func(t *testing.T, a *adapter) {
					s := a.fill(3)
					fault.Status = c.status
					s.failAll(fault)
					_, err := readIDs(t.Context(), s.client(t, activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3})).list(query{}), "")
					e := asError(t, a, err)
					assert.Equal(t, c.kind, e.Kind)
					assert.NoError(t, e.Err)
					assert.Equal(t, c.status, e.StatusCode)
					assert.Equal(t, c.attempts, e.Attempts)
					assert.Equal(t, c.temporary, e.Temporary())
					assert.Empty(t, e.Body)
				})
			})
		}
	}
}

// failures are what a client may meet instead of a page, with the number of attempts, of three,
// that it makes.
var failures = map[string]struct {
	roundTrip roundTripper
	attempts  int
}{
	"an untrusted certificate": {fails(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), 1},
	"no TLS":                   {fails(tls.RecordHeaderError{Msg: "first record does not leaks like a TLS handshake"}), 1},
	"no such host":             {fails(&net.DNSError{Err: "no such host", Name: "api", IsNotFound: true}), 1},
	"a failing name server":    {fails(&net.DNSError{Err: "server misbehaving", Name: "api", IsTemporary: true}), 3},
	"a refused connection":     {fails(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), 3},
	"a lost connection":        {fails(&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}), 3},
	"a timeout of the network": {fails(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}), 3},
	"an unexpected end":        {fails(io.ErrUnexpectedEOF), 3},
	"a login page":             {answers(200, "text/html", "<html><title>Sign in"), 3},
	"a maintenance page":       {answers(503, "text/html", "<html><title>503"), 3},
	"an empty answer":          {answers(200, "application/json", ""), 3},
	"no JSON":                  {answers(200, "application/json", "OK"), 1},
	"another shape":            {answers(200, "application/json", `{"a":1}`), 1},
	"status 0":                 {answers(0, "application/json", `[]`), 1},
	"a refusal":                {answers(403, "application/json", `{"message":"no"}`), 1},
	"a failure":                {answers(500, "application/json", `{"message":"no"}`), 3},
	"a large answer":           {answers(200, "application/json", "["+strings.Repeat(" ", 5000)+"]"), 1},
	"a redirect":               {answers(302, "text/html", ""), 1},
}

func fails(err error) roundTripper {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func answers(status int, contentType, body string) roundTripper {
	return func(*http.Request) (*http.Response, error) { return response(status, contentType, body) }
}

// TestTemporary checks that Temporary reports true exactly for the failures that are retried. No
// failure looks like an empty list or feed.
func TestTemporary(t *testing.T) {
	for name, c := range failures {
		t.Run(name, func(t *testing.T) {
			everyReading(t, adapters, func(t *testing.T, a *adapter, r reading) {
				s, sent := a.fill(3), 0
				meet := func(next http.RoundTripper) http.RoundTripper {
					return roundTripper(func(req *http.Request) (*http.Response, error) {
						sent++
						return c.roundTrip(req)
					})
				}
				records, err := r.all(t, s, 5, activity.WithMiddleware(meet), activity.WithMaxResponseBytes(2000),
					activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3}))
				e := asError(t, a, err)
				assert.Empty(t, records)
				assert.Equal(t, c.attempts, e.Attempts, "%v", err)
				assert.Equal(t, c.attempts, sent)
				assert.Equal(t, c.attempts > 1, e.Temporary(), "%v", err)
			})
		})
	}
}

// TestShortSecrets uses a secret that is also a word of the SDK's errors. It changes no decision
// and is not redacted from the SDK's own words.
func TestShortSecrets(t *testing.T) {
	for _, secret := range []string{"text", "proxy", "tls", "a", "certificate", "context canceled"} {
		for name, c := range failures {
			t.Run(secret+", "+name, func(t *testing.T) {
				everyLoginWith(t, secret, func(t *testing.T, a *adapter, l login) {
					sent := 0
					transport := roundTripper(func(req *http.Request) (*http.Response, error) {
						if isTokenForm(req) {
							return grantToken(req, "")
						}
						sent++
						return c.roundTrip(req)
					})
					client, err := a.newClient(l.credentials(), activity.WithTransport(transport), activity.WithMaxResponseBytes(2000),
						activity.WithRetry(activity.RetryPolicy{MaxAttempts: 3}))
					require.NoError(t, err)
					_, err = client.list(query{}).Page(t.Context(), "")
					e := asError(t, a, err)
					assert.Equal(t, c.attempts, sent)
					assert.Equal(t, c.attempts > 1, e.Temporary(), "%v", err)
					assert.NotContains(t, e.Message, "[redacted]")
				})
			})
		}
		t.Run(secret+", the context's end", func(t *testing.T) {
			everyLoginWith(t, secret, func(t *testing.T, a *adapter, l login) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				hangs := roundTripper(func(req *http.Request) (*http.Response, error) {
					if isTokenForm(req) {
						return grantToken(req, "")
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

// start returns the time at which a synctest bubble begins.
func start() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// everyLoginWith runs a test for each login of each vendor, with the same text as every secret.
func everyLoginWith(t *testing.T, secret string, test func(t *testing.T, a *adapter, l login)) {
	t.Helper()
	s := secrets{password: secret, token: strings.ReplaceAll(secret, " ", ""), refreshToken: secret, apiKey: strings.ReplaceAll(secret, " ", ""),
		privateKey: privateKey(t)}
	for _, a := range adapters {
		if a.name != "activities" && a.name != "transfers" {
			continue // the other lists are read in the same way
		}
		for _, l := range a.logins(s) {
			if l.fails {
				continue
			}
			synctest.Test(t, func(t *testing.T) { test(t, a, l) })
		}
	}
}
