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
	index   []int
	kind    fieldKind
	element int // the size of what the largest list in it has for elements; 0: it has no lists
}

// fieldKind is how a field is filled.
type fieldKind byte

const (
	kindOther fieldKind = iota // by the JSON library
	kindText
	kindTime
	kindInteger
	kindBool
)

// knownFields remembers the result of fieldsOf by type.
var knownFields sync.Map // reflect.Type to map[string]*field

// fieldsOf returns the fields of a struct by their JSON names.
func fieldsOf(t reflect.Type) map[string]*field {
	if known, ok := knownFields.Load(t); ok {
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
		fields[name] = &field{index: f.Index, kind: fieldKindOf(f.Type), element: sizeOfElements(f.Type, maxTypeDepth)}
	}
	knownFields.Store(t, fields)
	return fields
}

// maxTypeDepth is how deep a type is looked into. One that contains itself goes no deeper.
const maxTypeDepth = 8

// sizeOfElements returns the size of the largest element of the lists and maps in a value, with
// what it points at; 0: a value has neither, and takes what its type and its texts take.
func sizeOfElements(t reflect.Type, depth int) (size int) {
	const ofAny = 512 // a map with one member
	switch {
	case depth == 0:
		return 0
	case t.Kind() == reflect.Interface:
		return ofAny
	case t.Kind() == reflect.Pointer:
		return sizeOfElements(t.Elem(), depth-1)
	case t.Kind() == reflect.Struct && t != timeType:
		for f := range t.Fields() {
			size = max(size, sizeOfElements(f.Type, depth-1))
		}
	case t.Kind() == reflect.Map:
		size = ofAny + sizeWithin(t.Key(), depth-1) + sizeWithin(t.Elem(), depth-1)
		size = max(size, sizeOfElements(t.Elem(), depth-1))
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		size = max(sizeWithin(t.Elem(), depth-1), sizeOfElements(t.Elem(), depth-1))
	}
	return size
}

// sizeWithin is the size of a value with what it points at.
func sizeWithin(t reflect.Type, depth int) int {
	size := int(t.Size())
	switch {
	case depth == 0:
	case t.Kind() == reflect.Pointer:
		size += sizeWithin(t.Elem(), depth-1)
	case t.Kind() == reflect.Struct && t != timeType:
		for f := range t.Fields() {
			size += sizeWithin(f.Type, depth-1) - int(f.Type.Size())
		}
	}
	return size
}

// sizeOfAnother is how much memory counts for a value that takes the place of another one: it is
// not one of the few that a record is made of.
const sizeOfAnother = 1 << 10

// unmarshal fills a field by the JSON library.
func (c *rules) unmarshal(b *bounds, value []byte, field *field, dst reflect.Value) error {
	const growth = 3 // times its size, and less, is what a list takes that is copied whenever it grows
	if !dst.IsZero() {
		if err := b.spend(1, sizeOfAnother); err != nil {
			return err
		}
	}
	if field.element > 0 {
		elements := 0
		for _, before := range []byte(",[{") {
			elements += bytes.Count(value, []byte{before})
		}
		if err := b.spend(elements, growth*field.element); err != nil {
			return err
		}
	}
	return json.Unmarshal(value, dst.Addr().Interface(), c.options)
}

func fieldKindOf(t reflect.Type) fieldKind {
	switch {
	case t == timeType:
		return kindTime
	case readsItself(t):
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

// readsItself reports whether a type has a method that the JSON library would call.
func readsItself(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)
	return pointer.Implements(reflect.TypeFor[json.UnmarshalerFrom]()) ||
		pointer.Implements(reflect.TypeFor[stdjson.Unmarshaler]()) ||
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
