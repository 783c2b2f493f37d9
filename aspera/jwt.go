package aspera

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// The defaults of a JWTConfig.
const (
	defaultScope    = "admin:all"
	defaultAudience = "https://api.asperafiles.com/api/v1/oauth2/token"
)

// JWTConfig configures the credentials that [JWT] returns.
//
// Nothing is trimmed. New refuses a text that begins or ends with white space or contains control
// characters, except in PrivateKey.
//
// Printing, logging or marshaling a JWTConfig shows neither ClientSecret nor PrivateKey, even if it
// is in an exported field of another struct. In an unexported field, package fmt would print it as
// it is: keep the [Credentials] there instead.
type JWTConfig struct {
	// Organization is the organization's subdomain: "acme" for acme.ibmaspera.com. Required. It is
	// part of the token endpoint's path. It is not the id that [Client.Organization] takes.
	Organization string
	// ClientID is the id of the registered API client. Required.
	ClientID string
	// ClientSecret is the secret of the API client. It is sent with HTTP Basic, and form-encoded
	// for that (RFC 6749, section 2.3.1). Without a secret, the form contains the client id.
	ClientSecret string
	// PrivateKey is an unencrypted RSA key of at least 2048 bits in PEM, as PKCS#8 or PKCS#1.
	// Required. Its public key is registered with the client or the user. If your configuration is
	// JSON or YAML, read the PEM text into a string and convert it: in JSON, a []byte field is
	// base64.
	PrivateKey []byte
	// User is the e-mail address of the user in whose name the client acts. Required. The user must
	// be a member of the Activity app.
	User string
	// Scope is the scope of the access token, "admin:all" by default, which the vendor uses for
	// this API. "admin-user:all" and "user:all" were seen too.
	Scope string
	// Audience is the recipient that the assertion names. The default,
	// https://api.asperafiles.com/api/v1/oauth2/token, is the documented one. Other programs use
	// https://api.ibmaspera.com/api/v1/oauth2/token.
	Audience string
	// TokenURL is the address of the token endpoint. By default it is
	// /api/v1/oauth2/{Organization}/token on the host of the client's base URL. It must have the
	// scheme, host and port of the base URL, and neither a query nor a fragment.
	TokenURL string
}

// JWT returns the credentials of an API client that is registered in the Admin app with a public
// key. For each access token the SDK signs an assertion with the private key and sends it to the
// token endpoint (RFC 7523). If c is invalid, [New] returns the error.
//
// A token is kept until shortly before it expires. If several goroutines need a new one, it is
// requested once. That request is cancelled only when the contexts of all calls that wait for it
// have ended.
//
// Changing c, or the bytes of its key, has no effect afterwards.
func JWT(c JWTConfig) Credentials {
	g, err := newGrant(c)
	if err != nil {
		return Credentials{&credentials{shared: transport.InvalidCredentials(err.Error())}}
	}
	return Credentials{&credentials{
		shared:       transport.Granted(transport.Bearer(), g.token, c.ClientSecret),
		tokenURL:     g.tokenURL,
		organization: c.Organization,
	}}
}

// newGrant checks the configuration and parses the key. Its errors are texts for users, without
// secrets.
func newGrant(c JWTConfig) (*grant, error) {
	for _, field := range []struct {
		name, value string
		optional    bool
	}{
		{name: "Organization", value: c.Organization}, {name: "ClientID", value: c.ClientID}, {name: "User", value: c.User},
		{name: "ClientSecret", value: c.ClientSecret, optional: true}, {name: "Scope", value: c.Scope, optional: true},
		{name: "Audience", value: c.Audience, optional: true}, {name: "TokenURL", value: c.TokenURL, optional: true},
	} {
		if field.optional && field.value == "" {
			continue
		}
		if problem := transport.Unusable("JWTConfig."+field.name, field.value); problem != "" {
			return nil, errors.New(problem)
		}
	}
	if len(bytes.TrimSpace(c.PrivateKey)) == 0 {
		return nil, errors.New("JWTConfig.PrivateKey is empty")
	}
	if host := strings.ToLower(strings.TrimRight(c.Organization, "/")); strings.HasSuffix(host, ".ibmaspera.com") {
		return nil, errors.New(`JWTConfig.Organization is a host: pass the subdomain alone, which is "acme" for acme.ibmaspera.com`)
	}
	g := &grant{config: c}
	g.config.PrivateKey = nil
	if g.config.Scope == "" {
		g.config.Scope = defaultScope
	}
	if g.config.Audience == "" {
		g.config.Audience = defaultAudience
	}
	var err error
	if g.path, err = transport.Path("/api/v1/oauth2/{JWTConfig.Organization}/token", c.Organization); err != nil {
		if e, ok := errors.AsType[*activity.Error](err); ok {
			return nil, errors.New(e.Message)
		}
		return nil, err
	}
	if g.tokenURL, err = parseTokenURL(c.TokenURL); err != nil {
		return nil, err
	}
	if g.key, err = parsePrivateKey(c.PrivateKey); err != nil {
		return nil, err
	}
	return g, nil
}

// parseTokenURL returns nil for "". New compares the host with that of the base URL.
func parseTokenURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Scheme == "", u.Hostname() == "":
		return nil, errors.New("JWTConfig.TokenURL is not an absolute address, such as https://api.ibmaspera.com/api/v1/oauth2/acme/token")
	case u.User != nil, u.RawQuery != "", u.ForceQuery, strings.Contains(raw, "#"):
		return nil, errors.New("JWTConfig.TokenURL must have no user, query or fragment: all parameters are sent in the form")
	}
	return u, nil
}

// text names the organization, the client and the user, but no secret.
func (c JWTConfig) text() string {
	return fmt.Sprintf("aspera.JWTConfig{Organization: %q, ClientID: %q, User: %q, secrets hidden}", c.Organization, c.ClientID, c.User)
}

// Format writes the organization, the client and the user, but no secret, for every verb.
func (c JWTConfig) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.text())) }

// MarshalText returns what Format writes, so JSON and logs show no secret either. A JWTConfig can
// be read from JSON by the names of its fields, but not written to it.
func (c JWTConfig) MarshalText() ([]byte, error) { return []byte(c.text()), nil }
