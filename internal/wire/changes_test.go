package wire_test

import (
	"bytes"
	stdjson "encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

func TestMarshalChangedFields(t *testing.T) {
	noon := time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		raw    string
		change func(r *record)
		want   string
	}{
		"nothing": {`{ "id":"a", "n":1.50e+1, "start_time":"2024-03-05 13:00+01:00" }`, func(*record) {},
			`{"id":"a","n":1.50e+1,"start_time":"2024-03-05 13:00+01:00"}`},
		"a text":             {`{"x":1.0, "id" : "secret", "\u0061":[ ]}`, func(r *record) { r.ID = "b" }, `{"x":1.0,"id":"b","\u0061":[]}`},
		"a zeroed text":      {`{"x":1,"id":"secret","y":2}`, func(r *record) { r.ID = "" }, `{"x":1,"y":2}`},
		"the only member":    {`{"id":"secret"}`, func(r *record) { r.ID = "" }, `{}`},
		"an escaped name":    {`{"\u0069d":"secret"}`, func(r *record) { r.ID = "b" }, `{"\u0069d":"b"}`},
		"another case":       {`{"ID":"a","id":"secret"}`, func(r *record) { r.ID = "" }, `{"ID":"a"}`},
		"duplicates":         {`{"id":"secret1","x":1,"id":"secret2","id":null,"id":"secret3"}`, func(r *record) { r.ID = "b" }, `{"id":"b","x":1}`},
		"zeroed duplicates":  {`{"id":"secret1","x":1,"id":"secret2"}`, func(r *record) { r.ID = "" }, `{"x":1}`},
		"other duplicates":   {`{"id":"a","id":"b","bytes":1}`, func(r *record) { r.Bytes = 2 }, `{"id":"a","id":"b","bytes":2}`},
		"new members":        {`{"x":1}`, func(r *record) { r.Bytes, r.ID = 2, "a" }, `{"x":1,"id":"a","bytes":2}`},
		"a null":             {`{"id":null}`, func(r *record) { r.ID = "a" }, `{"id":"a"}`},
		"a misfit":           {`{"id":7,"bytes":1}`, func(r *record) { r.Bytes = 2 }, `{"id":7,"bytes":2}`},
		"a misfit that fits": {`{"id":7,"bytes":1}`, func(r *record) { r.ID = "b" }, `{"id":"b","bytes":1}`},
		"no omitzero":        {`{"Untagged":"secret"}`, func(r *record) { r.Untagged = "" }, `{}`},
		"a list":             {`{"marks":[1, 2]}`, func(r *record) { r.Marks[1] = 3 }, `{"marks":[1,3]}`},
		"a map":              {`{"labels":{"a":"secret","b":"c"}}`, func(r *record) { delete(r.Labels, "a") }, `{"labels":{"b":"c"}}`},
		"anything":           {`{"any":{"a":["secret"]}}`, func(r *record) { r.Any.(map[string]any)["a"] = nil }, `{"any":{"a":null}}`},
		"what is pointed at": {`{"actor":5,"x":1}`, func(r *record) { *r.Actor = 0 }, `{"actor":0,"x":1}`},
		"a zeroed pointer":   {`{"actor":5,"x":1}`, func(r *record) { r.Actor = nil }, `{"x":1}`},
		"an embedded field":  {`{"node":5,"group":6,"team":7}`, func(r *record) { r.Node, r.Group = 8, 9 }, `{"node":8,"group":9,"team":7}`},
		"an embedded pointer": {`{"group":6,"team":7,"x":1}`, func(r *record) { r.Pointed = nil },
			`{"x":1}`},
		"a time":                {`{"start_time":"2024-03-05"}`, func(r *record) { r.Start = noon }, `{"start_time":"2024-03-05T12:00:00Z"}`},
		"a time's zone":         {`{"start_time":"2024-03-05T13:00+01:00"}`, func(r *record) { r.Start = r.Start.UTC() }, `{"start_time":"2024-03-05T13:00+01:00"}`},
		"a zeroed time":         {`{"start_time":"2024-03-05"}`, func(r *record) { r.Start = time.Time{} }, `{}`},
		"a time pointed at":     {`{"stop_time":"2024-03-05"}`, func(r *record) { *r.Stop = noon }, `{"stop_time":"2024-03-05T12:00:00Z"}`},
		"a time that misfits":   {`{"start_time":"the other day","id":"secret"}`, func(r *record) { r.ID = "" }, `{"start_time":"the other day"}`},
		"within a struct":       {`{"data":{"x": 1.0,"user":"secret","at":"2024-03-05"},"id":"a"}`, func(r *record) { r.Data.User = "b" }, `{"data":{"x":1.0,"user":"b","at":"2024-03-05"},"id":"a"}`},
		"a zeroed struct":       {`{"data":{"x":1,"user":"secret"},"id":"a"}`, func(r *record) { r.Data = data{} }, `{"id":"a"}`},
		"within a pointer":      {`{"more":{"user":"secret","x":1}}`, func(r *record) { r.More.User = "" }, `{"more":{"x":1}}`},
		"beside what misfits":   {`{"data":{"project":"x","user":"secret"}}`, func(r *record) { r.Data.User = "b" }, `{"data":{"project":"x","user":"b"}}`},
		"a struct that misfits": {`{"data":["x"],"more":null}`, func(r *record) { r.Data.User, r.More = "b", &data{Project: 1} }, `{"data":{"user":"b"},"more":{"project":1}}`},
		"structs that merge": {`{"data":{"project":1,"user":"secret1"},"data":{"user":"secret2"}}`, func(r *record) { r.Data.User = "b" },
			`{"data":{"project":1,"user":"b"}}`},
		"no object":         {`17`, func(r *record) { r.ID = "b" }, `{"id":"b"}`},
		"no object as sent": {` [1, 2] `, func(*record) {}, `[1,2]`},
		"damaged":           {"{\"id\":\"a\xff\",\"x\":\"\xe9\t\",\"Untagged\":\"secret\xff\"}", func(r *record) { r.Untagged = "b" }, `{"id":"aÿ","x":"é\u0009","Untagged":"b"}`},
		"half a surrogate":  {`{"x":"\ud800","id":"\ud800secret"}`, func(r *record) { r.ID = "b" }, `{"x":"\ud800","id":"b"}`},
	} {
		t.Run(name, func(t *testing.T) {
			rec := strict.Decode([]byte(c.raw))
			c.change(&rec)
			got, err := strict.Marshal(&rec)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
			assert.NotContains(t, string(got), "secret")
		})
	}
}

