package aspera_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

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
				s.FailWith(func(r asperatest.Request) *asperatest.Fault { // since the fake has another address
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

// TestAssertionsDiffer checks that each token request has a new assertion.
func TestAssertionsDiffer(t *testing.T) {
	s := asperatest.NewServer()
	require.NoError(t, read(t, s, s.Credentials()))
	require.NoError(t, read(t, s, s.Credentials()))
	tokens := tokenRequests(s)
	require.Len(t, tokens, 2)
	assert.NotEqual(t, string(tokens[0].Body), string(tokens[1].Body))
}

func TestTokenLifetimes(t *testing.T) {
	const hour = 3600 * time.Second
	for name, c := range map[string]struct {
		body  string
		after map[time.Duration]int // time of a second call, and the number of token requests then
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
