package wire

import "github.com/go-json-experiment/json/jsontext"

// Kind is the kind of a JSON value.
type Kind byte

// The kinds. Invalid, the zero Kind, is the end of the body or broken syntax.
const (
	Invalid Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null
)

// String returns the name of the kind with its article, for use in a sentence.
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
