package jetstream

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// checkSubject returns an error if the subject cannot be the prefix of a record's subject.
func checkSubject(subject string) error {
	refuse := func(why string) error {
		return fmt.Errorf("%w: the subject %q %s: choose names with dots between them, such as activity or audit.prod", store.ErrRefused, subject, why)
	}
	if strings.HasPrefix(subject, "$") {
		return refuse("begins with $, which NATS reserves")
	}
	for name := range strings.SplitSeq(subject, ".") {
		switch {
		case name == "":
			return refuse("has an empty name in it")
		case strings.ContainsAny(name, "*>"):
			return refuse("has a wildcard in it")
		case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
			return refuse("has a space or a control character in it")
		}
	}
	return nil
}

// listens reports whether one of a stream's subjects covers the wanted one, which ends with >.
func listens(subjects []string, wanted string) bool {
	for _, subject := range subjects {
		if covers(strings.Split(subject, "."), strings.Split(wanted, ".")) {
			return true
		}
	}
	return false
}

func covers(tokens, wanted []string) bool {
	for i, token := range tokens {
		switch {
		case i == len(wanted):
			return false
		case token == ">":
			return true
		case wanted[i] == ">", token != "*" && token != wanted[i]:
			return false
		}
	}
	return len(tokens) == len(wanted)
}

// maxMessageID is the longest message id that contains the record's key. A longer one contains the
// key's hash, since the server keeps ids in memory.
const maxMessageID = 160

// feedKey returns a feed's name as three tokens, for subjects and for keys of the bucket.
func feedKey(f store.FeedID) string {
	return token(f.Vendor) + "." + token(f.Tenant) + "." + token(f.Feed)
}

// token escapes a name for subjects and keys, where dots, stars and spaces have a meaning. It keeps
// letters, digits, minus and underscore, and writes every other byte as = and two hexadecimal
// digits. An empty name becomes a single =.
func token(name string) string {
	if name == "" {
		return "="
	}
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// messageID returns the id of a record's message. It is unique in the stream, and the same each
// time the record is published.
func messageID(feed, key string) string {
	id := feed + "." + token(key)
	if len(id) <= maxMessageID {
		return id
	}
	sum := sha256.Sum256([]byte(key))
	return feed + ".sha256:" + hex.EncodeToString(sum[:])
}
