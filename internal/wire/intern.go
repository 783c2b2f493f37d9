package wire

import (
	"bytes"
	"hash/maphash"

	"github.com/go-json-experiment/json/jsontext"
)

// interner returns strings that share no memory with the body, so that keeping one keeps nothing
// else. It reuses recent short strings, since records have many in common.
type interner struct {
	cached [512]string // the latest string with each hash
}

var textSeed = maphash.MakeSeed()

// maxInterned is the length of the longest string that is reused, in bytes.
const maxInterned = 256

// intern returns value as a string. The caller may change value afterwards.
func (t *interner) intern(value []byte) string {
	if len(value) == 0 || len(value) > maxInterned {
		return string(value)
	}
	slot := &t.cached[maphash.Bytes(textSeed, value)%uint64(len(t.cached))]
	if *slot != string(value) {
		*slot = string(value)
	}
	return *slot
}

// unquoted returns the text of a quoted string. It shares its memory unless it has escapes.
func unquoted(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(make([]byte, 0, len(quoted)), quoted) // the only error is half a surrogate pair
	return text
}
