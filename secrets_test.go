package activity_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// Canaries stand where secrets do. None may be seen again, in whatever disguise a text form gives it.
const (
	canarySecret   = "canary-client-secret-5d1f"
	canaryPassword = "canary&password 77b0"
	canaryToken    = "canary-access-token-90ce"
	canaryRefresh  = "canary-refresh-token-13aa"
	canaryRotated  = "canary-rotated-token-64e8"
	canaryKey      = "canary-api-key-2ab4"
)

// secretive is one way to log in, and a list to read with it.
type secretive struct {
	name        string
	credentials func() any
	// read gives all that a program holds afterwards, and how reading ended.
	read func(ctx context.Context, opts ...activity.Option) (held []any, err error)
}

// exercise reads a client's list, and follows its feed.
func exercise[T any](ctx context.Context, client any, list activity.List[T], feed activity.Feed[T]) ([]any, error) {
	_, err := list.Collect(ctx, 0)
	held := []any{client, list, feed}
	for batch, failure := range feed.Follow(ctx, activity.Checkpoint{}, activity.FollowOptions{Since: time.Now().Add(-time.Hour)}) {
		held = append(held, batch, failure)
	}
	return held, err
}

func everyLogin(t *testing.T) (logins []secretive, canaries []string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	jwt := aspera.JWT{Organization: "acme", ClientID: "id", ClientSecret: canarySecret, PrivateKey: key, User: "a@example.com"}
	source := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canaryToken})

	readAspera := func(c func() aspera.Credentials) func(context.Context, ...activity.Option) ([]any, error) {
		return func(ctx context.Context, opts ...activity.Option) ([]any, error) {
			client, err := aspera.New(c(), opts...)
			if err != nil {
				return nil, err
			}
			r := client.Organization("1")
			return exercise(ctx, client, r.Transfers(aspera.TransferQuery{}), r.TransferFeed(aspera.TransferQuery{}))
		}
	}
	readSnapLogic := func(c func() snaplogic.Credentials) func(context.Context, ...activity.Option) ([]any, error) {
		return func(ctx context.Context, opts ...activity.Option) ([]any, error) {
			client, err := snaplogic.New("acme", c(), opts...)
			if err != nil {
				return nil, err
			}
			return exercise(ctx, client, client.Activities(snaplogic.ActivityQuery{}), client.ActivityFeed(snaplogic.ActivityQuery{}))
		}
	}
	readOPSWAT := func(c func() opswat.Credentials) func(context.Context, ...activity.Option) ([]any, error) {
		return func(ctx context.Context, opts ...activity.Option) ([]any, error) {
			client, err := opswat.New(c(), opts...)
			if err != nil {
				return nil, err
			}
			return exercise(ctx, client, client.Activities(opswat.ActivityQuery{}), client.ActivityFeed(opswat.ActivityQuery{}))
		}
	}
	readSDElements := func(c func() sdelements.Credentials) func(context.Context, ...activity.Option) ([]any, error) {
		return func(ctx context.Context, opts ...activity.Option) ([]any, error) {
			client, err := sdelements.New("https://acme.example.com", c(), opts...)
			if err != nil {
				return nil, err
			}
			return exercise(ctx, client, client.Activities(sdelements.ActivityQuery{}), client.ActivityFeed(sdelements.ActivityQuery{}))
		}
	}
	keep := func(context.Context, string) error { return nil }
	lose := func(_ context.Context, token string) error { return errors.New("cannot store " + token) }

	// New credentials for each walk, since they remember a pause.
	for name, c := range map[string]func() aspera.Credentials{
		"aspera JWT":        func() aspera.Credentials { return jwt },
		"aspera shared JWT": jwt.Shared,
		"aspera bearer":     func() aspera.Credentials { return aspera.Bearer(source) },
	} {
		logins = append(logins, secretive{name, func() any { return c() }, readAspera(c)})
	}
	for name, c := range map[string]func() snaplogic.Credentials{
		"snaplogic basic":  func() snaplogic.Credentials { return snaplogic.Basic("a@example.com", canaryPassword) },
		"snaplogic bearer": func() snaplogic.Credentials { return snaplogic.Bearer(source) },
	} {
		logins = append(logins, secretive{name, func() any { return c() }, readSnapLogic(c)})
	}
	for name, c := range map[string]func() opswat.Credentials{
		"opswat client":       func() opswat.Credentials { return opswat.ClientCredentials("id", canarySecret) },
		"opswat refresh":      func() opswat.Credentials { return opswat.RefreshToken("id", canarySecret, canaryRefresh, keep) },
		"opswat refresh lost": func() opswat.Credentials { return opswat.RefreshToken("id", canarySecret, canaryRefresh, lose) },
		"opswat source":       func() opswat.Credentials { return opswat.AccessToken(source) },
	} {
		logins = append(logins, secretive{name, func() any { return c() }, readOPSWAT(c)})
	}
	for name, c := range map[string]func() sdelements.Credentials{
		"sdelements token": func() sdelements.Credentials { return sdelements.Token(canaryKey) },
		"sdelements basic": func() sdelements.Credentials { return sdelements.Basic("a", canaryPassword) },
	} {
		logins = append(logins, secretive{name, func() any { return c() }, readSDElements(c)})
	}

	canaries = []string{canarySecret, canaryPassword, url.QueryEscape(canaryPassword), url.PathEscape(canaryPassword), canaryToken,
		canaryRefresh, canaryRotated, canaryKey, strings.Split(string(key), "\n")[3], "canary"}
	for _, c := range canaries {
		canaries = append(canaries, base64.StdEncoding.EncodeToString([]byte(c)), fmt.Sprintf("%x", c))
	}
	canaries = append(canaries, base64.StdEncoding.EncodeToString([]byte("a@example.com:"+canaryPassword)),
		base64.StdEncoding.EncodeToString([]byte("a:"+canaryPassword)), base64.StdEncoding.EncodeToString([]byte("id:"+canarySecret)))
	return logins, canaries
}

