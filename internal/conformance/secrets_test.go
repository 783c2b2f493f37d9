package conformance_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
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

// secrets are what stands where secrets do. They hold what is escaped in a URL, in JSON and in
// HTML, and begin and end with a word that none of these change: it may not be seen again, in
// whatever disguise.
type secrets struct {
	password     string // or a client's secret
	token        string // an access token that the program has from elsewhere
	refreshToken string
	apiKey       string
	privateKey   []byte // PEM
}

const (
	word    = "canary"
	granted = `canary-GRANTED.-_~+/canary` // an access token of the service's
	rotated = `canary-ROTATED%&=;'canary`  // a refresh token of the service's
)

func newSecrets(t *testing.T) secrets {
	t.Helper()
	return secrets{
		password:     `canary-PASSWORD/+ "<é>%&=;'\canary`,
		token:        `canary-TOKEN.eyJhbGciOi-_~+/canary`,
		refreshToken: `canary-REFRESH/+"<é>canary`,
		apiKey:       `canary-KEY.%&=;/+~canary`,
		privateKey:   privateKey(t),
	}
}

// newKey makes a private key, which takes a while, once.
var newKey = sync.OnceValues(func() ([]byte, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
})

func privateKey(t *testing.T) []byte {
	t.Helper()
	key, err := newKey()
	require.NoError(t, err)
	return bytes.Clone(key)
}

// traces are the forms in which a secret can be recognized.
func (s secrets) traces() []string {
	var traces []string
	for _, secret := range []string{word, strings.Split(string(s.privateKey), "\n")[3]} {
		traces = append(traces, secret, hex.EncodeToString([]byte(secret)), strings.Trim(fmt.Sprint([]byte(secret)), "[]")) //nolint:staticcheck // as fmt shows bytes
	}
	for before := range 3 { // as a part of something longer
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + word))
		first := (8*before + 5) / 6
		traces = append(traces, text[first:(8*(before+len(word)))/6])
	}
	return traces
}

// lookout looks for secrets in texts.
type lookout struct {
	traces []string
	texts  int
}

func (l *lookout) check(t *testing.T, m *mirror, texts ...string) {
	t.Helper()
	for _, text := range texts {
		l.texts++
		lower := strings.ToLower(text)
		for _, trace := range append(l.traces, m.assertions...) {
			i := strings.Index(text, trace)
			if i < 0 {
				i = strings.Index(lower, trace)
			}
			if i >= 0 {
				t.Fatalf("%q is seen in …%q…", trace, text[max(i-120, 0):min(i+80, len(text))])
			}
		}
	}
}

func TestLookout(t *testing.T) {
	s := newSecrets(t)
	for _, text := range []string{
		s.password, base64.StdEncoding.EncodeToString([]byte("a@example.com:" + s.password)), base64.StdEncoding.EncodeToString([]byte("id:" + s.password)),
		base64.URLEncoding.EncodeToString([]byte(s.apiKey)), fmt.Sprintf("%X", s.token), fmt.Sprint([]byte(granted)), string(s.privateKey), //nolint:staticcheck // as fmt shows bytes
		fmt.Sprintf("%x", s.privateKey),
	} {
		found := false
		for _, trace := range s.traces() {
			found = found || strings.Contains(text, trace) || strings.Contains(strings.ToLower(text), trace)
		}
		assert.True(t, found, text)
	}
}

// No form in which a program may print what it holds shows a secret, and no error, log line or
// middleware does, even if the service throws back all that it was sent.
func TestNoSecretIsSeen(t *testing.T) {
	s := newSecrets(t)
	look := &lookout{traces: s.traces()}
	perVendor := map[string]bool{}
	for _, a := range adapters {
		if perVendor[a.vendor] {
			continue // its lists are read in the same way
		}
		perVendor[a.vendor] = true
		for _, l := range a.logins(s) {
			t.Run(a.String()+", "+l.name, func(t *testing.T) {
				look.check(t, &mirror{}, texts(l.credentials()))
				for name, echo := range echoes {
					mirrors := map[string]*mirror{"of the API": {api: echo, token: grants}}
					if l.asks {
						mirrors["for a token"] = &mirror{api: echoes["a message"], token: echo}
					}
					for where, m := range mirrors {
						t.Run(name+", "+where, func(t *testing.T) {
							synctest.Test(t, func(t *testing.T) { exercise(t, look, a, l, m) })
						})
					}
				}
			})
		}
	}
	assert.Greater(t, look.texts, 1000)
}

// Credentials that a vendor's functions make say what they are, wherever they are printed or
// logged.
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
			assert.Equal(t, `"`+placeholder+`"`, marshaled(credentials))
		}
	}
}

