package wire

import (
	"errors"
	"reflect"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// errMisfit ends the fast decoding of a record. Nobody sees its text.
var errMisfit = errors.New("wire: value does not fit")

// fastDecoder decodes records one after the other. It fails at the first member that does not fit;
// then memberDecoder decodes the record again.
type fastDecoder struct {
	fields  map[string]*field
	rules   *rules
	strings interner
	// order has the members of earlier records by their position in the object. A service mostly
	// sends the members of its records in the same order, so few names have to be looked up.
	order []namedField
}

type namedField struct {
	name  string // with its quotes
	field *field // nil if no field has that name
}

func newFastDecoder(c *rules) *fastDecoder {
	return &fastDecoder{fields: c.fields, rules: c}
}

// record sets the fields of dst from the next value, an object. After an error, the reader is
// somewhere within the object.
func (f *fastDecoder) record(r *Reader, dst reflect.Value) error {
	const stride = 64 // members between two checks of the context
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for position := 0; r.dec.PeekKind() != jsontext.KindEndObject; position++ {
		if position%stride == stride-1 && r.Err() != nil {
			return r.err
		}
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if field := f.field(position, name); field == nil {
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

// field returns the field of a member, which it finds by its position or by its name.
func (f *fastDecoder) field(position int, quoted []byte) *field {
	if position < len(f.order) && f.order[position].name == string(quoted) {
		return f.order[position].field
	}
	const maxName = 1 << 10 // bytes; the names of fields are shorter
	if len(quoted) > maxName {
		return nil
	}
	found := f.fields[string(unquoted(quoted))]
	const maxPositions = 256
	switch {
	case position < len(f.order):
		f.order[position] = namedField{string(quoted), found}
	case position == len(f.order) && position < maxPositions:
		f.order = append(f.order, namedField{string(quoted), found})
	}
	return found
}

// member sets a field from the next value.
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
		return f.rules.unmarshal(r.limits, value, field, dst)
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
		case f.rules.loose && (kind == Number || kind == Bool):
			dst.SetString(f.strings.intern(value))
		default:
			return errMisfit
		}
	case kindTime:
		t, ok := parseQuotedTime(value, f.rules.zone)
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
