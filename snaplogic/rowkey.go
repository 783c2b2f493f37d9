package snaplogic

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// rowKey tells the rows of a walk apart: a hash of a row's _id, or of its bytes where it has none.
// It is no _id itself, since it stands in cursors, and a service may put anything into an _id.
type rowKey string

const (
	identified = "#" // begins the hash of an _id
	anonymous  = "~" // begins the hash of a row without an _id
	repeated   = "=" // begins the hash of a row whose _id was delivered with another
)

// keyOfBytes is the key of a row whose id another row has as well.
func keyOfBytes(raw []byte) rowKey { return repeated + hash(raw) }

func keyOf(row *Activity) rowKey {
	if row.ID == "" {
		return anonymous + hash(row.Raw)
	}
	return identified + hash([]byte(row.ID))
}

func hash(data []byte) rowKey {
	sum := sha256.Sum256(data)
	return rowKey(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

func (k rowKey) anonymous() bool { return strings.HasPrefix(string(k), anonymous) }
