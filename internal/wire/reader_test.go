package wire_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

func TestReaderWalksInPlace(t *testing.T) {
	body := []byte(` {"total": 2, "skipped": {"deep": [1, {"x": null}]},` + "\n" +
		`  "name": "caf\u00e9", "entries" : [ {"a":1} , "b",[ ] ], "flag":true} ` + "\n")
	var names []string
	var values []string
	r := wire.NewReader(body)
	assert.Equal(t, wire.Object, r.Kind())
	err := r.Object(func(name string) error {
		names = append(names, name)
		switch name {
		case "total":
			assert.Equal(t, wire.Number, r.Kind())
			n, ok, err := r.Int()
			assert.Equal(t, int64(2), n)
			assert.True(t, ok)
			return err
		case "name":
			assert.Equal(t, wire.String, r.Kind())
			text, ok, err := r.Text()
			assert.Equal(t, "café", text)
			assert.True(t, ok)
			return err
		case "entries":
			assert.Equal(t, wire.Array, r.Kind())
			return r.Array(func() error {
				value, err := r.Value()
				values = append(values, string(value))
				assert.Equal(t, len(value), cap(value))
				offset := bytes.Index(body, value)
				assert.Same(t, &body[offset], &value[0], "the value is a slice of the body")
				return err
			})
		case "flag":
			assert.Equal(t, wire.Bool, r.Kind())
		}
		return nil
	})
	require.NoError(t, err)
	require.NoError(t, r.End())
	assert.Equal(t, wire.Invalid, r.Kind())
	assert.Equal(t, []string{"total", "skipped", "name", "entries", "flag"}, names)
	assert.Equal(t, []string{`{"a":1}`, `"b"`, `[ ]`}, values)
}

func TestReaderKeepsDuplicates(t *testing.T) {
	r := wire.NewReader([]byte(`{"a":1,"a":"b"}`))
	var got []string
	require.NoError(t, r.Object(func(name string) error {
		text, _, err := r.Text()
		got = append(got, name+"="+text)
		return err
	}))
	assert.Equal(t, []string{"a=1", "a=b"}, got)
}

func TestReaderText(t *testing.T) {
	for body, want := range map[string]string{`"a\nb"`: "a\nb", `""`: "", `12.50`: "12.50", `9007199254740993`: "9007199254740993"} {
		text, ok, err := wire.NewReader([]byte(body)).Text()
		assert.NoError(t, err, body)
		assert.True(t, ok, body)
		assert.Equal(t, want, text, body)
	}
	for _, body := range []string{`null`, `true`, `{}`, `["a"]`} {
		r := wire.NewReader([]byte(body))
		text, ok, err := r.Text()
		assert.NoError(t, err, body)
		assert.False(t, ok, body)
		assert.Empty(t, text, body)
		assert.NoError(t, r.End(), "%s was consumed", body)
	}
}

func TestReaderInt(t *testing.T) {
	whole := map[string]int64{
		`0`: 0, `-7`: -7, `"42"`: 42, `12.0`: 12, `1e3`: 1000, `1.5E+1`: 15, `100e-2`: 1, `-0.0`: 0, `0e999999999999999999`: 0,
		`9007199254740993`: 9007199254740993, `9223372036854775807`: 9223372036854775807,
		`-9223372036854775808`: -9223372036854775808, `-9223372036854775808.0`: -9223372036854775808,
		`9223372036854775807000e-3`: 9223372036854775807, `0.0005e4`: 5,
	}
	for body, want := range whole {
		n, ok, err := wire.NewReader([]byte(body)).Int()
		assert.NoError(t, err, body)
		assert.True(t, ok, body)
		assert.Equal(t, want, n, body)
	}
	for _, body := range []string{
		`1.5`, `1e-1`, `1e19`, `9223372036854775808`, `1e999999999999999999`, `1e-999999999999999999`, `null`, `[1]`,
		`"1.5.2"`, `"x"`, `""`, `"1e"`, `"1e+"`, `"1e+-2"`, `"1."`, `".5"`, `" 1"`, `"0x10"`, `"1_000"`, `"--1"`, `"1e400"`,
	} {
		r := wire.NewReader([]byte(body))
		n, ok, err := r.Int()
		assert.NoError(t, err, body)
		assert.False(t, ok, body)
		assert.Zero(t, n, body)
		assert.NoError(t, r.End(), body)
	}
}

