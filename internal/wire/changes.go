package wire

import (
	"reflect"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// encodeChanges returns an object of the fields of v that differ from those of sent and are not
// zero. It returns nil if no field differs. It encodes no other field, so a field that is as it was
// sent cannot cause an error.
func (c *Codec[T]) encodeChanges(sent, v *T) ([]byte, error) {
	before, after := c.fields(sent), c.fields(v)
	var changes *T
	for _, f := range c.rules.fields {
		value := valueAt(after, f.index)
		if equal(valueAt(before, f.index), value) {
			continue
		}
		if changes == nil {
			changes = new(T)
		}
		fieldAt(c.fields(changes), f.index).Set(value)
	}
	if changes == nil {
		return nil, nil
	}
	return c.encode(changes)
}

// replaceMembers returns object with new values for the fields that differ between before and
// after. It takes the values from encoded, and drops the members whose field is zero now. A
// replaced member appears once, even if object repeats it. New members follow at the end. The
// object must have no white space; any other value counts as an empty object.
func (c *rules) replaceMembers(object, encoded []byte, before, after reflect.Value) ([]byte, error) {
	sent, err := membersOf(object)
	if err != nil {
		return nil, err
	}
	members, err := membersOf(encoded)
	if err != nil {
		return nil, err
	}
	fields := fieldsOf(after.Type())
	changed := make(map[string][]byte) // nil if the field is zero, or its member was written
	for name, f := range fields {
		if !equal(valueAt(before, f.index), valueAt(after, f.index)) {
			changed[name] = nil
		}
	}
	for _, m := range members {
		f := fields[m.name]
		value := valueAt(after, f.index)
		if _, ok := changed[m.name]; !ok || value.IsZero() {
			continue
		}
		changed[m.name] = m.value
		if inner := c.uniqueValue(sent, m.name); isPlainStruct(value.Type()) && jsontext.Value(inner).Kind() == jsontext.KindBeginObject {
			old := reflect.Indirect(valueAt(before, f.index))
			if !old.IsValid() {
				continue
			}
			if changed[m.name], err = c.replaceMembers(inner, m.value, old, reflect.Indirect(value)); err != nil {
				return nil, err
			}
		}
	}

	out := []byte{'{'}
	write := func(name, value []byte) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, name...), value...)
	}
	for _, m := range sent {
		name := c.fieldName(m.name)
		if value, ok := changed[name]; !ok {
			write(m.label, m.value)
		} else if value != nil {
			write(m.label, value)
			changed[name] = nil
		}
	}
	for _, m := range members {
		if value := changed[m.name]; value != nil {
			write(m.label, value)
		}
	}
	return append(out, '}'), nil
}

// fieldName returns the name that the field of a member has: see [OtherNames].
func (c *rules) fieldName(member string) string {
	if name, ok := c.otherNames[member]; ok {
		return name
	}
	return member
}

// uniqueValue returns the value of the only member with a name. It returns nil if no member has it,
// or several, since objects with the same name merge.
func (c *rules) uniqueValue(members []member, name string) (value []byte) {
	for _, m := range members {
		if c.fieldName(m.name) != name {
			continue
		}
		if value != nil {
			return nil
		}
		value = m.value
	}
	return value
}

// member is a member of an object without white space.
type member struct {
	name  string
	label []byte // the name as it was sent, with its quotes and colon
	value []byte
}

// membersOf returns the members of an object in their order. It returns nil for any other value.
func membersOf(object []byte) (members []member, err error) {
	r := NewReader(object)
	if r.Kind() != Object {
		return nil, nil
	}
	from := 1
	err = r.Object(func(name string) error {
		value, err := r.Value()
		end := r.offset()
		if err == nil {
			members = append(members, member{name: name, label: object[from : end-len(value)], value: value})
		}
		from = end + 1
		return err
	})
	return members, err
}

// equal reports whether two values of one type have equal exported fields. Times are equal if they
// are the same instant.
func equal(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.String: // most fields; faster than the default
		return a.String() == b.String()
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || equal(a.Elem(), b.Elem()))
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](a); ok {
			other, _ := reflect.TypeAssert[time.Time](b)
			return at.Equal(other)
		}
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() && !equal(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice, reflect.Map, reflect.Interface:
		return reflect.DeepEqual(a.Interface(), b.Interface())
	default:
		return a.Equal(b)
	}
}

// isPlainStruct reports whether the JSON library reads and writes a type by its fields: a struct,
// or a pointer to one, without its own methods for JSON.
func isPlainStruct(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !hasUnmarshaler(t)
}

// valueAt is v.FieldByIndex, except that the fields behind an embedded nil pointer are zero.
func valueAt(v reflect.Value, index []int) reflect.Value {
	if len(index) == 1 {
		return v.Field(index[0])
	}
	field, err := v.FieldByIndexErr(index)
	if err != nil {
		return reflect.Zero(v.Type().FieldByIndex(index).Type)
	}
	return field
}
