package paging

import (
	"context"

	"github.com/activity-sdk/activity"
)

// Refused is the list of a query that makes no sense: reading it gives the error, at once and always, and sends nothing.
func Refused[T any](err error) activity.List[T] {
	return activity.NewList(refused[T]{err})
}

type refused[T any] struct{ err error }

func (r refused[T]) Page(context.Context, activity.Cursor) (activity.Page[T], error) {
	return activity.Page[T]{Total: -1}, r.err
}
