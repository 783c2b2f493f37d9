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

// What a JWTConfig stands for where a field is empty.
const (
	defaultScope    = "admin:all"
	defaultAudience = "https://api.asperafiles.com/api/v1/oauth2/token"
)

// JWTConfig configures the credentials that [JWT] returns.
//
// Nothing is trimmed: New refuses a text in a field that has a line break, blanks or other white
// space around it, or control characters in it. Only PrivateKey may have them.
//
// A JWTConfig shows neither ClientSecret nor PrivateKey when it is printed, logged or marshaled,
// also as an exported field of another struct. Package fmt does not ask a value in an unexported
// field how it wants to be printed: keep the Credentials that JWT returns there.
type JWTConfig struct {
	// Organization is the organization's subdomain: "acme" for acme.ibmaspera.com. Required. It is
	// part of the token endpoint's address, and not the id that [Client.Organization] takes.
	Organization string
	// ClientID is the registered client's id. Required.
	ClientID string
	// ClientSecret is the registered client's secret, which authenticates the client with HTTP
	// Basic: id and secret are form-encoded first, as OAuth 2 asks (RFC 6749, section 2.3.1).
	// Without one, the id alone is sent in the form.
	ClientSecret string
	// PrivateKey is the RSA key, of 2048 bits at least, whose public half is registered with the
	// client or the user: PEM, PKCS#8 or PKCS#1, not encrypted. Required. Where a program's JSON or
	// YAML holds the key, the PEM text belongs in a string field of the program's own, which is
	// converted with []byte(…): a []byte field of JSON is base64.
	PrivateKey []byte
	// User is the e-mail address of the user in whose name the client acts, who must be a member of
	// the Activity app. Required.
	User string
	// Scope is what the token is good for. Default "admin:all", which is what the vendor uses with
	// this API; "admin-user:all" and "user:all" were seen too.
	Scope string
	// Audience is whom the assertion is addressed to. The default,
	// https://api.asperafiles.com/api/v1/oauth2/token, is what the vendor documents; other programs
	// use https://api.ibmaspera.com/api/v1/oauth2/token.
	Audience string
	// TokenURL is the token endpoint's address, which must have the scheme, host and port of the
	// client's base URL, and neither query nor fragment. The default is
	// /api/v1/oauth2/{Organization}/token there.
	TokenURL string
}

// JWT returns the credentials of an API client that is registered in the Admin app with a public
// key. For each access token the SDK signs an assertion with the private key and trades it in at
// the token endpoint (RFC 7523). What is wrong with c is an error of [New].
//
// Tokens are kept until shortly before they expire; however many goroutines need a new one, it is
// requested once. The request does not end with the context of the call that needs it while other
// calls wait for the same token. When the last of them has ended, so does the request.
//
// Changing c or the bytes of its key afterwards has no effect.
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

// newGrant checks the configuration and makes of it what is needed for each token. The error is a
// text for people, without secrets.
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
		return nil, errors.New(`JWTConfig.Organization is a host: give the subdomain alone, which is "acme" for acme.ibmaspera.com`)
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

// parseTokenURL returns nil for "". Whose the host is, New checks.
func parseTokenURL(raw string) (*url.URL, error) {
	if raw == "" {
		return nil, nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Scheme == "", u.Hostname() == "":
		return nil, errors.New("JWTConfig.TokenURL is not an absolute address, such as https://api.ibmaspera.com/api/v1/oauth2/acme/token")
	case u.User != nil, u.RawQuery != "", u.ForceQuery, strings.Contains(raw, "#"):
		return nil, errors.New("JWTConfig.TokenURL must hold no user, query or fragment: all parameters are sent in the form")
	}
	return u, nil
}

// text names the organization, the client and the user, and none of the secrets.
func (c JWTConfig) text() string {
	return fmt.Sprintf("aspera.JWTConfig{Organization: %q, ClientID: %q, User: %q, secrets hidden}", c.Organization, c.ClientID, c.User)
}

// Format writes the organization, the client and the user, and none of the secrets, whatever the
// verb.
func (c JWTConfig) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.text())) }

// MarshalText returns what Format writes, for JSON, log/slog and other encodings. A JWTConfig can
// be read from JSON, by the names of its fields, but not written to it.
func (c JWTConfig) MarshalText() ([]byte, error) { return []byte(c.text()), nil }
