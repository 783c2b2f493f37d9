package wire_test

import (
	stdjson "encoding/json"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

func TestDecodeEveryFieldType(t *testing.T) {
	raw := []byte(`{"id":"a\u0062","kind":"new_kind","bytes":9007199254740993,"rate":1.5,"open":true,"actor":7,
		"start_time":"2016-05-06T14:53:28.557156Z","stop_time":"May 18, 2018 10:40:00 AM","data":{"project":5,"user":"U7"},
		"more":{"project":6},"labels":{"x":"y"},"marks":[1,2],"any":{"z":[null]},"perm":{ "p" : 1 },"small":-3,"Untagged":"u",
		"node":8,"group":9,"unknown":{"deep":[[[]]]},"ID":"other case"}`)
	got := strict.Decode(raw)
	stop := time.Date(2018, time.May, 18, 10, 40, 0, 0, time.UTC)
	want := record{
		ID: "ab", Kind: "new_kind", Bytes: 9007199254740993, Rate: 1.5, Open: true, Actor: new(int64(7)),
		Start: time.Date(2016, time.May, 6, 14, 53, 28, 557156000, time.UTC), Stop: &stop,
		Data: data{Project: 5, User: "U7"}, More: &data{Project: 6}, Labels: map[string]string{"x": "y"}, Marks: []int64{1, 2},
		Any: map[string]any{"z": []any{nil}}, Perm: stdjson.RawMessage(`{ "p" : 1 }`), Small: -3, Untagged: "u",
		embedded: embedded{Node: 8}, Pointed: &Pointed{Group: 9}, Raw: raw,
	}
	assert.Equal(t, want, got)
}

func TestDecodeNull(t *testing.T) {
	raw := []byte(`{"id":null,"kind":null,"bytes":null,"rate":null,"open":null,"actor":null,"start_time":null,"stop_time":null,
		"data":null,"more":null,"labels":null,"marks":null,"any":null,"small":null,"node":null,"group":null}`)
	want := record{Raw: raw, Pointed: &Pointed{}}
	assert.Equal(t, want, strict.Decode(raw))
	assert.Equal(t, want, loose.Decode(raw))
}

func TestDecodeNullSlowly(t *testing.T) {
	raw := []byte(`{"own":null,"id":null,"start_time":null,"actor":null,"bytes":5}`)
	assert.Equal(t, record{Bytes: 5, Raw: raw}, strict.Decode(raw))
}

func TestDecodeConcurrently(t *testing.T) {
	body := entryPage(50, `"1"`)
	codec := newEntryCodec(wire.LooseStrings())
	want, err := readEntries(body, codec)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := readEntries(body, codec.In(time.UTC))
			assert.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	wg.Wait()
}

func TestDecodeTrimsRaw(t *testing.T) {
	raw := []byte("\r\n\t {\"id\" : \"a\"} \n")
	got := strict.Decode(raw)
	assert.Equal(t, `{"id" : "a"}`, string(got.Raw))
	assert.Same(t, &raw[4], &got.Raw[0])
	assert.Equal(t, len(got.Raw), cap(got.Raw), "appending to Raw cannot overwrite what follows")
	assert.Empty(t, got.Problems)
	assert.Equal(t, "a", got.ID)
}

func TestDecodeDuplicateMembers(t *testing.T) {
	got := strict.Decode([]byte(`{"id":"a","bytes":1,"id":"b","bytes":2,"bytes":null}`))
	assert.Equal(t, "b", got.ID)
	assert.Zero(t, got.Bytes)
	assert.Empty(t, got.Problems)
}

func TestDecodeInvalidJSON(t *testing.T) {
	for _, raw := range []string{"", "  ", "{", `{"id":`, `{"id":"a"`, "tru", "nope", "{} {}", `{"id":"a"}x`, "\xff", "]"} {
		got := strict.Decode([]byte(raw))
		assert.Equal(t, []activity.FieldProblem{problem("", "record is not valid JSON")}, got.Problems, raw)
		assert.Equal(t, strings.TrimSpace(raw), string(got.Raw))
		assert.Empty(t, got.ID, "no field is set")
		_, err := strict.Marshal(&record{Raw: stdjson.RawMessage(raw + "{")})
		assert.ErrorAs(t, err, new(*wire.SyntaxError), raw)
	}
}

func TestDecodeTimeZone(t *testing.T) {
	zone := time.FixedZone("", -5*3600)
	in := strict.In(zone)
	raw := []byte(`{"start_time":"May 18, 2018 10:40:00 AM","data":{"at":"2018-05-18T10:40:00Z"},"marks":["x"],"stop_time":"2018-05-18"}`)
	got := in.Decode(raw)
	assert.Equal(t, "2018-05-18T10:40:00-05:00", got.Start.Format(time.RFC3339))
	assert.Equal(t, "2018-05-18T10:40:00Z", got.Data.At.Format(time.RFC3339))
	assert.Equal(t, "2018-05-18T00:00:00-05:00", got.Stop.Format(time.RFC3339), "the slow decoder uses the zone too")
	assert.Equal(t, "2018-05-18T10:40:00Z", strict.Decode(raw).Start.Format(time.RFC3339), "the codec itself is unchanged")
	assert.Equal(t, "2018-05-18T10:40:00Z", in.In(nil).Decode(raw).Start.Format(time.RFC3339))
}

func TestDecodeEscapedTime(t *testing.T) {
	got := strict.Decode([]byte(`{"start_time":"May 18, 2018 10:40:00\u202fAM"}`))
	assert.Empty(t, got.Problems)
	assert.Equal(t, 10, got.Start.Hour())
}

func TestLooseStrings(t *testing.T) {
	raw := []byte(`{"id":9007199254740993,"kind":12,"Untagged":false,"data":{"user":7},"labels":{"a":1.50},"bytes":5}`)
	got := loose.Decode(raw)
	assert.Empty(t, got.Problems)
	assert.Equal(t, "9007199254740993", got.ID)
	assert.Equal(t, kind("12"), got.Kind)
	assert.Equal(t, "false", got.Untagged)
	assert.Equal(t, "7", got.Data.User)
	assert.Equal(t, map[string]string{"a": "1.50"}, got.Labels)
	assert.Equal(t, int64(5), got.Bytes)

	got = loose.Decode([]byte(`{"id":[1],"kind":{},"Untagged":"x"}`))
	assert.Equal(t, []activity.FieldProblem{
		problem("id", "is an array, want a string"), problem("kind", "is an object, want a string"),
	}, got.Problems)
	assert.Equal(t, "x", got.Untagged)
}

func TestMarshalCompactsRaw(t *testing.T) {
	raw := " { \"id\" : \"a\\u0062\", \"n\" : 1.50e+1, \"id\":\"\xff\", \"b\":9007199254740993 } "
	rec := strict.Decode([]byte(raw))
	got, err := strict.Marshal(&rec)
	require.NoError(t, err)
	assert.Equal(t, "{\"id\":\"a\\u0062\",\"n\":1.50e+1,\"id\":\"ÿ\",\"b\":9007199254740993}", string(got))
	assert.Equal(t, strings.TrimSpace(raw), string(rec.Raw), "Raw itself is left as it is")
}

func TestMarshalWithoutRaw(t *testing.T) {
	got, err := strict.Marshal(&record{
		ID: "a\xff", Bytes: math.MaxInt64, Start: time.Date(2018, 7, 4, 6, 57, 4, 823e6, time.UTC), Data: data{User: "U7"},
		Labels: map[string]string{"b": "<", "a": "x"}, Perm: stdjson.RawMessage(`{"p": 1}`), Raw: stdjson.RawMessage{},
	})
	require.NoError(t, err)
	assert.Equal(t, `{"id":"a`+"\ufffd"+`","bytes":9223372036854775807,"start_time":"2018-07-04T06:57:04.823Z","data":{"user":"U7"},`+
		`"labels":{"a":"x","b":"<"},"perm":{"p":1},"Untagged":""}`, string(got))
}

func TestMarshalErrorNamesOnlyTheField(t *testing.T) {
	for want, rec := range map[string]record{
		`record has a field that JSON cannot express: "start_time"`: {Start: time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)},
		`record has a field that JSON cannot express: "rate"`:       {Rate: math.NaN()},
		`record has a field that JSON cannot express: "any"`:        {Any: map[string]any{"secret": make(chan int)}},
		`record has a field that JSON cannot express: "perm"`:       {Perm: stdjson.RawMessage(`{"secret`)},
	} {
		got, err := strict.Marshal(&rec)
		assert.Nil(t, got)
		assert.EqualError(t, err, want)
	}
}

