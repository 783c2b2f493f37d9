package snaplogic

import (
	"cmp"
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
	params, err := q.params()
	if err != nil {
		return nil, err
	}
	return &activitySource{
		api:      c.api(),
		path:     c.path,
		params:   params,
		start:    floorMillis(q.Start),
		end:      ceilMillis(q.End),
		pageSize: cmp.Or(q.PageSize, defaultPageSize),
		cursors:  cursor.For(vendor, c.api().Tenant(), "activities", c.path, params),
	}, nil
}

// activitySource is a query. It has no state of a walk.
type activitySource struct {
	api        *transport.Client
	path       string
	params     url.Values // of the query, without limit and offset
	start, end int64      // of the query, in Unix milliseconds; noTime: none
	pageSize   int
	cursors    cursor.List
}
