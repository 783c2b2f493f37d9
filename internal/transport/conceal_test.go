package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

func TestCause(t *testing.T) {
	cause := func(err error, secrets ...string) error { return newRedactor(secrets).cause(err) }
	refused := errors.New("refused")
	require.EqualError(t, cause(&url.Error{Op: "Get", URL: "https://x/?token=abc", Err: refused}), "refused")
	require.EqualError(t, cause(fmt.Errorf("dial: %w", refused), "abc"), "dial: refused")
	require.ErrorIs(t, cause(fmt.Errorf("dial: %w", refused), "abc"), refused)

	nested := fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: "https://x/?q=private", Err: refused})
	assert.NotContains(t, cause(nested).Error(), "private")
	require.EqualError(t, cause(errors.New("token=abc"), "abc"), "token=[redacted]")
	require.EqualError(t, cause(errors.New("\x1b[31m broken\r\n\u202e line")), "[31m broken line")
	assert.Len(t, cause(errors.New(strings.Repeat("x", 1<<20))).Error(), maxText)
}

// A password that is a word of an error of Go or of the SDK does not change that error.
func TestWellKnownErrorsAreNotRedacted(t *testing.T) {
	r := newRedactor([]string{"text", "context", "EOF", "deadline", "answer", "proxy", "connection"})
	for _, err := range append([]error{syscall.ECONNRESET, timeoutError{1}}, safe...) {
		assert.Equal(t, err, r.cause(err))
		assert.Equal(t, err, r.cause(&url.Error{Op: "Get", URL: "https://x/", Err: err}))
	}
}

// holder is an error with more in its fields than in its text.
type holder struct{ Request *http.Request }

func (*holder) Error() string { return "refused" }

// A concealed error keeps text and meaning, and the original cannot be reached.
func TestOriginalErrorIsNotReachable(t *testing.T) {
	original := &holder{&http.Request{Header: http.Header{"Authorization": {"Bearer canary"}}}}
	for _, err := range []error{original, fmt.Errorf("dial: %w", original), errors.Join(original, io.EOF)} {
		shown := newRedactor(nil).cause(err)
		require.ErrorIs(t, shown, original)
		var object *holder
		require.NotErrorAs(t, shown, &object)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", shown, shown, shown), "canary")
	}
}

// errors.Is, Timeout and Temporary return the same for a concealed error as for the original.
func TestConcealedErrorKeepsItsMeaning(t *testing.T) {
	wellKnown := []error{context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed,
		syscall.ECONNRESET, syscall.ECONNREFUSED}
	originals := []error{
		&net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)},
		&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, // a timeout
		&tls.CertificateVerificationError{Err: errors.New("unknown authority")},
		&net.DNSError{Err: "no such host", IsNotFound: true},
		&net.DNSError{Err: "server misbehaving", IsTemporary: true},
	}
	for _, err := range append(originals, wellKnown...) {
		quoting := fmt.Errorf("canary: %w", err)
		shown := newRedactor([]string{"canary"}).cause(quoting)
		assert.Equal(t, "[redacted]: "+err.Error(), shown.Error())
		for _, target := range wellKnown {
			if errors.Is(quoting, target) {
				require.ErrorIs(t, shown, target, "%v", err)
			} else if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(target, os.ErrDeadlineExceeded) { // a timeout matches both errors
				require.NotErrorIs(t, shown, target, "%v", err)
			}
		}
		number, ok := errors.AsType[syscall.Errno](err)
		shownNumber, shownOK := errors.AsType[syscall.Errno](shown)
		assert.Equal(t, ok, shownOK)
		assert.Equal(t, number, shownNumber)
		assert.Equal(t, (&activity.Error{Err: quoting}).Temporary(), (&activity.Error{Err: shown}).Temporary(), "%v", err)
		assert.Equal(t, shown, newRedactor([]string{"redacted"}).cause(shown), "redacted once")
	}
}

// failing is a transport that only fails, and counts how often.
type failing struct {
	err  error
	sent int
}

func (f *failing) RoundTrip(*http.Request) (*http.Response, error) {
	f.sent++
	return nil, f.err
}

