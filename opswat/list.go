package opswat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"iter"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

const (
	opListActivities = "list activities"
	activitiesPath   = "/o/api/v3/activities"
)

// Activities lists activities, newest first as far as the vendor's sample shows
// (probe: opswat.order): POST /o/api/v3/activities. Nothing is sent before the list is read, and
// nothing of q that is changed afterwards matters.
//
// Each page costs one of the ten requests a minute. The list ends with a page without activities,
// or with 413, which is how the service answers a page beyond the last (probe: opswat.end): n
// activities cost n/PageSize requests, rounded up, and one more. A page with fewer than PageSize is
// not taken for the last one, since whatever stands behind it would be lost (probe: opswat.short).
// Page.Total is -1, since the service does not say, and Page.Raw is nil on a page that it answered
// with 413. What can repeat while activities arrive is described at the top of this package.
//
// A cursor stands for a page number, so that after k new activities a walk from it begins with k
// that were delivered before. It remembers the page size that it was made with, and the walk goes
// on with that one, whatever PageSize says: with another size the number would mean another place,
// and activities could be skipped. It also remembers the end of a list that has a StartDate and no
// EndDate. Without dates the list's old end moves on with time: what grows too old before its page
// is requested is not delivered any more.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	list, err := c.activityList(q)
	if err != nil {
		return paging.FailedList[Activity](c.api().Reject(opListActivities, err))
	}
	return activity.NewList(paging.ReadAhead(list.pages, c.api().Prefetch()))
}

func (c *Client) activityList(q ActivityQuery) (*activityList, error) {
	if err := c.api().Made(); err != nil {
		return nil, err
	}
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	codec := activityCodec
	if q.Location != nil {
		codec = activityCodec.In(q.Location)
	}
	list := &activityList{
		api:     c.api(),
		cursors: cursor.For(vendor, c.api().Tenant(), "activities", activitiesPath, request.identity()),
		request: request,
		size:    cmp.Or(q.PageSize, maxPageSize),
		codec:   codec,
	}
	if q.openEnded() {
		list.openSince = q.StartDate
	}
	return list, nil
}

// activityList is what all walks over a list have in common. Nothing in it changes.
type activityList struct {
	api     *transport.Client
	cursors cursor.List
	request activityRequest
	size    int
	codec   *wire.Codec[Activity]
	// openSince is where a list begins that reaches to the present; zero: it has both dates or
	// none.
	openSince time.Time
	// ageSince is what the age of a feed's list reaches back to; zero: the request says how far.
	ageSince time.Time
	clock    *clock // of a feed's list
}

// pages is the source of the list.
func (l *activityList) pages(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[Activity], error] {
	return func(yield func(activity.Page[Activity], error) bool) {
		var loop loopDetector
		at, err := l.startPosition(from)
		for ; err == nil; at.Page++ {
			var page activity.Page[Activity]
			if page, err = l.page(ctx, at); err == nil {
				err = loop.check(l, at, page)
			}
			if err == nil && (!yield(page, nil) || page.Next == "") {
				return
			}
		}
		yield(activity.Page[Activity]{Total: -1}, err)
	}
}

// loopDetector watches one walk for a service that answers every page number with the same rows,
// which would never end. The same page twice proves nothing: as many new rows as a page has room
// for may have come between two requests, and rows without an id can be alike. Many such pages in a
// row do.
type loopDetector struct {
	last         [sha256.Size]byte // of the last page's body
	repeatedRows int               // how many rows had to come between the requests since
}

const maxRepeatedRows = 500

// check reports a walk in circles as an error.
func (d *loopDetector) check(l *activityList, at position, page activity.Page[Activity]) error {
	if page.Next == "" {
		return nil
	}
	if sum := sha256.Sum256(page.Raw); sum == d.last {
		d.repeatedRows += at.Size
	} else {
		d.last, d.repeatedRows = sum, 0
	}
	if d.repeatedRows < maxRepeatedRows {
		return nil
	}
	return l.api.Fail(opListActivities, activity.ErrCursorLoop, "the service answers every page number with the same rows")
}
