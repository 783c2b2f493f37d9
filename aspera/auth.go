package aspera

import (
	"fmt"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials authenticate a client. Make them with [JWT] or [Bearer]; [New] refuses the zero
// value. They are opaque: printing, logging or marshaling the value never shows a secret, even if
// it is in an unexported field of another struct.
//
// Use one value for all clients of an account, since they share its token. After a 429, all of them
// wait until Retry-After has passed. A value belongs to the address (scheme, host and port) of its
// first client; for another address, [New] returns [activity.ErrForeignOrigin].
type Credentials struct{ inner *credentials }

// Format writes a placeholder for every verb.
func (Credentials) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(transport.Hidden)) }

// MarshalText returns a placeholder, so JSON and logs show one too.
func (Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// credentials is the content of Credentials. It holds no secret itself, only behind another
// pointer. Package fmt cannot call methods on unexported fields. There it follows one pointer, but
// not two.
type credentials struct {
	shared       *transport.Credentials
	tokenURL     *url.URL // of a JWT that names one, otherwise nil; New compares it with the base URL
	organization string   // the subdomain that a JWT names, otherwise ""
}

// unwrap returns the content, which is zero for the zero value.
func (c Credentials) unwrap() credentials {
	if c.inner == nil {
		return credentials{}
	}
	return *c.inner
}

// Bearer returns credentials whose access tokens come from src. [New] refuses a nil src.
//
// The SDK calls src.Token for one caller at a time. It keeps a token until shortly before its
// expiry. For a token without an expiry, it calls src.Token before each request; wrap src in
// oauth2.ReuseTokenSource if that is expensive. If the service refuses a token (401), the SDK calls
// src.Token once more, and repeats the request if it gets another token.
//
// A call whose context ends stops waiting for src. It cannot stop src.Token, which takes no
// context, so src should limit its own time. src must not use a client with these credentials: in
// the same goroutine, a call of that client fails with [activity.ErrInvalid]; in another, it waits
// forever. If src panics or calls runtime.Goexit, so do the calls that wait for the token.
//
// An error of src reaches the caller as text, in one line of at most 512 bytes. Known tokens are
// redacted, and so is what follows OAuth's names for secrets, such as client_secret=. Of an
// oauth2.RetrieveError, only the code and the description remain. errors.Is matches what the
// original error matches; errors.As finds nothing in it.
func Bearer(src oauth2.TokenSource) Credentials {
	return Credentials{&credentials{shared: transport.FromSource(transport.Bearer(), src)}}
}
