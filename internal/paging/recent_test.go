package paging_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/paging"
)

func TestRecentForgetsTheOldest(t *testing.T) {
	r := paging.NewRecent[string](2)
	note := func(key string, place float64) { r.Note(key, place, []byte(key)) }
	known := func(key string) bool {
		_, known := r.Find(key)
		return known
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
	a, _ := r.Find("a")
	b, _ := r.Find("b")
	assert.True(t, r.Same(a, []byte("x")))
	assert.False(t, r.Same(a, []byte("y")))
	assert.True(t, r.Same(b, []byte("y")), "its bytes are not known")
}
