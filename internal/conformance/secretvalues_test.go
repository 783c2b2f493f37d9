package conformance_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// secrets are the secrets of a login. They contain characters that are escaped in a URL, in JSON
// and in HTML, and begin and end with a word that no encoding of those changes. The tests look for
// that word.
type secrets struct {
	password     string // or a client's secret
	token        string // an access token from the program's own source
	refreshToken string
	apiKey       string
	privateKey   []byte // PEM
}

const (
	word         = "canary"
	grantedToken = `canary-GRANTED.-_~+/canary` // the access token that the service grants
	rotatedToken = `canary-ROTATED%&=;'canary`  // the refresh token that the service grants
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

// newKey generates a private key once, since that takes a while.
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

// traces returns the texts by which a secret is recognized.
func (s secrets) traces() []string {
	var traces []string
	for _, secret := range []string{word, strings.Split(string(s.privateKey), "\n")[3]} {
		traces = append(traces, secret, hex.EncodeToString([]byte(secret)), strings.Trim(fmt.Sprint([]byte(secret)), "[]")) //nolint:staticcheck // as fmt shows bytes
	}
	for before := range 3 { // at each offset within a longer text
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", before) + word))
		first := (8*before + 5) / 6
		traces = append(traces, text[first:(8*(before+len(word)))/6])
	}
	return traces
}

// leakCheck looks for secrets in texts.
type leakCheck struct {
	traces []string
	texts  int
}

func (l *leakCheck) check(t *testing.T, m *echoServer, texts ...string) {
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
				t.Fatalf("%q is shown in …%q…", trace, text[max(i-120, 0):min(i+80, len(text))])
			}
		}
	}
}

// TestLeakCheck checks that the secrets can be recognized in every form in which they are printed.
func TestLeakCheck(t *testing.T) {
	s := newSecrets(t)
	for _, text := range []string{
		s.password, base64.StdEncoding.EncodeToString([]byte("a@example.com:" + s.password)), base64.StdEncoding.EncodeToString([]byte("id:" + s.password)),
		base64.URLEncoding.EncodeToString([]byte(s.apiKey)), fmt.Sprintf("%X", s.token), fmt.Sprint([]byte(grantedToken)), string(s.privateKey), //nolint:staticcheck // as fmt shows bytes
		fmt.Sprintf("%x", s.privateKey),
	} {
		found := false
		for _, trace := range s.traces() {
			found = found || strings.Contains(text, trace) || strings.Contains(strings.ToLower(text), trace)
		}
		assert.True(t, found, text)
	}
}

// sentSecrets returns the secrets in a request.
func sentSecrets(req *http.Request) (secrets []string) {
	authorization := req.Header.Get("Authorization")
	if _, value, ok := strings.Cut(authorization, " "); ok {
		secrets = append(secrets, value)
	}
	if _, password, ok := req.BasicAuth(); ok {
		secrets = append(secrets, password)
	}
	if token := req.URL.Query().Get("access_token"); token != "" {
		secrets = append(secrets, token)
	}
	_ = req.ParseForm()
	for _, name := range []string{"client_secret", "assertion", "refresh_token"} {
		if value := req.PostForm.Get(name); value != "" {
			secrets = append(secrets, value)
		}
	}
	return secrets
}

// printed returns all forms in which a program may print a value, alone and within its own structs.
func printed(v any) string {
	type users struct {
		Shown  any
		Deep   struct{ Inner []any }
		hidden []any // fmt cannot call the methods of unexported fields
	}
	nested := users{Shown: v, hidden: []any{v, pointer(v)}}
	nested.Deep.Inner = []any{v, &v}
	verbs := []string{"%v", "%+v", "%#v", "%q", "%s", "%x", "%X", "%d", "%t", "%10v", "%p"}
	var out bytes.Buffer
	for _, value := range []any{v, &v, pointer(v), nested, &nested, map[string]any{"v": v}} {
		for _, verb := range verbs {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		fmt.Fprintf(&out, "%s %v\n", text, err)
		_ = xml.NewEncoder(&out).Encode(value)
		_ = template.Must(template.New("").Parse("{{.}}")).Execute(&out, value)
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

// pointer returns a pointer to a copy of a value.
func pointer(v any) any {
	if v == nil {
		return nil
	}
	p := reflect.New(reflect.TypeOf(v))
	p.Elem().Set(reflect.ValueOf(v))
	return p.Interface()
}
