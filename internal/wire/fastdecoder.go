package wire

import (
	"errors"
	"reflect"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// errMisfit makes the fast way of decoding give up; its text is never seen.
var errMisfit = errors.New("wire: value does not fit")

// fastDecoder fills records, one after the other, from the tokens of a decoder. It is the fast way: it
// gives up at the first member that does not fit, and leaves that record to memberDecoder.
type fastDecoder struct {
	fields  map[string]*field
	codec   *rules
	strings interner
	// order has the members of the records so far by their place in the object. A service writes
	// the members of its records mostly in the same order, so that few names have to be looked up.
	order []namedField
}

type namedField struct {
	name  string // with its quotes
	field *field // nil: no field has that name
}

func newFastDecoder(c *rules) *fastDecoder {
	return &fastDecoder{fields: c.fields, codec: c}
}

// record fills dst from the object that the reader stands before. With an error the reader stands
// somewhere within it.
func (f *fastDecoder) record(r *Reader, dst reflect.Value) error {
	const stride = 64 // members between two looks at the context
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for place := 0; r.dec.PeekKind() != jsontext.KindEndObject; place++ {
		if place%stride == stride-1 && r.Err() != nil {
			return r.err
		}
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if field := f.field(place, name); field == nil {
			_, err = r.value()
		} else {
			err = f.member(r, field, fieldAt(dst, field.index))
		}
		if err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// field finds the field of a member by its place, or by its name.
func (f *fastDecoder) field(place int, quoted []byte) *field {
	if place < len(f.order) && f.order[place].name == string(quoted) {
		return f.order[place].field
	}
	const longest = 1 << 10 // bytes of a name, of which no field has as many
	if len(quoted) > longest {
		return nil
	}
	found := f.fields[string(unquoted(quoted))]
	const most = 256 // members whose place is remembered
	switch {
	case place < len(f.order):
		f.order[place] = namedField{string(quoted), found}
	case place == len(f.order) && place < most:
		f.order = append(f.order, namedField{string(quoted), found})
	}
	return found
}

// member fills a field from the next value.
func (f *fastDecoder) member(r *Reader, field *field, dst reflect.Value) error {
	kind := kindOf(r.dec.PeekKind())
	if field.kind != kindOther && (kind == Object || kind == Array) {
		return errMisfit
	}
	value, err := r.value()
	if err != nil {
		return err
	}
	if field.kind == kindOther {
		return f.codec.unmarshal(r.bounds, value, field, dst)
	}
	if kind == Null {
		dst.SetZero()
		return nil
	}
	switch field.kind {
	case kindText:
		switch {
		case kind == String:
			dst.SetString(f.strings.intern(unquoted(value)))
		case f.codec.loose && (kind == Number || kind == Bool):
			dst.SetString(f.strings.intern(value))
		default:
			return errMisfit
		}
	case kindTime:
		t, ok := parseQuotedTime(value, f.codec.zone)
		if !ok {
			return errMisfit
		}
		*dst.Addr().Interface().(*time.Time) = t
	case kindInteger:
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return errMisfit
		}
		dst.SetInt(n)
	case kindBool:
		if kind != Bool {
			return errMisfit
		}
		dst.SetBool(value[0] == 't')
	}
	return nil
}