// Secrets that are words of an error change its text and nothing else.
func TestShortSecretsChangeNoDecision(t *testing.T) {
	for name, c := range map[string]struct {
		secret string
		err    error
		sent   int
		is     error
		says   string // Error.Message
	}{
		"certificate":   {"tls", &tls.CertificateVerificationError{Err: errors.New("unknown authority")}, 1, nil, "the server's certificate is not trusted"},
		"its words":     {"certificate", &tls.CertificateVerificationError{Err: errors.New("unknown authority")}, 1, nil, "the server's certificate is not trusted"},
		"no such host":  {"host", &net.DNSError{Err: "no such host", IsNotFound: true}, 1, nil, "the host name does not exist"},
		"reset":         {"read", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, 2, syscall.ECONNRESET, ""},
		"cut":           {"proxy", fmt.Errorf("proxy: %w", io.ErrUnexpectedEOF), 2, io.ErrUnexpectedEOF, ""},
		"a net timeout": {"read", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, 2, os.ErrDeadlineExceeded, ""},
		"its deadline":  {"words", &activity.Error{Kind: activity.ErrServer, Err: context.DeadlineExceeded}, 1, activity.ErrServer, ""},
		"end of call":   {"transport", &activity.Error{Kind: activity.ErrForbidden, Message: "the transport said no"}, 1, activity.ErrForbidden, "the [redacted] said no"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var seen []error
				watch := func(next http.RoundTripper) http.RoundTripper {
					return roundTripper(func(req *http.Request) (*http.Response, error) {
						resp, err := next.RoundTrip(req)
						seen = append(seen, err)
						return resp, err
					})
				}
				f := &failing{err: c.err}
				client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: Static(Bearer(), c.secret)},
					activity.WithTransport(f), activity.WithMiddleware(watch), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				require.NoError(t, err)
				_, err = client.Do(t.Context(), Call{Op: "list things", Path: "/things", Read: true})
				assert.Equal(t, c.sent, f.sent)
				if c.is != nil {
					require.ErrorIs(t, err, c.is)
				}
				e, ok := errors.AsType[*activity.Error](err)
				require.True(t, ok)
				assert.Equal(t, c.says, e.Message)
				assert.Equal(t, c.sent > 1, e.Temporary())
				for _, err := range seen {
					assert.NotContains(t, err.Error(), c.secret)
				}
			})
		})
	}
}

// A cancelled context is recognized with a password that is a part of its text.
func TestShortSecretsAndTheContext(t *testing.T) {
	for _, secret := range []string{"text", "context canceled", "cancel"} {
		synctest.Test(t, func(t *testing.T) {
			client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: Basic("ada", secret)},
				activity.WithTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
					<-req.Context().Done()
					return nil, &url.Error{Op: "Get", URL: req.URL.String(), Err: req.Context().Err()}
				})))
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { synctest.Wait(); cancel() }()
			_, err = client.Do(ctx, Call{Op: "list things", Path: "/things", Read: true})
			require.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, "acme: list things: GET /things: context canceled", err.Error())
		})
	}
}

// The SDK's own sentences are not redacted, so that no gap shows a secret.
func TestOwnSentencesAreNotRedacted(t *testing.T) {
	for _, secret := range []string{"proxy", "answer", "not JSON"} {
		for says, rt := range map[string]http.RoundTripper{
			"the answer is text/html, not JSON: a login or proxy page stands in front of the service": reply(200, "text/html", "<html>"),
			"500 Internal Server Error: service failure: no [redacted] today":                         reply(500, "application/json", `{"message":"no `+secret+` today"}`),
			"the proxy's answer is not JSON, it says":                                                 reply(200, "application/json", "{}"),
		} {
			client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: Static(Bearer(), secret)},
				activity.WithTransport(rt), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
			require.NoError(t, err)
			_, err = client.Do(t.Context(), Call{Op: "list things", Path: "/things", Read: true,
				Decode: func(*wire.Reader) error { return malformed("the proxy's answer is not JSON, it says") }})
			assert.ErrorContains(t, err, says)
		}
	}
}

func reply(status int, contentType, body string) http.RoundTripper {
	return roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, ContentLength: int64(len(body)),
			Body: io.NopCloser(strings.NewReader(body))}, nil
	})
}

// The cost of a good answer does not depend on the number of secrets.
func TestGoodAnswersNeedNoRedactor(t *testing.T) {
	credentials := Static(Bearer(), "canary")
	client, err := New(Config{Vendor: "acme", BaseURL: "https://api.example.com", Credentials: credentials},
		activity.WithTransport(reply(200, "application/json", "{}")))
	require.NoError(t, err)
	call := func() {
		_, err := client.Do(t.Context(), Call{Op: "list things", Path: "/things", Read: true, Decode: func(*wire.Reader) error { return nil }})
		require.NoError(t, err)
	}
	few := testing.AllocsPerRun(20, call)
	for i := range maxRecent / minRecent {
		credentials.recent.add(fmt.Sprintf("rotated token %d", i))
	}
	assert.InDelta(t, few, testing.AllocsPerRun(20, call), 2)
}
