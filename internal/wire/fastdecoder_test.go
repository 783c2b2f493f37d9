package wire_test

import (
	stdjson "encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// library decodes a record with the JSON library, which only gets functions for times and, if codec
// is loose, for loose strings.
func library(codec *wire.Codec[record], raw []byte) (record, error) {
	unmarshalers := json.UnmarshalFromFunc(func(dec *jsontext.Decoder, at *time.Time) error {
		var text *string
		if err := json.UnmarshalDecode(dec, &text, json.WithUnmarshalers(nil)); err != nil || text == nil {
			*at = time.Time{}
			return err
		}
		var ok bool
		if *at, ok = wire.ParseTime(*text, nil); !ok {
			return errors.New("not a time")
		}
		return nil
	})
	if codec == loose {
		unmarshalers = json.JoinUnmarshalers(unmarshalers, json.UnmarshalFromFunc(func(dec *jsontext.Decoder, s *string) error {
			if kind := dec.PeekKind(); kind != '0' && kind != 't' && kind != 'f' {
				return errors.ErrUnsupported
			}
			value, err := dec.ReadValue()
			*s = string(value)
			return err
		}))
	}
	var plain plainRecord
	err := json.Unmarshal(raw, &plain, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), json.WithUnmarshalers(unmarshalers))
	return record(plain), err
}

// checkLibrary checks that a record of UTF-8 that the JSON library can read has the same fields
// here, alone and in an array. It must have no problems except half surrogate pairs.
func checkLibrary(t *testing.T, codec *wire.Codec[record], raw []byte) {
	if jsontext.Value(raw).Kind() != '{' || !utf8.Valid(raw) {
		return
	}
	want, err := library(codec, raw)
	if err != nil {
		return
	}
	one := codec.Decode(raw)
	many, err := wire.Records(wire.NewReader([]byte("[{}, "+string(raw)+" ]")), codec)
	require.NoError(t, err)
	require.Len(t, many, 2)
	require.Equal(t, string(one.Raw), string(many[1].Raw))
	for _, got := range []record{one, many[1]} {
		got.Raw = nil
		got.Problems = slices.DeleteFunc(got.Problems, func(p activity.FieldProblem) bool { return strings.HasSuffix(p.Problem, holdsHalf) })
		if len(got.Problems) == 0 {
			got.Problems = nil
		}
		require.Equal(t, want, got)
	}
}

func TestRecordsMatchJSONLibrary(t *testing.T) {
	for name, raw := range map[string]string{
		"every type": `{"id":"a","kind":"k","bytes":-5,"rate":1e3,"open":true,"actor":7,"start_time":"2018-07-04T06:57:04Z","data":{"user":"U7"},` +
			`"more":{"project":6},"labels":{"x":"y"},"marks":[1,2],"any":{"z":[null]},"perm":{ "p" : 1 },"small":-3,"Untagged":"u","node":8,"group":9}`,
		"a null after a text":         `{"id":"a","id":null}`,
		"a text after a null":         `{"id":null,"id":"a"}`,
		"the last of several texts":   `{"id":"a","id":"b","kind":"a","id":"a"}`,
		"objects of one name merge":   `{"data":{"project":1,"user":"a"},"data":{"user":"b"},"labels":{"a":"1"},"labels":{"b":"2"}}`,
		"arrays of one name do not":   `{"marks":[1,2,3],"marks":[4]}`,
		"a null object between":       `{"data":{"project":1},"data":null,"data":{"user":"b"},"more":{"project":1},"more":null}`,
		"an embedded pointer":         `{"group":null}`,
		"escapes in names and texts":  `{"\u0069d":"a\n\ud83d\ude00\ud800","Un\u0074agged":"\"\\"}`,
		"names are exact":             `{"ID":"a","Id":"b","untagged":"c","":"d"}`,
		"unknown members":             `{"x":{"id":[1,{"y":null}]},"id":"a","y":1,"id ":"b"}`,
		"minus nothing":               `{"bytes":-0,"actor":-0}`,
		"the least and the greatest":  `{"bytes":-9223372036854775808,"actor":9223372036854775807}`,
		"empty texts":                 `{"id":"","start_time":""}`,
		"white space between all":     " \n{ \t\"id\" :\r\"a\" , \"bytes\" : 1 } ",
		"numbers and booleans, loose": `{"id":1.50,"kind":true,"Untagged":false,"data":{"user":7}}`,
	} {
		for _, codec := range []*wire.Codec[record]{strict, loose} {
			_, err := library(codec, []byte(raw))
			if codec == loose && name != "numbers and booleans, loose" {
				require.NoError(t, err, name)
			}
			checkLibrary(t, codec, []byte(raw))
		}
	}
}

// The decoder remembers the order of members. Members in another order, and other values between
// records, must still set the right fields.
func TestRecordsMemberOrder(t *testing.T) {
	body := `[{"id":"a","kind":"b","bytes":1},{"kind":"b","id":"a","bytes":2},null,{"bytes":3},{"x":9,"id":"a","kind":"c","y":[{}],"bytes":4},` +
		`{"bytes":"odd","id":"a","data":{"project":[1,{"a":2}],"user":"U7"},"kind":"d"},{"id":"a","kind":"b","bytes":5}]`
	got, err := wire.Records(wire.NewReader([]byte(body)), strict)
	require.NoError(t, err)
	var elements []stdjson.RawMessage
	require.NoError(t, stdjson.Unmarshal([]byte(body), &elements))
	require.Len(t, got, len(elements))
	for i, element := range elements {
		assert.Equal(t, strict.Decode(element), got[i])
	}
	assert.Len(t, got[5].Problems, 2)
	assert.Equal(t, "U7", got[5].Data.User)
}

func TestRecordsManyMembers(t *testing.T) {
	body := []byte(`[{`)
	for range 2 {
		for range 300 {
			body = append(body, `"x":1,`...)
		}
		body = append(body, `"id":"a"},{`...)
	}
	body = append(body, `}]`...)
	got, err := wire.Records(wire.NewReader(body), strict)
	require.NoError(t, err)
	require.Len(t, got, 3)
	assert.Equal(t, "a", got[0].ID)
	assert.Equal(t, "a", got[1].ID)
}
