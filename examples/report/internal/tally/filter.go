package tally

import (
	"context"
	"iter"
	"slices"

	"github.com/activity-sdk/activity"
)

// Filter returns a list of the records for which keep returns true.
func Filter[T any](all activity.List[T], keep func(T) bool) activity.List[T] {
	return activity.NewList(func(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			for page, err := range all.From(from).Pages(ctx) {
				page.Items = slices.DeleteFunc(slices.Clone(page.Items), func(item T) bool { return !keep(item) })
				if !yield(page, err) {
					return
				}
			}
		}
	})
}
