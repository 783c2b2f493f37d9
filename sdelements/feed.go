package sdelements

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// What applies where FollowOptions are zero. How late the service lists activities is not
// documented (probe: sdelements.order).
const (
	feedLookback = time.Hour
	feedSettle   = time.Minute
)

// ActivityFeed returns the feed of all activities, to be followed as they happen: see
// [activity.Feed.Follow]. A feed sets its own bounds of time. DateFrom and DateTo in its query, and
// whatever else is wrong with it, are [activity.ErrInvalid] when it is followed. PageSize may
// change from run to run.
//
// Where the options are zero, a round looks back an hour and ends a minute before now. A quiet
// round costs one request. The bounds that are sent are wider than needed by a microsecond on both
// sides. What comes in addition is recognized by its key.
//
// The key of an activity is its ID. One without a readable ID has "raw-" and a hash of its bytes,
// so two that are alike byte for byte count as one.
func (c *Client) ActivityFeed(q ActivityQuery) activity.Feed[Activity] {
	q.Extra = url.Values(http.Header(q.Extra).Clone())
	feed := &paging.ListFeed[Activity]{
		Info: activity.FeedInfo{
			Vendor:   vendor,
			Tenant:   c.api().Tenant().Name,
			Name:     activitiesEndpoint.name,
			Lookback: feedLookback,
			Settle:   feedSettle,
			Margin:   precision,
			Logger:   c.api().Logger(),
		},
		List: func(from, to time.Time) activity.List[Activity] {
			q := q
			// The bounds are documented to be part of the list (probe: sdelements.bounds). A
			// microsecond more makes sure.
			q.DateFrom, q.DateTo = from.Add(-precision), to.Add(precision)
			return c.Activities(q)
		},
		Record: func(a Activity) activity.Record[Activity] {
			key := strconv.FormatInt(a.ID, 10)
			if a.ID == 0 {
				key = paging.RawKey(a.Raw)
			}
			return activity.Record[Activity]{Key: key, Item: a, Time: a.Date}
		},
	}
	source, err := c.source(activitiesEndpoint, q)
	if err == nil && (!q.DateFrom.IsZero() || !q.DateTo.IsZero()) {
		err = invalid("the query of a feed has no DateFrom and no DateTo; FollowOptions.Since says where it begins")
	}
	if err != nil {
		feed.Info.Err = c.api().Reject("follow activities", err)
	} else {
		feed.Info.Query = source.Path + "?" + withoutPaging(source.Params).Encode()
	}
	return activity.NewFeed(feed)
}
