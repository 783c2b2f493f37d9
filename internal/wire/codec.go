package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
)

// Kept points at the two fields that every record has beside the vendor's own.
type Kept struct {
	Raw      *stdjson.RawMessage
	Problems *[]activity.FieldProblem
}

// Codec decodes and encodes the records of one type, T, a struct. It is safe for concurrent use.
//
// The fields of T carry json tags with the vendor's names and, if wanted, omitzero or omitempty; no other option of a tag
// is understood. Raw and Problems are tagged `json:"-"`. Fields of type time.Time read every form that [ParseTime] reads.
type Codec[T any] struct {
	plain   func(*T) any
	kept    func(*T) Kept
	loose   bool
	options json.Options // lenient syntax, times, and loose strings if asked for
}

// NewCodec makes the codec of T; times without a zone are UTC until [Codec.In] says otherwise.
//
// plain gives the record as a pointer to a type with the same fields and no methods, so that the record's own MarshalJSON
// and UnmarshalJSON are not called again:
//
//	type plainActivity Activity
//	func(a *Activity) any { return (*plainActivity)(a) }
//
// kept gives the record's Raw and Problems.
func NewCodec[T any](plain func(*T) any, kept func(*T) Kept, opts ...CodecOption) *Codec[T] {
	var o codecOptions
	for _, opt := range opts {
		opt(&o)
	}
	c := &Codec[T]{plain: plain, kept: kept, loose: o.looseStrings}
	return c.In(time.UTC)
}

// CodecOption changes how [NewCodec] makes a codec.
type CodecOption func(*codecOptions)

type codecOptions struct{ looseStrings bool }

// LooseStrings lets a number or a boolean stand where a string is wanted: the field gets its JSON text, and that is no
// problem. It serves ids that are a number in one place and a string in another.
func LooseStrings() CodecOption {
	return func(o *codecOptions) { o.looseStrings = true }
}

// In gives the same codec with times that carry no zone read in loc; nil is UTC. Keep the result while it is of use: a
// fresh codec is cheap, but its first record costs a little more.
func (c *Codec[T]) In(loc *time.Location) *Codec[T] {
	in := *c
	unmarshalers := json.UnmarshalFromFunc(timeUnmarshaler(loc))
	if c.loose {
		unmarshalers = json.JoinUnmarshalers(unmarshalers, json.UnmarshalFromFunc(unmarshalLooseString))
	}
	in.options = json.JoinOptions(lenient, json.WithUnmarshalers(unmarshalers))
	return &in
}

// Decode makes a record of raw, which should be one JSON value. It never fails: Problems says what did not fit, and Raw
// is raw without the white space around it, sharing its memory.
func (c *Codec[T]) Decode(raw []byte) T {
	var v T
	c.decode(raw, &v)
	return v
}

// decode is Decode into v, which must be zero.
func (c *Codec[T]) decode(raw []byte, v *T) {
	raw = bytes.Trim(raw, " \t\r\n")
	problems := c.fill(raw, v)
	kept := c.kept(v)
	*kept.Raw = slices.Clip(raw)
	*kept.Problems = problems
}

// fill sets the fields of v. All at once is the fast way, and the usual one.
func (c *Codec[T]) fill(raw []byte, v *T) []activity.FieldProblem {
	isObject := jsontext.Value(raw).Kind() == '{'
	if isObject && json.Unmarshal(raw, c.plain(v), c.options) == nil {
		return nil
	}
	*v = *new(T)
	m := members{options: c.options, loose: c.loose}
	m.record(raw, reflect.ValueOf(c.plain(v)).Elem())
	return m.problems
}

// Marshal is for a record's MarshalJSON: Raw compacted if there is any, otherwise an object of the fields. A Raw that is
// not JSON is a [*SyntaxError]. A field that JSON cannot express, such as a year beyond 9999, is an error that names the
// field and not the value.
func (c *Codec[T]) Marshal(v *T) ([]byte, error) {
	if raw := *c.kept(v).Raw; len(raw) > 0 {
		compact := jsontext.Value(bytes.Clone(raw))
		if err := compact.Compact(lenient); err != nil {
			return nil, syntaxError(err, len(raw))
		}
		return compact, nil
	}
	encoded, err := json.Marshal(c.plain(v), lenient, json.Deterministic(true))
	if err != nil {
		return nil, encodeError(err)
	}
	return encoded, nil
}

// encodeError translates an error of the JSON library. The first name of the path is that of a field; what follows it can
// be the key of a map.
func encodeError(err error) error {
	if found, ok := errors.AsType[*json.SemanticError](err); ok {
		for name := range found.JSONPointer.Tokens() {
			return fmt.Errorf("%w: %q", errNotExpressible, name)
		}
	}
	return errNotExpressible
}

var errNotExpressible = errors.New("record has a field that JSON cannot express")

// Unmarshal is for a record's UnmarshalJSON: it replaces v by the record that [Codec.Decode] makes of a copy of data. The
// one error is a [*SyntaxError], for data that is not one JSON value; v is then unchanged.
func (c *Codec[T]) Unmarshal(data []byte, v *T) error {
	r := NewReader(data)
	raw, err := r.Value()
	if err == nil {
		err = r.End()
	}
	if err != nil {
		return err
	}
	*v = c.Decode(bytes.Clone(raw))
	return nil
}

// errMisfit makes the fast way of decoding give up; its text is never seen.
var errMisfit = errors.New("wire: value does not fit")

func timeUnmarshaler(loc *time.Location) func(*jsontext.Decoder, *time.Time) error {
	return func(dec *jsontext.Decoder, t *time.Time) error {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		switch value.Kind() {
		case 'n':
			*t = time.Time{}
			return nil
		case '"':
			var ok bool
			if *t, ok = parseQuotedTime(value, loc); ok {
				return nil
			}
		}
		return errMisfit
	}
}

func parseQuotedTime(quoted []byte, loc *time.Location) (time.Time, bool) {
	text := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 {
		text, _ = jsontext.AppendUnquote(nil, quoted)
	}
	return ParseTime(string(text), loc)
}

func unmarshalLooseString(dec *jsontext.Decoder, s *string) error {
	switch dec.PeekKind() {
	case '0', 't', 'f':
		value, err := dec.ReadValue()
		*s = string(value)
		return err
	default:
		return errors.ErrUnsupported // the usual way
	}
}
