package paging_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/paging"
)

func ofBytes(raw []byte) string { return "=" + string(raw) }

func TestRecentForgetsTheOldest(t *testing.T) {
	r := paging.NewRecent[string](2)
	note := func(key string, place float64) { r.Note(key, place, []byte(key)) }
	known := func(key string) bool {
		_, _, known := r.Recognize(key, []byte(key), ofBytes)
		return known == paging.Itself
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
	assert.True(t, known("d"), "it was met again")
	assert.False(t, known("c"))
	assert.InDelta(t, 7, r.Forgotten(), 0)
}

func TestRecentComparesBytes(t *testing.T) {
	r := paging.NewRecent[string](2)
	r.Note("a", 1, []byte("x"))
	r.Note("b", 2, nil)
	recognize := func(key, raw string) paging.Recognized {
		_, _, known := r.Recognize(key, []byte(raw), ofBytes)
		return known
	}
	assert.Equal(t, paging.Itself, recognize("a", "x"))
	assert.Equal(t, paging.Another, recognize("a", "y"))
	assert.Equal(t, paging.Itself, recognize("b", "y"), "its bytes are not known")
}

// A row whose key another row has is recognized by its bytes once it was met.
func TestRecognize(t *testing.T) {
	r := paging.NewRecent[string](10)
	recognize := func(raw string) (string, float64, paging.Recognized) {
		k, met, known := r.Recognize("a", []byte(raw), ofBytes)
		return k, met.Place, known
	}
	expect := func(wantKey string, wantPlace float64, want paging.Recognized, raw string) {
		t.Helper()
		k, place, known := recognize(raw)
		assert.Equal(t, wantKey, k)
		assert.InDelta(t, wantPlace, place, 0)
		assert.Equal(t, want, known)
	}
	expect("a", 0, paging.Unknown, "one")
	r.Note("a", 1, []byte("one"))
	expect("a", 1, paging.Itself, "one")
	expect("a", 0, paging.Another, "two")
	r.Note("=two", 2, []byte("two"))
	expect("=two", 2, paging.Itself, "two")
	expect("a", 1, paging.Itself, "one")
}
