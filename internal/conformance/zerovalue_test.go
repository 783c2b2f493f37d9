package conformance_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// TestZeroValues checks that clients that New did not make, and zero values of the types that a
// client returns, fail with ErrInvalid and a reason: lists when they are read, feeds when they are
// followed, with any cursor or checkpoint.
func TestZeroValues(t *testing.T) {
	const message = "the client was not made by New"
	for _, a := range adapters {
		t.Run(a.String(), func(t *testing.T) {
			made := reflect.TypeOf(a.fill(0).client(t).value)
			u := zeroValues{a, map[reflect.Type]bool{}}
			t.Run("zero", func(t *testing.T) { u.callAll(t, reflect.New(made.Elem()), message) })
			t.Run("nil", func(t *testing.T) { u.callAll(t, reflect.Zero(made), message) })
		})
	}
}

// zeroValues calls everything that can be called on zero values.
type zeroValues struct {
	adapter *adapter
	zeros   map[reflect.Type]bool // the types whose zero values were tested
}

// callAll calls all exported methods of a client, or of a value that a client returned.
func (u zeroValues) callAll(t *testing.T, v reflect.Value, message string) {
	t.Helper()
	for method, value := range v.Methods() {
		t.Run(method.Name, func(t *testing.T) {
			var args []reflect.Value
			for in := range value.Type().Ins() {
				args = append(args, argument(t, in))
			}
			results := value.Call(args)
			last := results[len(results)-1]
			switch {
			case last.Type() == reflect.TypeFor[error]():
				u.assertInvalid(t, last, message)
			case isOf(last, "List"):
				for _, list := range []reflect.Value{last, call(last, "From", reflect.ValueOf(activity.Cursor("a1.e30")))[0]} {
					for _, err := range call(list, "Pages", reflect.ValueOf(t.Context()))[0].Seq2() {
						u.assertInvalid(t, err, message)
					}
					u.assertInvalid(t, call(list, "Page", reflect.ValueOf(t.Context()), reflect.ValueOf(activity.Cursor("")))[1], message)
				}
			case isOf(last, "Feed"):
				for _, from := range []activity.Checkpoint{{}, strangeCheckpoint(t)} {
					o := activity.FollowOptions{Since: newest()}
					n := 0
					for _, read := range []string{"CatchUp", "Follow"} {
						for _, err := range call(last, read, reflect.ValueOf(t.Context()), reflect.ValueOf(from), reflect.ValueOf(o))[0].Seq2() {
							u.assertInvalid(t, err, message)
							n++
						}
					}
					assert.Equal(t, 2, n)
				}
			default: // a value with methods of its own
				u.callAll(t, last, message)
				if !u.zeros[last.Type()] {
					u.zeros[last.Type()] = true
					u.callAll(t, reflect.Zero(last.Type()), "the "+last.Type().Name()+" is the zero value")
				}
			}
		})
	}
}

func (u zeroValues) assertInvalid(t *testing.T, result reflect.Value, message string) {
	t.Helper()
	err, _ := reflect.TypeAssert[error](result)
	require.ErrorIs(t, err, activity.ErrInvalid)
	e := asError(t, u.adapter, err)
	assert.NotEmpty(t, e.Message)
	assert.Contains(t, e.Message, message)
}

func call(v reflect.Value, method string, args ...reflect.Value) []reflect.Value {
	return v.MethodByName(method).Call(args)
}

// isOf reports whether a value is of a generic type in the package activity.
func isOf(v reflect.Value, generic string) bool {
	return v.Type().PkgPath() == module && strings.HasPrefix(v.Type().Name(), generic+"[")
}

// argument returns a valid argument of a type.
func argument(t *testing.T, in reflect.Type) reflect.Value {
	t.Helper()
	v := reflect.New(in).Elem()
	switch in.Kind() {
	case reflect.Interface:
		require.Equal(t, reflect.TypeFor[context.Context](), in)
		return reflect.ValueOf(t.Context())
	case reflect.String:
		v.SetString("1")
	case reflect.Int64:
		v.SetInt(1)
	default: // a query
		require.Equal(t, reflect.Struct, in.Kind(), in)
	}
	return v
}

// strangeCheckpoint returns a checkpoint of a feed that no vendor has.
func strangeCheckpoint(t *testing.T) (c activity.Checkpoint) {
	t.Helper()
	require.NoError(t, c.UnmarshalText([]byte(`{"v":1,"feed":"post/letters","query":"tnXR2mDGVpLAVB8t","watermark":"1999-12-31T12:00:00Z",`+
		`"floor":"1999-12-31T11:00:00Z","salt":"/SG/GotS6H63JeRelP5sWA=="}`)))
	return c
}
