package sdelements

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/paging"
)

func TestMemoryDoesNotGrowWithTheList(t *testing.T) {
	d, _ := newDelivered(leastKept, true, nil)
	id := int64(math.MaxInt64)
	for range 10_000 {
		items := make([]Activity, 100)
		for i := range items {
			items[i] = Activity{ID: id, Date: time.UnixMicro(id / 1_000_000)}
			id--
		}
		fresh, err := d.Sift(paging.Linked[Activity]{Items: items, Total: 1_000_000})
		require.NoError(t, err)
		require.Len(t, fresh, 100)
	}
	assert.Len(t, d.recent, leastKept)
	assert.LessOrEqual(t, cap(d.recent), 4*leastKept)
	assert.Less(t, len(d.Note()), 450)
}

func TestMemoryHoldsTwoPagesHoweverLarge(t *testing.T) {
	d, _ := newDelivered(leastKept, true, nil)
	page := make([]Activity, 3*leastKept)
	for i := range page {
		page[i].ID = int64(i + 1)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(page), func(i, j int) { page[i], page[j] = page[j], page[i] })
	pushed := make([]Activity, leastKept)
	for i := range pushed {
		pushed[i].ID = int64(1)<<40 + int64(i)
	}
	pushed = append(pushed, page[:2*leastKept]...)

	fresh, err := d.Sift(paging.Linked[Activity]{Items: page, Total: -1})
	require.NoError(t, err)
	require.Len(t, fresh, 3*leastKept)
	fresh, err = d.Sift(paging.Linked[Activity]{Items: pushed, Total: -1})
	require.NoError(t, err)
	assert.Empty(t, fresh)
}

func TestANoteLosesNoPrecision(t *testing.T) {
	instant := time.Unix(1_700_000_000, 100) // finer than the note
	first := []Activity{{ID: 1, Date: instant}, {ID: 2, Date: instant}}
	for id := range int64(noted) {
		first = append(first, Activity{ID: 100 - id, Date: instant})
	}
	d, _ := newDelivered(leastKept, true, nil)
	_, err := d.Sift(paging.Linked[Activity]{Items: first, Total: -1})
	require.NoError(t, err)
	d, ok := newDelivered(leastKept, true, d.Note())
	require.True(t, ok)
	fresh, err := d.Sift(paging.Linked[Activity]{Items: []Activity{{ID: 50, Date: instant}}, Total: -1})
	require.NoError(t, err)
	assert.Len(t, fresh, 1, "another one of the same instant")
}
