package wire

import (
	"bytes"
	"context"
	"errors"
	"reflect"

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
// The first [*SyntaxError], the first error returned by a callback and a bound of
// [NewBoundedReader] that is passed end the reader: every later call returns that error again. A
// [*ShapeError] that a method returns on its own consumes nothing, so that another shape can be
// tried.
type Reader struct {
	source
	*bounds
	dec    *jsontext.Decoder // of the text
	unread bool              // the value that the reader stands before was not consumed yet
	err    error             // what ended the reader
}

// NewReader returns a reader of body, which may be empty: that is a body that ends early. Nothing
// but the body bounds what reading it costs.
func NewReader(body []byte) *Reader { return newReader(body, unbounded()) }

// NewBoundedReader returns a reader of an answer that may have maxBytes. It ends with the error of
// ctx when that has ended, and with [activity.ErrResponseTooLarge] when what is made of the body
// takes more memory than a multiple of maxBytes.
func NewBoundedReader(ctx context.Context, body []byte, maxBytes int64) *Reader {
	return newReader(body, newBounds(ctx, maxBytes))
}

// Within returns a reader of a value that r returned, or of its body, within the same bounds.
func (r *Reader) Within(value []byte) *Reader { return newReader(value, r.bounds) }

func newReader(body []byte, b *bounds) *Reader {
	s, err := newSource(body, b)
	return s.reader(b, err)
}

// sizeOfReader is how much memory a reader takes, with its decoder.
var sizeOfReader = int(reflect.TypeFor[Reader]().Size() + reflect.TypeFor[jsontext.Decoder]().Size() + reflect.TypeFor[bytes.Buffer]().Size())

// reader returns a reader of the source, which has ended if there is an error.
func (s source) reader(b *bounds, err error) *Reader {
	if err == nil {
		err = b.spend(1, sizeOfReader)
	}
	return &Reader{source: s, bounds: b, dec: jsontext.NewDecoder(bytes.NewBuffer(s.text), lenient), unread: true, err: err}
}

// Body returns what the reader reads, as a whole.
func (r *Reader) Body() []byte { return r.body }

// Err returns why nothing more can be read; nil while there is no reason.
func (r *Reader) Err() error {
	if r.err == nil {
		r.err = r.ended()
	}
	return r.err
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
	if r.dec.StackDepth() > maxDepth {
		return r.leave(maxDepth)
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
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	end := r.offset()
	return r.slice(end-len(value), end), nil
}

// value consumes the next value and returns its text.
func (r *Reader) value() ([]byte, error) {
	switch r.dec.PeekKind() {
	case '{', '[':
		begin, depth := r.next(), r.dec.StackDepth()
		if _, err := r.dec.ReadToken(); err != nil {
			return nil, r.fail(err)
		}
		if err := r.leave(depth); err != nil {
			return nil, err
		}
		return r.text[begin:r.offset()], nil
	default:
		value, err := r.dec.ReadValue()
		return value, r.fail(err)
	}
}

// leave consumes the rest of all objects and arrays that are deeper than depth. There may be much
// of it, so that it looks at the context now and then.
func (r *Reader) leave(depth int) error {
	const stride = 1024
	for n := 1; r.err == nil; n++ {
		switch now := r.dec.StackDepth(); {
		case now <= depth:
			return nil
		case now > maxDepth:
			r.err = &SyntaxError{Offset: int64(r.origin(r.offset()))}
			return r.err
		case n%stride == 0 && r.Err() != nil:
			return r.err
		}
		if _, err := r.dec.ReadToken(); err != nil {
			return r.fail(err)
		}
	}
	return r.err
}

// next returns the offset of the next value in the text.
func (r *Reader) next() int {
	return len(r.text) - len(bytes.TrimLeft(r.text[r.offset():], ":, \t\r\n"))
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
	if r.Err() == nil && !r.unread {
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
