package opswat_test

import (
	"bytes"
	"context"
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
	"github.com/activity-sdk/activity/opswat"
)

// The canaries hold characters that are escaped in a URL, in JSON and in HTML.
const (
	canaryKey     = `canary-KEY/+"<é>`
	canarySecret  = `canary-SECRET%&=;'\`
	canaryRefresh = `canary-REFRESH/+"<é>`
	canaryRotated = `canary-ROTATED%&=;'`
	canaryAccess  = `canary-ACCESS/+"<%&='`
)

// assertNoCanary looks for the canaries in every form in which they can be read.
func assertNoCanary(t *testing.T, where, text string) {
	t.Helper()
	for _, unescape := range []func(string) string{
		func(s string) string { return s },
		func(s string) string { return strings.ReplaceAll(s, `\`, "") },
		func(s string) string {
			if u, err := url.QueryUnescape(s); err == nil {
				return u
			}
			return s
		},
	} {
		if strings.Contains(strings.ToLower(unescape(text)), "canary") {
			assert.Fail(t, where+": a canary sings", text)
			return
		}
	}
}

func assertSilentError(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	for ; err != nil; err = errors.Unwrap(err) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s"} {
			assertNoCanary(t, verb, fmt.Sprintf(verb, err))
		}
		var log bytes.Buffer
		slog.New(slog.NewJSONHandler(&log, nil)).Error("x", "err", err)
		slog.New(slog.NewTextHandler(&log, nil)).Error("x", "err", err)
		assertNoCanary(t, "slog", log.String())
		if e, ok := err.(*activity.Error); ok { //nolint:errorlint // each error of the chain on its own
			assertNoCanary(t, "Body", string(e.Body))
			encoded, jsonErr := json.Marshal(e)
			require.NoError(t, jsonErr)
			assertNoCanary(t, "JSON", string(encoded))
			for _, cause := range e.Unwrap() {
				assertNoCanary(t, "cause", fmt.Sprintf("%v %+v %#v", cause, cause, cause))
			}
		}
	}
}

func canaryCredentials() map[string]opswat.Credentials {
	return map[string]opswat.Credentials{
		"client credentials": opswat.ClientCredentials(canaryKey, canarySecret),
		"refresh token": opswat.RefreshToken(canaryKey, canarySecret, canaryRefresh,
			func(context.Context, string) error { return nil }),
		"access token": opswat.AccessToken(static(canaryAccess)),
	}
}

func tokenAnswer(req *http.Request) *http.Response {
	body, _ := json.Marshal(map[string]any{"access_token": canaryAccess, "refresh_token": canaryRotated, "expires_in": 43199})
	return answer(req, 200, string(body))
}

func TestCredentialsDoNotPrint(t *testing.T) {
	for name, c := range canaryCredentials() {
		t.Run(name, func(t *testing.T) {
			client, err := opswat.New(c)
			require.NoError(t, err)
			type config struct {
				Public  opswat.Credentials
				private opswat.Credentials
				Client  *opswat.Client
				Nested  []map[string]opswat.Credentials
			}
			mine := config{c, c, client, []map[string]opswat.Credentials{{"a": c}}}
			for _, v := range []any{c, &c, *client, client, mine, &mine, []any{c}} {
				for _, verb := range []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%d"} {
					assertNoCanary(t, verb, fmt.Sprintf(verb, v))
					assertNoCanary(t, verb, fmt.Sprintf("%"+"10"+verb[1:], v))
				}
				var log bytes.Buffer
				slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
				slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
				assertNoCanary(t, "slog", log.String())
				if encoded, err := json.Marshal(v); err == nil {
					assertNoCanary(t, "JSON", string(encoded))
				}
			}
			assert.Equal(t, "[credentials]", fmt.Sprint(c))
			assert.Equal(t, "[credentials]", fmt.Sprintf("%#v", c))
			encoded, err := json.Marshal(c)
			require.NoError(t, err)
			assert.JSONEq(t, `"[credentials]"`, string(encoded))
			assert.NotPanics(t, func() { _ = fmt.Sprint(opswat.Credentials{}, &opswat.Credentials{}) })
		})
	}
}

// An echoing server, or a connection that quotes the request, gives nothing away.
func TestErrorsDoNotSing(t *testing.T) {
	echo := func(status int, contentType, before, after string) func(*http.Request, string) (*http.Response, error) {
		return func(req *http.Request, dump string) (*http.Response, error) {
			resp := answer(req, status, before+dump+after)
			resp.Header.Set("Content-Type", contentType)
			resp.Header.Set("X-Request-Id", dump[:min(len(dump), 2000)])
			return resp, nil
		}
	}
	quoted := func(s string) string { q, _ := json.Marshal(s); return string(q) }
	jsonError := func(req *http.Request, dump string) (*http.Response, error) {
		return answer(req, 400, `{"code":`+quoted(dump)+`,"error":`+quoted(dump)+`,"error_description":`+quoted(dump)+`}`), nil
	}
	surfaces := map[string]func(*http.Request, string) (*http.Response, error){
		"API error, text":   echo(400, "text/plain", "", ""),
		"API error, HTML":   echo(500, "text/html", "<html><title>", "</title>"),
		"API error, JSON":   jsonError,
		"406":               echo(406, "application/json", `"`, `"`),
		"413 that is broke": echo(403, "text/plain", "", ""),
		"decode error":      echo(200, "application/json", `[{"`, ``),
		"shape error": func(req *http.Request, dump string) (*http.Response, error) {
			return answer(req, 200, `{`+quoted(dump)+`:1}`), nil
		},
		"wrong type": echo(200, "text/html", "", ""),
		"odd type":   func(req *http.Request, dump string) (*http.Response, error) { return typed(req, dump) },
		"redirect": func(req *http.Request, _ string) (*http.Response, error) {
			resp := answer(req, 302, "")
			resp.Header.Set("Location", "https://evil.example.com/?"+req.URL.RawQuery)
			return resp, nil
		},
		"connection error": func(req *http.Request, _ string) (*http.Response, error) {
			return nil, &url.Error{Op: "Post", URL: req.URL.String(), Err: errors.New("no route to host")}
		},
		"quoting error": func(req *http.Request, dump string) (*http.Response, error) {
			return nil, fmt.Errorf("cannot send %s: %q: %w", req.URL, dump, &url.Error{Op: "Post", URL: req.URL.String(), Err: io.ErrClosedPipe})
		},
		"broken body": func(req *http.Request, dump string) (*http.Response, error) {
			resp := answer(req, 200, "")
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("["+dump), failing{fmt.Errorf("lost %s", req.URL)}))
			return resp, nil
		},
	}
	for kind := range canaryCredentials() {
		for name, surface := range surfaces {
			for _, atToken := range []bool{false, true} {
				if atToken && kind == "access token" {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, at token: %v", kind, name, atToken), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := canaryCredentials()[kind]
						var log bytes.Buffer
						rt := roundTrip(func(req *http.Request) (*http.Response, error) {
							dump, err := httputil.DumpRequest(req, true)
							require.NoError(t, err)
							if isTokenRequest(req) == atToken {
								return surface(req, req.URL.String()+" "+string(dump))
							}
							return tokenAnswer(req), nil
						})
						client := newClient(t, rt, c, activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
						_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
						assertSilentError(t, err)
						assert.NotEmpty(t, log.String())
						assertNoCanary(t, "log", log.String())
					})
				})
			}
		}
	}
}

