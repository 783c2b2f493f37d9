package wire

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/activity-sdk/activity"
)

// members fills a record member by member, so that each that does not fit costs only itself. It is
// the slow way, taken for a record that the fast one refused.
type members struct {
	options  json.Options
	loose    bool
	problems []activity.FieldProblem
}

const notATime = "is not a time that can be read"

var timeType = reflect.TypeFor[time.Time]()

// record fills dst, a struct, from raw.
func (m *members) record(raw []byte, dst reflect.Value) {
	s := newSource(raw)
	kind := kindOf(jsontext.Value(s.text).Kind())
	switch {
	case !jsontext.Value(s.text).IsValid(lenient):
		m.report("", "record is not valid JSON")
	case kind != Object:
		m.report("", "record is "+kind.String()+", want an object")
	default:
		m.object(s.text, dst, "")
		if len(s.marks) > 0 {
			m.damaged(raw)
		}
	}
}

// damaged reports each member that holds what JSON does not allow, known or not. One with a strange
// name is not named.
func (m *members) damaged(raw []byte) {
	r, from := NewReader(raw), 0
	_ = r.Object(func(name string) error {
		err := r.Skip()
		for _, problem := range r.damage(from, r.offset()).problems() {
			found := activity.FieldProblem{Field: name, Problem: problem}
			if !isMemberName(name) {
				found = activity.FieldProblem{Problem: "record " + problem}
			}
			if !slices.Contains(m.problems, found) {
				m.problems = append(m.problems, found)
			}
		}
		from = r.offset()
		return err
	})
}

// object fills the fields of dst from the members of raw, which is a valid object.
func (m *members) object(raw []byte, dst reflect.Value, prefix string) {
	fields := fieldsOf(dst.Type())
	r := NewReader(raw)
	_ = r.Object(func(name string) error {
		index, ok := fields[name]
		if !ok {
			return nil
		}
		value, err := r.Value()
		if err == nil {
			m.member(value, fieldAt(dst, index), prefix+name)
		}
		return err
	})
}

// member sets one field, and reports it under its name if that does not work out. Of members with
// the same name the last counts, as it does in the fast way.
func (m *members) member(raw []byte, dst reflect.Value, name string) {
	m.problems = slices.DeleteFunc(m.problems, func(p activity.FieldProblem) bool { return p.Field == name })
	if json.Unmarshal(raw, dst.Addr().Interface(), m.options) == nil {
		return
	}
	dst.SetZero()
	kind := kindOf(jsontext.Value(raw).Kind())
	if kind == Null {
		return
	}
	if problem := m.closest(raw, kind, dst, name); problem != "" {
		m.report(name, problem)
	}
}

// closest sets dst as well as it can be where the usual way failed, and says what is wrong if that
// is not the whole.
func (m *members) closest(raw []byte, kind Kind, dst reflect.Value, name string) string {
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
		m.object(raw, dst, name+".")
		return ""
	case kind.String() == want:
		return "holds a value that does not fit"
	default:
		return "is " + kind.String() + ", want " + want
	}
}

func (m *members) report(field, problem string) {
	m.problems = append(m.problems, activity.FieldProblem{Field: field, Problem: problem})
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

// fieldIndexes remembers the result of fieldsOf by type.
var fieldIndexes sync.Map // reflect.Type to map[string][]int

// fieldsOf gives the place of every field of a struct by its JSON name.
func fieldsOf(t reflect.Type) map[string][]int {
	if known, ok := fieldIndexes.Load(t); ok {
		return known.(map[string][]int)
	}
	fields := make(map[string][]int)
	for _, f := range reflect.VisibleFields(t) {
		tag := f.Tag.Get("json")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" {
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		if name == "" {
			name = f.Name
		}
		fields[name] = f.Index
	}
	fieldIndexes.Store(t, fields)
	return fields
}