func TestMarshalChangedLooseStrings(t *testing.T) {
	rec := loose.Decode([]byte(`{"id":7,"kind":1.50,"Untagged":true}`))
	rec.Kind = "new"
	got, err := loose.Marshal(&rec)
	require.NoError(t, err)
	assert.Equal(t, `{"id":7,"kind":"new","Untagged":true}`, string(got))
}

func TestMarshalOtherNames(t *testing.T) {
	codec := wire.NewCodec[record, plainRecord](wire.OtherNames(map[string]string{"identity": "id"}))
	for raw, want := range map[string]string{
		`{"identity":"secret","x":1}`:     `{"identity":"b","x":1}`,
		`{"identity":"secret","id":null}`: `{"identity":"b"}`,
		`{"id":"","x":1}`:                 `{"id":"b","x":1}`,
	} {
		rec, sent := codec.Decode([]byte(raw)), codec.Decode([]byte(raw))
		sent.ID, rec.ID = "secret", "b"
		got, err := codec.MarshalSince(&rec, &sent)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestMarshalChangedFieldError(t *testing.T) {
	rec := strict.Decode([]byte(`{"id":"a"}`))
	rec.Start = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
	got, err := strict.Marshal(&rec)
	assert.Nil(t, got)
	assert.EqualError(t, err, `record has a field that JSON cannot express: "start_time"`)
	assert.ErrorIs(t, err, activity.ErrInvalid)
}

// A changed record is the same after a round trip, and its JSON has each changed member once.
func FuzzMarshalChanged(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","x":1,"id":7,"bytes":1e3,"start_time":"May 18, 2018 10:40:00 AM","labels":{"a":"b"},"labels":{"c":"d"}}`,
		`{"data":{"project":1,"user":"a"},"data":null,"data":{"user":"b","project":"x"},"more":{"user":"c"},"more":[]}`,
		"{\"id\":\"\xff\",\"\\u0069d\":\"\\ud800\",\"kind\":null,\"bytes\":\"x\",\"perm\":{ \"p\":1},\"any\":[1.0]}", `17`, `{}`, `[{"id":"a"}]`,
	} {
		for _, fields := range []byte{0, 1, 6, 0x55, 0xff} {
			f.Add([]byte(seed), fields)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, fields byte) {
		for _, codec := range []*wire.Codec[record]{strict, loose} {
			rec := codec.Decode(raw)
			if len(rec.Problems) > 0 && rec.Problems[0].Problem == "record is not valid JSON" {
				return
			}
			changed := map[string]bool{}
			for i, change := range []func(*record) string{
				func(r *record) string { r.ID += "+"; return "id" },
				func(r *record) string { r.Bytes /= 3; return "" },
				func(r *record) string { r.Data.User += "+"; return "data" },
				func(r *record) string { r.More = &data{Project: 3}; return "more" },
				func(r *record) string { r.Start = time.Date(1999, 1, 2, 3, 4, 5, 6, time.UTC); return "start_time" },
				func(r *record) string { r.Labels = map[string]string{"a": "b", "+": "+"}; return "labels" },
				func(r *record) string { r.Kind = ""; return "" },
				func(r *record) string { r.Perm = nil; return "" },
			} {
				if fields&(1<<i) != 0 {
					changed[change(&rec)] = true
				}
			}
			text, err := codec.Marshal(&rec)
			require.NoError(t, err)
			members := map[string]int{}
			r := wire.NewReader(text)
			_ = r.Object(func(name string) error { members[name]++; return nil })
			for name := range changed {
				require.True(t, name == "" || members[name] == 1, "%s", text)
			}

			var back record
			require.NoError(t, codec.Unmarshal(text, &back))
			again, err := codec.Marshal(&back)
			require.NoError(t, err)
			require.Equal(t, string(text), string(again))
			rec.Raw, rec.Problems, back.Raw, back.Problems = nil, nil, nil, nil
			rec.Perm, back.Perm = compacted(rec.Perm), compacted(back.Perm)
			require.Equal(t, rec, back)
		}
	})
}

func compacted(value stdjson.RawMessage) stdjson.RawMessage {
	var out bytes.Buffer
	if stdjson.Compact(&out, value) != nil {
		return nil
	}
	return out.Bytes()
}
