package snaplogic

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// rowKey tells the rows of a walk apart: the _id of a row, or a hash of it where it does not look
// like one. A row without an _id has a hash of its bytes.
type rowKey string

const (
	oddID     = "#" // begins the hash of an _id
	anonymous = "~" // begins the hash of a row without an _id
	repeated  = "=" // begins the hash of a row whose _id was delivered with another
)

// keyOfBytes is the key of a row whose id another row has as well.
func keyOfBytes(raw []byte) rowKey { return repeated + hash(raw) }

func keyOf(row *Activity) rowKey {
	switch {
	case row.ID == "":
		return anonymous + hash(row.Raw)
	case !plain(row.ID):
		return oddID + hash([]byte(row.ID))
	default:
		return rowKey(row.ID)
	}
}

// plain reports whether a text looks like an _id: short, of letters, digits, hyphens and low lines.
func plain(id string) bool {
	const longest = 32
	if len(id) > longest {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

func hash(data []byte) rowKey {
	sum := sha256.Sum256(data)
	return rowKey(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

func (k rowKey) anonymous() bool { return strings.HasPrefix(string(k), anonymous) }
