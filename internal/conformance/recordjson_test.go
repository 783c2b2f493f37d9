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

// TestRecordsAsJSON checks that a record marshals as the service sent it, or as the service would
// send it, and unmarshals to the same record. Invalid JSON changes nothing.
func TestRecordsAsJSON(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		s := a.fill(1)
		p, err := s.client(t).list(bounded(5)).Page(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, p.Items, 1)
		listed := p.Items[0].value
		text, err := json.Marshal([]any{listed})
		require.NoError(t, err)

		kind := reflect.TypeOf(listed)
		back := reflect.New(kind)
		require.NoError(t, json.Unmarshal(text[1:len(text)-1], back.Interface()))
		again, err := json.Marshal(back.Interface())
		require.NoError(t, err)
		assert.Equal(t, string(text), "["+string(again)+"]")
		raw := back.Elem().FieldByName("Raw")
		assert.Equal(t, string(again), string(raw.Bytes()))
		clear(text)
		assert.Equal(t, string(again), string(raw.Bytes()), "Raw is a copy")

		bare := reflect.ValueOf(a.record(7, newest()))
		text, err = json.Marshal(bare.Interface())
		require.NoError(t, err)
		back = reflect.New(kind)
		require.NoError(t, json.Unmarshal(text, back.Interface()))
		back.Elem().FieldByName("Raw").SetZero()
		assert.Equal(t, bare.Interface(), back.Elem().Interface())
		empty, err := json.Marshal(reflect.Zero(kind).Interface())
		require.NoError(t, err)
		assert.Equal(t, "{}", string(empty), "what is not set is left out")

		for _, broken := range []string{``, `{`, `{} {}`, `{"canary":}`} {
			err := back.Interface().(json.Unmarshaler).UnmarshalJSON([]byte(broken))
			require.Error(t, err, broken)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, bare.Interface(), back.Elem().Interface())
		}
		back.Elem().FieldByName("Raw").SetBytes([]byte(`{"canary`))
		_, err = back.Elem().Interface().(json.Marshaler).MarshalJSON()
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "canary")
		_, err = a.record(7, time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)).(json.Marshaler).MarshalJSON()
		require.Error(t, err, "JSON has no form for this year")
	})
}

// TestChangedRecords checks that a changed record marshals with its new values: each field once,
// and without its former value. Everything else stays as it was sent.
func TestChangedRecords(t *testing.T) {
	everyVendor(t, func(t *testing.T, a *adapter) {
		full := reflect.New(reflect.TypeOf(a.record(7, newest()))).Elem()
		for field := range jsonFields(full) {
			setValue(field, "formerly")
		}
		sent := toJSON(full.Interface())
		sent = `{ "zz": 1.50e+1, "\u0061":"formerly", ` + sent[1:len(sent)-1] + `, "yy" : [ { } ]}`
		s := a.fill(0)
		s.respond(200, a.answer(false, sent))
		p, err := s.client(t).list(query{pageSize: 50}).Page(t.Context(), "")
		require.NoError(t, err)
		require.Len(t, p.Items, 1)
		listed := reflect.ValueOf(p.Items[0].value)
		require.Empty(t, p.Items[0].problems)

		readAgain := func(text string) any {
			back := reflect.New(listed.Type())
			require.NoError(t, json.Unmarshal([]byte(text), back.Interface()))
			require.Empty(t, back.Elem().FieldByName("Problems").Interface())
			return withoutRaw(back.Elem())
		}
		count := func(text string) int { return strings.Count(text, "formerly") + strings.Count(text, "2001") }
		asSent := toJSON(listed.Interface())
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
				before := count(toJSON(field.Interface()))
				members := 0
				if field.SetZero(); !zero {
					setValue(field, "newly")
					members = 1
				}
				text := toJSON(changed.Interface())
				assert.Equal(t, withoutRaw(changed), readAgain(text), name)
				assert.Equal(t, count(asSent)-before, count(text), "%s: %s", name, text)
				assert.Equal(t, members, strings.Count(text, `"`+name+`":`), "%s: %s", name, text)
				for _, other := range []string{`{"zz":1.50e+1,"\u0061":"formerly",`, `"yy":[{}]`} {
					assert.Contains(t, text, other)
				}

				// The same with another member of that name, and without one in Raw.
				for _, raw := range []string{`{"` + name + `":"formerly",` + asSent[1:], `{"zz":1}`} {
					copied := reflect.New(listed.Type())
					require.NoError(t, json.Unmarshal([]byte(raw), copied.Interface()))
					copied.Elem().Field(i).Set(changed.Field(i))
					text := toJSON(copied.Interface())
					assert.Equal(t, members, strings.Count(text, `"`+name+`":`), "%s: %s", name, text)
					assert.Equal(t, withoutRaw(copied.Elem()), readAgain(text), name)
				}
			}
		}
	})
}

// jsonFields returns the fields that have JSON members, including those that are structs.
func jsonFields(record reflect.Value) iter.Seq[reflect.Value] {
	return func(yield func(reflect.Value) bool) {
		for kind, field := range record.Fields() {
			if tag := kind.Tag.Get("json"); tag != "-" && tag != "" && !yield(field) {
				return
			}
		}
	}
}

// setValue sets a field, and the fields within it, to a value that shows which text it was made of.
func setValue(field reflect.Value, text string) {
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
		setValue(field.Index(0), text)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		setValue(field.Elem(), text)
	case reflect.Struct:
		for inner := range jsonFields(field) {
			setValue(inner, text)
		}
	}
}

// withoutRaw returns a record, and the structs within it, without Raw and Problems.
func withoutRaw(record reflect.Value) any {
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
