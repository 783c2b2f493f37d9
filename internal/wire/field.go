package wire

import (
	"encoding"
	stdjson "encoding/json"
	"reflect"

	"github.com/go-json-experiment/json"
)

// field is a field of a record.
type field struct {
	index []int
	form  form
}

// form is how a field is filled.
type form byte

const (
	formOther form = iota // by the JSON library
	formText
	formTime
	formInteger
	formBool
)

// newFields returns the fields of a struct by their JSON names.
func newFields(t reflect.Type) map[string]*field {
	fields := make(map[string]*field)
	for name, index := range fieldsOf(t) {
		fields[name] = &field{index: index, form: formOf(t.FieldByIndex(index).Type)}
	}
	return fields
}

func formOf(t reflect.Type) form {
	switch {
	case t == timeType:
		return formTime
	case readsItself(t):
		return formOther
	case t.Kind() == reflect.String:
		return formText
	case t.Kind() == reflect.Int64:
		return formInteger
	case t.Kind() == reflect.Bool:
		return formBool
	default:
		return formOther
	}
}

// readsItself reports whether a type has a method that the JSON library would call.
func readsItself(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return pointer.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) ||
		pointer.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
