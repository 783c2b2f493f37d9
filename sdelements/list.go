package sdelements

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// endpoint is one of the lists of activities. They differ in nothing but their paths.
type endpoint struct {
	op   string
	name string // in cursors
	path string // a template
	ids  []int64
}

var activitiesEndpoint = endpoint{op: "list activities", name: "activities", path: "/api/v2/activities/"}

// Activities returns the list of all activities that the account may see, newest first as far as
// the vendor's examples show (probe: sdelements.order): GET /api/v2/activities/. Nothing is sent
// before the list is read. Changing q afterwards changes nothing.
//
// No activity is delivered twice, and none that stays is left out; see the package documentation.
// The pages behind the first one are asked for with date_to, the time of the first answer, so that
// what happens while the list is read moves nothing.
//
// Page.Total is the service's count, -1 where it does not count. That it counts what fits the query
// is not documented (probe: sdelements.count). Page.Raw is the answer as sent. It may hold
// activities that were delivered before and are not in Page.Items, so a page can be empty although
// more follow.
//
// A query that cannot be sent is [activity.ErrInvalid] when the list is read. So is one whose URL
// would be longer than 8,000 bytes.
func (c *Client) Activities(q ActivityQuery) activity.List[Activity] {
	return c.list(activitiesEndpoint, q)
}

// UserActivities returns the list of what concerns the user whose credentials these are: done by
// the user, done to the user, or done in projects that the user is in, without log-ins and
// log-outs: GET /api/v2/users/me/activities/. It is read as [Client.Activities] is.
func (c *Client) UserActivities(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activities", name: "user-activities", path: "/api/v2/users/me/activities/"}, q)
}

// UserActivityStream returns the list of what concerns the user, as [Client.UserActivities] does,
// from a newer endpoint: GET /api/v2/users/me/activity-stream/. Text is Markdown there. The service
// pages by a cursor of its own, which activities that come in do not disturb, and does not count:
// Page.Total is -1.
//
// Without DateFrom it most likely covers one year (probe: sdelements.stream). If it covers less
// time than DateFrom and DateTo ask for, the list ends with [activity.ErrInvalid] after its last
// page.
//
// Which installations have the endpoint is not documented (probe: sdelements.stream); 404 is
// [activity.ErrNotFound].
func (c *Client) UserActivityStream(q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list user activity stream", name: "user-stream", path: "/api/v2/users/me/activity-stream/"}, q)
}

// ProjectActivities returns the list of the activities of one project: GET
// /api/v2/projects/{id}/activities/. It is read as [Client.Activities] is. A project id below 1 is
// [activity.ErrInvalid].
func (c *Client) ProjectActivities(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activities", name: "project-activities",
		path: "/api/v2/projects/{project_id}/activities/", ids: []int64{projectID}}, q)
}

// ProjectActivityStream returns the list of the activities of one project from the newer endpoint:
// GET /api/v2/projects/{id}/activity-stream/. See [Client.UserActivityStream] for what is different
// there. A project id below 1 is [activity.ErrInvalid].
func (c *Client) ProjectActivityStream(projectID int64, q ActivityQuery) activity.List[Activity] {
	return c.list(endpoint{op: "list project activity stream", name: "project-stream",
		path: "/api/v2/projects/{project_id}/activity-stream/", ids: []int64{projectID}}, q)
}

func (c *Client) list(e endpoint, q ActivityQuery) activity.List[Activity] {
	source, err := c.source(e, q)
	if err != nil {
		return paging.FailedList[Activity](c.api().Reject(e.op, err))
	}
	return activity.NewList(paging.ReadAhead(source.pages, c.api().Prefetch()))
}

// activitySource is one query of one endpoint.
type activitySource struct {
	transport.Places
	op       string
	pageSize int
	dateFrom time.Time // the query's own, as dateTo is; zero: none
	dateTo   time.Time
	cursors  cursor.List
}

func (c *Client) source(e endpoint, q ActivityQuery) (*activitySource, error) {
	if err := c.api().Made(); err != nil {
		return nil, err
	}
	path, err := expandPath(e.path, e.ids...)
	if err != nil {
		return nil, err
	}
	params, err := q.params()
	if err != nil {
		return nil, err
	}
	if len(path)+len("?")+len(transport.Encode(params)) > maxURL {
		return nil, invalid("the query makes a URL longer than 8,000 bytes, which the service does not take")
	}
	return &activitySource{
		Places:   transport.Places{Client: c.api(), Path: path, Params: params, Filters: filters, AnyOrigin: true},
		op:       e.op,
		pageSize: cmp.Or(q.PageSize, defaultPageSize),
		dateFrom: q.DateFrom,
		dateTo:   q.DateTo,
		cursors:  cursor.For(vendor, c.api().Tenant(), e.name, path, withoutPaging(params)),
	}, nil
}

// maxURL keeps path and query, with what paging adds to them, below the 8 KiB that the service
// takes.
const maxURL = 8000

// expandPath puts ids into a path.
func expandPath(template string, ids ...int64) (string, error) {
	var segments []string
	for _, id := range ids {
		if id < 1 {
			return "", invalid("the id in the path is below 1")
		}
		segments = append(segments, strconv.FormatInt(id, 10))
	}
	return transport.Path(template, segments...)
}

// Activity reads one activity by its id: GET /api/v2/activities/{id}/. One that does not exist, or
// that the account may not see, is [activity.ErrNotFound]. An id below 1 is [activity.ErrInvalid].
func (c *Client) Activity(ctx context.Context, id int64) (Activity, error) {
	const op = "get activity"
	path, err := expandPath("/api/v2/activities/{activity_id}/", id)
	if err != nil {
		return Activity{}, c.api().Reject(op, err)
	}
	var found Activity
	_, err = c.api().Do(ctx, transport.Call{
		Op:     op,
		Method: http.MethodGet,
		Path:   path,
		Read:   true,
		Decode: func(r *wire.Reader) (err error) {
			found, err = readActivity(r)
			return err
		},
	})
	return found, err
}
