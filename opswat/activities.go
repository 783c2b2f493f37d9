package opswat

import (
	"cmp"
	"context"
	"net/http"

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

// Activities lists activities, newest first as far as the vendor's sample shows: POST /o/api/v3/activities. Nothing is sent before the
// list is read, and nothing of q that is changed afterwards matters.
//
// Each page costs one of the ten requests a minute. The list ends with the first page that is shorter than PageSize; one whose last page
// is exactly full costs one request more. Page.Total is -1, since the service does not tell, and Page.Raw is nil on a page that it
// answered with 413. What can repeat while activities arrive is described at the top of this package.
//
// A cursor stands for a page number, so that after k new activities a walk from it begins with k that were delivered before. It remembers
// the page size that it was made with, and the walk goes on with that one, whatever PageSize says: with another size the number would
// mean another place, and activities could be skipped. Without dates the list's old end moves on with time: what grows too old before
// its page is requested is not delivered any more.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	pages, err := c.activityPages(q)
	if err != nil {
		return paging.Refused[Activity](c.api.Reject(opListActivities, err))
	}
	return activity.NewList(pages)
}

func (c *Client) activityPages(q ActivityQuery) (*activityPages, error) {
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	codec := activities
	if q.Location != nil {
		codec = activities.In(q.Location)
	}
	return &activityPages{
		api:     c.api,
		list:    cursor.For(vendor, "activities", activitiesPath, request.filter()),
		request: request,
		size:    cmp.Or(q.PageSize, maxPageSize),
		codec:   codec,
	}, nil
}

// activityPages is the source of a list of activities.
type activityPages struct {
	api     *transport.Client
	list    cursor.List
	request activityRequest
	size    int
	codec   *wire.Codec[Activity]
}

var (
	_ activity.Walker[Activity] = (*activityPages)(nil)
	_ activity.Prefetcher       = (*activityPages)(nil)
)

// position is what a cursor stores: a page by its number, which means something only together with the size.
type position struct {
	Page int64 `json:"n"`
	Size int   `json:"s"`
}

// maxPage bounds what a cursor from outside may ask for.
const maxPage = 1 << 40

// Prefetch is the client's. Pages are requested one after the other all the same.
func (s *activityPages) Prefetch() int { return s.api.Prefetch() }

// Walk begins one range over the list.
func (s *activityPages) Walk() activity.Source[Activity] { return &activityWalk{pages: s} }

// Page reads the page at a cursor.
func (s *activityPages) Page(ctx context.Context, at activity.Cursor) (activity.Page[Activity], error) {
	page := activity.Page[Activity]{Total: -1}
	p, err := s.locate(at)
	if err != nil {
		return page, err
	}
	var items []Activity
	answer, err := s.api.Do(ctx, transport.Call{
		Op:          opListActivities,
		Method:      http.MethodPost,
		Path:        activitiesPath,
		Body:        s.request.encode(p),
		ContentType: "application/json",
		Read:        true, // it is a POST that changes nothing
		NoContent:   []byte(`[]`),
		End:         http.StatusRequestEntityTooLarge,
		Decode: func(body []byte) (err error) {
			items, err = readActivities(body, s.codec)
			return err
		},
	})
	if err != nil {
		return page, err
	}
	if page.Date = answer.Date(); answer.StatusCode == http.StatusRequestEntityTooLarge {
		return page, nil
	}
	transport.WarnOdd(ctx, s.api, opListActivities, items, problems)
	page.Items, page.Raw = items, answer.Body
	if len(items) >= p.Size {
		page.Next, err = cursor.At(s.list, position{Page: p.Page + 1, Size: p.Size})
	}
	return page, err
}

func (s *activityPages) locate(at activity.Cursor) (position, error) {
	if at == "" {
		return position{Page: 1, Size: s.size}, nil
	}
	p, err := cursor.Position[position](s.list, at)
	if err == nil && (p.Page < 1 || p.Page > maxPage || p.Size < 1 || p.Size > maxPageSize) {
		err = s.list.Mismatch()
	}
	return p, err
}
