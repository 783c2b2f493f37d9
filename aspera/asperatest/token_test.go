package asperatest_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
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
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/fake/faketest"
)

// A refusal with status 200.
func TestTokenFault(t *testing.T) {
	s := asperatest.NewServer()
	s.Fail(asperatest.Fault{Token: true, Body: `{"error":"invalid_client"}`})
	body := url.Values{"grant_type": {"x"}}.Encode()
	status, text := send(t, s, "POST", "/api/v1/oauth2/acme/token", body, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, `{"error":"invalid_client"}`, text)
}

// attempt is a request for a token, which tests modify.
type attempt struct {
	method, path string
	header       http.Header
	form         url.Values
	raw          string // instead of the form
	claims       map[string]any
	head         string
	sign         func(text string) []byte
}

func newAttempt(t *testing.T, s *asperatest.Server) *attempt {
	t.Helper()
	block, _ := pem.Decode(s.JWTConfig().PrivateKey)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	require.NoError(t, err)
	now := time.Now().Unix()
	return &attempt{
		method: http.MethodPost, path: "/api/v1/oauth2/acme/token",
		header: http.Header{
			"Content-Type":  {"application/x-www-form-urlencoded"},
			"Accept":        {"application/json"},
			"Authorization": {basic("fake-api", s.JWTConfig().ClientSecret)},
		},
		form: url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "scope": {"admin:all"}},
		claims: map[string]any{"iss": "fake-api", "sub": "ada.okafor@example.com", "aud": "https://api.asperafiles.com/api/v1/oauth2/token",
			"nbf": now - 60, "exp": now + 60},
		head: `{"typ":"JWT","alg":"RS256"}`,
		sign: func(text string) []byte { return signed(t, key, text) },
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func signed(t *testing.T, key *rsa.PrivateKey, text string) []byte {
	t.Helper()
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
	require.NoError(t, err)
	return signature
}

func (a *attempt) send(t *testing.T, s *asperatest.Server) (int, map[string]any) {
	t.Helper()
	body := a.raw
	if body == "" {
		if !a.form.Has("assertion") {
			claims, err := json.Marshal(a.claims)
			require.NoError(t, err)
			encode := base64.RawURLEncoding.EncodeToString
			text := encode([]byte(a.head)) + "." + encode(claims)
			a.form.Set("assertion", text+"."+encode(a.sign(text)))
		}
		body = a.form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), a.method, base+a.path, strings.NewReader(body))
	require.NoError(t, err)
	req.Header = a.header
	resp, text := faketest.Do(t, s.Transport(), req)
	answer := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(text), &answer), text)
	return resp.StatusCode, answer
}

func TestGrant(t *testing.T) {
	for name, modify := range map[string]func(a *attempt){
		"as it is":             func(*attempt) {},
		"client id alone":      func(a *attempt) { a.header.Del("Authorization"); a.form.Set("client_id", "fake-api") },
		"audience of the host": func(a *attempt) { a.claims["aud"] = base + "/api/v1/oauth2/token" },
		"another scope":        func(a *attempt) { a.form.Set("scope", "user:all") },
		"organization":         func(a *attempt) { a.claims["org"] = "acme" },
		"form-encoded client":  func(a *attempt) { a.header.Set("Authorization", basic("fake%2Dapi", "fake-client%2Dsecret")) },
	} {
		s := asperatest.NewServer()
		a := newAttempt(t, s)
		modify(a)
		status, answer := a.send(t, s)
		assert.Equal(t, 200, status, "%s: %v", name, answer)
		assert.Equal(t, map[string]any{"access_token": answer["access_token"], "token_type": "bearer", "expires_in": 86399.0, "scope": a.form.Get("scope")}, answer)
		got, _ := send(t, s, "GET", "/api/v1/self", "", http.Header{"Authorization": {"Bearer " + answer["access_token"].(string)}})
		assert.Equal(t, 200, got)
	}
}