// mirror is a service that answers with what it was sent. It notes the assertions that were made for it.
type mirror struct {
	api, token func(req *http.Request, echo string) (*http.Response, error)

	mu         sync.Mutex
	assertions []string
}

func (m *mirror) RoundTrip(req *http.Request) (*http.Response, error) {
	dump, err := httputil.DumpRequestOut(req, true)
	if err != nil {
		return nil, err
	}
	_, body, _ := strings.Cut(string(dump), "\r\n\r\n")
	form, _ := url.ParseQuery(body)
	echo := string(dump) + req.URL.String() + fmt.Sprint(form)
	if assertion := form.Get("assertion"); assertion != "" {
		m.mu.Lock()
		m.assertions = append(m.assertions, assertion)
		m.mu.Unlock()
	}
	if form.Has("grant_type") {
		return m.token(req, echo)
	}
	return m.api(req, echo)
}

func reply(status int, contentType, body string, headers ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {contentType}}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, headers[i+1]))
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}, nil
}

func inJSON(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

func grants(*http.Request, string) (*http.Response, error) {
	return reply(200, "application/json", `{"access_token":"`+canaryToken+`","refresh_token":"`+canaryRotated+`","expires_in":3600}`)
}

// echoes are the ways in which a service can throw back what it was sent.
var echoes = map[string]func(*http.Request, string) (*http.Response, error){
	"message": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(400, "application/json", `{"code":`+inJSON(echo)+`,"message":`+inJSON(echo)+`,"request_id":`+inJSON(echo)+`}`, "X-Request-Id", echo)
	},
	"fields": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(400, "application/json", `{`+inJSON(echo)+`:[`+inJSON(echo)+`]}`)
	},
	"OAuth error": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(401, "application/json", `{"error":`+inJSON(echo)+`,"error_description":`+inJSON(echo)+`}`)
	},
	"HTML": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "text/html", "<title>"+echo)
	},
	"HTML 500": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(500, "text/html", "<title>"+echo)
	},
	"plain text": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", echo)
	},
	"wrong shape": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", `{`+inJSON(echo)+`:`+inJSON(echo)+`}`)
	},
	"wrong kind": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", inJSON(echo))
	},
	"cut": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(200, "application/json", `{"entries":[`+inJSON(echo))
	},
	"content type": func(_ *http.Request, echo string) (*http.Response, error) { return reply(200, "text/"+echo, "x") },
	"redirect": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(302, "text/html", echo, "Location", "https://evil.example.com/?"+url.QueryEscape(echo))
	},
	"link": func(_ *http.Request, echo string) (*http.Response, error) {
		link := inJSON("https://evil.example.com/?" + url.QueryEscape(echo))
		return reply(200, "application/json", `{"transfers":[],"next":{"href":`+link+`},"results":[],"count":"`+"x"+`"}`)
	},
	"throttled": func(_ *http.Request, echo string) (*http.Response, error) {
		return reply(429, "application/json", `{"detail":`+inJSON(echo)+`}`, "Retry-After", "9999")
	},
	"connection": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("dial: refused: " + echo)}
	},
	"wrapped connection": func(req *http.Request, echo string) (*http.Response, error) {
		return nil, fmt.Errorf("proxy: %w, %s", &url.Error{Op: req.Method, URL: req.URL.String(), Err: errors.New("refused")}, echo)
	},
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

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// allTexts is every form in which a program may print a value, nested in its own structs too.
func allTexts(t *testing.T, v any) string {
	t.Helper()
	type users struct {
		Shown any
		Deep  struct{ Inner []any }
	}
	nested := users{Shown: v}
	nested.Deep.Inner = []any{v, &v}
	var out bytes.Buffer
	for _, value := range []any{v, &v, nested, &nested, map[string]any{"v": v}} {
		verbs := []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "%d", "%t"}
		if _, plain := v.(aspera.JWT); !plain { // fmt asks no type what %p is to print, and JWT is a plain struct
			verbs = append(verbs, "%p")
		}
		for _, verb := range verbs {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		fmt.Fprintf(&out, "%s %v\n", text, err)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", value)
		slog.New(slog.NewTextHandler(&out, nil)).Error("m", slog.Group("g", "v", value))
		func() {
			defer func() { fmt.Fprintln(&out, recover()) }()
			panic(value)
		}()
	}
	if err, ok := v.(error); ok {
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintln(&out, e)
		}
		if e, ok := errors.AsType[*activity.Error](err); ok {
			fmt.Fprintf(&out, "%s %q %v %v %v %v\n", e.Body, e.Body, e.Fields, e.Kind, e.Err, e.Unwrap())
			fmt.Fprintf(&out, "%+v %#v\n", *e, *e)
		}
	}
	return out.String()
}

