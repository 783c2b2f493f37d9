package sdelements

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// The defaults of FollowOptions. How late the service lists activities is not documented
// (probe: sdelements.order).
const (
	feedLookback = time.Hour
	feedSettle   = time.Minute
)

// ActivityFeed returns the feed of all activities that match q; see [activity.Feed.Follow]. By
// default a round looks back an hour and ends a minute before now. A round requests each page
// of the activities of that hour again, and at least one.
//
// The key of an activity is its ID. An activity without a readable ID gets a key of "raw-" and a
// hash of its bytes, so two of them with the same bytes count as one.
//
// A feed sets the time bounds itself. If q is invalid, or sets DateFrom or DateTo, the feed yields
// [activity.ErrInvalid]. PageSize may change from run to run.
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
			// The bounds are documented as inclusive (probe: sdelements.bounds). An extra
			// microsecond on both sides makes sure; keys sort out the rest.
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
