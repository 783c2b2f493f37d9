package conformance_test

import (
	"encoding/json"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A record that was changed marshals as it was changed: each field once, and nothing of what it
// held before. Everything else is as it was sent.
func TestChangedRecords(t *testing.T) {
	every(t, func(t *testing.T, a *adapter) {
		full := reflect.New(reflect.TypeOf(a.record(7, newest()))).Elem()
		for field := range jsonFields(full) {
			change(field, "formerly")
		}
		sent := marshaled(full.Interface())
		sent = `{ "zz": 1.50e+1, "\u0061":"formerly", ` + sent[1:len(sent)-1] + `, "yy" : [ { } ]}`
		s := a.fill(0)
		s.answers(200, a.answer(false, sent))
		p, err := s.client(t).list(query{pageSize: 50}).Page(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, p.Items, 1)
		listed := reflect.ValueOf(p.Items[0].value)
		require.Empty(t, p.Items[0].problems)

		readAgain := func(text string) any {
			back := reflect.New(listed.Type())
			require.NoError(t, json.Unmarshal([]byte(text), back.Interface()))
			require.Empty(t, back.Elem().FieldByName("Problems").Interface())
			return fieldsAlone(back.Elem())
		}
		count := func(text string) int { return strings.Count(text, "formerly") + strings.Count(text, "2001") }
		asSent := marshaled(listed.Interface())
		require.True(t, strings.HasPrefix(asSent, `{"zz":1.50e+1,"\u0061":"formerly",`), asSent)
		for i := range listed.NumField() {
			kind := listed.Type().Field(i)
			name, _, _ := strings.Cut(kind.Tag.Get("json"), ",")
			if name == "-" {
				continue
			}
			for _, zero := range []bool{false, true} {
				changed := reflect.New(listed.Type()).Elem()
				changed.Set(listed)
				field := changed.Field(i)
				before := count(marshaled(field.Interface()))
				members := 0
				if field.SetZero(); !zero {
					change(field, "newly")
					members = 1
				}
				text := marshaled(changed.Interface())
				assert.Equal(t, fieldsAlone(changed), readAgain(text), name)
				assert.Equal(t, count(asSent)-before, count(text), "%s: %s", name, text)
				assert.Equal(t, members, strings.Count(text, `"`+name+`":`), "%s: %s", name, text)
				for _, other := range []string{`{"zz":1.50e+1,"\u0061":"formerly",`, `"yy":[{}]`} {
					assert.Contains(t, text, other)
				}

				// The same beside another member of that name, and where Raw has none.
				for _, raw := range []string{`{"` + name + `":"formerly",` + asSent[1:], `{"zz":1}`} {
					odd := reflect.New(listed.Type())
					require.NoError(t, json.Unmarshal([]byte(raw), odd.Interface()))
					odd.Elem().Field(i).Set(changed.Field(i))
					text := marshaled(odd.Interface())
					assert.Equal(t, members, strings.Count(text, `"`+name+`":`), "%s: %s", name, text)
					assert.Equal(t, fieldsAlone(odd.Elem()), readAgain(text), name)
				}
			}
		}
	})
}

// jsonFields are the fields that have members, those of structs included.
func jsonFields(record reflect.Value) iter.Seq[reflect.Value] {
	return func(yield func(reflect.Value) bool) {
		for kind, field := range record.Fields() {
			if tag := kind.Tag.Get("json"); tag != "-" && tag != "" && !yield(field) {
				return
			}
		}
	}
}

// change sets a field, and those within it, to a value that shows what it was made of.
func change(field reflect.Value, text string) {
	year := map[string]int{"formerly": 2001, "newly": 2002}[text]
	if at, ok := reflect.TypeAssert[*time.Time](field.Addr()); ok {
		*at = time.Date(year, 2, 3, 4, 5, 6, 0, time.UTC)
		return
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Int64:
		field.SetInt(int64(year))
	case reflect.Float64:
		field.SetFloat(float64(year))
	case reflect.Bool:
		field.SetBool(text == "formerly")
	case reflect.Slice:
		field.Set(reflect.MakeSlice(field.Type(), 1, 1))
		change(field.Index(0), text)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		change(field.Elem(), text)
	case reflect.Struct:
		for inner := range jsonFields(field) {
			change(inner, text)
		}
	}
}

// fieldsAlone returns a record, and the structs within it, without Raw and Problems.
func fieldsAlone(record reflect.Value) any {
	alone := reflect.New(record.Type()).Elem()
	alone.Set(record)
	var strip func(v reflect.Value)
	strip = func(v reflect.Value) {
		for kind, field := range v.Fields() {
			switch {
			case kind.Name == "Raw", kind.Name == "Problems":
				field.SetZero()
			case kind.Type.Kind() == reflect.Struct && kind.Type != reflect.TypeFor[time.Time]():
				strip(field)
			}
		}
	}
	strip(alone)
	return alone.Interface()
}
