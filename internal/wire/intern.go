package wire

import (
	"bytes"
	"hash/maphash"

	"github.com/go-json-experiment/json/jsontext"
)

// interner makes strings, each with memory of its own: keeping one keeps nothing else. A short text
// that was made before is not made again, since records have many texts in common.
type interner struct {
	known [512]string // by their hash; the last one counts
}

var textSeed = maphash.MakeSeed()

// maxKnown bounds the texts that are remembered, in bytes.
const maxKnown = 256

// intern returns the string of a value, which may change afterwards.
func (t *interner) intern(value []byte) string {
	if len(value) == 0 || len(value) > maxKnown {
		return string(value)
	}
	slot := &t.known[maphash.Bytes(textSeed, value)%uint64(len(t.known))]
	if *slot != string(value) {
		*slot = string(value)
	}
	return *slot
}

// unquoted returns the text of a quoted string: a part of it, unless it has escapes.
func unquoted(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(make([]byte, 0, len(quoted)), quoted) // its error is about half a surrogate pair
	return text
}
