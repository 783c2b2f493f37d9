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

// Activities returns the list of the activities that match q, from GET
// /api/1/rest/public/activities/{organization}. Nothing is sent before the list is read. Most
// likely the newest come first (probe: snaplogic.order). The package documentation lists what is
// guaranteed.
//
// Requests after the first have an end: the time of the first response by the service's clock,
// rounded up to a second, or q.End if that is earlier. So activities that happen meanwhile do not
// shift the offsets. A cursor keeps that end. If the first page has only a single time, the end is
// that of the first response with two. If the list is not sorted with the newest first, later
// requests have no end except q.End, and may list newer activities.
//
// A list of k activities takes k / PageSize requests, rounded up, with or without
// [activity.WithPrefetch]. It takes one more if its only page is full, two more if the service
// sends no total, and some more if the list changes meanwhile.
//
// Page.Total is the service's total, or -1 if it sends none. A page may have fewer records than
// PageSize, and the last page may be empty.
//
// If q is invalid, reading the list fails with [activity.ErrInvalid].
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
