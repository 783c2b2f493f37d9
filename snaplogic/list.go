package snaplogic

import (
	"net/url"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
)

const opListActivities = "list activities"

// Activities returns the list of activities in the service's order, most likely the newest first
// (probe: snaplogic.order): GET /api/1/rest/public/activities/{organization}. Nothing is sent
// before the list is read, and nothing of q that is changed afterwards matters.
//
// As long as it does not change, a list of k activities costs k / PageSize requests, rounded up,
// with [activity.WithPrefetch] as without. It costs one more if it is a single page that is
// full, and two more if the service does not say how many activities there are. The documentation
// of this package says what is guaranteed if it changes. A page may hold fewer records than
// PageSize, and the last one none; Page.Total is what the service said last.
//
// A cursor keeps the moment at which its list ends, so that a list resumed from it ends where the
// first one would have.
//
// If q makes no sense, reading the list fails with [activity.ErrInvalid] before anything is sent.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	source, err := c.activitySource(q)
	if err != nil {
		return paging.FailedList[Activity](c.api().Reject(opListActivities, err))
	}
	return activity.NewList(paging.ReadAhead(source.pages, c.api().Prefetch()))
}

func (c *Client) activitySource(q ActivityQuery) (*activitySource, error) {
	if err := c.api().Made(); err != nil {
		return nil, err
	}
	if err := q.check(); err != nil {
		return nil, err
	}
	filter, err := q.filter()
	if err != nil {
		return nil, err
	}
	if q.PageSize == 0 {
		q.PageSize = defaultPageSize
	}
	return &activitySource{
		api:      c.api(),
		path:     c.path,
		filter:   filter,
		start:    floorMillis(q.Start),
		end:      ceilMillis(q.End),
		pageSize: q.PageSize,
		cursors:  cursor.For(vendor, c.api().Tenant(), "activities", c.path, filter),
	}, nil
}

// activitySource is one query. It has no state: each walk keeps its own.
type activitySource struct {
	api        *transport.Client
	path       string
	filter     url.Values // all parameters, except those that page and the pinned end
	start, end int64      // Unix milliseconds; noTime: the query has none
	pageSize   int
	cursors    cursor.List
}