func typed(req *http.Request, dump string) (*http.Response, error) {
	resp := answer(req, 200, "x")
	resp.Header.Set("Content-Type", strings.Map(func(r rune) rune {
		if r < ' ' {
			return '_'
		}
		return r
	}, dump))
	return resp, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// A token source that fails with what the token endpoint echoed.
func TestTokenSourceErrorDoesNotSing(t *testing.T) {
	source := sourceFunc(func() (*oauth2.Token, error) {
		return nil, &oauth2.RetrieveError{
			Response: &http.Response{StatusCode: 400, Status: "400"},
			Body:     []byte("client_secret=" + canarySecret), ErrorCode: "invalid_client", ErrorDescription: canarySecret,
		}
	})
	client := newClient(t, serving(200, "[]"), opswat.AccessToken(source))
	_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.Equal(t, "invalid_client", kindOf(t, err).Code)
	assertSilentError(t, err)
}

type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token() (*oauth2.Token, error) { return f() }

// The access token stands in the URL's query that goes out, and in nothing else that anybody sees.
func TestTokenIsInTheQueryOnly(t *testing.T) {
	for kind := range canaryCredentials() {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen, out := 0, 0
				watch := func(next http.RoundTripper) http.RoundTripper {
					return roundTrip(func(req *http.Request) (*http.Response, error) {
						seen++
						assert.False(t, isTokenRequest(req), "token requests hold the secret in their form")
						assertRequestIsClean(t, req)
						resp, err := next.RoundTrip(req)
						if err != nil {
							assertNoCanary(t, "error in middleware", fmt.Sprintf("%v %+v %#v", err, err, err))
							return nil, err
						}
						assertRequestIsClean(t, resp.Request)
						return resp, err
					})
				}
				rt := roundTrip(func(req *http.Request) (*http.Response, error) {
					if isTokenRequest(req) {
						assert.Empty(t, req.URL.RawQuery)
						for name, values := range req.Header {
							assertNoCanary(t, name, strings.Join(values, " "))
						}
						return tokenAnswer(req), nil
					}
					out++
					assert.Equal(t, canaryAccess, req.URL.Query().Get("access_token"))
					req = req.Clone(t.Context())
					req.URL.RawQuery = ""
					assertRequestIsClean(t, req)
					switch out {
					case 1:
						return nil, &url.Error{Op: "Post", URL: req.URL.String() + "?access_token=" + url.QueryEscape(canaryAccess), Err: io.ErrUnexpectedEOF}
					case 2:
						resp := answer(req, 503, "")
						return resp, nil
					}
					return answer(req, 200, "[]"), nil
				})
				client := newClient(t, rt, canaryCredentials()[kind], activity.WithMiddleware(watch, watch))
				_, err := client.Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Equal(t, 3, out)
				assert.Equal(t, 6, seen, "every attempt, both of them")
			})
		})
	}
}

