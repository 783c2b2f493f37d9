package snaplogic

import (
	"fmt"
	"io"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials authenticate a client. Make them with [Basic] or [Bearer]; [New] refuses the zero
// value. They are opaque: printing, logging or marshaling the value never shows a secret.
//
// Use one value for all clients of an account. They share its token, and after a 429, all of them
// wait until Retry-After has passed. A value belongs to the address (scheme, host and port) of its
// first client; for another address, [New] returns [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder for every verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, so JSON and logs show one too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// Basic returns credentials for the name and password of a user or a service account, which are
// sent as HTTP Basic. Most names are e-mail addresses.
//
// Nothing is trimmed. [New] refuses a name or a password that is empty, begins or ends with white
// space, or contains control characters. It also refuses a name with a colon, which HTTP Basic
// cannot carry.
//
// Basic fails for an account that is locked or whose password has expired; with which error is not
// documented. If the organization has switched Basic off, the service answers 403, which is
// [activity.ErrForbidden].
func Basic(user, password string) Credentials {
	return Credentials{transport.Basic(user, password)}
}

// Bearer returns credentials whose tokens come from src: JSON Web Tokens of your organization's
// identity provider, which SnapLogic has to be configured for. [New] refuses a nil src.
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
	return Credentials{transport.FromSource(transport.Bearer(), src)}
}
