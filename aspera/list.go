package aspera

import (
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// endpoint is a list of a resource.
type endpoint[T any] struct {
	op     string
	path   string // after that of the resource; may be a template
	decode func(r *wire.Reader) (paging.Linked[T], error)
}

// list returns the list of an endpoint. The values fill in the path of the endpoint.
func list[T any](r Resource, e endpoint[T], q query, values ...string) activity.List[T] {
	identity, err := r.identity(e.path, values...)
	if err != nil {
		return paging.FailedList[T](r.reject(e.op, err))
	}
	params, err := q.params()
	if err != nil {
		return paging.FailedList[T](r.reject(e.op, err))
	}
	links := &paging.Links[T]{
		Places:    transport.Places{Client: r.api, Path: identity, Params: params, Filters: filters},
		List:      cursor.For(vendor, r.api.Tenant(), e.path, identity, withoutPaging(params)),
		Op:        e.op,
		Decode:    e.decode,
		NoContent: []byte(`[]`),
	}
	if r.own != nil {
		links.Resolve = func(ctx context.Context) (string, error) { return r.path(ctx, e.op, e.path, values...) }
	}
	return activity.NewList(links.Source())
}