// walk reads every value.
func walk(r *wire.Reader) error {
	switch r.Kind() {
	case wire.Object:
		return r.Object(func(string) error { return walk(r) })
	case wire.Array:
		return r.Array(func() error { return walk(r) })
	default:
		_, _, err := r.Text()
		return err
	}
}

func TestReaderTruncatedBody(t *testing.T) {
	const body = `{"a\u00e9":[1.5e+3,true,false,null,"\ud83d\ude00 é"],"b":{"c":-0.1},"d":[[],{}]}`
	require.NoError(t, walk(wire.NewReader([]byte(body))))
	for i := range len(body) {
		for name, read := range map[string]func(*wire.Reader) error{"walk": walk, "skip": (*wire.Reader).Skip} {
			err := read(wire.NewReader([]byte(body[:i])))
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s of %s", name, body[:i])
			assert.NotErrorIs(t, err, io.EOF)
		}
	}
	_, ok, err := wire.NewReader([]byte(`"cut`)).Text()
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.False(t, ok)
	assert.EqualError(t, wire.NewReader(nil).Skip(), "JSON ends early after 0 bytes")
	assert.EqualError(t, wire.NewReader([]byte(" \n")).Skip(), "JSON ends early after 2 bytes")
}

func TestReaderSyntaxErrors(t *testing.T) {
	for body, want := range map[string]string{
		`{"secret":secret}`:       "JSON cannot be read at byte 10",
		`{"secret" "x"}`:          "JSON cannot be read at byte 10",
		`{"a":1 "b":2}`:           "JSON cannot be read at byte 7",
		`{1:2}`:                   "JSON cannot be read at byte 1",
		`[,1]`:                    "JSON cannot be read at byte 1",
		`[1}`:                     "JSON cannot be read at byte 2",
		`{"a":}`:                  "JSON cannot be read at byte 5",
		`[secret]`:                "JSON cannot be read at byte 1",
		`<html>`:                  "JSON cannot be read at byte 0",
		"[\x01\"a\"]":             "JSON cannot be read at byte 1",
		`["\x"]`:                  "JSON cannot be read at byte 2",
		strings.Repeat("[", 1e5):  "JSON cannot be read at byte 1001",
		strings.Repeat("[0,", 10): "JSON ends early after 30 bytes",
	} {
		label := body[:min(len(body), 20)]
		for name, read := range map[string]func(*wire.Reader) error{"walk": walk, "skip": (*wire.Reader).Skip} {
			r := wire.NewReader([]byte(body))
			err := read(r)
			require.Error(t, err, "%s of %s", name, label)
			assert.ErrorAs(t, err, new(*wire.SyntaxError))
			assert.Equal(t, want, err.Error(), "%s of %s", name, label)
			assert.Equal(t, strings.Contains(want, "early"), errors.Is(err, io.ErrUnexpectedEOF), label)
			assert.Same(t, err, r.Skip(), "the error stays")
			assert.Same(t, err, r.End(), "the error stays")
			assert.Equal(t, wire.Invalid, r.Kind())
		}
	}
}

func TestReaderBrokenElements(t *testing.T) {
	for _, body := range []string{`[`, `[1,`, `[1,]`, `[1 2]`, `[1,@]`} {
		calls := 0
		err := wire.NewReader([]byte(body)).Array(func() error { calls++; return nil })
		assert.Error(t, err, body)
		assert.Equal(t, strings.Count(body, "1"), calls, body)
	}
}

