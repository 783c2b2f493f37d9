package wire

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is the kind of a JSON value.
type Kind byte

// The kinds. Invalid, the zero Kind, stands for the end of the body and for broken syntax.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// String names the kind with its article, as it is used within a sentence.
func (k Kind) String() string {
	switch k {
	case Object:
		return "an object"
	case Array:
		return "an array"
	case String:
		return "a string"
	case Number:
		return "a number"
	case Bool:
		return "a boolean"
	case Null:
		return "null"
	default:
		return "not valid JSON"
	}
}

func kindOf(k jsontext.Kind) Kind {
	switch k {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case '0':
		return Number
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	default:
		return Invalid
	}
}

// SyntaxError reports JSON that cannot be read: a body that ends early, which includes an empty
// one, broken syntax, or values nested deeper than 1,000 levels. A body that ends early satisfies
// errors.Is(err, io.ErrUnexpectedEOF), as a transmission that was cut and may be tried again; the
// others do not.
type SyntaxError struct {
	// Offset is the number of bytes before the error, give or take a separator, and approximate
	// within a string that holds what JSON does not allow. It is all bytes that there are if the
	// body ends early.
	Offset    int64
	endsEarly bool
	record    int // that could not be read, from 1; 0: the error is not among records
}

// Error says the place and the nature of the error, and nothing out of the body.
func (e *SyntaxError) Error() string {
	text := "JSON cannot be read at byte %d"
	if e.endsEarly {
		text = "JSON ends early after %d bytes"
	}
	if e.record > 0 {
		return fmt.Sprintf(text+", in record %d (the first is 0)", e.Offset, e.record-1)
	}
	return fmt.Sprintf(text, e.Offset)
}

// Unwrap gives io.ErrUnexpectedEOF for a body that ends early, otherwise nil.
func (e *SyntaxError) Unwrap() error {
	if e.endsEarly {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// ShapeError reports valid JSON of another shape than the one that was asked for.
type ShapeError struct {
	Where string // the members that lead to the value, such as "response_map.entries"; "body" for the whole
	Found string // the kind found, with its article: "a string"
	Want  string // the kind wanted: "an array"
}

// Error names the place and both kinds.
func (e *ShapeError) Error() string {
	return e.Where + " is " + e.Found + ", want " + e.Want
}

// where names the place of the next value. A name that does not look like a member of an API is
// replaced, since objects that serve as maps have data for names.
func (r *Reader) where() string {
	names := slices.Collect(r.dec.StackPointer().Tokens())
	var path strings.Builder
	for level := 1; level <= r.dec.StackDepth(); level++ {
		kind, length := r.dec.StackIndex(level)
		var name string
		if length > 0 && len(names) > 0 {
			name, names = names[0], names[1:]
		}
		switch {
		case kind == '[':
			path.WriteString("[]")
			continue
		case path.Len() > 0:
			path.WriteByte('.')
		}
		if !isMemberName(name) {
			name = "*"
		}
		path.WriteString(name)
	}
	if path.Len() == 0 {
		return "body"
	}
	return path.String()
}

func isMemberName(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return name != "" && len(name) <= 64 && strings.Trim(name, letters) == ""
}
