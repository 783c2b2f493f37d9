package wire

import (
	"bytes"
	"context"
	"errors"
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// lenient is the syntax that all decoders and encoders of this package accept.
var lenient = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// errConsumed is a mistake of the calling code, not of the body.
var errConsumed = errors.New("wire: the value was already consumed")

// Reader walks the JSON of one body in order and in place, without copying it. Do not change the
// body while you use the reader or a slice that it returned.
//
// A reader is always at one value. At first that is the whole body. In a callback of
// [Reader.Object] or [Reader.Array], it is the value of that member or element. Call exactly one of
// Object, Array, Value, Skip, Text, Int, [Records] and [Record] to consume it. If a callback does
// not consume its value, the reader skips it.
//
// Strings may contain what JSON does not allow in them. The reader keeps control characters, and
// reads bytes that are not UTF-8 as Windows-1252.
//
// A reader ends with its first [*SyntaxError], with the first error of a callback, or when a limit
// of [NewBoundedReader] is exceeded: every later call returns the same error. A method that returns
// a [*ShapeError] has consumed nothing, so that the caller can try another shape.
type Reader struct {
	source
	*limits
	dec    *jsontext.Decoder // of the text
	unread bool              // the value at which the reader is was not consumed yet
	err    error             // why the reader ended
}

// NewReader returns a reader of body without a limit of memory. An empty body counts as one that
// ends early.
func NewReader(body []byte) *Reader { return newReader(body, unlimited()) }

// NewBoundedReader returns a reader of a response that may have maxBytes. It ends with the error of
// ctx when that has ended, and with [activity.ErrResponseTooLarge] when decoding takes more
// memory than six times maxBytes or 1 MiB, whichever is larger.
func NewBoundedReader(ctx context.Context, body []byte, maxBytes int64) *Reader {
	return newReader(body, newLimits(ctx, maxBytes))
}

// Within returns a reader of a value that r returned, or of its body, with the same limits.
func (r *Reader) Within(value []byte) *Reader { return newReader(value, r.limits) }

// Restart returns a reader of the same body, with the same limits. The records read so far do not
// count as records with problems: they are read again, or not used.
func (r *Reader) Restart() *Reader {
	r.problemCount = ProblemCount{}
	return r.Within(r.body)
}

func newReader(body []byte, l *limits) *Reader {
	s, err := newSource(body, l)
	return s.reader(l, err)
}

// sizeOfReader is the memory of a reader with its decoder.
var sizeOfReader = int(reflect.TypeFor[Reader]().Size() + reflect.TypeFor[jsontext.Decoder]().Size() + reflect.TypeFor[bytes.Buffer]().Size())

// reader returns a reader of the source. If err is not nil, the reader has ended with it.
func (s source) reader(l *limits, err error) *Reader {
	if err == nil {
		err = l.spend(1, sizeOfReader)
	}
	return &Reader{source: s, limits: l, dec: jsontext.NewDecoder(bytes.NewBuffer(s.text), lenient), unread: true, err: err}
}

// Body returns the whole body of the reader.
func (r *Reader) Body() []byte { return r.body }

// Err returns the error with which the reader ended, or nil if it can go on.
func (r *Reader) Err() error {
	if r.err == nil {
		r.err = r.ctxErr()
	}
	return r.err
}

// Kind returns the kind of the next value without consuming it. It returns Invalid if no value is
// left or the syntax is broken; the methods that read return the error.
func (r *Reader) Kind() Kind {
	if r.err != nil || !r.unread {
		return Invalid
	}
	return kindOf(r.dec.PeekKind())
}

// Object consumes an object and calls member for each of its members, in order and including
// duplicates. It returns a [*ShapeError] for any other value, including null. An error of member
// ends the reader, and Object returns it as it is.
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

// Array consumes an array and calls element for each of its elements, in order. It returns a
// [*ShapeError] for any other value, including null. An error of element ends the reader, and Array
// returns it as it is.
func (r *Reader) Array(element func() error) error {
	return r.each(Array, func() error {
		r.unread = true
		return element()
	})
}

// each consumes an object or array. It calls next at each member or element, and skips values that
// next has not consumed.
func (r *Reader) each(want Kind, next func() error) error {
	if err := r.checkUnread(); err != nil {
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
		return r.skipTo(maxDepth)
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

// Value consumes the next value and returns its bytes without white space around them. The result
// is a slice of the body whose capacity is its length.
func (r *Reader) Value() ([]byte, error) {
	if err := r.consume(); err != nil {
		return nil, err
	}
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	end := r.offset()
	return r.bodySlice(end-len(value), end), nil
}

// value consumes the next value and returns its text.
func (r *Reader) value() ([]byte, error) {
	switch r.dec.PeekKind() {
	case '{', '[':
		begin, depth := r.valueOffset(), r.dec.StackDepth()
		if _, err := r.dec.ReadToken(); err != nil {
			return nil, r.fail(err)
		}
		if err := r.skipTo(depth); err != nil {
			return nil, err
		}
		return r.text[begin:r.offset()], nil
	default:
		value, err := r.dec.ReadValue()
		return value, r.fail(err)
	}
}

// skipTo consumes the rest of all objects and arrays that are deeper than depth. They may be long,
// so it checks the context now and then.
func (r *Reader) skipTo(depth int) error {
	const stride = 1024
	for n := 1; r.err == nil; n++ {
		switch now := r.dec.StackDepth(); {
		case now <= depth:
			return nil
		case now > maxDepth:
			r.err = &SyntaxError{Offset: int64(r.bodyOffset(r.offset()))}
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

// valueOffset returns the offset of the next value in the text.
func (r *Reader) valueOffset() int {
	return len(r.text) - len(bytes.TrimLeft(r.text[r.offset():], ":, \t\r\n"))
}

// Skip consumes the next value of any kind.
func (r *Reader) Skip() error {
	_, err := r.Value()
	return err
}

// Text consumes the next value and returns the text of a string, or a number as it is written in
// the body. For any other value, including null, it returns "" and false.
func (r *Reader) Text() (string, bool, error) {
	switch r.Kind() {
	case String, Number:
		if err := r.consume(); err != nil {
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

// Int consumes the next value and returns a whole number of 64 bits, written as a number or in a
// string. For any other value it returns 0 and false.
func (r *Reader) Int() (int64, bool, error) {
	text, ok, err := r.Text()
	if !ok || err != nil {
		return 0, false, err
	}
	n, problem := parseInteger(text)
	return n, problem == "", nil
}

// End returns an error if anything except white space follows what was read so far.
func (r *Reader) End() error {
	if r.err != nil {
		return r.err
	}
	rest := bytes.TrimLeft(r.text[r.offset():], " \t\r\n")
	if len(rest) > 0 {
		r.err = &SyntaxError{Offset: int64(r.bodyOffset(len(r.text) - len(rest)))}
	}
	return r.err
}

// offset returns the end of what was read of the text.
func (r *Reader) offset() int { return int(r.dec.InputOffset()) }

// checkUnread returns an error if no value may be consumed now.
func (r *Reader) checkUnread() error {
	if r.Err() == nil && !r.unread {
		r.err = errConsumed
	}
	return r.err
}

// consume is checkUnread for the methods that consume the whole value at once.
func (r *Reader) consume() error {
	err := r.checkUnread()
	r.unread = false
	return err
}

// fail ends the reader with the syntax error for err, an error of the JSON library. It does not end
// the reader if err is nil. It returns the error with which the reader has ended, or nil.
func (r *Reader) fail(err error) error {
	if err != nil && r.err == nil {
		r.err = r.syntaxError(err)
	}
	return r.err
}
