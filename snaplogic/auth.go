package snaplogic

import (
	"fmt"
	"io"

	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials are what [New] needs to be let in: what [Basic] or [Bearer] returns. The zero value
// is refused.
//
// They are opaque: no text form of the value shows a secret, alone or inside another. All clients
// that are made with the same value share its token, and the pause after a 429. A value belongs to
// the address (scheme, host and port) of the first of them: New refuses another with
// [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder, whatever the verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, which JSON and logs show too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// Basic are the name, which for most accounts is an address, and the password of a user or a
// service account, sent with HTTP Basic. Nothing is trimmed. New refuses a name or a password that
// is empty, has a line break, blanks or other white space around it, or control characters in it,
// and a name with a colon, which HTTP Basic cannot carry. An account that is locked, or whose
// password has expired, cannot use Basic. An organization can switch Basic off; the service then
// answers 403, [activity.ErrForbidden].
func Basic(user, password string) Credentials {
	return Credentials{transport.Basic(user, password)}
}

// Bearer are credentials whose tokens come from src: JSON Web Tokens of your organization's own
// identity provider, if SnapLogic was told to accept them. New refuses a nil src.
//
// The SDK calls src.Token for one caller at a time. A token with an expiry is kept until shortly
// before it; one without is asked for again for each request, so a source that works for its tokens
// should be wrapped in oauth2.ReuseTokenSource. When the service refuses a token (401), src is
// asked once more, and the request is repeated if it returns another one.
//
// A call whose context ends does not wait for src any longer. It cannot end src.Token, which takes
// no context and runs until it returns: let the source bound its own time. src must not wait for a
// client of these credentials: in the same goroutine that fails with [activity.ErrInvalid], in
// another it never ends. If src panics or calls runtime.Goexit, so do the calls that wait for the
// token.
//
// The text of an error of src reaches the caller as one line of at most 512 bytes, in which tokens
// that are known and what stands behind OAuth's names for secrets (client_secret=, "refresh_token":
// and so on) are redacted. Of an oauth2.RetrieveError, it is the code and the description. Nothing
// else of the error can be reached; errors.Is finds what it finds in the original.
func Bearer(src oauth2.TokenSource) Credentials {
	return Credentials{transport.FromSource(transport.Bearer(), src)}
}
