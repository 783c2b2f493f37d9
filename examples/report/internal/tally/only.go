package tally

import (
	"context"
	"iter"
	"slices"

	"github.com/activity-sdk/activity"
)

// Only returns the list of those records that a test chooses.
func Only[T any](all activity.List[T], chosen func(T) bool) activity.List[T] {
	return activity.NewList(func(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			for page, err := range all.From(from).Pages(ctx) {
				page.Items = slices.DeleteFunc(slices.Clone(page.Items), func(item T) bool { return !chosen(item) })
				if !yield(page, err) {
					return
				}
			}
		}
	})
}
