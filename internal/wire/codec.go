package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
)

// Kept points to the two fields that every record has in addition to the vendor's.
type Kept struct {
	Raw      *stdjson.RawMessage
	Problems *[]activity.FieldProblem
}

// Codec decodes and encodes the records of one type, T, a struct. It is safe for concurrent use.
//
// The fields of T have json tags with the vendor's names and, optionally, omitzero or omitempty. No
// other option of a tag is supported. Raw and Problems are tagged `json:"-"`. Fields of type
// time.Time accept every format that [ParseTime] reads.
type Codec[T any] struct {
	plain  func(*T) any
	kept   func(*T) Kept
	finish func(*T) // may be nil
	rules  *rules
	// fastDecoders has the decoders that are not in use.
	fastDecoders *sync.Pool
}

// rules define how values become fields.
type rules struct {
	fields  map[string]*field
	loose   bool
	zone    *time.Location
	options json.Options // lenient syntax, times, and loose strings if asked for

	otherNames map[string]string // see OtherNames
	encoding   json.Options
}

// NewCodec returns the codec of T, a record with the fields Raw and Problems. Times without a zone
// are read in UTC; see [Codec.In].
//
// Plain is T without its methods. The codec uses it so as not to call the record's own MarshalJSON
// and UnmarshalJSON:
//
//	type plainActivity Activity
//	var activityCodec = wire.NewCodec[Activity, plainActivity]()
func NewCodec[T, Plain any](opts ...CodecOption) *Codec[T] {
	record, plain := reflect.TypeFor[T](), reflect.TypeFor[Plain]()
	raw, hasRaw := record.FieldByName("Raw")
	problems, hasProblems := record.FieldByName("Problems")
	if !record.ConvertibleTo(plain) || !hasRaw || !hasProblems {
		panic("wire: " + record.String() + " is not a record, or not the same as " + plain.String())
	}
	return CodecOf(
		func(v *T) any { return reflect.NewAt(plain, reflect.ValueOf(v).UnsafePointer()).Interface() },
		func(v *T) Kept {
			fields := reflect.ValueOf(v).Elem()
			return Kept{
				Raw:      fields.FieldByIndex(raw.Index).Addr().Interface().(*stdjson.RawMessage),
				Problems: fields.FieldByIndex(problems.Index).Addr().Interface().(*[]activity.FieldProblem),
			}
		}, opts...)
}

// CodecOf is [NewCodec] for a record of any other type. plain returns a pointer to the struct with
// the vendor's fields, whose type must have no methods for JSON. kept returns the record's Raw and
// Problems.
func CodecOf[T any](plain func(*T) any, kept func(*T) Kept, opts ...CodecOption) *Codec[T] {
	var o codecOptions
	for _, opt := range opts {
		opt(&o)
	}
	record := reflect.TypeOf(plain(new(T))).Elem()
	encoding := json.JoinOptions(lenient, json.Deterministic(true), o.times)
	c := &Codec[T]{plain: plain, kept: kept, rules: &rules{
		loose: o.looseStrings, fields: fieldsOf(record), otherNames: o.otherNames, encoding: encoding,
	}}
	return c.In(time.UTC)
}

// CodecOption configures a codec of [NewCodec].
type CodecOption func(*codecOptions)

type codecOptions struct {
	looseStrings bool
	otherNames   map[string]string
	times        json.Options // the marshaler for times
}

// LooseStrings accepts a number or a boolean where a string is expected. The field is set to its
// JSON text, without a problem. It is for ids that are a number in one place and a string in
// another.
func LooseStrings() CodecOption {
	return func(o *codecOptions) { o.looseStrings = true }
}

// OtherNames maps other names of members to the names of their fields, so that [Codec.MarshalSince]
// replaces these members when a field has changed. Decoding does not read them.
func OtherNames(names map[string]string) CodecOption {
	return func(o *codecOptions) { o.otherNames = names }
}

// TimeLayout makes [Codec.Marshal] write times in UTC in a layout of [time.Time.Format].
func TimeLayout(layout string) CodecOption {
	write := func(enc *jsontext.Encoder, t time.Time) error {
		if t = t.UTC(); t.Year() < 1 || t.Year() > 9999 {
			return errMisfit
		}
		return enc.WriteToken(jsontext.String(t.Format(layout)))
	}
	return func(o *codecOptions) { o.times = json.WithMarshalers(json.MarshalToFunc(write)) }
}

// Then returns a copy of the codec that calls finish for each decoded record. finish may change
// every field of the record.
func (c *Codec[T]) Then(finish func(*T)) *Codec[T] {
	then := *c
	then.finish = finish
	return &then
}

// finished calls finish for a decoded record and returns the record's problems.
func (c *Codec[T]) finished(v *T) []activity.FieldProblem {
	if c.finish != nil {
		c.finish(v)
	}
	return *c.kept(v).Problems
}

// In returns a copy of the codec that reads times without a zone in loc, or in UTC if loc is nil.
// Reuse the result if you can: creating a codec is cheap, but its first record costs a little more.
func (c *Codec[T]) In(loc *time.Location) *Codec[T] {
	in := *c
	unmarshalers := json.UnmarshalFromFunc(timeUnmarshaler(loc))
	if c.rules.loose {
		unmarshalers = json.JoinUnmarshalers(unmarshalers, json.UnmarshalFromFunc(unmarshalLooseString))
	}
	r := *c.rules
	r.zone, r.options = loc, json.JoinOptions(lenient, json.WithUnmarshalers(unmarshalers))
	in.rules = &r
	in.fastDecoders = &sync.Pool{New: func() any { return newFastDecoder(in.rules) }}
	return &in
}

// HasField reports whether a member of this name becomes a field of the record.
func (c *Codec[T]) HasField(name string) bool { return c.rules.fields[name] != nil }

