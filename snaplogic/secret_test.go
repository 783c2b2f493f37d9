package snaplogic_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The password holds characters that are escaped in a URL, in JSON and in HTML.
const (
	canaryPassword = `canary-PASSWORD/+"<é>%&=;'\`
	canaryToken    = `canary-TOKEN.eyJhbGciOi-_~+/=`
)

func canaryCredentials() map[string]snaplogic.Credentials {
	return map[string]snaplogic.Credentials{
		"Basic": snaplogic.Basic(snaplogictest.User, canaryPassword), "Bearer": snaplogic.Bearer(static(canaryToken)),
	}
}

// assertNoCanary looks for the canaries in every form in which they can be read.
func assertNoCanary(t *testing.T, where, text string) {
	t.Helper()
	forms := []string{"canary", hex.EncodeToString([]byte("canary"))}
	for _, secret := range []string{snaplogictest.User + ":" + canaryPassword, canaryPassword, canaryToken} {
		forms = append(forms, base64.StdEncoding.EncodeToString([]byte(secret))[:20])
	}
	// The beginning of the credentials for Basic is the name, which is no secret; what follows is.
	forms[2] = base64.StdEncoding.EncodeToString([]byte(snaplogictest.User + ":" + canaryPassword))[28:48]
	if unescaped, err := url.QueryUnescape(text); err == nil {
		text += "\n" + unescaped
	}
	for _, form := range forms {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			assert.Fail(t, where+": a canary sings", text)
			return
		}
	}
}

// texts gives everything that printing v can show.
func texts(v any) string {
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%d", "%10v"} {
		fmt.Fprintf(&b, verb+"\n", v)
	}
	if text, err := json.Marshal(v); err == nil {
		b.Write(text)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
	return b.String() + log.String()
}

func assertSilentError(t *testing.T, err error) {
	t.Helper()
	assertNoCanary(t, "error", texts(err))
	e := failureOf(t, err)
	assertNoCanary(t, "body", string(e.Body))
	for _, cause := range e.Unwrap() {
		assertNoCanary(t, "cause", texts(cause))
	}
}

func TestCanariesAreRecognized(t *testing.T) {
	for name, text := range map[string]string{
		"plain": canaryPassword, "escaped": url.QueryEscape(canaryToken), "hex": hex.EncodeToString([]byte(canaryPassword)),
		"Basic": base64.StdEncoding.EncodeToString([]byte(snaplogictest.User + ":" + canaryPassword)),
	} {
		inner := &testing.T{}
		assertNoCanary(inner, name, "x "+text)
		assert.True(t, inner.Failed(), name)
	}
}

func TestCredentialsDoNotPrint(t *testing.T) {
	for name, c := range canaryCredentials() {
		client, err := snaplogic.New("a", c)
		require.NoError(t, err)
		type config struct {
			Public  snaplogic.Credentials
			private snaplogic.Credentials
			Client  *snaplogic.Client
			Nested  []map[string]snaplogic.Credentials
		}
		mine := config{c, c, client, []map[string]snaplogic.Credentials{{"a": c}}}
		for _, v := range []any{c, &c, *client, client, mine, &mine, []any{c}, client.Activities(snaplogic.ActivityQuery{})} {
			assertNoCanary(t, name, texts(v))
		}
		assert.Equal(t, "[credentials]", fmt.Sprint(c))
		assert.Equal(t, "[credentials]", fmt.Sprintf("%#v", c))
		encoded, err := json.Marshal(c)
		require.NoError(t, err)
		assert.JSONEq(t, `"[credentials]"`, string(encoded))
	}
	assert.NotPanics(t, func() { _ = texts(snaplogic.Credentials{}) + texts(&snaplogic.Credentials{}) })
}

// An echoing server, or a connection that quotes the request, gives nothing away.
func TestErrorsDoNotSing(t *testing.T) {
	reply := func(status int, contentType, before, after string) func(*http.Request, string) (*http.Response, error) {
		return func(req *http.Request, dump string) (*http.Response, error) {
			resp, err := serving(status, contentType, before+dump+after)(req)
			resp.Header.Set("X-Request-Id", strings.Join(strings.Fields(dump), "_"))
			return resp, err
		}
	}
	quoted := func(s string) string { q, _ := json.Marshal(s); return string(q) }
	for surface, answer := range map[string]func(*http.Request, string) (*http.Response, error){
		"text":         reply(400, "text/plain", "", ""),
		"HTML":         reply(500, "text/html", "<html><title>", "</title>"),
		"unauthorized": reply(401, "text/plain", "", ""),
		"JSON": func(req *http.Request, dump string) (*http.Response, error) {
			return serving(400, "application/json", `{"response_map":{"error_list":[{"message":`+quoted(dump)+`}]},"code":`+quoted(dump)+`}`)(req)
		},
		"inner status": func(req *http.Request, dump string) (*http.Response, error) {
			return serving(200, "application/json", `{"response_map":`+quoted(dump)+`,"http_status_code":403}`)(req)
		},
		"shape": func(req *http.Request, dump string) (*http.Response, error) {
			return serving(200, "application/json", `{`+quoted(dump)+`:1}`)(req)
		},
		"syntax":     reply(200, "application/json", `{"`, ``),
		"login page": reply(200, "text/html", "", ""),
		"odd type": func(req *http.Request, _ string) (*http.Response, error) {
			return serving(200, "text/"+req.Header.Get("Authorization"), "x")(req)
		},
		"redirect": func(req *http.Request, _ string) (*http.Response, error) {
			resp, err := serving(302, "text/html", "")(req)
			resp.Header.Set("Location", "https://evil.example.com/?"+req.Header.Get("Authorization"))
			return resp, err
		},
		"connection": func(req *http.Request, dump string) (*http.Response, error) {
			return nil, fmt.Errorf("cannot send %s: %q: %w", req.URL, dump, &url.Error{Op: "Get", URL: req.URL.String(), Err: io.ErrClosedPipe})
		},
	} {
		for name := range canaryCredentials() {
			t.Run(surface+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var log bytes.Buffer
					sent := ""
					rt := roundTrip(func(req *http.Request) (*http.Response, error) {
						dump, err := httputil.DumpRequest(req, true)
						require.NoError(t, err)
						sent = req.Header.Get("Authorization")
						secrets := canaryToken
						if _, password, ok := req.BasicAuth(); ok {
							secrets = password
						}
						return answer(req, secrets+" "+string(dump))
					})
					client, err := snaplogic.New("a", canaryCredentials()[name], activity.WithTransport(rt),
						activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
					require.NoError(t, err)
					_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
					require.Error(t, err)
					assertSilentError(t, err)
					assert.NotEmpty(t, sent)
					assert.NotEmpty(t, log.String())
					assertNoCanary(t, "log", log.String())
				})
			})
		}
	}
}

