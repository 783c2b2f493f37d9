package paging

import (
	"context"
	"iter"

	"github.com/activity-sdk/activity"
)

// FailedList returns a list whose every read fails with err, and sends nothing. It stands for a
// query that cannot be sent.
func FailedList[T any](err error) activity.List[T] {
	return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			yield(activity.Page[T]{Total: -1}, err)
		}
	})
}