func TestMarshalInvalidRaw(t *testing.T) {
	got, err := strict.Marshal(&record{Raw: stdjson.RawMessage(`{"secret":secret}`)})
	assert.Nil(t, got)
	assert.EqualError(t, err, "JSON cannot be read at byte 10")
}

func TestUnmarshal(t *testing.T) {
	data := []byte(` {"id":"a","bytes":"x"} `)
	got := record{ID: "old", Open: true, Raw: stdjson.RawMessage("old"), Problems: []activity.FieldProblem{problem("old", "")}}
	require.NoError(t, strict.Unmarshal(data, &got))
	clear(data)
	assert.Equal(t, record{
		ID: "a", Raw: stdjson.RawMessage(`{"id":"a","bytes":"x"}`),
		Problems: []activity.FieldProblem{problem("bytes", "is a string, want an integer")},
	}, got, "the whole record is replaced, and Raw is a copy")
}

func TestUnmarshalErrors(t *testing.T) {
	for data, early := range map[string]bool{``: true, `{"secret":`: true, `{"secret":x}`: false, `{} secret`: false} {
		got := record{ID: "old"}
		err := strict.Unmarshal([]byte(data), &got)
		require.ErrorAs(t, err, new(*wire.SyntaxError), data)
		assert.NotContains(t, err.Error(), "secret")
		assert.Equal(t, record{ID: "old"}, got)
		if early {
			assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
		} else {
			assert.NotErrorIs(t, err, io.ErrUnexpectedEOF)
		}
	}
}

