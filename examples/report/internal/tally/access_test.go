package tally

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

type (
	match  = aspera.FileAccessMatch
	file   = aspera.FileAccessFile
	person = aspera.FileAccessUser
	access = aspera.FileAccess
)

func TestAccess(t *testing.T) {
	ada, bob, zoe := person{Name: "Ada", Email: "ada@example.com"}, person{Name: "Bob", Email: "bob@example.com"}, person{ID: "9", Name: "Zoe"}
	grant := func(who person, id string) access {
		return access{UserName: who.Name, UserEmail: who.Email, FileID: id}
	}
	files, users, err := AccessOf(t.Context(),
		activity.ListOf(match{User: &zoe}, match{File: &file{ID: "2", Path: "/b"}}, match{File: &file{ID: "1", Path: "/a"}},
			match{File: &file{Name: "without an id"}}, match{File: &file{ID: "4", Path: "/c"}}),
		activity.ListOf(grant(bob, "1"), grant(ada, "1"), grant(bob, "1"), grant(ada, "2"), grant(ada, "3"), grant(bob, "")))
	require.NoError(t, err)
	assert.Equal(t, []Access{
		{File: file{Name: "without an id"}},
		{File: file{ID: "1", Path: "/a"}, Users: []person{ada, bob}},
		{File: file{ID: "2", Path: "/b"}, Users: []person{ada}},
		{File: file{ID: "4", Path: "/c"}},
	}, files)
	assert.Equal(t, []person{zoe}, users)
}

func TestAccessListIsNotReadWithoutFiles(t *testing.T) {
	files, users, err := AccessOf(t.Context(), activity.ListOf(match{User: &person{ID: "9"}}), failingList[access]())
	require.NoError(t, err)
	assert.Empty(t, files)
	assert.Len(t, users, 1)
}
