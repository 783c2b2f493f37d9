package wire

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/repair"
)

// memberDecoder decodes a record member by member, so that a member that does not fit only costs
// itself. It is slow, and used for records for which fastDecoder failed.
type memberDecoder struct {
	*rules
	*limits
	problems       []activity.FieldProblem // of members that do not fit
	stringProblems []activity.FieldProblem // of strings with characters that JSON does not allow, also in unknown members
}

const (
	// maxProblems limits problems and stringProblems. No type has as many fields.
	maxProblems = 64
	// sizeOfProblem is the memory of a problem with its texts.
	sizeOfProblem = 128
)

const notATime = "is not a time that can be read"

var timeType = reflect.TypeFor[time.Time]()

// record sets the fields of dst, a struct. Its only errors are those of limits.
func (m *memberDecoder) record(s source, dst reflect.Value) error {
	r := s.reader(m.limits, nil)
	kind := r.Kind()
	var err error
	if kind == Object {
		err = m.object(r, dst, "")
	} else {
		err = r.Skip()
	}
	if err == nil {
		err = r.End()
	}
	if _, broken := errors.AsType[*SyntaxError](err); broken {
		dst.SetZero()
		m.problems, m.stringProblems = nil, nil
		return m.report("", "record is not valid JSON")
	}
	if err == nil && kind != Object {
		err = m.report("", "record is "+kind.String()+", want an object")
	}
	return err
}

// object sets the fields of dst from the members of the next value.
func (m *memberDecoder) object(r *Reader, dst reflect.Value, prefix string) error {
	fields, from := fieldsOf(dst.Type()), 0
	return r.Object(func(name string) error {
		err := r.consume()
		if err != nil {
			return err
		}
		value, err := r.value()
		if field, known := fields[name]; known && err == nil {
			err = m.member(value, field, fieldAt(dst, field.index), prefix+name)
		}
		if prefix == "" && err == nil {
			err = m.note(name, r.defects(from, r.offset()))
			from = r.offset()
		}
		return err
	})
}

// note adds the problems of the strings in a member. It leaves out a name that could be data.
func (m *memberDecoder) note(name string, d repair.Defects) error {
	for _, problem := range problemsOf(d) {
		found := activity.FieldProblem{Field: name, Problem: problem}
		if !isMemberName(name) {
			found = activity.FieldProblem{Problem: "record " + problem}
		}
		if len(m.stringProblems) < maxProblems && !slices.Contains(m.stringProblems, found) {
			m.stringProblems = append(m.stringProblems, found)
			if err := m.spend(1, sizeOfProblem); err != nil {
				return err
			}
		}
	}
	return nil
}

// member sets one field, or reports a problem under its name. If a name is repeated, the last
// member counts, as for fastDecoder. Its only errors are those of limits.
func (m *memberDecoder) member(raw []byte, field *field, dst reflect.Value, name string) error {
	before := len(m.problems)
	m.problems = slices.DeleteFunc(m.problems, func(p activity.FieldProblem) bool { return p.Field == name })
	if err := m.spend(before-len(m.problems), sizeOfReplacement); err != nil {
		return err
	}
	err := m.unmarshal(m.limits, raw, field, dst)
	if err == nil || errors.Is(err, activity.ErrResponseTooLarge) {
		return err
	}
	dst.SetZero()
	kind := kindOf(jsontext.Value(raw).Kind())
	if kind == Null {
		return nil
	}
	if problem := m.coerce(raw, kind, dst, name); problem != "" {
		return m.report(name, problem)
	}
	return nil
}

// coerce sets dst as far as possible after unmarshal failed. It returns the problem, or "" if dst
// is set or each problem was reported.
func (m *memberDecoder) coerce(raw []byte, kind Kind, dst reflect.Value, name string) string {
	if dst.Kind() == reflect.Pointer {
		target := reflect.New(dst.Type().Elem())
		problem := m.coerce(raw, kind, target.Elem(), name)
		if problem == "" {
			dst.Set(target)
		}
		return problem
	}
	want := wantedKind(dst.Type())
	switch {
	case dst.Type() == timeType && kind == String:
		return notATime
	case dst.CanInt() && kind == Number:
		n, problem := parseInteger(string(raw))
		if problem == "" && dst.OverflowInt(n) {
			problem = "does not fit its field"
		}
		if problem == "" {
			dst.SetInt(n)
		}
		return problem
	case dst.CanFloat() && kind == Number:
		return tooLarge
	case m.loose && dst.Kind() == reflect.String && (kind == Number || kind == Bool):
		dst.SetString(string(raw))
		return ""
	case dst.Kind() == reflect.Struct && dst.Type() != timeType && kind == Object:
		_ = m.object(newReader(raw, m.limits), dst, name+".") // if it exceeds a limit, so does the next call
		return ""
	case kind.String() == want:
		return "holds a value that does not fit"
	default:
		return "is " + kind.String() + ", want " + want
	}
}

func (m *memberDecoder) report(field, problem string) error {
	if len(m.problems) < maxProblems {
		m.problems = append(m.problems, activity.FieldProblem{Field: field, Problem: problem})
	}
	return m.spend(1, sizeOfProblem)
}

// wantedKind returns the kind of JSON value that a type is read from, with its article.
func wantedKind(t reflect.Type) string {
	if t == timeType {
		return "a time"
	}
	switch t.Kind() {
	case reflect.Bool:
		return Bool.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "an integer"
	case reflect.Float32, reflect.Float64:
		return Number.String()
	case reflect.String:
		return String.String()
	case reflect.Slice, reflect.Array:
		return Array.String()
	case reflect.Struct, reflect.Map:
		return Object.String()
	default:
		return "another kind"
	}
}

// fieldAt is dst.FieldByIndex, except that it allocates for embedded nil pointers.
func fieldAt(dst reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if dst.Kind() == reflect.Pointer {
			if dst.IsNil() {
				dst.Set(reflect.New(dst.Type().Elem()))
			}
			dst = dst.Elem()
		}
		dst = dst.Field(i)
	}
	return dst
}
