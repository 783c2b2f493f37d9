package wire

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
)

// field is a field of a record.
type field struct {
	index       []int
	kind        fieldKind
	elementSize int // see elementSize
}

// fieldKind is how a field is decoded.
type fieldKind byte

const (
	kindOther fieldKind = iota // by the JSON library
	kindText
	kindTime
	kindInteger
	kindBool
)

// fieldsCache has the results of fieldsOf.
var fieldsCache sync.Map // reflect.Type to map[string]*field

// fieldsOf returns the fields of a struct by their JSON names.
func fieldsOf(t reflect.Type) map[string]*field {
	if known, ok := fieldsCache.Load(t); ok {
		return known.(map[string]*field)
	}
	fields := make(map[string]*field)
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" {
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		fields[name] = &field{index: f.Index, kind: fieldKindOf(f.Type), elementSize: elementSize(f.Type, maxTypeDepth)}
	}
	fieldsCache.Store(t, fields)
	return fields
}

// maxTypeDepth limits how deep elementSize looks into a type, which may contain itself.
const maxTypeDepth = 8

// elementSize returns the size of the largest element of the slices and maps in a type, including
// what it points to. It returns 0 if the type has no slices or maps: its values then take the
// memory of the type and of their strings.
func elementSize(t reflect.Type, depth int) (size int) {
	const ofAny = 512 // a map with one member
	switch {
	case depth == 0:
		return 0
	case t.Kind() == reflect.Interface:
		return ofAny
	case t.Kind() == reflect.Pointer:
		return elementSize(t.Elem(), depth-1)
	case t.Kind() == reflect.Struct && t != timeType:
		for f := range t.Fields() {
			size = max(size, elementSize(f.Type, depth-1))
		}
	case t.Kind() == reflect.Map:
		size = ofAny + deepSize(t.Key(), depth-1) + deepSize(t.Elem(), depth-1)
		size = max(size, elementSize(t.Elem(), depth-1))
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		size = max(deepSize(t.Elem(), depth-1), elementSize(t.Elem(), depth-1))
	}
	return size
}

// deepSize returns the size of a type, including what it points to.
func deepSize(t reflect.Type, depth int) int {
	size := int(t.Size())
	switch {
	case depth == 0:
	case t.Kind() == reflect.Pointer:
		size += deepSize(t.Elem(), depth-1)
	case t.Kind() == reflect.Struct && t != timeType:
		for f := range t.Fields() {
			size += deepSize(f.Type, depth-1) - int(f.Type.Size())
		}
	}
	return size
}

// sizeOfReplacement is the memory that counts for a value of a repeated member. The size of the
// record only covers the first value of each member.
const sizeOfReplacement = 1 << 10

// unmarshal sets a field with the JSON library.
func (c *rules) unmarshal(l *limits, value []byte, field *field, dst reflect.Value) error {
	const growth = 3 // a slice that is copied whenever it grows takes at most three times its size
	if !dst.IsZero() {
		if err := l.spend(1, sizeOfReplacement); err != nil {
			return err
		}
	}
	if field.elementSize > 0 {
		elements := 0
		for _, c := range []byte(",[{") { // each element comes after one of them
			elements += bytes.Count(value, []byte{c})
		}
		if err := l.spend(elements, growth*field.elementSize); err != nil {
			return err
		}
	}
	return json.Unmarshal(value, dst.Addr().Interface(), c.options)
}

func fieldKindOf(t reflect.Type) fieldKind {
	switch {
	case t == timeType:
		return kindTime
	case hasUnmarshaler(t):
		return kindOther
	case t.Kind() == reflect.String:
		return kindText
	case t.Kind() == reflect.Int64:
		return kindInteger
	case t.Kind() == reflect.Bool:
		return kindBool
	default:
		return kindOther
	}
}

// hasUnmarshaler reports whether a type has a method that the JSON library would call.
func hasUnmarshaler(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return pointer.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) ||
		pointer.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
