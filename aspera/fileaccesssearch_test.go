package aspera_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestSearchPages(t *testing.T) {
	for body, want := range map[string]int{
		`{"users":[{"id":1}],"files":[{"id":2},{"id":3}]}`: 3,
		`{"files":[{"id":2}],"other":[{"id":3}]}`:          1,
		`{"users":null,"files":null}`:                      0,
		`{"users":[]}`:                                     0,
	} {
		s := asperatest.NewServer()
		answer(s, body)
		p, err := organization(s).SearchFileAccess(aspera.FileAccessSearch{Term: "x"}).Page(t.Context(), "")
		require.NoError(t, err)
		assert.Len(t, p.Items, want, body)
		assert.Equal(t, -1, p.Total)
		for _, m := range p.Items {
			assert.NotEqual(t, m.User == nil, m.File == nil)
		}
	}
	s := asperatest.NewServer()
	answer(s, `{"files":[17],"users":[{"email":[]}]}`)
	p, err := organization(s).SearchFileAccess(aspera.FileAccessSearch{Term: "x"}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, []aspera.FileAccessMatch{
		{User: &aspera.FileAccessUser{}, Raw: json.RawMessage(`{"email":[]}`), Problems: []activity.FieldProblem{{Field: "email", Problem: "is an array, want a string"}}},
		{File: &aspera.FileAccessFile{}, Raw: json.RawMessage(`17`), Problems: []activity.FieldProblem{{Problem: "record is a number, want an object"}}},
	}, p.Items)
}

// TestMatchFromJSON checks that an object with an email is read as a user, and any other as a file.
func TestMatchFromJSON(t *testing.T) {
	const user, file = `{"id":1,"email":"a@example.com"}`, `{"id":1,"path":"/p"}`
	match := aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "old"}}
	require.NoError(t, json.Unmarshal([]byte(user), &match))
	assert.Equal(t, aspera.FileAccessMatch{User: &aspera.FileAccessUser{ID: "1", Email: "a@example.com"}, Raw: json.RawMessage(user)}, match)
	require.NoError(t, json.Unmarshal([]byte(file), &match))
	assert.Equal(t, aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "1", Path: "/p"}, Raw: json.RawMessage(file)}, match)
}

func TestChangedMatches(t *testing.T) {
	const user, file = `{"id":1,"email":"secret","x":1}`, `{"id":1,"path":"/secret","x":1}`
	assert.Equal(t, `{"id":1,"email":"b","x":1}`, marshalChanged(t, user, func(m *aspera.FileAccessMatch) { m.User.Email = "b" }))
	assert.Equal(t, `{"id":1,"x":1}`, marshalChanged(t, file, func(m *aspera.FileAccessMatch) { m.File.Path = "" }))
	assert.Equal(t, `{"x":1}`, marshalChanged(t, user, func(m *aspera.FileAccessMatch) { m.User = nil }))
	assert.Equal(t, `{"x":1}`, marshalChanged(t, file, func(m *aspera.FileAccessMatch) { m.File = nil }))
}
