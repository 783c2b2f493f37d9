package aspera_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/transport"
)

// read asks a fake for one page with these credentials.
func read(t *testing.T, s *asperatest.Server, c aspera.Credentials, opts ...activity.Option) error {
	t.Helper()
	client, err := aspera.New(c, append([]activity.Option{activity.WithTransport(s.Transport())}, opts...)...)
	require.NoError(t, err)
	_, err = client.Organization("1023").Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
	return err
}

func TestTokenRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // 2000-01-01T00:00:00Z
		s := asperatest.NewServer()
		require.NoError(t, read(t, s, s.Credentials()))
		require.Len(t, s.Requests(), 2)
		r := s.Requests()[0]
		assert.Equal(t, "POST /api/v1/oauth2/acme/token", r.Line())
		assert.Equal(t, "api.ibmaspera.com", r.Host)
		assert.Equal(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("fake-api:fake-client-secret")), r.Header.Get("Authorization"))
		assert.Equal(t, "application/x-www-form-urlencoded", r.Header.Get("Content-Type"))
		assert.Equal(t, "application/json", r.Header.Get("Accept"))

		form, err := url.ParseQuery(string(r.Body))
		require.NoError(t, err)
		assertion := form.Get("assertion")
		assert.Equal(t, url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
			"assertion":  {assertion},
			"scope":      {"admin:all"},
		}, form)

		parts := strings.Split(assertion, ".")
		require.Len(t, parts, 3)
		assert.JSONEq(t, `{"typ":"JWT","alg":"RS256"}`, decode(t, parts[0]))
		claims := map[string]any{}
		require.NoError(t, json.Unmarshal([]byte(decode(t, parts[1])), &claims))
		jti, _ := claims["jti"].(string)
		assert.GreaterOrEqual(t, len(jti), 20)
		now := float64(time.Now().Unix())
		assert.Equal(t, map[string]any{
			"iss": "fake-api", "sub": "ada.okafor@example.com", "aud": "https://api.asperafiles.com/api/v1/oauth2/token",
			"nbf": now - 300, "exp": now + 300, "iat": now - 60, "jti": jti, "org": "acme",
		}, claims)

		block, _ := pem.Decode(s.JWTConfig().PrivateKey)
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		require.NoError(t, err)
		digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
		assert.NoError(t, rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], []byte(decode(t, parts[2]))))
	})
}

func decode(t *testing.T, part string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	require.NoError(t, err)
	return string(text)
}

func TestTokenRequestVariants(t *testing.T) {
	for name, c := range map[string]struct {
		change func(j *aspera.JWTConfig)
		line   string
		form   url.Values // without the assertion
		basic  bool
		claims map[string]string
	}{
		"without a secret": {
			change: func(j *aspera.JWTConfig) { j.ClientSecret = "" },
			form:   url.Values{"client_id": {"fake-api"}, "scope": {"admin:all"}},
		},
		"another scope": {
			change: func(j *aspera.JWTConfig) { j.Scope = "admin-user:all" },
			form:   url.Values{"scope": {"admin-user:all"}},
			basic:  true,
		},
		"another audience": {
			change: func(j *aspera.JWTConfig) { j.Audience = origin + "/api/v1/oauth2/token" },
			form:   url.Values{"scope": {"admin:all"}},
			basic:  true,
			claims: map[string]string{"aud": origin + "/api/v1/oauth2/token"},
		},
		"another token address": {
			change: func(j *aspera.JWTConfig) { j.TokenURL = "https://API.ibmaspera.com:443/auth%2Fx/token" },
			line:   "POST /auth%2Fx/token",
			form:   url.Values{"scope": {"admin:all"}},
			basic:  true,
		},
		"an organization that needs escaping": {
			change: func(j *aspera.JWTConfig) { j.Organization = "ac/me ü" },
			line:   "POST /api/v1/oauth2/ac%2Fme%20%C3%BC/token",
			form:   url.Values{"scope": {"admin:all"}},
			basic:  true,
			claims: map[string]string{"org": "ac/me ü"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer()
			if c.line != "" {
				s.FailWith(func(r asperatest.Request) *asperatest.Fault { // the fake's own address is another
					if r.Method == http.MethodPost {
						return &asperatest.Fault{Token: strings.HasPrefix(r.Path, "/api/v1/oauth2/"), Body: `{"access_token":"granted"}`}
					}
					return &asperatest.Fault{Body: `[]`}
				})
			} else {
				c.line = "POST /api/v1/oauth2/acme/token"
			}
			j := s.JWTConfig()
			c.change(&j)
			require.NoError(t, read(t, s, aspera.JWT(j)))
			r := s.Requests()[0]
			assert.Equal(t, c.line, r.Line())
			form, err := url.ParseQuery(string(r.Body))
			require.NoError(t, err)
			assert.Equal(t, "urn:ietf:params:oauth:grant-type:jwt-bearer", form.Get("grant_type"))
			claims := map[string]any{}
			require.NoError(t, json.Unmarshal([]byte(decode(t, strings.Split(form.Get("assertion"), ".")[1])), &claims))
			for claim, want := range c.claims {
				assert.Equal(t, want, claims[claim])
			}
			form.Del("grant_type")
			form.Del("assertion")
			assert.Equal(t, c.form, form)
			assert.Equal(t, c.basic, strings.HasPrefix(r.Header.Get("Authorization"), "Basic "))
		})
	}
}

