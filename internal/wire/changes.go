package wire

import (
	"reflect"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// encodeChanges returns an object of the fields of v that differ from those of sent and are not
// zero; nil if no field differs. Only they are encoded, so that a field as it was sent cannot fail.
func (c *Codec[T]) encodeChanges(sent, v *T) ([]byte, error) {
	was, is := c.fields(sent), c.fields(v)
	var changes *T
	for _, f := range c.rules.fields {
		value := valueAt(is, f.index)
		if same(valueAt(was, f.index), value) {
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

// replace returns an object, which has no white space, with the members replaced of the fields in
// which is and was differ. Each stands once, with the value that it has in encoded, or not at all
// if its field is zero. New members follow at the end. A value of another kind counts as an empty
// object.
func (c *rules) replace(object, encoded []byte, was, is reflect.Value) ([]byte, error) {
	sent, err := membersOf(object)
	if err != nil {
		return nil, err
	}
	members, err := membersOf(encoded)
	if err != nil {
		return nil, err
	}
	fields := fieldsOf(is.Type())
	changed := make(map[string][]byte) // nil: the field is zero, or its member was written
	for name, f := range fields {
		if !same(valueAt(was, f.index), valueAt(is, f.index)) {
			changed[name] = nil
		}
	}
	for _, m := range members {
		f := fields[m.name]
		value := valueAt(is, f.index)
		if _, ok := changed[m.name]; !ok || value.IsZero() {
			continue
		}
		changed[m.name] = m.value
		if inner := c.only(sent, m.name); isPlainStruct(value.Type()) && jsontext.Value(inner).Kind() == jsontext.KindBeginObject {
			before, after := reflect.Indirect(valueAt(was, f.index)), reflect.Indirect(value)
			if !before.IsValid() {
				continue
			}
			if changed[m.name], err = c.replace(inner, m.value, before, after); err != nil {
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
		name := c.name(m.name)
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

// name returns the name by which a field has a member that may have another one.
func (c *rules) name(member string) string {
	if name, ok := c.otherNames[member]; ok {
		return name
	}
	return member
}

// only returns the value of the one member of that name; nil if there is none, or another one with
// which it merges.
func (c *rules) only(members []member, name string) (value []byte) {
	for _, m := range members {
		if c.name(m.name) != name {
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
	label []byte // the name as it stands there, with its quotes and colon
	value []byte
}

// membersOf returns the members of an object in their order; none if it is another value.
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

// same reports whether two values of one type are the same to whoever sees their exported fields.
// Times are if they are the same instant.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.String: // as most are, and quicker than what follows
		return a.String() == b.String()
	case reflect.Pointer:
		return a.IsNil() == b.IsNil() && (a.IsNil() || same(a.Elem(), b.Elem()))
	case reflect.Struct:
		if at, ok := reflect.TypeAssert[time.Time](a); ok {
			other, _ := reflect.TypeAssert[time.Time](b)
			return at.Equal(other)
		}
		for i := range a.NumField() {
			if a.Type().Field(i).IsExported() && !same(a.Field(i), b.Field(i)) {
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

// isPlainStruct reports whether a type is a struct, or points at one, that the JSON library reads
// and writes by its fields.
func isPlainStruct(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !readsItself(t)
}

// valueAt is v.FieldByIndex that takes what an embedded pointer does not point at for zero.
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
