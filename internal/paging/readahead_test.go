package paging_test

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// numbered returns a source of three pages. It counts the pages that were requested, and can panic
// after the last one.
func numbered(requested *int, panics bool) activity.Source[int] {
	return func(context.Context, activity.Cursor) iter.Seq2[activity.Page[int], error] {
		return func(yield func(activity.Page[int], error) bool) {
			for n := 1; n <= 3; n++ {
				*requested++
				if !yield(activity.Page[int]{Items: []int{n}, Next: "more"}, nil) {
					return
				}
			}
			if panics {
				panic("boom")
			}
		}
	}
}

func TestReadAheadOfSinglePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requested := 0
		page, err := activity.NewList(paging.ReadAhead(numbered(&requested, false), 1)).Page(t.Context(), "")
		assert.NoError(t, err)
		assert.Equal(t, []int{1}, page.Items)
		assert.Equal(t, 1, requested)
	})
}

func TestReadAheadPropagatesPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requested, got := 0, 0
		assert.PanicsWithValue(t, "boom", func() {
			for _, err := range paging.ReadAhead(numbered(&requested, true), 1)(t.Context(), "") {
				assert.NoError(t, err)
				got++
			}
		})
		assert.Equal(t, 3, got)
	})
}
