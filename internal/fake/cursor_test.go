package fake_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestPosition(t *testing.T) {
	var rows fake.Rows
	rows.Add(row("a", 3), row("same", 2), row("same", 2), row("same", 2), row("b", 1))
	var at fake.Position
	rest := func() string { return keys(at.Rest(rows.Select(nil))) }
	assert.Equal(t, "a same same same b", rest())
	at = at.After(at.Rest(rows.Select(nil))[:2])
	assert.Equal(t, "same same b", rest(), "after the first row with that key")
	at = at.After(at.Rest(rows.Select(nil))[:1])
	assert.Equal(t, "same b", rest())
	assert.Equal(t, 2, at.Page)

	rows.Add(row("new", 9))
	rows.InsertAt(1, row("old", 9))
	assert.Equal(t, "same b", rest(), "rows that are added before it change nothing")
	rows.Delete("same")
	rows.Add(row("late", 2))
	assert.Equal(t, "late b", rest(), "the row was deleted")
	rows.Delete("late", "b")
	assert.Empty(t, rest())

	rows.InsertAt(99, row("z", 1), row("z", 1))
	at = fake.Position{}.After(rows.Select(nil)[:4])
	assert.Equal(t, "z", rest(), "inserted rows")
}

func TestCursor(t *testing.T) {
	type cursor struct {
		fake.Position
		More string
	}
	var got cursor
	want := cursor{fake.Position{Time: time.Unix(1, 5).UTC(), Seq: 7, Page: 2}, "x"}
	assert.True(t, fake.ReadCursor(fake.Cursor(want), &got))
	assert.Equal(t, want, got)
	for _, bad := range []string{"x!", "eA", ""} {
		assert.False(t, fake.ReadCursor(bad, new(cursor)), bad)
	}
	assert.Panics(t, func() { fake.Cursor(fake.Position{Time: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}) })
}