func TestNoSecretIsSeen(t *testing.T) {
	logins, canaries := everyLogin(t)
	surfaces := 0
	check := func(t *testing.T, m *mirror, texts ...string) {
		t.Helper()
		for _, text := range texts {
			surfaces++
			for _, canary := range append(canaries, m.assertions...) {
				if i := strings.Index(text, canary); i >= 0 {
					t.Fatalf("%q is seen in …%q…", canary, text[max(i-120, 0):min(i+80, len(text))])
				}
			}
		}
	}
	for _, login := range logins {
		check(t, &mirror{}, allTexts(t, login.credentials()))
		for name, echo := range echoes {
			for where, m := range map[string]*mirror{"api": {api: echo, token: grants}, "token": {api: echoes["message"], token: echo}} {
				t.Run(login.name+"/"+name+"/"+where, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						var log bytes.Buffer
						w := &witness{}
						held, err := login.read(t.Context(), activity.WithTransport(m), activity.WithMiddleware(w.wrap),
							activity.WithRetry(activity.RetryPolicy{MaxAttempts: 2}),
							activity.WithLogger(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
						require.Error(t, err)
						var e *activity.Error
						require.ErrorAs(t, err, &e)
						check(t, m, allTexts(t, err), log.String(), w.seen.String())
						for _, v := range held {
							check(t, m, allTexts(t, v))
						}
					})
				})
			}
		}
	}
	assert.Greater(t, surfaces, 1000)
	t.Logf("%d texts looked through for %d canaries", surfaces, len(canaries))
}