// Decode decodes raw, which should be one JSON value, into a record. It never fails: Problems names
// the members that did not fit. The record's Raw is raw without the white space around it, and
// shares its memory.
func (c *Codec[T]) Decode(raw []byte) T {
	var v T
	r := NewReader(bytes.Trim(raw, " \t\r\n"))
	if c.decodeFast(r, &v) {
		*c.kept(&v).Raw = slices.Clip(r.body)
	} else {
		_ = c.decodeSlow(r.source, r.limits, &v) // without limits, it cannot fail
	}
	_ = c.finished(&v)
	return v
}

// decodeFast sets the fields of v, which must be zero, with a fastDecoder. It reports false if that
// was not possible; some fields may be set then.
func (c *Codec[T]) decodeFast(r *Reader, v *T) bool {
	if r.Kind() != Object || len(r.damaged) > 0 {
		return false
	}
	f := c.fastDecoders.Get().(*fastDecoder)
	defer c.fastDecoders.Put(f)
	return f.record(r, reflect.ValueOf(c.plain(v)).Elem()) == nil && r.offset() == len(r.text)
}

// decodeSlow decodes what a fastDecoder could not. Its only errors are those of limits.
func (c *Codec[T]) decodeSlow(s source, l *limits, v *T) error {
	*v = *new(T)
	m := memberDecoder{rules: c.rules, limits: l}
	if err := m.record(s, reflect.ValueOf(c.plain(v)).Elem()); err != nil {
		return err
	}
	kept := c.kept(v)
	*kept.Raw = slices.Clip(s.body)
	*kept.Problems = slices.Clip(append(m.problems, m.stringProblems...))
	return nil
}

// Marshal implements a record's MarshalJSON. It returns Raw without white space, in which it
// replaces the members whose fields have changed since Raw was decoded. It leaves out members whose
// field is zero now, and appends members that Raw does not have. It replaces what JSON does not
// allow in the strings of Raw, so the result is always valid JSON. Without Raw, it returns an
// object of the fields.
//
// It returns a [*SyntaxError] if Raw cannot be read. It returns an [activity.ErrInvalid] for a
// field that JSON cannot express, such as a time after the year 9999. That error names the field
// and does not contain the value.
func (c *Codec[T]) Marshal(v *T) ([]byte, error) {
	raw := *c.kept(v).Raw
	if len(raw) == 0 {
		return c.encode(v)
	}
	sent := c.Decode(raw)
	return c.MarshalSince(v, &sent)
}

// MarshalSince is [Codec.Marshal] for a record whose fields are not set by [Codec.Decode] alone.
// The fields of sent have the values that the members of Raw stand for.
func (c *Codec[T]) MarshalSince(v, sent *T) ([]byte, error) {
	raw := *c.kept(v).Raw
	if len(raw) == 0 {
		return c.encode(v)
	}
	s, _ := newSource(raw, unlimited())
	compact := jsontext.Value(bytes.Clone(s.text))
	if err := compact.Compact(lenient); err != nil {
		return nil, s.syntaxError(err)
	}
	changes, err := c.encodeChanges(sent, v)
	if err != nil {
		return nil, err
	}
	if changes == nil {
		return compact, nil
	}
	return c.rules.replaceMembers(compact, changes, c.fields(sent), c.fields(v))
}

// encode returns a JSON object of the fields.
func (c *Codec[T]) encode(v *T) ([]byte, error) {
	encoded, err := json.Marshal(c.plain(v), c.rules.encoding)
	if err != nil {
		return nil, encodeError(err)
	}
	return encoded, nil
}

// fields returns the struct with the vendor's fields of v.
func (c *Codec[T]) fields(v *T) reflect.Value { return reflect.ValueOf(c.plain(v)).Elem() }

// encodeError translates an error of the JSON library. It uses the first name of the path, which is
// that of a field. The names after it can be keys of a map, which are data.
func encodeError(err error) error {
	if found, ok := errors.AsType[*json.SemanticError](err); ok {
		for name := range found.JSONPointer.Tokens() {
			return &inexpressibleError{field: name}
		}
	}
	return &inexpressibleError{}
}

// inexpressibleError reports a field that JSON cannot express.
type inexpressibleError struct{ field string }

func (e *inexpressibleError) Error() string {
	return fmt.Sprintf("record has a field that JSON cannot express: %q", e.field)
}

// Is reports whether target is [activity.ErrInvalid].
func (e *inexpressibleError) Is(target error) bool { return target == activity.ErrInvalid }

// Unmarshal implements a record's UnmarshalJSON. It sets v to what [Codec.Decode] returns for a
// copy of data. If data is not exactly one JSON value, it returns a [*SyntaxError] and does not
// change v.
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

func timeUnmarshaler(loc *time.Location) func(*jsontext.Decoder, *time.Time) error {
	return func(dec *jsontext.Decoder, t *time.Time) error {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if value.Kind() == 'n' {
			*t = time.Time{}
			return nil
		}
		var ok bool
		if *t, ok = parseQuotedTime(value, loc); !ok {
			return errMisfit
		}
		return nil
	}
}

// parseQuotedTime reads a time from a JSON string. Any other value is not a time.
func parseQuotedTime(value jsontext.Value, loc *time.Location) (time.Time, bool) {
	if value.Kind() != '"' {
		return time.Time{}, false
	}
	return ParseTime(string(unquoted(value)), loc)
}

func unmarshalLooseString(dec *jsontext.Decoder, s *string) error {
	switch dec.PeekKind() {
	case '0', 't', 'f':
		value, err := dec.ReadValue()
		*s = string(value)
		return err
	default:
		return errors.ErrUnsupported // the library decodes it as usual
	}
}
