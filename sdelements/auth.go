package sdelements

import (
	"fmt"
	"io"
	"strings"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials authenticate a client. Make them with [Token] or [Basic]; [New] refuses the zero
// value. They are opaque: printing, logging or marshaling the value never shows a secret.
//
// Use one value for all clients of an account: after a 429, all of them wait until Retry-After has
// passed. A value belongs to the address (scheme, host and port) of its first client; for another
// address, [New] returns [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder for every verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, so JSON and logs show one too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// Token returns credentials for an API key that a user created in SD Elements. The key is sent as
// "Authorization: Token key". Pass it without the quotes that the vendor's page shows.
//
// A connection string of the form key@host works too. The key is the part before the last @. The
// host is ignored, since the address is an argument of [New].
//
// Nothing is trimmed. [New] refuses a key that is empty or contains white space, quotes, control
// characters or anything beyond ASCII.
func Token(key string) Credentials {
	if problem := keyProblem(key); problem != "" {
		return Credentials{transport.InvalidCredentials(problem)}
	}
	if at := strings.LastIndexByte(key, '@'); at >= 0 {
		key = key[:at]
	}
	return Credentials{transport.Static(transport.TokenKey(), key)}
}

func keyProblem(key string) string {
	switch problem := transport.Unusable("the key", key); {
	case problem != "":
		return problem
	case strings.HasPrefix(key, "@"):
		return "the connection string has no key before its @"
	case strings.ContainsAny(key, "\"'`“”‘’"):
		return "the key contains quotes; pass it without them: those on the vendor's page are not part of it"
	case strings.HasPrefix(strings.ToLower(key), "token "):
		return "pass the key alone, without the word Token before it"
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "the key contains white space or characters that no key has"
	}
	return ""
}

// Basic returns credentials for a user name and password, which are sent as HTTP Basic.
//
// Nothing is trimmed. [New] refuses a name or a password that is empty, begins or ends with white
// space, or contains control characters. It also refuses a name with a colon, which HTTP Basic
// cannot carry.
func Basic(user, password string) Credentials {
	return Credentials{transport.Basic(user, password)}
}
