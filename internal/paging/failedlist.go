package paging

import (
	"context"
	"iter"

	"github.com/activity-sdk/activity"
)

// FailedList returns a list for a query that cannot be sent. Every read of it fails with err.
func FailedList[T any](err error) activity.List[T] {
	return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			yield(activity.Page[T]{Total: -1}, err)
		}
	})
}
