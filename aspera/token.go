package aspera

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

const grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// An assertion is valid from validity before it is signed until validity after that. So the clocks
// may differ, and the request may be repeated. Its issue time is age before it is signed, since a
// service whose clock is behind refuses assertions from its future.
const (
	validity = 5 * time.Minute
	age      = time.Minute
)

// grant is a checked JWTConfig, ready to request tokens.
type grant struct {
	config   JWTConfig // with defaults, without PrivateKey
	key      *rsa.PrivateKey
	path     string   // of the token endpoint, on the origin of the base URL
	tokenURL *url.URL // if not nil, used instead of path
}

// token requests an access token. All attempts send the same assertion.
func (g *grant) token(ctx context.Context, via *transport.Client) (string, time.Time, error) {
	assertion, err := g.assertion(time.Now())
	if err != nil {
		return "", time.Time{}, via.Fail("get token", activity.ErrInvalid, "the assertion cannot be signed with JWTConfig.PrivateKey")
	}
	endpoint := g.tokenURL
	if endpoint == nil {
		if endpoint, err = via.Origin().Parse(g.path); err != nil {
			return "", time.Time{}, via.Fail("get token", activity.ErrInvalid, "the token endpoint's address cannot be built")
		}
	}
	form := url.Values{"grant_type": {grantType}, "assertion": {assertion}, "scope": {g.config.Scope}}
	if g.config.ClientSecret == "" {
		form.Set("client_id", g.config.ClientID)
	}
	token, err := transport.Grant{
		URL:          endpoint,
		Form:         form,
		ClientID:     g.config.ClientID,
		ClientSecret: g.config.ClientSecret,
		Secrets:      []string{assertion},
	}.Request(ctx, via)
	return token.AccessToken, token.Expiry, err
}

// claims are the payload of an assertion.
type claims struct {
	Issuer       string `json:"iss"`
	Subject      string `json:"sub"`
	Audience     string `json:"aud"`
	NotBefore    int64  `json:"nbf"`
	Expires      int64  `json:"exp"`
	IssuedAt     int64  `json:"iat"`
	ID           string `json:"jti"`
	Organization string `json:"org"`
}

// assertion returns a JSON Web Token that is signed with RS256 (RFC 7515, RFC 7519).
func (g *grant) assertion(now time.Time) (string, error) {
	body, err := json.Marshal(claims{
		Issuer:       g.config.ClientID,
		Subject:      g.config.User,
		Audience:     g.config.Audience,
		NotBefore:    now.Add(-validity).Unix(),
		Expires:      now.Add(validity).Unix(),
		IssuedAt:     now.Add(-age).Unix(),
		ID:           rand.Text(),
		Organization: g.config.Organization,
	})
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"typ":"JWT","alg":"RS256"}`)) + "." + encode(body)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, g.key, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return signed + "." + encode(signature), nil
}