func TestEncodingJSONRoundTrip(t *testing.T) {
	const text = `[{"id":"a","extra":[1,{"b":null}]},null,{"bytes":"x"}]`
	var got []record
	require.NoError(t, stdjson.Unmarshal([]byte(text), &got))
	require.Len(t, got, 3)
	assert.Equal(t, `{"id":"a","extra":[1,{"b":null}]}`, string(got[0].Raw))
	again, err := stdjson.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, text, string(again))
}

// finish gets the decoded record, and the problems that it adds count.
func TestCodecThen(t *testing.T) {
	codec := strict.Then(func(r *record) {
		r.ID += "!"
		r.Problems = append(r.Problems, problem("id", "is loud"))
	})
	assert.Equal(t, "a!", codec.Decode([]byte(`{"id":"a"}`)).ID)
	r := wire.NewReader([]byte(`[{"id":"a"}]`))
	records, err := wire.Records(r, codec)
	require.NoError(t, err)
	assert.Equal(t, "a!", records[0].ID)
	assert.Equal(t, wire.ProblemCount{Records: 1, First: problem("id", "is loud")}, r.Problems())
	text, err := codec.Marshal(&records[0])
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"a"}`, string(text), "Marshal does not take what finish set for a change")
}

func TestNewCodecPanics(t *testing.T) {
	assert.Panics(t, func() { wire.NewCodec[data, data]() })
	assert.Panics(t, func() { wire.NewCodec[record, data]() })
}
