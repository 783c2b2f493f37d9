package wire

import (
	"bytes"
	"hash/maphash"
	"reflect"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// texts makes the strings of a record. Those that records have in common are made once; what is left shares one allocation for each
// record, but for what is long: a short text that a program keeps must not keep that as well.
type texts struct {
	fresh   []byte // the new texts of this record, one behind the other
	pending []text
	common  [256]string // texts of this record and those before, by their hash

	apartOnly bool // all others are left out
}

// text is what a field will be set to.
type text struct {
	dst   reflect.Value
	known string // where it ends where the one before does
	end   int    // in fresh
	slot  int    // in common
}

var textSeed = maphash.MakeSeed()

// begin forgets what was not assigned.
func (t *texts) begin() {
	t.fresh, t.pending = t.fresh[:0], t.pending[:0]
}

// maxShared bounds the texts that are shared, in bytes.
const maxShared = 256

// add remembers that dst will be set to a text, which may change afterwards. The last for a field counts. One that is kept apart has
// memory of its own.
func (t *texts) add(dst reflect.Value, value []byte, apart bool) {
	if len(value) == 0 || apart || len(value) > maxShared && !t.apartOnly {
		t.pending = append(t.pending, text{dst: dst, known: string(value), end: len(t.fresh)})
		return
	}
	if t.apartOnly {
		return
	}
	slot := int(maphash.Bytes(textSeed, value) % uint64(len(t.common)))
	if known := t.common[slot]; known == string(value) {
		t.pending = append(t.pending, text{dst: dst, known: known, end: len(t.fresh)})
		return
	}
	t.fresh = append(t.fresh, value...)
	t.pending = append(t.pending, text{dst: dst, end: len(t.fresh), slot: slot})
}

// assign sets the fields.
func (t *texts) assign() {
	all, from := string(t.fresh), 0
	for _, p := range t.pending {
		if p.end > from {
			p.known = all[from:p.end]
			t.common[p.slot] = p.known
			from = p.end
		}
		p.dst.SetString(p.known)
	}
}

// forget drops all that belongs to a record.
func (t *texts) forget() {
	clear(t.pending[:cap(t.pending)])
	clear(t.common[:])
	t.begin()
}

// unquoted gives the text of a quoted string: a part of it, unless it has escapes or invalid UTF-8, which becomes U+FFFD.
func unquoted(quoted []byte) []byte {
	inside := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return inside
	}
	text, _ := jsontext.AppendUnquote(nil, quoted) // its error is about the UTF-8
	return text
}