// Credentials that New refuses are in no form of its error, nor of themselves.
func TestRefusedSecretIsNotSeen(t *testing.T) {
	s := newSecrets(t)
	look := &lookout{traces: s.traces()}
	for _, broken := range []secrets{
		{s.password + "\n", s.token + "\n", s.refreshToken + "\n", s.apiKey + "\n", s.privateKey[10:]},
		{privateKey: []byte(s.password)},
	} {
		for _, a := range adapters {
			for _, l := range a.logins(broken) {
				credentials := l.credentials()
				_, err := a.newClient(credentials)
				look.check(t, &mirror{}, texts(credentials), texts(err))
			}
		}
	}
}

// A secret that came with white space around it, as from a file, is refused by New, for every
// login. Where a token is the program's own source's, nothing is sent with it.
func TestSecretsWithSpaces(t *testing.T) {
	for _, around := range []string{"%s\n", "%s\r\n", "\n%s", " %s", "%s ", "\t%s"} {
		spoilt := func(secret string) string { return strings.Replace(around, "%s", secret, 1) }
		s := secrets{password: spoilt("word"), token: spoilt("word"), refreshToken: spoilt("word"), apiKey: spoilt("word"), privateKey: privateKey(t)}
		t.Run(strconv.Quote(around), func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				for _, l := range a.logins(s) {
					sent := 0
					c, err := a.newClient(l.credentials(), activity.WithTransport(tripper(func(req *http.Request) (*http.Response, error) {
						sent++
						return grants(req, "")
					})))
					if err == nil {
						require.NotNil(t, a.bearer, "%s is not refused", l.name)
						require.False(t, l.asks, "%s is not refused", l.name)
						_, err = c.list(query{}).Page(t.Context(), "")
					}
					require.Error(t, err, l.name)
					assert.Zero(t, sent, l.name)
				}
			})
		})
	}
}

// exercise has a program read a list and follow a feed, and looks at all that it has then.
func exercise(t *testing.T, look *lookout, a *adapter, l login, m *mirror) {
	t.Helper()
	var log bytes.Buffer
	w := &witness{}
	c, err := a.newClient(l.credentials(), activity.WithTransport(m), activity.WithMiddleware(w.wrap),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}),
		activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	require.NoError(t, err)
	list := c.list(query{})
	_, err = idsUntil(t.Context(), list, "")
	_ = failure(t, a, err)
	held := []any{c.value, list, err}
	if !a.noFeed {
		feed := c.feed(query{})
		for batch, err := range feed.Round(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
			held = append(held, feed, batch, err)
		}
	}
	for _, v := range held {
		look.check(t, m, texts(v))
	}
	look.check(t, m, log.String(), w.seen.String())
	assert.NotEmpty(t, log.String())
}

// witness is middleware that writes down all that it sees, and logs errors as middleware does.
type witness struct {
	mu   sync.Mutex
	seen strings.Builder
}

func (w *witness) wrap(next http.RoundTripper) http.RoundTripper {
	return tripper(func(req *http.Request) (*http.Response, error) {
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

// A secret goes out where the vendor wants it, and nowhere else: middleware sees none in any
// attempt of a walk that succeeds.
func TestMiddlewareSeesNoSecret(t *testing.T) {
	look := &lookout{traces: newSecrets(t).traces()}
	everyLogin(t, anyone, func(t *testing.T, s *service, l login) {
		w := &witness{}
		s.Fail()
		collect(t, s.clientWith(t, l.credentials(), activity.WithMiddleware(w.wrap)).list(bounded(5)))
		sent := map[string]bool{}
		for _, r := range s.calls() {
			sent[r.Header.Get("Authorization")], sent[r.Query().Get("access_token")] = true, true
		}
		delete(sent, "")
		assert.NotEmpty(t, sent)
		for secret := range sent {
			look.traces = append(look.traces, secret)
		}
		look.check(t, &mirror{}, w.seen.String())
		assert.NotContains(t, w.seen.String(), "Authorization")
	})
}

// A token source of the program's own may fail with whatever it knows.
func TestTokenSourceFails(t *testing.T) {
	s := newSecrets(t)
	look := &lookout{traces: s.traces()}
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
			each(t, those(func(a *adapter) bool { return a.bearer != nil }), func(t *testing.T, a *adapter) {
				fake := a.fill(3)
				c := fake.clientWith(t, a.bearer(source), activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}))
				_, err := idsUntil(context.Background(), c.list(query{}), "")
				_ = failure(t, a, err)
				look.check(t, &mirror{}, texts(err))
				assert.Empty(t, fake.Requests())
			})
		})
	}
}

type tokenSource func() (*oauth2.Token, error)

func (f tokenSource) Token() (*oauth2.Token, error) { return f() }
