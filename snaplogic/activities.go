package snaplogic

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

const opListActivities = "list activities"

// Activities lists activities in the service's order, most likely the newest first: GET
// /api/1/rest/public/activities/{organization}. Nothing is sent before the list is read, and nothing of q that is changed afterwards
// matters.
//
// A list of k activities costs k / PageSize requests, rounded up, as long as it does not change, with [activity.WithPrefetch] as without.
// What is guaranteed if it does is described at the top of this package. A page may hold fewer records than PageSize, and the last one none; Page.Total is what the
// service said last.
//
// A cursor keeps the moment at which its walk began, so that a walk resumed from it ends where the first one would have.
//
// A query that makes no sense gives a list whose reading fails with [activity.ErrInvalid] before anything is sent.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	source, err := c.activitySource(q)
	if err != nil {
		return paging.Refused[Activity](c.api.Reject(opListActivities, err))
	}
	return activity.NewList(source)
}

func (c *Client) activitySource(q ActivityQuery) (*activitySource, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	filter, err := transport.Params(q.filter(), q.Extra)
	if err != nil {
		return nil, err
	}
	if q.PageSize == 0 {
		q.PageSize = defaultPageSize
	}
	s := &activitySource{
		api:      c.api,
		path:     c.path,
		filter:   filter,
		start:    floorMillis(q.Start),
		end:      ceilMillis(q.End),
		pageSize: q.PageSize,
		cursors:  cursor.For(vendor, "activities", c.path, filter),
	}
	s.fetch = s.request
	return s, nil
}

// activitySource is the source of one query's list. It has no state: each walk keeps its own.
type activitySource struct {
	api        *transport.Client
	path       string
	filter     url.Values // all parameters, but those that page and the pinned end
	start, end int64      // Unix milliseconds; noTime: the query has none
	pageSize   int
	cursors    cursor.List
	// fetch gives a part of the list up to a pinned end. It neither knows nor changes the state of a walk.
	fetch func(ctx context.Context, part span, end int64) (answer, error)
}

var (
	_ activity.Walker[Activity] = (*activitySource)(nil)
	_ activity.Prefetcher       = (*activitySource)(nil)
)

// Prefetch is the client's.
func (s *activitySource) Prefetch() int { return s.api.Prefetch() }

// Walk begins one range over the list.
func (s *activitySource) Walk() activity.Source[Activity] {
	return &activityWalk{source: s, prefetch: s.Prefetch()}
}

// Page reads the page at a cursor, with no more to go by than the cursor holds.
func (s *activitySource) Page(ctx context.Context, at activity.Cursor) (activity.Page[Activity], error) {
	return (&activityWalk{source: s}).Page(ctx, at)
}

// pin gives the end of a walk that begins now: the query's own, unless that is yet to come. It is never before the start, so that a
// query about the future finds nothing instead of making no sense.
func (s *activitySource) pin(now time.Time) int64 {
	end := ceilMillis(now)
	if s.end != noTime {
		end = min(end, s.end)
	}
	return max(end, s.start)
}

// span is a part of the list, as it is asked for.
type span struct{ offset, limit int }

// answer is what the service has there at the moment.
type answer struct {
	span
	rows  wire.Batch[Activity]
	keys  []key // of rows
	total int   // of the whole list; -1: the service does not say
	body  []byte
	date  time.Time // when it was given, by the service's clock
}

// reach is the offset behind the answer's last row. It counts the rows that came: what limit means in an answer is not clear, and a
// service may give fewer than were asked for.
func (a answer) reach() int { return a.offset + a.rows.Len() }

// request is how parts are fetched from the service.
func (s *activitySource) request(ctx context.Context, part span, end int64) (answer, error) {
	var page envelope
	got, err := s.api.Do(ctx, transport.Call{
		Op:        opListActivities,
		Method:    http.MethodGet,
		Path:      s.path,
		Query:     transport.Encode(part.paged(s.filter, end)),
		Read:      true,
		NoContent: []byte(`{"entries":[]}`),
		Decode: func(body []byte) (err error) {
			page, err = readEnvelope(body)
			return err
		},
	})
	if err != nil {
		return answer{}, err
	}
	page.odd.Warn(ctx, s.api, opListActivities)
	return answer{span: part, rows: page.rows, keys: page.keys, total: page.total, body: got.Body, date: got.Date()}, nil
}
