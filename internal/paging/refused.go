package paging

import (
	"context"
	"iter"

	"github.com/activity-sdk/activity"
)

// Refused returns the list of a query that makes no sense: reading it yields the error, at once and
// always, and sends nothing.
func Refused[T any](err error) activity.List[T] {
	return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			yield(activity.Page[T]{Total: -1}, err)
		}
	})
}
