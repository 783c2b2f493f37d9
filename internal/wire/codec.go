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

// Kept points at the two fields that every record has beside the vendor's own.
type Kept struct {
	Raw      *stdjson.RawMessage
	Problems *[]activity.FieldProblem
}

// Codec decodes and encodes the records of one type, T, a struct. It is safe for concurrent use.
//
// The fields of T carry json tags with the vendor's names and, if wanted, omitzero or omitempty; no
// other option of a tag is understood. Raw and Problems are tagged `json:"-"`. Fields of type
// time.Time read every form that [ParseTime] reads.
type Codec[T any] struct {
	plain  func(*T) any
	kept   func(*T) Kept
	finish func(*T) // nil: nothing is left to do
	rules  *rules
	// fastDecoders has those that are not in use, for records that stand alone.
	fastDecoders *sync.Pool
}

// rules are how values become fields.
type rules struct {
	fields  map[string]*field
	loose   bool
	zone    *time.Location
	options json.Options // lenient syntax, times, and loose strings if asked for

	otherNames map[string]string // of members, with the names that their fields have
	encoding   json.Options
}

// NewCodec returns the codec of T, a record with the fields Raw and Problems. Times without a zone
// are read in UTC; see [Codec.In].
//
// Plain is T without its methods, so that the record's own MarshalJSON and UnmarshalJSON are not
// called again:
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

// CodecOf is [NewCodec] for a record of another form. plain returns a pointer to the struct with the
// vendor's fields, which must have no methods of its own for JSON, and kept returns the record's Raw
// and Problems.
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

// CodecOption changes how [NewCodec] makes a codec.
type CodecOption func(*codecOptions)

type codecOptions struct {
	looseStrings bool
	otherNames   map[string]string
	times        json.Options // how they are written
}

// LooseStrings lets a number or a boolean stand where a string is wanted: the field gets its JSON
// text, and that is no problem. It serves ids that are a number in one place and a string in
// another.
func LooseStrings() CodecOption {
	return func(o *codecOptions) { o.looseStrings = true }
}

// OtherNames names members that a record may have instead of those of its fields, which are the
// values of the map. It serves [Codec.MarshalSince]: decoding does not read these members.
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

// Then returns the same codec with a last step: finish completes each record that was decoded. It may
// change every field of it.
func (c *Codec[T]) Then(finish func(*T)) *Codec[T] {
	then := *c
	then.finish = finish
	return &then
}

// finished completes a record that was decoded and returns the problems that it has.
func (c *Codec[T]) finished(v *T) []activity.FieldProblem {
	if c.finish != nil {
		c.finish(v)
	}
	return *c.kept(v).Problems
}

// In returns the same codec with times that carry no zone read in loc; nil is UTC. Keep the result
// while it is of use: a fresh codec is cheap, but its first record costs a little more.
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

// Decode makes a record of raw, which should be one JSON value. It never fails: Problems says what
// did not fit, and Raw is raw without the white space around it, sharing its memory.
func (c *Codec[T]) Decode(raw []byte) T {
	var v T
	r := NewReader(bytes.Trim(raw, " \t\r\n"))
	if c.fill(r, &v) {
		*c.kept(&v).Raw = slices.Clip(r.body)
	} else {
		_ = c.decodeByMember(r.source, r.bounds, &v) // nothing bounds it
	}
	_ = c.finished(&v)
	return v
}

// fill sets the fields of v, which must be zero, if that can be done the fast way.
func (c *Codec[T]) fill(r *Reader, v *T) bool {
	if r.Kind() != Object || len(r.marks) > 0 {
		return false
	}
	f := c.fastDecoders.Get().(*fastDecoder)
	defer c.fastDecoders.Put(f)
	return f.record(r, reflect.ValueOf(c.plain(v)).Elem()) == nil && r.offset() == len(r.text)
}

// decodeByMember makes a record of what the fast way did not understand. Its error is that of a bound.
func (c *Codec[T]) decodeByMember(s source, b *bounds, v *T) error {
	*v = *new(T)
	m := memberDecoder{rules: c.rules, bounds: b}
	if err := m.record(s, reflect.ValueOf(c.plain(v)).Elem()); err != nil {
		return err
	}
	kept := c.kept(v)
	*kept.Raw = slices.Clip(s.body)
	*kept.Problems = slices.Clip(append(m.problems, m.damaged...))
	return nil
}

// Marshal is for a record's MarshalJSON: Raw compacted, with the members replaced whose fields no
// longer have the values that they have in Raw, or an object of the fields if there is no Raw. A
// member whose field is zero now is left out, and one that Raw does not have follows at the end.
// What the strings of Raw must not hold is replaced, so that the result is always JSON.
//
// A Raw that cannot be read is a [*SyntaxError]. A field that JSON cannot express, such as a year
// beyond 9999, is an [activity.ErrInvalid] that names the field and not the value.
func (c *Codec[T]) Marshal(v *T) ([]byte, error) {
	raw := *c.kept(v).Raw
	if len(raw) == 0 {
		return c.encode(v)
	}
	sent := c.Decode(raw)
	return c.MarshalSince(v, &sent)
}

// MarshalSince is Marshal for a record whose fields are not filled by [Codec.Decode] alone: sent
// has the values that they have in Raw.
func (c *Codec[T]) MarshalSince(v, sent *T) ([]byte, error) {
	raw := *c.kept(v).Raw
	if len(raw) == 0 {
		return c.encode(v)
	}
	s, _ := newSource(raw, unbounded())
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
	return c.rules.replace(compact, changes, c.fields(sent), c.fields(v))
}

// encode returns an object of the fields.
func (c *Codec[T]) encode(v *T) ([]byte, error) {
	encoded, err := json.Marshal(c.plain(v), c.rules.encoding)
	if err != nil {
		return nil, encodeError(err)
	}
	return encoded, nil
}

// fields returns the struct that has the fields of v.
func (c *Codec[T]) fields(v *T) reflect.Value { return reflect.ValueOf(c.plain(v)).Elem() }

// encodeError translates an error of the JSON library. The first name of the path is that of a
// field; what follows it can be the key of a map.
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

// Is makes it an [activity.ErrInvalid].
func (e *inexpressibleError) Is(target error) bool { return target == activity.ErrInvalid }

// Unmarshal is for a record's UnmarshalJSON: it replaces v by the record that [Codec.Decode] makes
// of a copy of data. The one error is a [*SyntaxError], for data that is not one JSON value; v is
// then unchanged.
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

// parseQuotedTime reads a JSON value, which is no time if it is not a string.
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
		return errors.ErrUnsupported // the usual way
	}
}
