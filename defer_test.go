package activity_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// deferring is a book whose records are made as they are read. It counts those that were, and gives up at one of them.
type deferring struct {
	*book
	made, fails int
}

func (d *deferring) Page(ctx context.Context, at activity.Cursor) (activity.Page[int], error) {
	page, err := d.book.Page(ctx, at)
	return page.Defer(d.records(page.Items)), err
}

func (d *deferring) records(items []int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for _, item := range items {
			d.made++
			if item == d.fails {
				yield(0, errTorn)
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

func deferredBook(prefetch int) *deferring {
	return &deferring{book: &book{prefetch: prefetch, pages: map[activity.Cursor]activity.Page[int]{
		"": page("b", 1, 2, 3), "b": page("c"), "c": page("", 4, 5),
	}}}
}

func TestDeferredRecordsAreMadeAsTheyAreRead(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		d := deferredBook(prefetch)
		list := activity.NewList(d)
		var got []int
		for item, err := range list.All(t.Context()) {
			require.NoError(t, err)
			got = append(got, item)
			assert.Len(t, got, d.made, "none is made before its turn")
		}
		assert.Equal(t, []int{1, 2, 3, 4, 5}, got)

		some, err := list.Collect(t.Context(), 2)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2}, some)
		assert.Equal(t, 7, d.made)
	}
}

func TestDeferredRecordsStandInTheItemsOfPages(t *testing.T) {
	list := activity.NewList(deferredBook(0))
	var got [][]int
	for page, err := range list.Pages(t.Context()) {
		require.NoError(t, err)
		got = append(got, page.Items)
	}
	assert.Equal(t, [][]int{{1, 2, 3}, nil, {4, 5}}, got)
	page, err := list.Page(t.Context(), "c")
	require.NoError(t, err)
	assert.Equal(t, []int{4, 5}, page.Items)
}

func TestDeferredRecordsThatFailEndTheList(t *testing.T) {
	d := deferredBook(0)
	d.fails = 2
	list := activity.NewList(d)
	got, err := list.Collect(t.Context(), 0)
	assert.Equal(t, []int{1}, got)
	require.ErrorIs(t, err, activity.ErrMalformed)
	require.ErrorIs(t, err, errTorn)

	var failures int
	for page, err := range list.Pages(t.Context()) {
		failures++
		require.ErrorIs(t, err, errTorn)
		assert.Empty(t, page.Items)
	}
	assert.Equal(t, 1, failures)
	_, err = list.Page(t.Context(), "")
	_, isError := errors.AsType[*activity.Error](err)
	assert.True(t, isError)
	_, err = list.Page(t.Context(), "nowhere")
	assert.ErrorIs(t, err, errTorn)
}
