package snaplogic

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// The defaults of FollowOptions. How late the service lists activities is not documented
// (probe: snaplogic.late).
const (
	feedLookback = time.Hour
	feedSettle   = time.Minute
)

// ActivityFeed returns the feed of all activities that match q; see [activity.Feed.Follow]. By
// default a round looks back an hour and ends a minute before now. A round without new activities
// costs one request for each PageSize activities of the hour, and at least one.
//
// The key of an activity is its ID. An activity without an ID gets a key of "raw-" and a hash of
// its bytes, so two of them with the same bytes count as one.
//
// The service keeps activities for 90 days. A program that stops following the feed for longer than
// that misses what the service removed meanwhile.
//
// A feed sets the time bounds itself. If q is invalid, or sets Start or End, following returns
// [activity.ErrInvalid]. PageSize may change from run to run.
func (c *Client) ActivityFeed(q ActivityQuery) activity.Feed[Activity] {
	q = q.clone()
	feed := &paging.ListFeed[Activity]{
		Info: activity.FeedInfo{
			Vendor:   vendor,
			Tenant:   c.api().Tenant().Name,
			Name:     "activities",
			Lookback: feedLookback,
			Settle:   feedSettle,
			Margin:   time.Millisecond,
			Logger:   c.api().Logger(),
		},
		List: func(from, to time.Time) activity.List[Activity] {
			// Whether the bounds are inclusive is not documented (probe: snaplogic.start),
			// (probe: snaplogic.end). An extra millisecond on both sides makes sure; keys sort out
			// the rest.
			q := q
			q.Start, q.End = from.Add(-time.Millisecond), to.Add(time.Millisecond)
			if before1970(q.Start) {
				q.Start = time.Unix(0, 0)
			}
			return c.Activities(q)
		},
		Record: func(a Activity) activity.Record[Activity] {
			key := a.ID
			if key == "" {
				key = paging.RawKey(a.Raw)
			}
			return activity.Record[Activity]{Key: key, Item: a, Time: a.CreateTime}
		},
	}
	source, err := c.activitySource(q)
	if err == nil && (!q.Start.IsZero() || !q.End.IsZero()) {
		err = invalid("the query of a feed has no Start and no End; FollowOptions.Since says where it begins")
	}
	if err != nil {
		feed.Info.Err = c.api().Reject("follow activities", err)
	} else {
		feed.Info.Query = c.path + "?" + source.params.Encode()
	}
	return activity.NewFeed(feed)
}