// Each token gets an assertion of its own.
func TestAssertionsDiffer(t *testing.T) {
	s := asperatest.NewServer()
	require.NoError(t, read(t, s, s.Credentials()))
	require.NoError(t, read(t, s, s.Credentials()))
	tokens := tokenRequests(s)
	require.Len(t, tokens, 2)
	assert.NotEqual(t, string(tokens[0].Body), string(tokens[1].Body))
}

func TestTokenAnswers(t *testing.T) {
	const hour = 3600 * time.Second
	for name, c := range map[string]struct {
		body  string
		after map[time.Duration]int // token requests by then, with one call at each time
	}{
		"as documented":      {`{"access_token":"T","token_type":"bearer","expires_in":86399,"scope":"admin:all"}`, map[time.Duration]int{23 * hour: 1, 24 * hour: 2}},
		"no refresh token":   {`{"access_token":"T","token_type":"Bearer","expires_in":1800,"refresh_token":"not_supported"}`, map[time.Duration]int{28 * time.Minute: 1, 30 * time.Minute: 2}},
		"a lifetime in text": {`{"access_token":"T","token_type":"BEARER","expires_in":"3600"}`, map[time.Duration]int{58 * time.Minute: 1, hour: 2}},
		"a short lifetime":   {`{"access_token":"T","expires_in":10}`, map[time.Duration]int{8 * time.Second: 1, 9 * time.Second: 2}},
		"no lifetime":        {`{"access_token":"T"}`, map[time.Duration]int{1000 * hour: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			for after, want := range c.after {
				synctest.Test(t, func(t *testing.T) {
					s := asperatest.NewServer()
					s.FailWith(func(r asperatest.Request) *asperatest.Fault {
						token := r.Method == http.MethodPost
						body := map[bool]string{true: c.body, false: `[]`}[token]
						return &asperatest.Fault{Token: token, Body: body}
					})
					r := organization(s)
					for range 2 {
						_, err := r.Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
						require.NoError(t, err)
					}
					assert.Equal(t, "Bearer T", apiRequests(s)[0].Header.Get("Authorization"))
					pass(after)
					_, err := r.Transfers(aspera.TransferQuery{}).Page(t.Context(), "")
					require.NoError(t, err)
					assert.Len(t, tokenRequests(s), want)
				})
			}
		})
	}
}

// All clients that are made with a value share its token. Each value has one of its own, and does
// not change with what it was made of.
func TestCredentialsAreShared(t *testing.T) {
	s := asperatest.NewServer()
	j := s.JWTConfig()
	for range 3 {
		require.NoError(t, read(t, s, aspera.JWT(j)))
	}
	assert.Len(t, tokenRequests(s), 3)

	s.ResetRequests()
	credentials := aspera.JWT(j)
	j.User = "somebody.else@example.com"
	clear(j.PrivateKey)
	for range 3 {
		require.NoError(t, read(t, s, credentials))
	}
	assert.Len(t, tokenRequests(s), 1)
}

