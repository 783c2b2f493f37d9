package wire_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
)

func TestDecodeProblems(t *testing.T) {
	for _, c := range []struct {
		member string
		want   activity.FieldProblem
	}{
		{`"id":5`, problem("id", "is a number, want a string")},
		{`"id":true`, problem("id", "is a boolean, want a string")},
		{`"kind":{}`, problem("kind", "is an object, want a string")},
		{`"bytes":"5"`, problem("bytes", "is a string, want an integer")},
		{`"bytes":1.5`, problem("bytes", "is not a whole number")},
		{`"bytes":9223372036854775808`, problem("bytes", "does not fit 64 bits")},
		{`"bytes":-1e30`, problem("bytes", "does not fit 64 bits")},
		{`"small":300`, problem("small", "does not fit its field")},
		{`"rate":"1"`, problem("rate", "is a string, want a number")},
		{`"rate":1e999`, problem("rate", "does not fit 64 bits")},
		{`"open":"yes"`, problem("open", "is a string, want a boolean")},
		{`"open":1`, problem("open", "is a number, want a boolean")},
		{`"actor":"x"`, problem("actor", "is a string, want an integer")},
		{`"start_time":1530687424`, problem("start_time", "is a number, want a time")},
		{`"start_time":"secret"`, problem("start_time", "is not a time that can be read")},
		{`"stop_time":"secret"`, problem("stop_time", "is not a time that can be read")},
		{`"stop_time":{}`, problem("stop_time", "is an object, want a time")},
		{`"data":[]`, problem("data", "is an array, want an object")},
		{`"data":{"project":"secret"}`, problem("data.project", "is a string, want an integer")},
		{`"more":{"at":"secret"}`, problem("more.at", "is not a time that can be read")},
		{`"more":"secret"`, problem("more", "is a string, want an object")},
		{`"labels":{"secret":5}`, problem("labels", "holds a value that does not fit")},
		{`"labels":"secret"`, problem("labels", "is a string, want an object")},
		{`"marks":[1,"secret"]`, problem("marks", "holds a value that does not fit")},
		{`"marks":{}`, problem("marks", "is an object, want an array")},
		{`"own":"secret"`, problem("own", "holds a value that does not fit")},
		{`"own":[]`, problem("own", "is an array, want a string")},
		{`"node":"secret"`, problem("node", "is a string, want an integer")},
		{`"group":"secret"`, problem("group", "is a string, want an integer")},
		{`"Untagged":[]`, problem("Untagged", "is an array, want a string")},
	} {
		t.Run(c.member, func(t *testing.T) {
			field, _, _ := strings.Cut(c.want.Field, ".")
			got := strict.Decode([]byte(`{"perm":{"a":1},` + c.member + `,"any":"kept"}`))
			assert.Equal(t, []activity.FieldProblem{c.want}, got.Problems)
			assert.Equal(t, `{"a":1}`, string(got.Perm), "the member before is kept")
			assert.Equal(t, "kept", got.Any, "the member after is kept")

			got.Raw, got.Problems, got.Perm, got.Any = nil, nil, nil, nil
			if field == "more" && strings.Contains(c.want.Field, ".") {
				assert.Zero(t, *got.More)
				got.More = nil
			}
			if field == "group" {
				got.Pointed = nil
			}
			assert.Zero(t, got, "the field itself stays zero")
		})
	}
}

func TestDecodeSeveralProblems(t *testing.T) {
	got := strict.Decode([]byte(`{"id":1,"bytes":12.0,"actor":1e3,"start_time":"x","data":{"project":"x","user":"U7","at":"2018-05-18"},
		"group":8,"team":9,"kind":"k","more":{"user":1,"project":9007199254740993},"stop_time":""}`))
	assert.Equal(t, []activity.FieldProblem{
		problem("id", "is a number, want a string"), problem("start_time", "is not a time that can be read"),
		problem("data.project", "is a string, want an integer"), problem("more.user", "is a number, want a string"),
	}, got.Problems)
	assert.Equal(t, int64(12), got.Bytes)
	assert.Equal(t, int64(1000), *got.Actor)
	assert.Equal(t, data{User: "U7", At: time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)}, got.Data)
	assert.Equal(t, &data{Project: 9007199254740993}, got.More)
	assert.Equal(t, kind("k"), got.Kind)
	assert.Equal(t, &Pointed{Group: 8, Team: 9}, got.Pointed)
	assert.True(t, got.Stop.IsZero())
}

func TestDecodeProblemsOfDuplicates(t *testing.T) {
	got := strict.Decode([]byte(`{"bytes":"x","bytes":5,"id":"a","id":1,"id":2,"open":1,"open":null}`))
	assert.Equal(t, []activity.FieldProblem{problem("id", "is a number, want a string")}, got.Problems)
	assert.Equal(t, int64(5), got.Bytes)
	assert.Empty(t, got.ID)
}

func TestDecodeWholeNumberFormats(t *testing.T) {
	got := strict.Decode([]byte(`{"bytes":9007199254740993.0,"actor":-2e2,"small":12e-1,"data":{"project":1E0}}`))
	assert.Equal(t, int64(9007199254740993), got.Bytes)
	assert.Equal(t, int64(-200), *got.Actor)
	assert.Equal(t, int64(1), got.Data.Project)
	assert.Equal(t, []activity.FieldProblem{problem("small", "is not a whole number")}, got.Problems)
}
