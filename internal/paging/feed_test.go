package paging_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// The pages of a feed keep everything that the pages of its list have.
func TestListFeedPages(t *testing.T) {
	want := activity.Page[int]{Items: []int{1}, Next: "more", Total: 7, Raw: []byte("{}"), Date: time.Unix(1, 0)}
	feed := paging.ListFeed[int]{
		List: func(time.Time, time.Time) activity.List[int] {
			return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[int], error] {
				return func(yield func(activity.Page[int], error) bool) { yield(want, nil) }
			})
		},
		Record: func(n int) activity.Record[int] { return activity.Record[int]{Key: "one", Item: n} },
	}
	for page, err := range feed.Between(t.Context(), time.Time{}, time.Time{}) {
		require.NoError(t, err)
		assert.Equal(t, activity.Page[activity.Record[int]]{Items: []activity.Record[int]{{Key: "one", Item: 1}},
			Next: want.Next, Total: want.Total, Raw: want.Raw, Date: want.Date}, page)
		break
	}
}