func TestBearer(t *testing.T) {
	s := asperatest.NewServer()
	require.NoError(t, read(t, s, aspera.Bearer(s.TokenSource())))
	assert.Empty(t, tokenRequests(s))

	static := oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "unknown-canary"})
	err := read(t, s, aspera.Bearer(static))
	require.ErrorIs(t, err, activity.ErrUnauthorized)
	assert.NotContains(t, err.Error(), "canary")

	for name, c := range map[string]struct {
		credentials aspera.Credentials
		says        string
	}{
		"nothing":        {aspera.Credentials{}, "the credentials are missing"},
		"no source":      {aspera.Bearer(nil), "source"},
		"no real source": {aspera.Bearer((*source)(nil)), "source"},
	} {
		client, err := aspera.New(c.credentials)
		require.ErrorIs(t, err, activity.ErrInvalid, name)
		assert.Nil(t, client)
		assert.Contains(t, failure(t, err).Message, c.says, name)
	}
}

type source struct{}

func (*source) Token() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: "T"}, nil }

func TestJWTConfigText(t *testing.T) {
	j := aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com", ClientSecret: "secret", PrivateKey: []byte("secret")}
	const want = `aspera.JWTConfig{Organization: "acme", ClientID: "id", User: "ada@example.com", secrets hidden}`
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		assert.Equal(t, want, fmt.Sprintf(verb, j))
		assert.Equal(t, want, fmt.Sprintf(verb, &j))
		assert.Contains(t, fmt.Sprintf(verb, struct{ Login aspera.JWTConfig }{j}), want)
	}
	for _, v := range []any{struct{ J aspera.JWTConfig }{j}, struct{ J *aspera.JWTConfig }{&j}} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		got := struct{ J string }{}
		require.NoError(t, json.Unmarshal(text, &got))
		assert.Equal(t, want, got.J)
	}
	assert.Equal(t, []any{want, want}, logged(t, j))
}

// No form of credentials, alone or in a struct, says more than that they are some.
func TestCredentialsText(t *testing.T) {
	s := asperatest.NewServer()
	j := s.JWTConfig()
	for name, c := range map[string]aspera.Credentials{
		"JWT":     aspera.JWT(j),
		"Bearer":  aspera.Bearer(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: j.ClientSecret})),
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			type users struct {
				Shown  aspera.Credentials
				hidden aspera.Credentials
				deep   []any
			}
			v := users{c, c, []any{c, &c}}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				assert.Equal(t, transport.Hidden, fmt.Sprintf(verb, c))
				assert.Equal(t, transport.Hidden, fmt.Sprintf(verb, &c))
				text := fmt.Sprintf(verb, v) + fmt.Sprintf(verb, &v)
				assert.Contains(t, text, transport.Hidden)
				assert.NotContains(t, text, j.ClientSecret)
				assert.NotContains(t, text, fmt.Sprintf("%x", j.ClientSecret))
				assert.NotContains(t, text, strings.Split(string(j.PrivateKey), "\n")[1])
			}
			text, err := json.Marshal(v)
			require.NoError(t, err)
			assert.JSONEq(t, `{"Shown":"[credentials]"}`, string(text))
			assert.Equal(t, []any{transport.Hidden, transport.Hidden}, logged(t, c))
		})
	}
}

// logged returns what log/slog writes for a value: as JSON, and as text.
func logged(t *testing.T, v any) []any {
	t.Helper()
	var asJSON, asText strings.Builder
	slog.New(slog.NewJSONHandler(&asJSON, nil)).Info("m", "v", v)
	slog.New(slog.NewTextHandler(&asText, nil)).Info("m", "v", v)
	line := struct{ V any }{}
	require.NoError(t, json.Unmarshal([]byte(asJSON.String()), &line))
	_, text, _ := strings.Cut(strings.TrimSpace(asText.String()), " v=")
	if plain, err := strconv.Unquote(text); err == nil {
		text = plain
	}
	return []any{line.V, text}
}
