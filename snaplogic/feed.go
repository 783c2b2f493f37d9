package snaplogic

import (
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
)

// What a feed takes where its FollowOptions are zero. How late the service lists activities is not
// documented (probe: snaplogic.late).
const (
	feedLookback = time.Hour
	feedSettle   = time.Minute
)

// ActivityFeed returns the activities as a feed: each comes once, from a moment on and through
// restarts; see [activity.Feed.Follow]. A feed sets its own bounds of time; Start and End in its
// query, and whatever is wrong with it otherwise, are [activity.ErrInvalid] when it is followed.
// PageSize may change from run to run.
//
// Where the options are zero, a round looks back an hour, and ends a minute before now. A quiet
// round costs one request. The key of an activity is its ID; one without an ID has "raw-" and a
// hash of its bytes, so that two which are alike byte for byte count as one. The service keeps
// activities for 90 days, so a follower that was away for longer misses what was removed meanwhile.
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
			// Whether the service counts the bounds themselves in is not documented
			// (probe: snaplogic.start), (probe: snaplogic.end). A millisecond more on both sides
			// makes sure.
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
