package sdelements

import (
	"fmt"
	"io"
	"strings"

	"github.com/activity-sdk/activity/internal/transport"
)

// Credentials are what a client proves itself with. They are opaque: no text form of the value
// shows a secret, alone or inside another. Make them with [Token] or [Basic]; [New] refuses the
// zero value.
//
// A value also holds what its clients share: the pause after the service answered 429. Use one
// value for all clients of an account. It belongs to the address (scheme, host and port) of the
// first of them: [New] refuses another with [activity.ErrForeignOrigin].
type Credentials struct{ shared *transport.Credentials }

// Format writes a placeholder, whatever the verb.
func (c Credentials) Format(f fmt.State, verb rune) { _, _ = io.WriteString(f, transport.Hidden) }

// MarshalText returns a placeholder, which JSON and logs show too.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(transport.Hidden), nil }

// Token returns credentials of an API key, as a user creates it in SD Elements. It is sent as
// "Authorization: Token key". Pass the key alone: the quotes around it on the vendor's page are not
// part of it. A connection string of the form key@host is taken as well: what stands before the
// last @ is the key. The host is not used, since the address is an argument of [New].
//
// Nothing is trimmed. [New] refuses a key that is empty or holds line breaks or other white space,
// quotes, control characters or anything beyond ASCII: such a key was copied with too much around
// it.
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
		return "the connection string has no key in front of its @"
	case strings.ContainsAny(key, "\"'`“”‘’"):
		return "the key holds quotes; pass it without them, as those on the vendor's page are not part of it"
	case strings.HasPrefix(strings.ToLower(key), "token "):
		return "pass the key alone, without the word Token in front"
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "the key holds white space or characters that no key has"
	}
	return ""
}

// Basic returns credentials of a user name and password, sent with each request as HTTP Basic.
// Nothing is trimmed. [New] refuses a name or a password that is empty, has a line break, blanks or
// other white space around it, or control characters in it, and a name with a colon, which HTTP
// Basic cannot carry.
func Basic(user, password string) Credentials {
	return Credentials{transport.Basic(user, password)}
}
