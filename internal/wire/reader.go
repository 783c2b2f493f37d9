package wire

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient is the syntax that every decoder and encoder of this package accepts.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// errConsumed reports a mistake of the calling code, not of the body.
var errConsumed = errors.New("wire: a second value was read where one value stands")

// Reader walks the JSON of one body, in place and in order, without copying it. The body must not
// change while the reader, or a slice that it handed out, is in use.
//
// A reader stands before one value: the whole body at first, then, inside a callback of
// [Reader.Object] or [Reader.Array], the value of that member or element. Exactly one of Object,
// Array, Value, Skip, Text, Int and [Records] consumes it; a value that a callback leaves alone is
// skipped.
//
// Strings may hold what JSON does not allow in them: control characters, which are kept, and bytes
// that are not UTF-8, which are read as Windows-1252.
//
// The first [*SyntaxError] and the first error returned by a callback end the reader: every later
// call gives that error again. A [*ShapeError] that a method returns on its own consumes nothing,
// so that another shape can be tried.
type Reader struct {
	source
	dec    *jsontext.Decoder // of the text
	unread bool              // the value that the reader stands before was not consumed yet
	err    error             // what ended the reader
}

// NewReader returns a reader of body, which may be empty: that is a body that ends early.
func NewReader(body []byte) *Reader {
	s := newSource(body)
	return &Reader{source: s, dec: jsontext.NewDecoder(bytes.NewBuffer(s.text), lenient), unread: true}
}

// Kind returns the kind of the next value without consuming it. It is Invalid when no value is left
// to read or the syntax is broken; reading then gives the error.
func (r *Reader) Kind() Kind {
	if r.err != nil || !r.unread {
		return Invalid
	}
	return kindOf(r.dec.PeekKind())
}

// Object consumes an object and calls member for each of its members, in order, duplicates
// included. Anything else, null too, is a [*ShapeError]. An error of member is returned as it is
// and ends the reader.
func (r *Reader) Object(member func(name string) error) error {
	return r.each(Object, func() error {
		name, err := r.dec.ReadToken()
		if err != nil {
			return r.fail(err)
		}
		text := name.String()
		r.unread = true
		return member(text)
	})
}

// Array consumes an array and calls element for each of its elements, in order. Anything else, null
// too, is a [*ShapeError]. An error of element is returned as it is and ends the reader.
func (r *Reader) Array(element func() error) error {
	return r.each(Array, func() error {
		r.unread = true
		return element()
	})
}

// each consumes an object or array, calling next before every member or element, and skips what
// next has not consumed.
func (r *Reader) each(want Kind, next func() error) error {
	if err := r.ready(); err != nil {
		return err
	}
	switch found := r.Kind(); found {
	case want, Invalid:
	default:
		return &ShapeError{Where: r.where(), Found: found.String(), Want: want.String()}
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.fail(err)
	}
	for {
		r.unread = false
		if kindOf(r.dec.PeekKind()) == Invalid { // the end of the object or array, or an error
			_, err := r.dec.ReadToken()
			return r.fail(err)
		}
		err := next()
		if err == nil && r.unread {
			err = r.Skip()
		}
		if r.err == nil {
			r.err = err
		}
		if r.err != nil {
			return r.err
		}
	}
}

// Value consumes the next value and returns its bytes: a slice of the body, without the white space
// around it, whose capacity ends where the value ends.
func (r *Reader) Value() ([]byte, error) {
	if err := r.take(); err != nil {
		return nil, err
	}
	value, err := r.dec.ReadValue()
	if err != nil {
		return nil, r.fail(err)
	}
	end := r.offset()
	return r.slice(end-len(value), end), nil
}

// Skip consumes the next value, whatever it is.
func (r *Reader) Skip() error {
	_, err := r.Value()
	return err
}

// Text consumes the next value and returns the text of a string, or the digits of a number as they
// stand in the body. Any other value, null too, is skipped and gives "", false.
func (r *Reader) Text() (string, bool, error) {
	switch r.Kind() {
	case String, Number:
		if err := r.take(); err != nil {
			return "", false, err
		}
		token, err := r.dec.ReadToken()
		if err != nil {
			return "", false, r.fail(err)
		}
		return token.String(), true, nil
	default:
		return "", false, r.Skip()
	}
}

// Int consumes the next value and returns a whole number that fits 64 bits, whether it stands as a
// number or inside a string. Any other value is skipped and gives 0, false.
func (r *Reader) Int() (int64, bool, error) {
	text, ok, err := r.Text()
	if !ok || err != nil {
		return 0, false, err
	}
	n, problem := parseInteger(text)
	return n, problem == "", nil
}

// End checks that nothing but white space follows what was read so far.
func (r *Reader) End() error {
	if r.err != nil {
		return r.err
	}
	rest := bytes.TrimLeft(r.text[r.offset():], " \t\r\n")
	if len(rest) > 0 {
		r.err = &SyntaxError{Offset: int64(r.origin(len(r.text) - len(rest)))}
	}
	return r.err
}

// offset returns how much of the text was read.
func (r *Reader) offset() int { return int(r.dec.InputOffset()) }

// ready reports whether a value may be consumed now.
func (r *Reader) ready() error {
	if r.err == nil && !r.unread {
		r.err = errConsumed
	}
	return r.err
}

// take is ready for the methods that consume the value in one step.
func (r *Reader) take() error {
	err := r.ready()
	r.unread = false
	return err
}

// fail ends the reader with the syntax error that stands for an error of the JSON library; nil
// stays nil.
func (r *Reader) fail(err error) error {
	if err != nil && r.err == nil {
		r.err = r.syntaxError(err)
	}
	return r.err
}
