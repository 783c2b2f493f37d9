package aspera

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// What a JWT uses where a field is empty.
const (
	defaultScope    = "admin:all"
	defaultAudience = "https://api.asperafiles.com/api/v1/oauth2/token"
)

// JWT are the credentials of an API client that is registered in the Admin app with a public key:
// for each access token the SDK signs an assertion with the private key and trades it in at the
// token endpoint (RFC 7523). Tokens are kept until shortly before they expire; however many
// goroutines need a new one, it is requested once. The request does not end with the context of the
// call that needs it while other calls wait for the same token. When the last of them has ended, so
// does the request.
//
// Two clients that are made with the same value have a token each. To have them share one, pass
// what [JWT.Shared] returns.
//
// Nothing is trimmed: New refuses a text in a field that has a line break, blanks or other white
// space around it, or control characters in it. Only PrivateKey may have them.
//
// A JWT shows neither ClientSecret nor PrivateKey when it is printed, logged or marshalled, also as
// an exported field of another struct. Package fmt asks no unexported field how it wants to be
// printed: in one of those, keep what Shared returns instead.
type JWT struct {
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
	// client or the user: PEM, PKCS#8 or PKCS#1, not encrypted. Required. New reads it; changing
	// the bytes afterwards has no effect.
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

var _ Credentials = JWT{}

// Shared returns credentials whose token, and whose pause after a 429, all clients that are made
// with them share. They are as the JWT is now, opaque, and for clients of one address: see
// [Credentials].
func (j JWT) Shared() Credentials { return j.credentials() }

func (j JWT) credentials() given {
	g, err := newGrant(j)
	if err != nil {
		return given{hidden: transport.Refused(err.Error())}
	}
	return given{hidden: transport.Granted(transport.Bearer(), g.token, j.ClientSecret), tokenURL: g.tokenURL}
}

// newGrant checks the JWT and makes of it what is needed for each token. The error is a text for
// people, without secrets.
func newGrant(j JWT) (*grant, error) {
	for _, field := range []struct {
		name, value string
		optional    bool
	}{
		{name: "Organization", value: j.Organization}, {name: "ClientID", value: j.ClientID}, {name: "User", value: j.User},
		{name: "ClientSecret", value: j.ClientSecret, optional: true}, {name: "Scope", value: j.Scope, optional: true},
		{name: "Audience", value: j.Audience, optional: true}, {name: "TokenURL", value: j.TokenURL, optional: true},
	} {
		if field.optional && field.value == "" {
			continue
		}
		if problem := transport.Unusable("JWT."+field.name, field.value); problem != "" {
			return nil, errors.New(problem)
		}
	}
	if len(bytes.TrimSpace(j.PrivateKey)) == 0 {
		return nil, errors.New("JWT.PrivateKey is empty")
	}
	if host := strings.ToLower(strings.TrimRight(j.Organization, "/")); strings.HasSuffix(host, ".ibmaspera.com") {
		return nil, errors.New(`JWT.Organization is a host: give the subdomain alone, which is "acme" for acme.ibmaspera.com`)
	}
	g := &grant{jwt: j}
	g.jwt.PrivateKey = nil
	if g.jwt.Scope == "" {
		g.jwt.Scope = defaultScope
	}
	if g.jwt.Audience == "" {
		g.jwt.Audience = defaultAudience
	}
	var err error
	if g.path, err = transport.Path("/api/v1/oauth2/{JWT.Organization}/token", j.Organization); err != nil {
		if e, ok := errors.AsType[*activity.Error](err); ok {
			return nil, errors.New(e.Message)
		}
		return nil, err
	}
	if g.tokenURL, err = parseTokenURL(j.TokenURL); err != nil {
		return nil, err
	}
	if g.key, err = parsePrivateKey(j.PrivateKey); err != nil {
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
		return nil, errors.New("JWT.TokenURL is not an absolute address, such as https://api.ibmaspera.com/api/v1/oauth2/acme/token")
	case u.User != nil, u.RawQuery != "", u.ForceQuery, strings.Contains(raw, "#"):
		return nil, errors.New("JWT.TokenURL must hold no user, query or fragment: all parameters are sent in the form")
	}
	return u, nil
}

// String names the organization, the client and the user, and none of the secrets. All other text
// forms are the same.
func (j JWT) String() string {
	return fmt.Sprintf("aspera.JWT{Organization: %q, ClientID: %q, User: %q, secrets hidden}", j.Organization, j.ClientID, j.User)
}

// GoString is String.
func (j JWT) GoString() string { return j.String() }

// Format writes String, whatever the verb.
func (j JWT) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(j.String())) }

// LogValue is String, for log/slog.
func (j JWT) LogValue() slog.Value { return slog.StringValue(j.String()) }

// MarshalText is String, for every encoding that asks for it.
func (j JWT) MarshalText() ([]byte, error) { return []byte(j.String()), nil }

// MarshalJSON is String as a JSON string. A JWT can be read from JSON, by the names of its fields,
// but not written to it.
func (j JWT) MarshalJSON() ([]byte, error) { return json.Marshal(j.String()) }
