package jetstream

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/activity-sdk/activity/examples/collector/internal/store"
)

// maxMessageID is the length from which a record key is replaced by its hash in the message id,
// since the server keeps ids in memory.
const maxMessageID = 160

// path returns a feed's name as three tokens of a subject, or of a bucket's key.
func path(f store.FeedID) string {
	return token(f.Vendor) + "." + token(f.Tenant) + "." + token(f.Feed)
}

// token keeps letters, digits, minus and underscore, and writes every other byte as = and two
// hexadecimal digits: dots, stars and spaces have a meaning in subjects and keys. An empty name
// becomes a lone =.
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

// messageID is different for every record of every feed, and the same whenever the record comes
// again.
func messageID(feed, key string) string {
	id := feed + "." + token(key)
	if len(id) <= maxMessageID {
		return id
	}
	sum := sha256.Sum256([]byte(key))
	return feed + ".sha256:" + hex.EncodeToString(sum[:])
}
