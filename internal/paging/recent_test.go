package paging_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/paging"
)

func keyOfBytes(raw []byte) string { return "=" + string(raw) }

func TestRecentForgetsOldest(t *testing.T) {
	r := paging.NewRecent[string](2)
	note := func(key string, place float64) { r.Note(key, place, []byte(key)) }
	known := func(key string) bool {
		_, _, match := r.Lookup(key, []byte(key), keyOfBytes)
		return match == paging.SameRow
	}
	note("a", 1)
	note("b", 7)
	note("c", 3)
	assert.True(t, known("a"))
	assert.True(t, known("c"))
	assert.Equal(t, 3, r.Len())
	assert.Equal(t, math.Inf(-1), r.Forgotten())

	note("d", 9)
	assert.False(t, known("a"))
	assert.False(t, known("b"))
	assert.True(t, known("c"))
	assert.InDelta(t, 7, r.Forgotten(), 0)

	note("d", 10)
	note("e", 11)
	assert.True(t, known("d"), "it was read again")
	assert.False(t, known("c"))
	assert.InDelta(t, 7, r.Forgotten(), 0)
}

func TestRecentComparesBytes(t *testing.T) {
	r := paging.NewRecent[string](2)
	r.Note("a", 1, []byte("x"))
	r.Note("b", 2, nil)
	lookUp := func(key, raw string) paging.Match {
		_, _, match := r.Lookup(key, []byte(raw), keyOfBytes)
		return match
	}
	assert.Equal(t, paging.SameRow, lookUp("a", "x"))
	assert.Equal(t, paging.DuplicateKey, lookUp("a", "y"))
	assert.Equal(t, paging.SameRow, lookUp("b", "y"), "its bytes are unknown")
}

// Once a row with a duplicate key was read, it is found by its bytes.
func TestRecentDuplicateKey(t *testing.T) {
	r := paging.NewRecent[string](10)
	lookUp := func(raw string) (string, float64, paging.Match) {
		k, entry, match := r.Lookup("a", []byte(raw), keyOfBytes)
		return k, entry.Place, match
	}
	expect := func(wantKey string, wantPlace float64, want paging.Match, raw string) {
		t.Helper()
		k, place, match := lookUp(raw)
		assert.Equal(t, wantKey, k)
		assert.InDelta(t, wantPlace, place, 0)
		assert.Equal(t, want, match)
	}
	expect("a", 0, paging.NoMatch, "one")
	r.Note("a", 1, []byte("one"))
	expect("a", 1, paging.SameRow, "one")
	expect("a", 0, paging.DuplicateKey, "two")
	r.Note("=two", 2, []byte("two"))
	expect("=two", 2, paging.SameRow, "two")
	expect("a", 1, paging.SameRow, "one")
}
