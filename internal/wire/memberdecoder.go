package wire

import (
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
)

// memberDecoder fills a record member by member, so that each that does not fit costs only itself. It is
// the slow way, taken for a record that the fast one refused.
type memberDecoder struct {
	*rules
	*bounds
	problems []activity.FieldProblem // of members that do not fit
	damaged  []activity.FieldProblem // of those that hold what JSON does not allow, known or not
}

const (
	// maxProblems bounds the problems of one kind that a record has. No type has as many fields.
	maxProblems = 64
	// sizeOfProblem is how much memory one takes, with its texts.
	sizeOfProblem = 128
)

const notATime = "is not a time that can be read"

var timeType = reflect.TypeFor[time.Time]()

// record fills dst, a struct. Its error is that of a bound.
func (m *memberDecoder) record(s source, dst reflect.Value) error {
	r := s.reader(m.bounds, nil)
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
		m.problems, m.damaged = nil, nil
		return m.report("", "record is not valid JSON")
	}
	if err == nil && kind != Object {
		err = m.report("", "record is "+kind.String()+", want an object")
	}
	return err
}

// object fills the fields of dst from the members of the next value.
func (m *memberDecoder) object(r *Reader, dst reflect.Value, prefix string) error {
	fields, from := fieldsOf(dst.Type()), 0
	return r.Object(func(name string) error {
		err := r.take()
		if err != nil {
			return err
		}
		value, err := r.value()
		if field, known := fields[name]; known && err == nil {
			err = m.member(value, field, fieldAt(dst, field.index), prefix+name)
		}
		if prefix == "" && err == nil {
			err = m.note(name, r.damage(from, r.offset()))
			from = r.offset()
		}
		return err
	})
}

// note reports what a member holds. One with a strange name is not named.
func (m *memberDecoder) note(name string, d damage) error {
	for _, problem := range d.problems() {
		found := activity.FieldProblem{Field: name, Problem: problem}
		if !isMemberName(name) {
			found = activity.FieldProblem{Problem: "record " + problem}
		}
		if len(m.damaged) < maxProblems && !slices.Contains(m.damaged, found) {
			m.damaged = append(m.damaged, found)
			if err := m.spend(1, sizeOfProblem); err != nil {
				return err
			}
		}
	}
	return nil
}

// member sets one field, and reports it under its name if that does not work out. Of members with
// the same name the last counts, as it does in the fast way. Its error is that of a bound.
func (m *memberDecoder) member(raw []byte, field *field, dst reflect.Value, name string) error {
	before := len(m.problems)
	m.problems = slices.DeleteFunc(m.problems, func(p activity.FieldProblem) bool { return p.Field == name })
	if err := m.spend(before-len(m.problems), sizeOfAnother); err != nil {
		return err
	}
	err := m.unmarshal(m.bounds, raw, field, dst)
	if err == nil || errors.Is(err, activity.ErrResponseTooLarge) {
		return err
	}
	dst.SetZero()
	kind := kindOf(jsontext.Value(raw).Kind())
	if kind == Null {
		return nil
	}
	if problem := m.closest(raw, kind, dst, name); problem != "" {
		return m.report(name, problem)
	}
	return nil
}

// closest sets dst as well as it can be where the usual way failed, and says what is wrong if that
// is not the whole.
func (m *memberDecoder) closest(raw []byte, kind Kind, dst reflect.Value, name string) string {
	if dst.Kind() == reflect.Pointer {
		target := reflect.New(dst.Type().Elem())
		problem := m.closest(raw, kind, target.Elem(), name)
		if problem == "" {
			dst.Set(target)
		}
		return problem
	}
	want := wanted(dst.Type())
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
		_ = m.object(newReader(raw, m.bounds), dst, name+".") // a bound that it passes is met again
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

// wanted names what a field of the given type is read from.
func wanted(t reflect.Type) string {
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

// fieldAt is dst.FieldByIndex that makes what embedded pointers point at.
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
