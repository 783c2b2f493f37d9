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

// Activities returns the list of the activities that match q, from POST /o/api/v3/activities.
// Nothing is sent before the list is read. In the vendor's sample the newest come first
// (probe: opswat.order). The package documentation lists what is guaranteed.
//
// Each page costs one of the ten requests a minute. A list of n activities costs n/PageSize
// requests, rounded up, and one more: the list ends at a page without activities or at status 413,
// which is the service's answer to a page after the last (probe: opswat.end). A short page does not
// end it, since other pages may follow (probe: opswat.short).
//
// Page.Total is -1, since the service does not count. Page.Raw is nil after status 413.
//
// A cursor stores a page number. If k activities arrived since, a list that continues from it
// begins with k activities that were delivered before. It also stores the page size, which replaces
// PageSize, and the end date of a list with StartDate alone.
//
// A list without dates is limited by age, so its oldest activities leave it as time passes. Those
// that become too old before their page is requested are not delivered.
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

// activityList is a query. It does not change, and all walks over the list share it.
type activityList struct {
	api     *transport.Client
	cursors cursor.List
	request activityRequest
	size    int
	codec   *wire.Codec[Activity]
	// openSince is the StartDate of a list that reaches to the present; zero for other lists.
	openSince time.Time
	// ageSince is the time that the age of a feed's list reaches back to; zero for other lists.
	ageSince time.Time
	clock    *clock // of the feed; nil for other lists
}

// pages is the list's [activity.Source].
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

// loopDetector finds out if the service answers every page number with the same rows, since such a
// walk would never end. The same page twice proves nothing: a page of new rows may have arrived
// between two requests, and rows have no id. Many equal pages in a row are proof.
type loopDetector struct {
	last         [sha256.Size]byte // the hash of the last page
	repeatedRows int               // how many rows the equal pages in a row have
}

const maxRepeatedRows = 500

// check returns ErrCursorLoop if the page is one of many equal ones.
func (d *loopDetector) check(l *activityList, at position, page activity.Page[Activity]) error {
	if page.Next == "" {
		return nil
	}
	if sum := sha256.Sum256(page.Raw); sum == d.last {
		d.repeatedRows += max(at.Size, len(page.Items)) // the service may ignore the size too
	} else {
		d.last, d.repeatedRows = sum, 0
	}
	if d.repeatedRows < maxRepeatedRows {
		return nil
	}
	return l.api.Fail(opListActivities, activity.ErrCursorLoop, "the service answers every page number with the same rows")
}