func TestReaderEnd(t *testing.T) {
	for body, want := range map[string]string{"[] \r\n\t": "", "[] []": "JSON cannot be read at byte 3", "1,": "JSON cannot be read at byte 1"} {
		r := wire.NewReader([]byte(body))
		require.NoError(t, r.Skip())
		if err := r.End(); want == "" {
			assert.NoError(t, err)
		} else {
			assert.EqualError(t, err, want)
		}
	}
}

func TestReaderShapeErrors(t *testing.T) {
	inside := func(names ...string) func(*wire.Reader) error {
		var enter func(r *wire.Reader, names []string) error
		enter = func(r *wire.Reader, names []string) error {
			if len(names) == 0 {
				return r.Array(func() error { return nil })
			}
			if names[0] == "[]" {
				return r.Array(func() error { return enter(r, names[1:]) })
			}
			return r.Object(func(name string) error {
				if name != names[0] {
					return nil
				}
				return enter(r, names[1:])
			})
		}
		return func(r *wire.Reader) error { return enter(r, names) }
	}
	for _, c := range []struct {
		body string
		read func(*wire.Reader) error
		want string
	}{
		{`{"a":1}`, inside(), "body is an object, want an array"},
		{`"secret"`, inside("x"), "body is a string, want an object"},
		{`null`, inside("x"), "body is null, want an object"},
		{`{"x":0,"entries":"secret"}`, inside("entries"), "entries is a string, want an array"},
		{`{"response_map":{"entries":true}}`, inside("response_map", "entries"), "response_map.entries is a boolean, want an array"},
		{`[[],12]`, inside("[]"), "[] is a number, want an array"},
		{`{"x":[{"y":12}]}`, inside("x", "[]", "y"), "x[].y is a number, want an array"},
		{`{"me@example.com":{"b":12}}`, inside("me@example.com", "b"), "*.b is a number, want an array"},
		{`{"` + strings.Repeat("x", 64) + `":12}`, inside(strings.Repeat("x", 64)), strings.Repeat("x", 64) + " is a number, want an array"},
		{`{"` + strings.Repeat("x", 65) + `":12}`, inside(strings.Repeat("x", 65)), "* is a number, want an array"},
		{`{"":12}`, inside(""), "* is a number, want an array"},
	} {
		err := c.read(wire.NewReader([]byte(c.body)))
		require.ErrorAs(t, err, new(*wire.ShapeError), c.body)
		assert.EqualError(t, err, c.want)
	}
}

func TestReaderContinuesAfterShapeError(t *testing.T) {
	r := wire.NewReader([]byte(`{"a":{"b":1},"c":2}`))
	var names []string
	require.NoError(t, r.Object(func(name string) error {
		names = append(names, name)
		if err := r.Array(func() error { return nil }); !assert.Error(t, err) {
			return err
		}
		if name == "a" {
			return r.Object(func(name string) error { names = append(names, name); return nil })
		}
		return nil
	}))
	assert.Equal(t, []string{"a", "b", "c"}, names)
	assert.NoError(t, r.End())
}

func TestReaderCallbackError(t *testing.T) {
	stop := errors.New("stop")
	r := wire.NewReader([]byte(`{"a":{"x":1,"y":2},"b":3}`))
	var names []string
	err := r.Object(func(name string) error {
		names = append(names, name)
		_ = r.Object(func(name string) error { names = append(names, name); return stop })
		return nil
	})
	assert.Same(t, stop, err)
	assert.Same(t, stop, r.Skip())
	assert.Equal(t, []string{"a", "x"}, names, "the callback of the outer object gets no member of the inner one")
}

func TestReaderSecondValue(t *testing.T) {
	r := wire.NewReader([]byte(`[1,2,3]`))
	err := r.Array(func() error {
		assert.NoError(t, r.Skip())
		assert.Equal(t, wire.Invalid, r.Kind())
		_, err := r.Value()
		return err
	})
	assert.EqualError(t, err, "wire: the value was already consumed")
}
