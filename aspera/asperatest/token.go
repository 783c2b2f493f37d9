package asperatest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

const (
	grantType       = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	defaultAudience = "https://api.asperafiles.com/api/v1/oauth2/token"
)

type rsaKey struct {
	public *rsa.PublicKey
	pem    []byte // the private key
}

// signingKey returns the key of the fake's client. It is generated once per process, at the first
// call, since that takes a while.
var signingKey = sync.OnceValue(func() rsaKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("asperatest: no key can be generated: " + err.Error())
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return rsaKey{public: &key.PublicKey, pem: text}
})

func isTokenPath(path string) bool {
	return strings.HasPrefix(path, "/api/v1/oauth2/") && strings.HasSuffix(path, "/token")
}

// tokenError is an error of OAuth 2.
type tokenError struct {
	status int
	code   string
	text   string
}

func invalidRequest(format string, args ...any) *tokenError {
	return &tokenError{http.StatusBadRequest, "invalid_request", fmt.Sprintf(format, args...)}
}

func invalidGrant(format string, args ...any) *tokenError {
	return &tokenError{http.StatusBadRequest, "invalid_grant", fmt.Sprintf(format, args...)}
}

func invalidClient(text string) *tokenError {
	return &tokenError{http.StatusUnauthorized, "invalid_client", text}
}

func (s *Server) serveToken(w http.ResponseWriter, r *http.Request, body []byte) {
	if e := checkGrant(r, body); e != nil {
		fake.WriteJSON(w, e.status, map[string]string{"error": e.code, "error_description": e.text})
		return
	}
	token, lifetime := s.tokens.Issue()
	form, _ := fake.StrictForm(body)
	fake.WriteRaw(w, http.StatusOK, "application/json", fmt.Appendf(nil,
		`{"access_token":%q,"token_type":"bearer","expires_in":%d,"scope":%q}`, token, lifetime, form.Get("scope")))
}

func checkGrant(r *http.Request, body []byte) *tokenError {
	if want := "/api/v1/oauth2/" + Organization + "/token"; r.URL.EscapedPath() != want {
		return &tokenError{http.StatusNotFound, "invalid_request", "no such organization: want the path " + want}
	}
	if r.Method != http.MethodPost {
		return &tokenError{http.StatusMethodNotAllowed, "invalid_request", "want POST"}
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return invalidRequest("parameters belong in the body, never in the URL")
	}
	if err := fake.MediaType(r.Header, "application/x-www-form-urlencoded"); err != nil {
		return invalidRequest("%v", err)
	}
	if err := checkAccept(r); err != nil {
		return invalidRequest("%v", err)
	}
	form, err := fake.StrictForm(body)
	if err != nil {
		return invalidRequest("%v", err)
	}
	if e := checkClient(r, form); e != nil {
		return e
	}
	known := fake.Params{
		"grant_type": fake.OneOf(grantType),
		"assertion":  nil,
		"scope":      fake.OneOf("admin:all", "admin-user:all", "user:all"),
		"client_id":  nil,
	}
	if err := known.Verify(form); err != nil {
		return invalidRequest("%v", err)
	}
	for _, name := range []string{"grant_type", "assertion", "scope"} {
		if !form.Has(name) {
			return invalidRequest("parameter %q is missing", name)
		}
	}
	if err := checkAssertion(form.Get("assertion"), r.Host); err != nil {
		return invalidGrant("%v", err)
	}
	return nil
}

// checkClient authenticates the client by HTTP Basic or by its id in the form, but not by both. In
// HTTP Basic, id and secret are form-encoded (RFC 6749, section 2.3.1).
func checkClient(r *http.Request, form url.Values) *tokenError {
	if r.Header.Get("Authorization") == "" {
		if form.Get("client_id") != ClientID {
			return invalidClient("unknown client: want HTTP Basic, or client_id in the form")
		}
		return nil
	}
	id, secret, ok := r.BasicAuth()
	if !ok {
		return invalidClient("header Authorization: want HTTP Basic")
	}
	id, badID := url.QueryUnescape(id)
	secret, badSecret := url.QueryUnescape(secret)
	switch {
	case badID != nil || badSecret != nil:
		return invalidClient("header Authorization: want id and secret form-encoded")
	case id != ClientID || secret != clientSecret:
		return invalidClient("unknown client, or wrong secret")
	case form.Has("client_id"):
		return invalidRequest("client_id is in the form as well as in the header Authorization")
	}
	return nil
}

type assertionHeader struct {
	Type      string `json:"typ"`
	Algorithm string `json:"alg"`
}

type assertionClaims struct {
	Issuer       string `json:"iss"`
	Subject      string `json:"sub"`
	Audience     string `json:"aud"`
	NotBefore    int64  `json:"nbf"`
	Expires      int64  `json:"exp"`
	IssuedAt     int64  `json:"iat"`
	ID           string `json:"jti"`
	Organization string `json:"org"`
}

func checkAssertion(assertion, host string) error {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return errors.New("the assertion is not a JSON Web Token")
	}
	var decoded [3][]byte
	for i, part := range parts {
		var err error
		if decoded[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return errors.New("the assertion is not base64url without padding")
		}
	}
	var header assertionHeader
	if err := fake.StrictJSON(decoded[0], &header); err != nil {
		return fmt.Errorf("the assertion's header: %w", err)
	}
	if header != (assertionHeader{"JWT", "RS256"}) {
		return errors.New("the assertion's header: want typ JWT and alg RS256")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(signingKey().public, crypto.SHA256, digest[:], decoded[2]) != nil {
		return errors.New("the assertion's signature does not fit the registered public key")
	}
	var c assertionClaims
	if err := fake.StrictJSON(decoded[1], &c); err != nil {
		return fmt.Errorf("the assertion's claims: %w", err)
	}
	return c.check(time.Now(), host)
}

// clockSkew is the difference between the clocks that an assertion must allow. A service that
// tolerates no difference refuses an assertion that was issued this second if its own clock is a
// little behind.
const clockSkew = 30 * time.Second

func (c assertionClaims) check(now time.Time, host string) error {
	earliest, latest := now.Add(-clockSkew).Unix(), now.Add(clockSkew).Unix()
	audiences := []string{defaultAudience, "https://" + host + "/api/v1/oauth2/token"}
	switch {
	case c.Issuer != ClientID:
		return errors.New("claim iss: want the client id")
	case c.Subject != userEmail:
		return errors.New("claim sub: no such user")
	case !slices.Contains(audiences, c.Audience):
		return errors.New("claim aud: want one of " + strings.Join(audiences, ", "))
	case c.Expires <= latest:
		return errors.New("claim exp: the assertion has expired, expires within half a minute, or has no end")
	case c.NotBefore > earliest:
		return errors.New("claim nbf: the assertion is not valid yet on a clock that is half a minute behind")
	case c.IssuedAt > earliest:
		return errors.New("claim iat: the assertion was issued in the future of a clock that is half a minute behind")
	case c.Organization != "" && c.Organization != Organization:
		return errors.New("claim org: want the organization's subdomain")
	}
	return nil
}