func assertRequestIsClean(t *testing.T, req *http.Request) {
	t.Helper()
	assertNoCanary(t, "URL", req.URL.String())
	assert.Empty(t, req.Header.Get("Referer"))
	dump, err := httputil.DumpRequest(req, true)
	require.NoError(t, err)
	assertNoCanary(t, "request", string(dump))
}

// A redirect or a base on another host gets nothing.
func TestNothingGoesElsewhere(t *testing.T) {
	for _, location := range []string{"https://evil.example.com/x", "http://gears.opswat.com/o/api/v3/activities", "https://gears.opswat.com:444/", "//evil.example.com"} {
		hosts := map[string]bool{}
		rt := roundTrip(func(req *http.Request) (*http.Response, error) {
			hosts[req.URL.Scheme+"://"+req.URL.Host] = true
			if isTokenRequest(req) {
				return tokenAnswer(req), nil
			}
			resp := answer(req, http.StatusTemporaryRedirect, "")
			resp.Header.Set("Location", location)
			return resp, nil
		})
		_, err := newClient(t, rt, canaryCredentials()["client credentials"]).Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
		require.ErrorIs(t, err, activity.ErrForeignOrigin)
		assert.Equal(t, map[string]bool{"https://gears.opswat.com": true}, hosts)
	}

	elsewhere := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.URL.Host = "evil.example.com"
			return next.RoundTrip(req)
		})
	}
	sent := 0
	rt := roundTrip(func(req *http.Request) (*http.Response, error) {
		sent++
		return tokenAnswer(req), nil
	})
	_, err := newClient(t, rt, canaryCredentials()["client credentials"], activity.WithMiddleware(elsewhere)).
		Activities(opswat.ActivityQuery{}).Collect(t.Context(), 0)
	require.ErrorIs(t, err, activity.ErrForeignOrigin)
	assert.Equal(t, 1, sent, "the token request")
}
