package conformance_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
)

// TestNoSecretIsShown checks that no way to print a value shows a secret, and that no error, log
// line or middleware does, even if the service echoes all that it received.
func TestNoSecretIsShown(t *testing.T) {
	s := newSecrets(t)
	leaks := &leakCheck{traces: s.traces()}
	for _, a := range oneOfEachVendor() {
		for _, l := range a.logins(s) {
			t.Run(a.String()+", "+l.name, func(t *testing.T) {
				leaks.check(t, &echoServer{}, printed(l.credentials()))
				for name, echo := range echoes {
					mirrors := map[string]*echoServer{"of the API": {api: echo, token: grantToken}}
					if l.fetchesToken {
						mirrors["for a token"] = &echoServer{api: echoes["a message"], token: echo}
					}
					for where, m := range mirrors {
						t.Run(name+", "+where, func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) { readAndCheck(t, leaks, a, l, m) })
						})
					}
				}
			})
		}
	}
	assert.Greater(t, leaks.texts, 1000)
}

// readAndCheck reads a list and a feed, and checks everything that the program then holds.
func readAndCheck(t *testing.T, leaks *leakCheck, a *adapter, l login, m *echoServer) {
	t.Helper()
	var log bytes.Buffer
	w := &spy{}
	c, err := a.newClient(l.credentials(), activity.WithTransport(m), activity.WithMiddleware(w.wrap),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}),
		activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)
	list := c.list(query{})
	_, err = readIDs(t.Context(), list, "")
	_ = asError(t, a, err)
	held := []any{c.value, list, err}
	if !a.noFeed {
		feed := c.feed(query{})
		for batch, err := range feed.Round(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			held = append(held, feed, batch, err)
		}
	}
	for _, v := range held {
		leaks.check(t, m, printed(v))
	}
	leaks.check(t, m, log.String(), w.seen.String())
	assert.NotEmpty(t, log.String())
}

// spy is middleware that writes down everything it sees, and logs errors.
type spy struct {
	mu   sync.Mutex
	seen strings.Builder
}

func (w *spy) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		w.mu.Lock()
		defer w.mu.Unlock()
		fmt.Fprintf(&w.seen, "%v %+v %v %v\n", req.URL, req.Header, req.Context(), err)
		if resp != nil {
			fmt.Fprintf(&w.seen, "%v %+v\n", resp.Request.URL, resp.Request.Header)
		}
		return resp, err
	})
}

// TestMiddlewareSeesNoSecret checks that middleware sees no secret in any attempt of a successful
// walk.
func TestMiddlewareSeesNoSecret(t *testing.T) {
	leaks := &leakCheck{traces: newSecrets(t).traces()}
	everyLogin(t, anyLogin, func(t *testing.T, s *service, l login) {
		w := &spy{}
		s.Fail()
		readAll(t, s.clientWith(t, l.credentials(), activity.WithMiddleware(w.wrap)).list(bounded(5)))
		sent := map[string]bool{}
		for _, r := range s.calls() {
			sent[r.Header.Get("Authorization")], sent[r.Query().Get("access_token")] = true, true
		}
		delete(sent, "")
		assert.NotEmpty(t, sent)
		for secret := range sent {
			leaks.traces = append(leaks.traces, secret)
		}
		leaks.check(t, &echoServer{}, w.seen.String())
		assert.NotContains(t, w.seen.String(), "Authorization")
	})
}

// TestCredentialsShowAPlaceholder checks what credentials print and log.
func TestCredentialsShowAPlaceholder(t *testing.T) {
	const placeholder = "[credentials]"
	s := newSecrets(t)
	for _, a := range adapters {
		for _, l := range a.logins(s) {
			credentials := l.credentials()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				assert.Equal(t, placeholder, fmt.Sprintf(verb, credentials), verb)
			}
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("", "c", credentials)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("", "c", credentials)
			assert.Equal(t, 2, strings.Count(log.String(), placeholder), log.String())
			assert.Equal(t, `"`+placeholder+`"`, toJSON(credentials))
		}
	}
}

// TestRefusedSecretIsNotShown checks that neither the error of New nor the credentials it refused
// show the secret.
func TestRefusedSecretIsNotShown(t *testing.T) {
	s := newSecrets(t)
	leaks := &leakCheck{traces: s.traces()}
	for _, broken := range []secrets{
		{s.password + "\n", s.token + "\n", s.refreshToken + "\n", s.apiKey + "\n", s.privateKey[10:]},
		{privateKey: []byte(s.password)},
	} {
		for _, a := range adapters {
			for _, l := range a.logins(broken) {
				credentials := l.credentials()
				_, err := a.newClient(credentials)
				leaks.check(t, &echoServer{}, printed(credentials), printed(err))
			}
		}
	}
}

// TestTokenSourceFails checks the errors of a program's own token source, whatever they contain.
func TestTokenSourceFails(t *testing.T) {
	s := newSecrets(t)
	leaks := &leakCheck{traces: s.traces()}
	for name, source := range map[string]tokenSource{
		"what an endpoint echoed": func() (*oauth2.Token, error) {
			return nil, &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400, Status: "400"},
				Body: []byte(s.password), ErrorCode: "invalid_client", ErrorDescription: "do not know client_secret=" + strconv.Quote(s.password)}
		},
		"no token":       func() (*oauth2.Token, error) { return nil, nil }, //nolint:nilnil // that is what is tested
		"an empty token": func() (*oauth2.Token, error) { return &oauth2.Token{}, nil },
		"a broken token": func() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: s.token + "\r\nX: y"}, nil },
		"a huge token": func() (*oauth2.Token, error) {
			return &oauth2.Token{AccessToken: strings.Repeat("canary", 16<<10/6+1)}, nil
		},
		"an error": func() (*oauth2.Token, error) { return nil, errors.New("the identity provider is away") },
	} {
		t.Run(name, func(t *testing.T) {
			everyOf(t, adaptersWhere(takesTokenSource), func(t *testing.T, a *adapter) {
				fake := a.fill(3)
				c := fake.clientWith(t, a.bearer(source), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				_, err := readIDs(context.Background(), c.list(query{}), "")
				_ = asError(t, a, err)
				leaks.check(t, &echoServer{}, printed(err))
				assert.Empty(t, fake.Requests())
			})
		})
	}
}

type tokenSource func() (*oauth2.Token, error)

func (f tokenSource) Token() (*oauth2.Token, error) { return f() }