func TestGrantRefused(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	claim := func(name string, value any) func(a *attempt) { return func(a *attempt) { a.claims[name] = value } }
	for name, c := range map[string]struct {
		modify func(a *attempt)
		status int
		code   string
		want   string
	}{
		"GET":                    {func(a *attempt) { a.method = "GET" }, 405, "invalid_request", "POST"},
		"another organization":   {func(a *attempt) { a.path = "/api/v1/oauth2/other/token" }, 404, "invalid_request", "acme"},
		"parameters in the URL":  {func(a *attempt) { a.path += "?scope=admin:all" }, 400, "invalid_request", "never in the URL"},
		"a question mark":        {func(a *attempt) { a.path += "?" }, 400, "invalid_request", "never in the URL"},
		"content type":           {func(a *attempt) { a.header.Set("Content-Type", "application/json") }, 400, "invalid_request", "Content-Type"},
		"Accept":                 {func(a *attempt) { a.header.Del("Accept") }, 400, "invalid_request", "Accept"},
		"malformed form":         {func(a *attempt) { a.raw = "a=%zz" }, 400, "invalid_request", "malformed escape"},
		"no client":              {func(a *attempt) { a.header.Del("Authorization") }, 401, "invalid_client", "unknown client"},
		"unknown client":         {func(a *attempt) { a.header.Del("Authorization"); a.form.Set("client_id", "x") }, 401, "invalid_client", "unknown client"},
		"wrong secret":           {func(a *attempt) { a.header.Set("Authorization", basic("fake-api", "canary")) }, 401, "invalid_client", "wrong secret"},
		"wrong id":               {func(a *attempt) { a.header.Set("Authorization", basic("x", "fake-client-secret")) }, 401, "invalid_client", "unknown client"},
		"a client not encoded":   {func(a *attempt) { a.header.Set("Authorization", basic("fake-api", "50%")) }, 401, "invalid_client", "form-encoded"},
		"another scheme":         {func(a *attempt) { a.header.Set("Authorization", "Bearer x") }, 401, "invalid_client", "Basic"},
		"the client twice":       {func(a *attempt) { a.form.Set("client_id", "fake-api") }, 400, "invalid_request", "as well as"},
		"a secret in the form":   {func(a *attempt) { a.form.Set("client_secret", "canary") }, 400, "invalid_request", "client_secret"},
		"another grant type":     {func(a *attempt) { a.form.Set("grant_type", "client_credentials") }, 400, "invalid_request", "grant_type"},
		"no grant type":          {func(a *attempt) { a.form.Del("grant_type") }, 400, "invalid_request", "grant_type"},
		"no scope":               {func(a *attempt) { a.form.Del("scope") }, 400, "invalid_request", "scope"},
		"unknown scope":          {func(a *attempt) { a.form.Set("scope", "everything") }, 400, "invalid_request", "scope"},
		"an empty assertion":     {func(a *attempt) { a.form.Set("assertion", "") }, 400, "invalid_request", "assertion"},
		"no assertion at all":    {func(a *attempt) { a.raw = a.form.Encode() }, 400, "invalid_request", "assertion"},
		"not a web token":        {func(a *attempt) { a.form.Set("assertion", "canary") }, 400, "invalid_grant", "not a JSON Web Token"},
		"padding":                {func(a *attempt) { a.form.Set("assertion", "e30=.e30=.x") }, 400, "invalid_grant", "base64url"},
		"header of another kind": {func(a *attempt) { a.head = `{"typ":"JWT","alg":"none"}` }, 400, "invalid_grant", "RS256"},
		"header with more":       {func(a *attempt) { a.head = `{"typ":"JWT","alg":"RS256","kid":"1"}` }, 400, "invalid_grant", "kid"},
		"another key":            {func(a *attempt) { a.sign = func(text string) []byte { return signed(t, other, text) } }, 400, "invalid_grant", "signature"},
		"no signature":           {func(a *attempt) { a.sign = func(string) []byte { return nil } }, 400, "invalid_grant", "signature"},
		"iss":                    {claim("iss", "x"), 400, "invalid_grant", "iss"},
		"sub":                    {claim("sub", "x@example.com"), 400, "invalid_grant", "sub"},
		"aud":                    {claim("aud", "https://evil.example.com/"), 400, "invalid_grant", "aud"},
		"exp":                    {claim("exp", time.Now().Unix()-1), 400, "invalid_grant", "exp"},
		"exp on a clock ahead":   {claim("exp", time.Now().Unix()+20), 400, "invalid_grant", "exp"},
		"no exp":                 {func(a *attempt) { delete(a.claims, "exp") }, 400, "invalid_grant", "exp"},
		"nbf":                    {claim("nbf", time.Now().Unix()+50), 400, "invalid_grant", "nbf"},
		"nbf on a clock behind":  {claim("nbf", time.Now().Unix()), 400, "invalid_grant", "nbf"},
		"iat":                    {claim("iat", time.Now().Unix()+50), 400, "invalid_grant", "iat"},
		"iat on a clock behind":  {claim("iat", time.Now().Unix()), 400, "invalid_grant", "iat"},
		"org":                    {claim("org", "other"), 400, "invalid_grant", "org"},
		"exp as text":            {claim("exp", "1"), 400, "invalid_grant", "exp"},
		"a claim too many":       {claim("scope", "admin:all"), 400, "invalid_grant", "scope"},
	} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer()
			a := newAttempt(t, s)
			c.modify(a)
			status, answer := a.send(t, s)
			assert.Equal(t, c.status, status)
			assert.Equal(t, c.code, answer["error"])
			assert.Contains(t, answer["error_description"], c.want)
			assert.NotContains(t, answer["error_description"], "canary")
		})
	}
}

// All fakes of a process have the same key. Each configuration has a copy of it.
func TestKeyIsShared(t *testing.T) {
	first := asperatest.NewServer().JWTConfig().PrivateKey
	kept := bytes.Clone(first)
	clear(first)
	assert.Equal(t, kept, asperatest.NewServer().JWTConfig().PrivateKey)
}