type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token() (*oauth2.Token, error) { return f() }

func TestTokenSourceErrors(t *testing.T) {
	for name, source := range map[string]sourceFunc{
		"what an endpoint echoed": func() (*oauth2.Token, error) {
			return nil, &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400, Status: "400"},
				Body: []byte("client_secret=" + canaryPassword), ErrorCode: "invalid_client"}
		},
		"no token":       func() (*oauth2.Token, error) { return nil, nil },
		"an empty token": func() (*oauth2.Token, error) { return &oauth2.Token{}, nil },
		"a broken token": func() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: canaryToken + "\r\nX: y"}, nil },
		"an error":       func() (*oauth2.Token, error) { return nil, errors.New("the identity provider is away") },
	} {
		server := snaplogictest.NewServer()
		client, err := snaplogic.New("a", snaplogic.Bearer(source), activity.WithTransport(server.Transport()), once())
		require.NoError(t, err)
		_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.Error(t, err, name)
		assertSilentError(t, err)
		assert.Empty(t, server.Requests(), name)
	}
}

// The secret leaves in the header alone, and what a user puts in between does not see it.
func TestTheSecretIsInTheHeaderOnly(t *testing.T) {
	for name, c := range canaryCredentials() {
		watched := 0
		watch := func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				watched++
				dump, err := httputil.DumpRequest(req, true)
				require.NoError(t, err)
				assertNoCanary(t, "middleware", string(dump))
				return next.RoundTrip(req)
			})
		}
		rt := roundTrip(func(req *http.Request) (*http.Response, error) {
			assert.Len(t, req.Header.Values("Authorization"), 1)
			rest := req.Clone(t.Context())
			rest.Header.Del("Authorization")
			dump, err := httputil.DumpRequest(rest, true)
			require.NoError(t, err)
			assertNoCanary(t, "request", rest.URL.String()+string(dump))
			return serving(200, "application/json", wrapped(0))(req)
		})
		client, err := snaplogic.New("a", c, activity.WithTransport(rt), activity.WithMiddleware(watch))
		require.NoError(t, err)
		_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.NoError(t, err, name)
		assert.Equal(t, 1, watched)
	}
}

// Neither a redirect nor somebody's middleware leads the secret to another host.
func TestNothingGoesElsewhere(t *testing.T) {
	for _, location := range []string{"https://evil.example.com/x", "http://elastic.snaplogic.com/", "https://elastic.snaplogic.com:444/", "//evil.example.com"} {
		var asked []string
		rt := roundTrip(func(req *http.Request) (*http.Response, error) {
			asked = append(asked, req.URL.Scheme+"://"+req.URL.Host)
			resp, err := serving(http.StatusTemporaryRedirect, "", "")(req)
			resp.Header.Set("Location", location)
			return resp, err
		})
		_, err := newClient(t, rt).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrForeignOrigin)
		assert.Equal(t, []string{"https://elastic.snaplogic.com"}, asked)
	}
	elsewhere := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.URL.Host = "evil.example.com"
			return next.RoundTrip(req)
		})
	}
	server := snaplogictest.NewServer()
	_, err := newClient(t, server.Transport(), activity.WithMiddleware(elsewhere)).Activities(snaplogic.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	assert.Empty(t, server.Requests())
}
